"""Our canonical form beside that of others: pyoxigraph, which passes the tests of the W3C, and pyld."""

import time

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld.canon import URDNA2015

from col_core.badges.credentials import canonical_form
from col_core.badges.credentials.errors import Unreadable

NODES = st.sampled_from([f"_:n{each}" for each in range(5)])
IRIS = st.sampled_from([f"<https://x.example/{each}>" for each in "abc"])
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\r\t"\\'), max_size=6)
LITERALS = st.one_of(
    TEXT.map(canonical_form.literal),
    TEXT.map(lambda text: canonical_form.literal(text, language="sl-si")),
    TEXT.map(lambda text: canonical_form.literal(text, datatype="https://x.example/type")),
)
QUADS = st.lists(
    st.tuples(NODES | IRIS, IRIS, NODES | IRIS | LITERALS, st.just("") | NODES | IRIS), min_size=1, max_size=9
)


def by_pyoxigraph(quads):
    text = "".join(canonical_form.line(lambda node: node, each) for each in quads)
    dataset = ox.Dataset(ox.parse(text, format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return b"".join(sorted(ox.serialize([each], format=ox.RdfFormat.N_QUADS) for each in dataset))


def made_of(quads):
    """Return the canonical form, or the word for why there is none."""
    try:
        return canonical_form.canonical(quads)
    except Unreadable as error:
        return error.reason


def are_alike(quads):
    return canonical_form.names_at_first_sight(canonical_form.mentions(set(quads))) is None


@given(QUADS)
def test_it_equals_that_of_pyoxigraph_where_nodes_differ_at_first_sight(quads):
    if not are_alike(quads):
        assert canonical_form.canonical(quads) == by_pyoxigraph(quads)


@given(QUADS)
def test_it_does_not_depend_on_names_and_order(quads):
    renamed = [tuple(f"_:other{each[2:][::-1]}" if each.startswith("_") else each for each in quad) for quad in quads]
    assert made_of(quads) == made_of(renamed[::-1])


@given(TEXT)
def test_literals_survive_the_way_through_pyld(text):
    two = [(f"_:{each}", "<https://x.example/p>", canonical_form.literal(text), "") for each in "ab"]
    assert are_alike(two)
    assert canonical_form.canonical(two) == by_pyoxigraph(two)


def clique(size):
    nodes = [f"_:n{each}" for each in range(size)]
    return [(a, "<https://x.example/p>", b, "") for a in nodes for b in nodes if a != b]


def star(arms, rays):
    return [
        quad
        for arm in range(arms)
        for ray in range(rays)
        for quad in [(f"_:a{arm}", "<https://x.example/p>", f"_:r{arm}x{ray}", "")]
    ]


def ring(size):
    return [(f"_:n{each}", "<https://x.example/p>", f"_:n{(each + 1) % size}", "") for each in range(size)]


@pytest.mark.parametrize("trap", [clique(8), clique(12), star(3, 12), star(2, 7), ring(200)])
def test_a_graph_that_was_made_to_take_forever_is_refused(trap):
    before = time.process_time()
    with pytest.raises(Unreadable, match=r"look alike"):
        canonical_form.canonical(trap)
    assert time.process_time() - before < 2


@pytest.mark.parametrize("odd", [clique(5), star(2, 4), ring(12), ring(40)])
def test_odd_graphs_within_the_limits_take_little_time(odd):
    before = time.process_time()
    canonical_form.canonical(odd)
    assert time.process_time() - before < 5


@settings(max_examples=30)
@given(QUADS)
def test_what_looks_alike_is_named_as_pyld_names_it(quads):
    if are_alike(quads):
        dataset = {}
        for quad in set(quads):
            said = {"subject": quad[0], "predicate": quad[1], "object": quad[2]}
            graph = canonical_form._term(quad[3])["value"] if quad[3] else "@default"
            dataset.setdefault(graph, []).append({k: canonical_form._term(v) for k, v in said.items()})
        named = URDNA2015().main(dataset, {"format": "application/n-quads"}).encode()
        assert made_of(quads) in (named, "complexity")

"""The canonical form of an RDF dataset (RDFC-1.0), in bounded time.

Where the first look at each blank node tells them all apart (section 4.6), their names follow from it and nothing else
has to be tried; nearly every badge is so. Others go through pyld, which has the whole algorithm: pyoxigraph, quicker by
far, names them differently from everybody else where two embedded proofs are the same (1EdTech's own complete example).
"""

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pyld.canon import URDNA2015

from col_core.badges.credentials.errors import Unreadable

# Subject, predicate, object and graph as N-Quads write them; no graph is "". Blank nodes alone begin with "_".
Quad = tuple[str, str, str, str]
# Nodes that look alike are told apart by trying orders; a badge has hardly any, a trap has many.
_MAX_ALIKE = 40
_MAX_ORDERS = 120
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LANGUAGE_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_LITERAL = re.compile(r'"(.*)"(?:@(.+)|\^\^<(.+)>)?', re.DOTALL)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile(r"[\\\"\n\r\t]")
_UNESCAPES = {written[1]: plain for plain, written in _ESCAPES.items()}
_WRITTEN = re.compile(r"\\(.)")


def canonical(quads: Iterable[Quad]) -> bytes:
    """Return the canonical N-Quads, one a line, sorted.

    Raises Unreadable (`complexity`) for a graph made to take forever (section 7.1, dataset poisoning).
    """
    distinct = set(quads)
    of = mentions(distinct)
    names = names_at_first_sight(of)
    if names is None:
        _refuse_traps(of)
        return _by_trying(distinct)
    return joined(line(names.__getitem__, each) for each in distinct)


def mentions(quads: Iterable[Quad]) -> dict[str, list[Quad]]:
    """Return the quads of each blank node."""
    of: dict[str, list[Quad]] = defaultdict(list)
    for quad in quads:
        subject, _, thing, graph = quad
        for each in {subject, thing, graph}:
            if each.startswith("_"):
                of[each].append(quad)
    return of


def names_at_first_sight(of: Mapping[str, Sequence[Quad]]) -> dict[str, str] | None:
    """Return the canonical names of blank nodes, or None where some look alike."""
    return names_by({node: first_hash(node, quads) for node, quads in of.items()})


def names_by(hashes: Mapping[str, str]) -> dict[str, str] | None:
    """Return canonical names in the order of first-degree hashes, or None where two are the same (section 4.4)."""
    if len(set(hashes.values())) < len(hashes):
        return None
    return {node: f"_:c14n{number}" for number, node in enumerate(sorted(hashes, key=hashes.__getitem__))}


def first_hash(node: str, quads: Iterable[Quad]) -> str:
    """Return the first-degree hash of `node` (section 4.6): itself is `_:a`, every other blank node `_:z`."""
    lines = joined(line(lambda each: "_:a" if each == node else "_:z", quad) for quad in quads)
    return hashlib.sha256(lines).hexdigest()


def line(name_of: Callable[[str], str], quad: Quad) -> str:
    """Return one line of N-Quads, with other names for its blank nodes."""
    subject, predicate, thing, graph = quad
    if subject[0] == "_":
        subject = name_of(subject)
    if thing[0] == "_":
        thing = name_of(thing)
    if graph[:1] == "_":
        graph = name_of(graph)
    return f"{subject} {predicate} {thing} {graph} .\n" if graph else f"{subject} {predicate} {thing} .\n"


def joined(lines: Iterable[str]) -> bytes:
    """Return lines in the order of their code points, as UTF-8."""
    return "".join(sorted(lines)).encode()


def iri(text: str) -> str:
    """Return an IRI as N-Quads write it. It must hold neither blanks nor angle brackets."""
    return f"<{text}>"


def literal(text: str, *, datatype: str | None = None, language: str | None = None) -> str:
    """Return a literal in the canonical form of N-Quads."""
    written = _ESCAPED.sub(lambda match: _ESCAPES[match[0]], text)
    if language is not None:
        return f'"{written}"@{language}'
    return f'"{written}"' if datatype in (None, _XSD_STRING) else f'"{written}"^^<{datatype}>'


def _refuse_traps(of: Mapping[str, Sequence[Quad]]) -> None:
    """Refuse a graph for which more orders of neighbours would have to be tried than anybody waits for."""
    looks = {node: first_hash(node, quads) for node, quads in of.items()}
    times = Counter(looks.values())
    doubtful = [node for node, look in looks.items() if times[look] > 1]
    if len(doubtful) > _MAX_ALIKE:
        raise Unreadable("complexity", f"{len(doubtful)} nodes that look alike")
    for node in doubtful:
        neighbours = {each for quad in of[node] for each in (quad[0], quad[2], quad[3]) if each.startswith("_")}
        around = Counter(looks[each] for each in neighbours - {node} if times[looks[each]] > 1)
        if math.prod(math.factorial(min(each, 20)) for each in around.values()) > _MAX_ORDERS:
            raise Unreadable("complexity", "neighbours that look alike in too many orders")


def _by_trying(quads: Iterable[Quad]) -> bytes:
    dataset: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for subject, predicate, thing, graph in quads:
        statement = {"subject": _term(subject), "predicate": _term(predicate), "object": _term(thing)}
        dataset[_term(graph)["value"] if graph else "@default"].append(statement)
    made: str = URDNA2015().main(dataset, {"format": "application/n-quads"})
    return made.encode()


def _term(text: str) -> dict[str, str]:
    if text.startswith("_"):
        return {"type": "blank node", "value": text}
    if text.startswith("<"):
        return {"type": "IRI", "value": text[1:-1]}
    match = _LITERAL.fullmatch(text)
    assert match is not None
    value = _WRITTEN.sub(lambda found: _UNESCAPES[found[1]], match[1])
    if match[2]:
        return {"type": "literal", "value": value, "datatype": _LANGUAGE_STRING, "language": match[2]}
    return {"type": "literal", "value": value, "datatype": match[3] or _XSD_STRING}

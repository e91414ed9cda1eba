import copy

import pyoxigraph as ox
import pytest
from pyld import jsonld as pyld

from col_core.badges.credentials import building, canonical_form, contexts, jsonld
from col_core.badges.credentials.errors import Unreadable
from col_core.testing.badges import a_badge

V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CRED = "https://www.w3.org/2018/credentials#"


@pytest.fixture
def document():
    return building.unsigned(a_badge())


def loader(url, options):
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": contexts.bundled()[url],
    }


def by_pyld(document):
    text = pyld.to_rdf(copy.deepcopy(document), {"documentLoader": loader, "format": "application/n-quads"})
    dataset = ox.Dataset(ox.parse(text, format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return b"".join(sorted(ox.serialize([each], format=ox.RdfFormat.N_QUADS) for each in dataset))


def test_it_says_what_pyld_says_with_its_own_resolver(document):
    assert jsonld.canonical(document) == by_pyld(document)
    # Again: what was kept of contexts must not change what they mean.
    assert jsonld.canonical(document) == by_pyld(document)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2, '"2"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (2.0, '"2"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (2.5, '"2.5E0"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (-0.00012, '"-1.2E-4"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (1.1e15, '"1100000000000000"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (True, '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
        ("č\n\"\\", '"č\\n\\"\\\\"'),
        ({"@value": "da", "@language": "SL"}, '"da"@sl'),
        ({"@value": "da", "@language": "ar", "@direction": "rtl"}, '"da"^^<https://www.w3.org/ns/i18n#ar_rtl>'),
    ],
)  # fmt: skip
def test_native_values_are_written_as_everybody_writes_them(value, written):
    made = jsonld.canonical({"@context": [V2, {"x": "https://x.example/x"}], "id": "https://x.example/1", "x": value})
    assert made.decode() == f"<https://x.example/1> <https://x.example/x> {written} .\n"


def test_lists_sets_and_json_become_quads():
    context = {
        "list": {"@id": "https://x.example/list", "@container": "@list"},
        "json": {"@id": "https://x.example/json", "@type": "@json"},
    }
    document = {"@context": [V2, context], "id": "https://x.example/1", "list": ["a", "b"], "json": {"b": 1, "a": [2]}}
    assert jsonld.canonical(document) == by_pyld(document)
    assert b'{\\"a\\":[2],\\"b\\":1}' in jsonld.canonical(document)


def altered(document, change):
    made = copy.deepcopy(document)
    change(made)
    return made


CHANGES = {
    "an unknown property": lambda d: d.update(unknown="x"),
    "an unknown property deep within": lambda d: d["credentialSubject"]["achievement"].update(unknown="x"),
    "a relative id": lambda d: d["credentialSubject"].update(id="relative"),
    "an id with a blank": lambda d: d["credentialSubject"].update(id="https://x.example/a b"),
    "an id that ends the line": lambda d: d["credentialSubject"].update(id="https://x.example/> <x:y> <x:z"),
    "a type without meaning": lambda d: d["type"].append("Unknown"),
    "a blank node of its own": lambda d: d["credentialSubject"].update(id="_:b0"),
    "the status under its IRI": lambda d: d.update({f"{CRED}credentialStatus": d.pop("credentialStatus")}),
    "something beside": lambda d: d.update({"@included": [{"id": d["id"], "type": ["VerifiableCredential"]}]}),
    "a reversed property": lambda d: d.update({"@reverse": {}}),
    "nested properties": lambda d: d.update({"@nest": {}}),
    "a graph": lambda d: d.update({"@graph": []}),
    "the credential in two places": lambda d: d["credentialSubject"]["achievement"]["related"].append(
        {"id": d["id"], "type": ["VerifiableCredential"], "validUntil": "2030-01-01T00:00:00Z"}
    ),
    "a typed value": lambda d: d.update(validUntil={"@value": "2030-01-01T00:00:00Z", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}),
    "no context": lambda d: d.pop("@context"),
    "nothing": lambda d: d.clear(),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_would_be_dropped_or_is_said_in_disguise_is_refused(document, name):
    with pytest.raises(Unreadable):
        jsonld.canonical(altered(document, CHANGES[name]))


CONTEXTS = {
    "unknown": "https://evil.example/context.json",
    "another name": {"state": f"{CRED}credentialStatus"},
    "another name, as an object": {"state": {"@id": f"{CRED}credentialStatus", "@type": "@id"}},
    "another name, by a prefix": {"cred": CRED, "state": "cred:credentialStatus"},
    "another name, within a term": {
        "x": {"@id": "https://x.example/x", "@context": {"state": f"{CRED}credentialStatus"}}
    },
    "a vocabulary": {"@vocab": f"{CRED}credential"},
    "a base": {"@base": "https://evil.example/"},
    "an import": {"@import": V2},
    "beside": {"more": "@included"},
    "nested": {"more": "@nest"},
    "reversed": {"more": {"@reverse": "https://x.example/x"}},
    "indexed": {"more": {"@id": "https://x.example/x", "@container": "@index"}},
    "a graph": {"more": {"@id": "https://x.example/x", "@container": "@graph"}},
    "nothing": {"more": None},
    "a scheme": {"did": "did:web:good.example:"},
    "a compact name": {"a:b": "https://x.example/x"},
    "protected": {"name": "https://x.example/x"},
    "null": None,
    "a number": 7,
    "vast": {f"t{each}": f"https://x.example/{each}" for each in range(1000)},
    "odd": {"more": {"@id": "https://x.example/x", "@type": {}}},
}


@pytest.mark.parametrize("name", CONTEXTS)
def test_a_context_that_hides_or_renames_is_refused(document, name):
    document["@context"] = [*document["@context"], CONTEXTS[name]]
    with pytest.raises(Unreadable):
        jsonld.canonical(document)
    document["@context"].pop()
    document["credentialSubject"]["@context"] = CONTEXTS[name]
    with pytest.raises(Unreadable):
        jsonld.canonical(document)


def test_a_context_may_bring_its_own_terms(document):
    document["@context"] = [*document["@context"], {"school": "https://schema.example/", "pupils": "school:pupils"}]
    document["credentialSubject"]["pupils"] = 7
    assert b"<https://schema.example/pupils>" in jsonld.canonical(document)


def test_a_deep_a_vast_and_an_entangled_document_are_refused(document):
    deep = {"name": "x"}
    for _ in range(60):
        deep = {"related": [deep]}
    vast = [{"type": ["Evidence"], "name": str(each)} for each in range(20_000)]
    alike = [{"type": ["Evidence"]}] * 200
    for evidence in ([deep], vast, alike):
        with pytest.raises(Unreadable):
            jsonld.canonical({**document, "evidence": evidence})


def test_every_bundled_context_can_be_used():
    for url in contexts.bundled():
        first = [] if url in (V2, "https://www.w3.org/2018/credentials/v1") else [V2]
        contexts.examine([*first, url])
    assert canonical_form.canonical([]) == b""

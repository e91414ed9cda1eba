"""From JSON-LD to the canonical form that signatures are made over: expand (pyld), turn into quads, name blank nodes.

Whatever JSON-LD would drop in silence is refused: an unknown property, a relative IRI, an empty type. What is dropped
is not signed, so that anybody could change it. Refused, too, is what gives one meaning two spellings (`@included`, IRIs
as names, nodes described in two places), because people are shown the JSON and the signature is over the quads.
Sources: JSON-LD 1.1 API, sections 5 and 8; RDF Dataset Canonicalization 1.0; VC Data Integrity 1.0, section 2.4.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

import rfc8785

from col_core.badges.credentials import canonical_form, contexts, json_text
from col_core.badges.credentials.canonical_form import Quad, iri, literal
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.expanding import NOWHERE, expanded

_XSD = "http://www.w3.org/2001/XMLSchema#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE = iri(f"{_RDF}type")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*")
_VALUE_PARTS = frozenset({"@value", "@language", "@direction"})
# Where a credential is spoken of within itself, this may be said of it.
_OF_ITSELF = frozenset({"id", "type", "endorsementComment"})
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the canonical N-Quads of `document` (RDFC-1.0), one a line, sorted.

    Raises Unreadable: `context` for contexts that are not bundled, `term` for what would be dropped or is said in
    disguise, `size` and `complexity` for more than we take, `characters`, `json`.
    """
    return canonical_form.canonical(quads(document))


def quads(document: Mapping[str, Any]) -> list[Quad]:
    """Return what `document` says as quads; raises Unreadable as `canonical` does."""
    json_text.examine(document)
    _refuse_disguises(document, None)
    return list(_Quads().of(expanded(document)))


def _refuse_disguises(value: Any, itself: str | None) -> None:
    """Refuse another spelling of what the contexts have a term for."""
    if isinstance(value, list | tuple):
        for each in value:
            _refuse_disguises(each, itself)
    elif isinstance(value, Mapping):
        if "@value" in value:
            if not value.keys() <= _VALUE_PARTS:
                raise Unreadable("term", "a value with more than its language and direction")
            return
        own = value.get("id")
        if itself is not None and own == itself and not value.keys() <= _OF_ITSELF:
            raise Unreadable("term", "the credential is described in two places")
        within = own if itself is None and isinstance(own, str) else itself
        for name, each in value.items():
            if name == "@context":
                contexts.examine(each)
            elif name.startswith("@") or ":" in name:
                raise Unreadable("term", f"{name} where a plain term belongs")
            else:
                _refuse_disguises(each, within)


class _Quads:
    """Turns expanded JSON-LD into quads (JSON-LD 1.1 API, section 8.2), and refuses what that would leave out."""

    def __init__(self) -> None:
        self._numbers = count()

    def of(self, expanded: Sequence[Any]) -> Iterator[Quad]:
        if not expanded:
            raise Unreadable("term", "it says nothing")
        for each in expanded:
            yield from self._node(each, self._name(each), "")

    def _blank(self) -> str:
        return f"_:b{next(self._numbers)}"

    def _name(self, node: Mapping[str, Any]) -> str:
        return _named(node["@id"]) if "@id" in node else self._blank()

    def _node(self, node: Any, name: str, graph: str) -> Iterator[Quad]:
        for part, values in node.items():
            if part == "@id":
                continue
            if part == "@type":
                for each in values:
                    yield name, _TYPE, _named(each), graph
            elif part == "@graph":
                for each in values:
                    yield from self._node(each, self._name(each), name)
            elif part.startswith("@"):
                raise Unreadable("term", f"{part} in a credential")
            else:
                prop = _named(part)
                for each in values:
                    yield from self._said(name, prop, each, graph)

    def _said(
        self,
        name: str,
        prop: str,
        value: Mapping[str, Any],
        graph: str,
    ) -> Iterator[Quad]:
        if "@value" in value:
            yield name, prop, _literal(value), graph
        elif "@list" in value:
            yield from self._list(name, prop, value["@list"], graph)
        else:
            node = self._name(value)
            yield name, prop, node, graph
            yield from self._node(value, node, graph)

    def _list(
        self,
        name: str,
        prop: str,
        values: Sequence[Mapping[str, Any]],
        graph: str,
    ) -> Iterator[Quad]:
        for each in values:
            place = self._blank()
            yield name, prop, place, graph
            yield from self._said(place, iri(f"{_RDF}first"), each, graph)
            name, prop = place, iri(f"{_RDF}rest")
        yield name, prop, iri(f"{_RDF}nil"), graph


def is_iri(text: str) -> bool:
    """Return whether `text` is an absolute IRI that N-Quads can hold as it is."""
    return _IRI.fullmatch(text) is not None and not text.startswith(NOWHERE)


def _named(name: Any) -> str:
    if not isinstance(name, str) or not is_iri(name):
        said = name.removeprefix(NOWHERE) if isinstance(name, str) else type(name).__name__
        raise Unreadable("term", f"{said!r} is no IRI")
    return iri(name)


def _literal(item: Mapping[str, Any]) -> str:
    if not item.keys() <= {"@value", "@type", "@language", "@direction"}:
        raise Unreadable("term", "a value with an index")
    value, datatype, language = item["@value"], item.get("@type"), item.get("@language")
    if "@direction" in item:
        # How the reference libraries write it (JSON-LD 1.1 API, section 8.2.2, `i18n-datatype`).
        datatype, language = f"https://www.w3.org/ns/i18n#{(language or '').lower()}_{item['@direction']}", None
    if datatype == "@json":
        return literal(rfc8785.dumps(value).decode(), datatype=f"{_RDF}JSON")
    if language is not None:
        if not isinstance(value, str) or not _LANGUAGE.fullmatch(language):
            raise Unreadable("term", f"{language!r} is no language")
        return literal(value, language=language.lower())
    text, natural = _lexical(value, datatype)
    if datatype is not None:
        _named(datatype)
    return literal(text, datatype=datatype or f"{_XSD}{natural}")


def _lexical(value: Any, datatype: str | None) -> tuple[str, str]:
    """Return how a native value is written, and the type that it has by nature (JSON-LD 1.1 API, section 8.2.2)."""
    if isinstance(value, bool):
        return ("true" if value else "false"), "boolean"
    if isinstance(value, str):
        return value, "string"
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise Unreadable("term", "a value that is neither text nor number")
    # For JSON 2.0 and 2 are one number.
    if float(value).is_integer() and datatype != f"{_XSD}double":
        return str(int(value)), "integer"
    mantissa, exponent = f"{value:.15e}".split("e")
    digits = mantissa.rstrip("0")
    return f"{digits}{'0' if digits.endswith('.') else ''}E{int(exponent)}", "double"

"""JSON-LD contexts: those that the package brings, and none else.

What a term means decides what was signed, so a context that its host could change is never fetched. Contexts within a
badge itself may bring terms of their own, and nothing that gives what we read another name.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from col_core.badges.credentials.errors import Unreadable

_TERM_PARTS = frozenset({"@id", "@type", "@container", "@context", "@protected", "@language"})
_CONTAINERS = frozenset({"@language", "@set", "@list"})
_TYPES = frozenset({"@id", "@vocab", "@json", "@none"})
# Before a colon these begin an address; as a term they would change what the address says.
_SCHEMES = frozenset({"did", "urn", "data", "mailto", "tel", "http", "https", "tag", "uuid", "_"})
_MAX_TERMS = 200


@cache
def bundled() -> Mapping[str, dict[str, Any]]:
    """Return the contexts that the package brings, by their addresses."""
    file = files("col_core.badges.credentials") / "bundled" / "contexts.json"
    return MappingProxyType(json.loads(file.read_text(encoding="utf-8")))


def examine(context: Any) -> None:
    """Raise Unreadable (`context`) unless `context` is made of bundled ones and of harmless own terms.

    An own context could call a term that we read by another name (`credentialStatus` by its IRI, under a prefix, by
    `@vocab`): the signature would hold, and the badge would look as if it could not be revoked.
    Source: Verifiable Credential Data Integrity 1.0, section 2.4.1 (validating contexts).
    """
    for each in context if isinstance(context, list) else [context]:
        if isinstance(each, str):
            if each not in bundled():
                raise Unreadable("context", f"the context {each} is not known")
        elif isinstance(each, Mapping):
            _examine_own(each)
        else:
            raise Unreadable("context", "a context that is neither an address nor an object")


def _examine_own(context: Mapping[str, Any]) -> None:
    if len(context) > _MAX_TERMS:
        raise Unreadable("context", f"more than {_MAX_TERMS} terms")
    for term, meaning in context.items():
        if term == "@vocab":
            _refuse_vocabulary(meaning)
        elif term.startswith("@"):
            if term not in ("@protected", "@version", "@language"):
                raise Unreadable("context", f"{term} in a context of its own")
        elif ":" in term or term in _SCHEMES:
            raise Unreadable("context", f"a term called {term}")
        elif isinstance(meaning, Mapping):
            _examine_term(context, meaning)
        elif (term, meaning) not in (("id", "@id"), ("type", "@type")):
            _refuse_known(context, meaning)


def _examine_term(context: Mapping[str, Any], meaning: Mapping[str, Any]) -> None:
    if not meaning.keys() <= _TERM_PARTS:
        raise Unreadable("context", "a term that is more than an IRI with a type")
    containers = meaning.get("@container", [])
    for each in containers if isinstance(containers, list) else [containers]:
        if not isinstance(each, str) or each not in _CONTAINERS:
            raise Unreadable("context", f"a term with the container {each}")
    _refuse_known(context, meaning.get("@id"))
    kind = meaning.get("@type", "@id")
    if not isinstance(kind, str) or (kind.startswith("@") and kind not in _TYPES):
        raise Unreadable("context", "a term of an odd type")
    if "@context" in meaning:
        examine(meaning["@context"])


def _refuse_known(context: Mapping[str, Any], meaning: Any) -> None:
    if not isinstance(meaning, str):
        raise Unreadable("context", "a term of its own that is no IRI")
    iri = _whole(context, meaning)
    if not iri.startswith(("https://", "http://")):
        raise Unreadable("context", f"a term of its own that is no web address: {meaning}")
    if iri in known_iris():
        raise Unreadable("context", f"another name for {iri}")


def _refuse_vocabulary(prefix: Any) -> None:
    if not isinstance(prefix, str) or not prefix.startswith(("https://", "http://")):
        raise Unreadable("context", "a vocabulary that is no web address")
    if any(each.startswith(prefix) for each in known_iris()):
        raise Unreadable("context", "a vocabulary that gives other names to what is known")


def _whole(terms: Mapping[str, Any], iri: str) -> str:
    """Return `iri`, where it is short for one, in full (JSON-LD 1.1, section 4.1.5)."""
    prefix, colon, rest = iri.partition(":")
    if not colon or rest.startswith("//") or not isinstance(terms.get(prefix), str):
        return iri
    return f"{terms[prefix]}{rest}"


@cache
def known_iris() -> frozenset[str]:
    """Return every IRI that the bundled contexts have a term for."""
    return frozenset(iri for each in bundled().values() for iri in _iris(each, {}))


def _iris(context: Any, terms: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(context, str):
        yield _whole(terms, context)
    elif isinstance(context, list):
        for each in context:
            yield from _iris(each, terms)
    elif isinstance(context, Mapping):
        for term, meaning in context.items():
            if term not in ("@type", "@container", "@protected", "@version"):
                yield from _iris(meaning, {**terms, **context})

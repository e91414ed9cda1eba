"""The public document of an issuer: which keys it has, had, and lost.

Sources: Controlled Identifiers 1.0, section 2.2; Open Badges 3.0 implementation guide (JWK set with `iss`).

A key that was rotated out stays listed, so that what it signed stays good. Its `expires` is not set: Controlled
Identifiers say of it that nobody is expected to verify any proof by such a key from that moment on, and old badges
would end with the key. The moment stands there as `retired` (schema.org validThrough); our own verifying takes no proof
of that key that says it was made later. A key that was stolen is in no purpose any more, and `revoked`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from col_core.badges.credentials import dids, instants
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import KeyKind

ASSERTION = "assertionMethod"
_PURPOSES = (ASSERTION, "authentication", "capabilityInvocation", "capabilityDelegation")
_MULTIBASE = frozenset({"Multikey", "Ed25519VerificationKey2020"})
_JWK = frozenset({"JsonWebKey", "JsonWebKey2020"})
_MAX_METHODS = 500
_CONTEXTS = [
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
    {"retired": {"@id": "https://schema.org/validThrough", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}},
]


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldKey:
    """A key that an issuer has or had. `retired`: rotated out then; `revoked`: nothing that it signed counts."""

    key: PublicKey
    retired: datetime | None = None
    revoked: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedKey:
    """A key as a document lists it. From `expires` on, its proofs do not count; with `revoked`, none ever does."""

    key: PublicKey
    purposes: frozenset[str]
    expires: datetime | None = None
    revoked: datetime | None = None


def document(issuer: str, keys: Sequence[HeldKey], *, also_known_as: Sequence[str] = ()) -> dict[str, Any]:
    """Return the public document of the DID `issuer`, with the history of its keys."""
    made: dict[str, Any] = {"@context": _CONTEXTS, "id": issuer}
    if also_known_as:
        made["alsoKnownAs"] = list(also_known_as)
    made["verificationMethod"] = [_method(issuer, each) for each in keys]
    made[ASSERTION] = [dids.method_id(issuer, each.key) for each in keys if each.revoked is None]
    return made


def key_set(issuer: str, keys: Sequence[HeldKey]) -> dict[str, Any]:
    """Return the keys that still count as a JSON Web Key set, each with its name and its issuer."""
    counting = [each.key for each in keys if each.revoked is None]
    return {"keys": [{**each.jwk(), "kid": dids.method_id(issuer, each), "iss": issuer} for each in counting]}


def _method(issuer: str, held: HeldKey) -> dict[str, Any]:
    method: dict[str, Any] = {"id": dids.method_id(issuer, held.key)}
    if held.key.kind == KeyKind.RSA:
        method |= {"type": "JsonWebKey", "controller": issuer, "publicKeyJwk": held.key.jwk()}
    else:
        method |= {"type": "Multikey", "controller": issuer, "publicKeyMultibase": held.key.multibase()}
    if held.retired is not None:
        method["retired"] = instants.written(held.retired)
    if held.revoked is not None:
        method["revoked"] = instants.written(held.revoked)
    return method


def keys_in(document: Mapping[str, Any], *, issuer: str) -> dict[str, ListedKey]:
    """Return the keys that `document` lists for `issuer`, by the names of their methods.

    Keys that cannot be read, or are another's, are left out. Raises Unreadable (`issuer`) for a document that is not
    that of `issuer`, (`size`) for one with more methods than we take.
    """
    if document.get("id") != issuer:
        raise Unreadable("issuer", f"this is not the document of {issuer}")
    methods: dict[str, Mapping[str, Any]] = {}
    purposes: dict[str, set[str]] = {}
    doubtful: set[str] = set()
    for purpose in (None, *_PURPOSES):
        for each in _listed(document, purpose or "verificationMethod"):
            method = {"id": each} if isinstance(each, str) else each
            name = _name(method, issuer)
            if name is None:
                continue
            if purpose is not None:
                purposes.setdefault(name, set()).add(purpose)
            if isinstance(each, str):
                continue
            if name in methods and dict(methods[name]) != dict(each):
                doubtful.add(name)
            methods[name] = each
    found: dict[str, ListedKey] = {}
    for name, method in methods.items():
        if name in doubtful or method.get("controller", issuer) != issuer:
            continue
        try:
            found[name] = _read(method, frozenset(purposes.get(name, ())))
        except Unreadable:
            # A key of another kind hinders nobody who uses the others.
            continue
    return found


def follows(newer: Mapping[str, Any], older: Mapping[str, Any], *, issuer: str) -> bool:
    """Return whether `newer` can have followed `older`, a document of `issuer` from before.

    It can if it still lists each key, and none of them is better than it was: what was revoked stays revoked, what was
    out of use stays so from the same moment on. A document that is not that of `issuer` follows nothing.
    """
    before = keys_in(older, issuer=issuer)
    try:
        now = keys_in(newer, issuer=issuer)
    except Unreadable:
        return False
    return all(name in now and _is_no_better(now[name], was) for name, was in before.items())


def _is_no_better(now: ListedKey, was: ListedKey) -> bool:
    stays_over = was.expires is None or (now.expires is not None and now.expires <= was.expires)
    return now.key == was.key and stays_over and (was.revoked is None or now.revoked is not None)


def keys_in_set(key_set: Mapping[str, Any], *, issuer: str) -> dict[str, ListedKey]:
    """Return the keys of a JSON Web Key set by their `kid`; those that name another issuer are left out.

    The set must come from the issuer's own address: it does not say itself whose it is.
    """
    found: dict[str, ListedKey] = {}
    for each in _listed(key_set, "keys"):
        if not isinstance(each, Mapping) or each.get("iss", issuer) != issuer or not isinstance(each.get("kid"), str):
            continue
        try:
            found[each["kid"]] = ListedKey(key=PublicKey.of_jwk(each), purposes=frozenset({ASSERTION}))
        except Unreadable:
            continue
    return found


def _listed(document: Mapping[str, Any], name: str) -> Iterator[str | Mapping[str, Any]]:
    values = document.get(name, [])
    values = values if isinstance(values, list) else [values]
    if len(values) > _MAX_METHODS:
        raise Unreadable("size", f"more than {_MAX_METHODS} methods")
    return (each for each in values if isinstance(each, str | Mapping))


def _name(method: Mapping[str, Any], issuer: str) -> str | None:
    name = method.get("id")
    if not isinstance(name, str):
        return None
    name = f"{issuer}{name}" if name.startswith("#") else name
    return name if name.startswith(f"{issuer}#") else None


def _read(method: Mapping[str, Any], purposes: frozenset[str]) -> ListedKey:
    kind = method.get("type")
    if kind in _MULTIBASE:
        key = PublicKey.of_multibase(method.get("publicKeyMultibase"))
    elif kind in _JWK:
        key = PublicKey.of_jwk(method.get("publicKeyJwk"))
    else:
        raise Unreadable("key", f"a method of the type {kind}")
    ends = [instants.read(method[each]) for each in ("expires", "retired") if each in method]
    revoked = instants.read(method["revoked"]) if "revoked" in method else None
    return ListedKey(key=key, purposes=purposes, expires=min(ends, default=None), revoked=revoked)

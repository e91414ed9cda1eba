"""Open Badges as JSON Web Tokens: the credential with a few claims is the payload, signed as a compact JWS.

Sources: Open Badges 3.0, section 8.2 (JSON Web Token proof format); RFC 7515, 7518, 7519, 8037, 8725 (best practices).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from col_core.badges.credentials import base64url, instants, json_text, jws
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import Document, Signer

MEDIA_TYPE = "application/vc+jwt"
_CLAIMS = ("iss", "jti", "nbf", "sub", "exp")
# "jws" is what assertions of Open Badges 2.0 call themselves.
_TYPES = frozenset({"jwt", "jws", "vc+jwt", "vc+ld+json+jwt", "application/vc+jwt"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A token as it was read; nothing of it is checked but that it speaks of one badge.

    `credential` is what the payload says without the claims, or what its `vc` says in badges on Verifiable Credentials
    1.1. `kid` and `jwk` tell which key is meant to have signed: never a reason to trust it.
    """

    header: Document
    payload: Document
    credential: Document
    alg: str
    kid: str | None
    jwk: PublicKey | None
    signed: bytes
    signature: bytes


def sign(document: Document, signer: Signer) -> str:
    """Return `document` as a token. It may carry a proof of its own already.

    Raises Unreadable for what readers would understand differently (`characters`, `json`, `size`).
    """
    json_text.examine(document)
    return jws.compact({**document, **_claims(document)}, signer, typ="JWT")


def _claims(document: Document) -> dict[str, Any]:
    subject = document["credentialSubject"].get("id")
    claims: dict[str, Any] = {"iss": _whose(document["issuer"]), "jti": document["id"]}
    claims["nbf"] = int(instants.read(document["validFrom"]).timestamp())
    if subject is not None:
        claims["sub"] = subject
    if "validUntil" in document:
        claims["exp"] = int(instants.read(document["validUntil"]).timestamp())
    return claims


def read(token: str | bytes) -> Token:
    """Return what a compact token says.

    Raises Unreadable as `read_any` does, and `claims` for claims that say something else than the badge.
    """
    found = read_any(token)
    return replace(found, credential=_credential(found.payload))


def read_any(token: str | bytes) -> Token:
    """Return what a compact token says, whatever it speaks of: as its `credential`, its whole payload.

    Raises Unreadable: `jwt` for what is no such token (several signatures, names that stand twice, a critical
    extension), `alg` for an algorithm that is not taken.
    """
    text = _ascii(token)
    parts = text.split(".")
    if len(parts) != 3:
        raise Unreadable("jwt", "no compact token with one signature")
    try:
        head, body, signature = (base64url.decoded(each) for each in parts)
        header, payload = json_text.parsed(head), json_text.parsed(body)
    except Unreadable as error:
        raise Unreadable("jwt", error.message) from None
    alg, kid, kind = (header.get(each) for each in ("alg", "kid", "typ"))
    if "crit" in header or "b64" in header:
        raise Unreadable("jwt", "a critical extension")
    if not jws.is_taken(alg):
        raise Unreadable("alg", f"the algorithm {alg} is not taken")
    if (kid is not None and not isinstance(kid, str)) or (kind is not None and str(kind).lower() not in _TYPES):
        raise Unreadable("jwt", "a header of another kind")
    jwk = PublicKey.of_jwk(header["jwk"]) if "jwk" in header else None
    if jwk is not None and not jws.fits(alg, jwk):
        raise Unreadable("alg", "the key in the header does not fit the algorithm")
    return Token(
        header=header,
        payload=payload,
        credential=payload,
        alg=alg,
        kid=kid,
        jwk=jwk,
        signed=text.rpartition(".")[0].encode(),
        signature=signature,
    )


def holds(token: Token, key: PublicKey) -> bool:
    """Return whether `key` signed the token. Whose key it is, is not asked here."""
    if not jws.fits(token.alg, key) or (token.jwk is not None and token.jwk != key):
        return False
    return key.verifies(token.signature, token.signed)


def _ascii(token: str | bytes) -> str:
    if len(token) > 2 * json_text.MAX_BYTES:
        raise Unreadable("size", "a token that is too long")
    try:
        text = token.decode("ascii") if isinstance(token, bytes) else token
    except UnicodeDecodeError:
        raise Unreadable("jwt", "no token") from None
    return text


def _credential(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the credential of a payload whose claims agree with it (Open Badges 3.0, section 8.2.4.1)."""
    wrapped = payload.get("vc")
    if wrapped is not None and not isinstance(wrapped, Mapping):
        raise Unreadable("jwt", "a vc that is no credential")
    # `aud` and `iat` say nothing of the badge.
    credential = dict(wrapped) if wrapped is not None else {
        name: value for name, value in payload.items() if name not in (*_CLAIMS, "iat", "aud")
    }  # fmt: skip
    begins, ends = ("issuanceDate", "expirationDate") if "issuanceDate" in credential else ("validFrom", "validUntil")
    if wrapped is not None:
        _fill(credential, payload, begins)
    subject = credential.get("credentialSubject")
    if not isinstance(subject, Mapping):
        raise Unreadable("claims", "a badge of nobody")
    said = {"iss": _whose(credential.get("issuer")), "jti": credential.get("id"), "sub": subject.get("id")}
    for claim, value in said.items():
        if payload.get(claim) != value or (value is None and claim != "sub"):
            raise Unreadable("claims", f"{claim} does not agree with the badge")
    if _seconds(payload.get("nbf")) != _timestamp(credential.get(begins)):
        raise Unreadable("claims", "nbf does not agree with the badge")
    if ends in credential:
        if "exp" in payload and _seconds(payload["exp"]) != _timestamp(credential[ends]):
            raise Unreadable("claims", "exp does not agree with the badge")
    elif "exp" in payload:
        credential[ends] = instants.written(_instant(payload["exp"]))
    return credential


def _fill(credential: dict[str, Any], payload: Mapping[str, Any], begins: str) -> None:
    """Put back what Verifiable Credentials 1.1 let a token leave out of `vc` (section 6.3.1)."""
    credential.setdefault("issuer", payload.get("iss"))
    credential.setdefault("id", payload.get("jti"))
    if "nbf" in payload:
        credential.setdefault(begins, instants.written(_instant(payload["nbf"])))
    subject = credential.get("credentialSubject")
    if isinstance(subject, Mapping) and "sub" in payload:
        credential["credentialSubject"] = {"id": payload["sub"], **subject}


def _whose(issuer: object) -> str | None:
    named = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    return named if isinstance(named, str) else None


def _seconds(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable("claims", "a time that is no number")
    return int(value)


def _instant(value: object) -> datetime:
    try:
        return datetime.fromtimestamp(_seconds(value), tz=UTC)
    except (ValueError, OverflowError, OSError):
        raise Unreadable("claims", "a time beyond the calendar") from None


def _timestamp(text: object) -> int:
    return int(instants.read(text).timestamp())

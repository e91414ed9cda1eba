"""Compact JSON Web Signatures: which algorithms are taken with which keys, and how a token is put together.

Source: RFC 7515, 7518, 8037, 8725 (section 3.1).
"""

from typing import Any, TypeGuard

from col_core.badges.credentials import base64url, json_text
from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import Document, KeyKind, Signer

_ALGORITHMS = {KeyKind.RSA: "RS256", KeyKind.P256: "ES256", KeyKind.ED25519: "EdDSA"}
# RS256 must be understood by everybody who reads badges (Open Badges 3.0, section 8.2.1). None and the HMACs are
# missing on purpose.
_KINDS = {name: kind for kind, name in _ALGORITHMS.items()} | {"Ed25519": KeyKind.ED25519}


def compact(payload: Document, signer: Signer, *, typ: str) -> str:
    """Return `payload` signed as a token of the type `typ`; `signer.method` is its `kid`."""
    header = {"alg": _ALGORITHMS[signer.kind], "kid": signer.method, "typ": typ}
    signed = ".".join(base64url.encoded(json_text.written(each)) for each in (header, payload))
    return f"{signed}.{base64url.encoded(signer.sign(signed.encode()))}"


def is_taken(alg: Any) -> TypeGuard[str]:
    """Return whether `alg` of a header is an algorithm that counts."""
    return isinstance(alg, str) and alg in _KINDS


def fits(alg: str, key: PublicKey) -> bool:
    """Return whether `alg`, which is taken, is one of keys like `key`."""
    return _KINDS[alg] == key.kind

"""Decentralised identifiers: `did:web`, `did:key`, `did:jwk`, and the addresses that they stand for.

Sources: Decentralized Identifiers 1.0; did:web, did:key and did:jwk method specifications.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from col_core.badges.credentials import base64url, json_text
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import KeyKind

_WEB = "did:web:"
_KEY = "did:key:"
_JWK = "did:jwk:"
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_STEP = re.compile(r"(?!\.\.?$)[A-Za-z0-9._~-]+")
_DOCUMENT_CONTEXT = "https://www.w3.org/ns/did/v1"


def web_did(address: str) -> str:
    """Return the `did:web` of what stands at `address` (https, host, port, path); raises ValueError."""
    parts = urlsplit(address)
    host, port = parts.hostname, parts.port
    if parts.scheme not in ("https", "http") or not host or parts.query or parts.fragment or parts.username:
        raise ValueError(f"{address} is no address that a did:web could name")
    steps = [each for each in parts.path.split("/") if each]
    if not _HOST.fullmatch(host) or not all(_STEP.fullmatch(each) for each in steps):
        raise ValueError(f"{address} is no address that a did:web could name")
    return _WEB + ":".join([f"{host}%3A{port}" if port else host, *steps])


def document_address(did: str) -> str:
    """Return the https address of a `did:web`'s document; raises Unreadable (`did`)."""
    if not did.startswith(_WEB):
        raise Unreadable("did", f"{did} is no did:web")
    host, *steps = did.removeprefix(_WEB).split(":")
    name, percent, port = host.replace("%3a", "%3A").partition("%3A")
    if not _HOST.fullmatch(name) or (percent and not _PORT.fullmatch(port)):
        raise Unreadable("did", f"{did} names no host")
    if not all(_STEP.fullmatch(each) for each in steps):
        raise Unreadable("did", f"{did} names no path")
    authority = f"{name}:{port}" if percent else name
    return f"https://{authority}/{'/'.join(steps or ['.well-known'])}/did.json"


def key_did(key: PublicKey) -> str:
    """Return the `did:key` of `key`."""
    return f"{_KEY}{key.multibase()}"


def method_id(issuer: str, key: PublicKey) -> str:
    """Return the name of `key` in the document of `issuer`; it follows from the key.

    It is the key's Multikey, where 1EdTech's validator looks for it. Of RSA that would be hundreds of letters, and some
    libraries take no token with a header beyond 512 bytes, so there it is the thumbprint (RFC 7638).
    """
    return f"{issuer}#{key.thumbprint() if key.kind == KeyKind.RSA else key.multibase()}"


def is_of_itself(did: str) -> bool:
    """Return whether `did` holds its own key (`did:key`, `did:jwk`), so that nothing has to be fetched."""
    return did.startswith((_KEY, _JWK))


def own_document(did: str) -> dict[str, Any]:
    """Return the document of a `did:key` or `did:jwk`; raises Unreadable (`did`, `key`)."""
    if did.startswith(_KEY):
        key = PublicKey.of_multibase(did.removeprefix(_KEY))
        method = {"id": f"{did}#{key.multibase()}", "type": "Multikey", "controller": did}
        method["publicKeyMultibase"] = key.multibase()
        return _document(did, method)
    if did.startswith(_JWK):
        jwk = json_text.parsed(base64url.decoded(did.removeprefix(_JWK)))
        key = PublicKey.of_jwk(jwk)
        return _document(
            did, {"id": f"{did}#0", "type": "JsonWebKey2020", "controller": did, "publicKeyJwk": key.jwk()}
        )
    raise Unreadable("did", f"{did} does not hold its key")


def _document(did: str, method: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": [_DOCUMENT_CONTEXT],
        "id": did,
        "verificationMethod": [method],
        "assertionMethod": [method["id"]],
    }

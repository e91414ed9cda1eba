"""HTTP signatures as the standard has them since 2024.

Source: RFC 9421, with the digest of RFC 9530; what must be covered and how old it may be is what the servers of the
fediverse ask of each other.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException, InvalidSignature

from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import KeyKind, Signer
from col_core.federation.fediverse.signed import MAX_HEADER, Arrived, Claim, near, refused

MAX_AGE = timedelta(minutes=5)
_COVERED = ("@method", "@target-uri", "content-digest")
_IDS = {KeyKind.RSA: "rsa-v1_5-sha256", KeyKind.ED25519: "ed25519"}
_MOST_COVERED = 20


class _Message:
    """A request as the library reads it."""

    def __init__(self, method: str, url: str, headers: dict[str, str]) -> None:
        self.method, self.url, self.headers = method, url, headers


def sign(method: str, url: str, body: bytes, signer: Signer, *, now: datetime) -> dict[str, str]:
    """Return the headers to send along: `Content-Digest`, `Signature-Input`, `Signature`."""
    message = _Message(method, url, {})
    made = HTTPMessageSigner(signature_algorithm=_algorithm(signer.kind))
    ready = made.prepare(
        message, key_id=signer.method, created=now, label="sig1", covered_component_ids=_COVERED, body=body
    )
    made.apply(message, ready, signer.sign(ready.signature_base))
    return message.headers


def read(request: Arrived, *, now: datetime) -> Claim:
    """Return what the signature of `request` claims.

    Raises Unauthenticated where it is too old, or cannot be read. What it covers, and the digest, are checked with the
    key.
    """
    if any(len(request.headers.get(each, "")) > MAX_HEADER for each in ("signature", "signature-input")):
        raise refused("its header is too long")
    reason = "it names no key"
    for kind in _IDS:
        asked = _Asked()
        try:
            _verify(request, now, kind, asked)
        except (HTTPMessageSignaturesException, ValueError, KeyError, TypeError, RecursionError) as error:
            reason = str(error).rstrip(".")[:200] or "it cannot be read"
        if asked.key_id:
            return Claim(key_id=asked.key_id, holds=partial(_holds, request, now))
    raise refused(reason)


def _holds(request: Arrived, now: datetime, key: PublicKey) -> bool:
    if key.kind not in _IDS:
        return False
    try:
        _verify(request, now, key.kind, _Asked(key))
    except (HTTPMessageSignaturesException, ValueError, KeyError, TypeError, RecursionError):
        return False
    return True


def _verify(request: Arrived, now: datetime, kind: KeyKind, asked: "_Asked") -> None:
    verifier = _Verifier(signature_algorithm=_algorithm(kind), key_resolver=asked)
    verifier.present = now
    needed = ("@method", "@target-uri") + (("content-digest",) if request.body or request.method == "POST" else ())
    verifier.verify(
        _Message(request.method, request.url, dict(request.headers)),
        max_age=MAX_AGE,
        require_components=needed,
        body=request.body if "content-digest" in needed else None,
    )


class _Asked(HTTPSignatureKeyResolver):
    """Remembers which key the signature names. Without a `key` it is none yet."""

    def __init__(self, key: PublicKey | None = None) -> None:
        self.key_id: str | None = None
        self._key = key

    def resolve_public_key(self, key_id: str) -> Any:
        self.key_id = key_id
        return self._key


class _Verifier(HTTPMessageVerifier):
    """Goes by the clock of the city. `alg` may be left out: the key says which one it is."""

    present: datetime

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        said = sig_input.params
        if len(sig_input) > _MOST_COVERED:
            raise InvalidSignature("It covers too much")
        try:
            created = datetime.fromtimestamp(said["created"], tz=self.present.tzinfo)
            expires = datetime.fromtimestamp(said["expires"], tz=self.present.tzinfo) if "expires" in said else None
        except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
            raise InvalidSignature("It does not say when it was made") from error
        if not near(created, self.present, within=max_age or MAX_AGE):
            raise InvalidSignature("It was not made just now")
        if expires is not None and expires < self.present:
            raise InvalidSignature("It has expired")


def _algorithm(kind: KeyKind) -> type[HTTPSignatureAlgorithm]:
    class Algorithm(HTTPSignatureAlgorithm):
        """Verifies by a key of ours; a signature is made outside."""

        algorithm_id = _IDS[kind]

        def __init__(self, public_key: Any = None, private_key: Any = None) -> None:  # noqa: ARG002 (as the base class)
            self._key: PublicKey = public_key

        def verify(self, signature: bytes, message: bytes) -> None:
            if not self._key.verifies(signature, message):
                raise InvalidSignature("It was not made by that key")

    return Algorithm

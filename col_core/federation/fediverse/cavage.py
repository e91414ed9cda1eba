"""HTTP signatures as the fediverse has made them since its beginning.

Source: draft-cavage-http-signatures-12, in the profile that servers share: RSA with SHA-256 (also under the name
hs2019), and over the request target, the host, the date, and the digest of a body (RFC 3230).
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from urllib.parse import urlsplit

from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import KeyKind, Signer
from col_core.federation.fediverse.signed import MAX_HEADER, Arrived, Claim, near, refused

_TARGET = "(request-target)"
_PART = re.compile(r'\s*([a-zA-Z]+)=(?:"([^"\\]*)"|(\d{1,15}))\s*(?:,|$)')
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
_ALGORITHMS = {
    None: frozenset({KeyKind.RSA, KeyKind.ED25519}),
    "hs2019": frozenset({KeyKind.RSA, KeyKind.ED25519}),
    "rsa-sha256": frozenset({KeyKind.RSA}),
    "ed25519": frozenset({KeyKind.ED25519}),
}
_HASHES = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
_MOST_NAMES = 20


def sign(method: str, url: str, body: bytes | None, signer: Signer, *, now: datetime) -> dict[str, str]:
    """Return the headers to send along, `Host` among them. A `body` of None has no digest."""
    parts = urlsplit(url)
    headers = {"host": parts.netloc.rpartition("@")[2], "date": format_datetime(now.astimezone(UTC), usegmt=True)}
    if body is not None:
        headers["digest"] = f"SHA-256={base64.b64encode(hashlib.sha256(body).digest()).decode()}"
    names = [_TARGET, *headers]
    signature = base64.b64encode(signer.sign(_text(method, url, headers, names))).decode()
    named = " ".join(names)
    said = f'keyId="{signer.method}",algorithm="rsa-sha256",headers="{named}",signature="{signature}"'
    return {"Host": headers["host"], "Date": headers["date"], "Signature": said} | (
        {"Digest": headers["digest"]} if body is not None else {}
    )


def read(request: Arrived, *, now: datetime) -> Claim:
    """Return what the signature of `request` claims.

    Raises Unauthenticated where it leaves out what must be signed, is of another time, does not fit the body, or
    cannot be read.
    """
    said = _parts(request.headers.get("signature", ""))
    algorithm = said.get("algorithm")
    kinds = _ALGORITHMS.get(algorithm.lower() if algorithm else None)
    if kinds is None:
        raise refused("it names another algorithm than rsa-sha256 and hs2019")
    names = said.get("headers", "").lower().split()
    needed = {_TARGET, "host", "date"} | ({"digest"} if request.body or request.method == "POST" else set())
    if needed - set(names):
        raise refused(f"it must cover {', '.join(sorted(needed - set(names)))}")
    if len(names) != len(set(names)) or len(names) > _MOST_NAMES:
        raise refused("its list of headers names one twice, or too many")
    _check_time(request, said, now)
    if "digest" in needed:
        _check_digest(request.headers.get("digest", ""), request.body)
    try:
        signature = base64.b64decode(said["signature"], validate=True)
    except (KeyError, binascii.Error):
        raise refused("there is no signature in it") from None
    headers = {**request.headers, "(created)": said.get("created", ""), "(expires)": said.get("expires", "")}
    text = _text(request.method, request.url, headers, names)
    if not said.get("keyId"):
        raise refused("it names no key")
    return Claim(key_id=said["keyId"], holds=partial(_holds, kinds, signature, text))


def _holds(kinds: frozenset[KeyKind], signature: bytes, text: bytes, key: PublicKey) -> bool:
    return key.kind in kinds and key.verifies(signature, text)


def _parts(header: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(header):
        match = _PART.match(header, at)
        if match is None or match[1] in found or len(header) > MAX_HEADER:
            raise refused("its header cannot be read")
        found[match[1]] = match[2] if match[2] is not None else match[3]
        at = match.end()
    if not found:
        raise refused("there is no signature")
    return found


def _check_time(request: Arrived, said: Mapping[str, str], now: datetime) -> None:
    try:
        date = parsedate_to_datetime(request.headers.get("date", ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        raise refused("its date cannot be read") from None
    if date.tzinfo is None or not near(date, now):
        raise refused("its date is not of this hour")
    for name in ("created", "expires"):
        if name in said and not said[name].isdigit():
            raise refused(f"{name} is no time")
    seconds = now.timestamp()
    if "created" in said and abs(int(said["created"]) - seconds) > 3600:
        raise refused("it was not made in this hour")
    if "expires" in said and int(said["expires"]) < seconds:
        raise refused("it has expired")


def _check_digest(header: str, body: bytes) -> None:
    known = 0
    for each in header.split(","):
        name, _, value = each.strip().partition("=")
        make = _HASHES.get(name.lower())
        if make is None:
            continue
        try:
            said = base64.b64decode(value, validate=True)
        except binascii.Error:
            raise refused("its digest cannot be read") from None
        if not hmac.compare_digest(said, make(body).digest()):
            raise refused("its digest is not that of the body")
        known += 1
    if not known:
        raise refused("it has no digest by SHA-256 or SHA-512")


def _text(method: str, url: str, headers: Mapping[str, str], names: list[str]) -> bytes:
    """Return what is signed (section 2.3 of the draft)."""
    parts = urlsplit(url)
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    lines = []
    for name in names:
        if name == _TARGET:
            lines.append(f"{name}: {method.lower()} {target}")
        elif name in ("(created)", "(expires)") or _NAME.fullmatch(name):
            if not headers.get(name):
                raise refused(f"it covers {name[:50]}, which was not sent")
            lines.append(f"{name}: {headers[name].strip()}")
        else:
            raise refused("its list of headers cannot be read")
    return "\n".join(lines).encode("utf-8", errors="surrogateescape")

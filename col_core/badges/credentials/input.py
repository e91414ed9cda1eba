"""What came to be checked: a badge as JSON or JWT, a picture with one in it, or an address where one stands.

Everything is measured before it is read, and nothing is fetched here.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urlsplit

from col_core.badges.credentials import baking_png, baking_svg, json_text
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.records import Document
from col_core.badges.credentials.shapes import listed, objects, types_of

MAX_BYTES = baking_png.MAX_PICTURE_BYTES
_MAX_ADDRESS = 2_048
_MAX_WRAPPINGS = 3
_JWT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}")
_DATA_ADDRESS = re.compile(r"data:([^,;]*)((?:;[^,;]*)*),", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Came:
    """Exactly one of a JSON object, a compact JWT and an address; `picture` is what it was baked into, if it was."""

    document: Document | None = None
    token: str | None = None
    address: str | None = None
    picture: bytes | None = None


def read(given: bytes | str) -> Came:
    """Return what `given` is. Raises Unreadable: its reason is a word of `reasons.py`."""
    if len(given) > MAX_BYTES * (1 if isinstance(given, bytes) else 2):
        raise Unreadable("size", f"more than {MAX_BYTES} bytes")
    return _text(given, 0) if isinstance(given, str) else _bytes(given, 0)


def _bytes(given: bytes, wrappings: int) -> Came:
    if given.startswith(baking_png.SIGNATURE):
        return _baked(baking_png.unbake(given), given, wrappings)
    begin = given[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    if begin.startswith(b"<"):
        if b"<svg" not in given[:100_000]:
            raise Unreadable("not_a_badge", "markup that is no SVG")
        return _baked(baking_svg.unbake(given), given, wrappings)
    try:
        return _text(given.decode("utf-8-sig"), wrappings)
    except UnicodeDecodeError:
        raise Unreadable("not_a_badge", "neither a PNG or SVG picture nor text in UTF-8") from None


def _baked(credential: str | None, picture: bytes, wrappings: int) -> Came:
    if credential is None:
        raise Unreadable("no_badge_in_picture", "a picture without a badge")
    inner = _text(credential, wrappings + 1)
    return Came(document=inner.document, token=inner.token, address=inner.address, picture=picture)


def _text(given: str, wrappings: int) -> Came:
    if wrappings > _MAX_WRAPPINGS:
        raise Unreadable("not_a_badge", "a badge in too many wrappings")
    text = given.strip("\ufeff \t\r\n\f\v\x00\u00a0\u200b").strip()
    if not text:
        raise Unreadable("empty", "nothing was given")
    if text.startswith("{"):
        return _document(json_text.parsed(text), wrappings)
    if len(text) > 2 and text[0] == text[-1] == '"':
        return _text(text[1:-1].replace("\\/", "/"), wrappings + 1)
    if text[:5].lower() == "data:":
        return _bytes(_of_data_address(text), wrappings + 1)
    if text[:8].lower().startswith(("http://", "https://")):
        return Came(address=_address(text))
    if text.startswith("<"):
        return _bytes(text.encode("utf-8", "replace"), wrappings + 1)
    # Mail programs and terminals break long lines.
    joined = _BLANKS.sub("", text)
    if _JWT.fullmatch(joined):
        if len(joined) > json_text.MAX_BYTES:
            raise Unreadable("size", f"more than {json_text.MAX_BYTES} bytes")
        return Came(token=joined)
    if _BASE64.fullmatch(joined):
        return _bytes(_of_base64(joined), wrappings + 1)
    raise Unreadable("json" if text.startswith("[") else "not_a_badge", "no badge that we know")


def _document(document: Document, wrappings: int) -> Came:
    """Take the badge out of what may enclose it: a presentation of one, or an envelope (VCDM 2.0, section 4.13)."""
    types = types_of(document)
    if "EnvelopedVerifiableCredential" in types:
        return _text(str(document.get("id") or ""), wrappings + 1)
    if "VerifiablePresentation" in types:
        shown = listed(document.get("verifiableCredential"))
        if len(shown) != 1:
            raise Unreadable("not_one_badge", f"a presentation of {len(shown)} badges")
        if objects(shown) and wrappings < _MAX_WRAPPINGS:
            return _document(objects(shown)[0], wrappings + 1)
        return _text(str(shown[0]), wrappings + 1)
    # The shape of our own API, pasted whole.
    inner = document.get("credential")
    if set(document) == {"credential"} and isinstance(inner, Mapping):
        return Came(document=inner)
    return Came(document=document)


def _of_data_address(text: str) -> bytes:
    head = _DATA_ADDRESS.match(text)
    if head is None:
        raise Unreadable("not_a_badge", "an unreadable data address")
    body = text[head.end() :]
    return _of_base64(_BLANKS.sub("", body)) if ";base64" in head[2].lower() else unquote_to_bytes(body)


def _of_base64(text: str) -> bytes:
    try:
        plain = text.replace("-", "+").replace("_", "/").rstrip("=")
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("not_a_badge", "unreadable base64") from None


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = bool(parts.hostname) and not any(each.isspace() or each < " " for each in text)
    except ValueError:
        usable = False
    if not usable or len(text) > _MAX_ADDRESS:
        raise Unreadable("not_a_badge", "no usable address")
    return text

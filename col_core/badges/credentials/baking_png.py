"""Badges inside PNG pictures: written as Open Badges 3.0 say, read as 2.0 and 3.0 do.

A picture comes from anybody. Chunks are counted and measured before they are copied, checksums are compared, and what
is packed is unpacked up to a bound: 486 kB of zlib can hold 500 MB.
Sources: Open Badges 3.0, section 5.3.1; Open Badges 2.0 Baking Specification; PNG (Third Edition), sections 5 and 11.3.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from col_core.badges.credentials.errors import Unreadable

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
OLDER_KEYWORD = b"openbadges"
MAX_PICTURE_BYTES = 10_000_000
MAX_TEXT_BYTES = 2_000_000
_MAX_CHUNKS = 20_000
_TEXTS = (b"iTXt", b"tEXt")
_PACKED, _ZLIB = 1, 0


class BadPicture(Unreadable):
    """This is no picture that can be read or baked."""

    def __init__(self, message: str) -> None:
        super().__init__("picture", message)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Chunk:
    kind: bytes
    data: bytes
    raw: bytes


def bake(png: bytes, credential: str) -> bytes:
    """Return `png` with `credential` (JSON or a compact JWS) in it; one that was in it before is replaced.

    What follows the end of the picture is left out. Raises BadPicture.
    """
    chunks = [*_chunks(png)]
    text = KEYWORD + b"\x00" + bytes((0, 0)) + b"\x00\x00" + credential.encode()
    baked = [each.raw for each in chunks if not _is_badge(each)]
    # After IHDR, which is always first: so before the first IDAT.
    baked.insert(1, _raw(b"iTXt", text))
    return SIGNATURE + b"".join(baked)


def unbake(png: bytes) -> str | None:
    """Return the badge in `png` as it was written, or None where there is none.

    Raises BadPicture where the picture is broken, holds two badges of one kind, or one that is too long.
    """
    found: dict[bytes, str] = {}
    for chunk in _chunks(png):
        if not _is_badge(chunk):
            continue
        keyword = chunk.data.partition(b"\x00")[0]
        if keyword in found:
            raise BadPicture("two badges in one picture")
        found[keyword] = _text(chunk)
    return found.get(KEYWORD) or found.get(OLDER_KEYWORD)


def _is_badge(chunk: _Chunk) -> bool:
    return chunk.kind in _TEXTS and chunk.data.partition(b"\x00")[0] in (KEYWORD, OLDER_KEYWORD)


def _chunks(png: bytes) -> Iterator[_Chunk]:
    if len(png) > MAX_PICTURE_BYTES:
        raise BadPicture(f"longer than {MAX_PICTURE_BYTES} bytes")
    if not png.startswith(SIGNATURE):
        raise BadPicture("not a PNG")
    at = len(SIGNATURE)
    for number in range(_MAX_CHUNKS):
        if at + 12 > len(png):
            raise BadPicture("it breaks off")
        length, kind = struct.unpack_from(">I4s", png, at)
        end = at + 12 + length
        if end > len(png):
            raise BadPicture("it breaks off")
        data = png[at + 8 : end - 4]
        if zlib.crc32(data, zlib.crc32(kind)) != int.from_bytes(png[end - 4 : end], "big"):
            raise BadPicture("a checksum does not fit")
        if (number == 0) != (kind == b"IHDR"):
            raise BadPicture("it does not begin with one header")
        yield _Chunk(kind=kind, data=data, raw=png[at:end])
        if kind == b"IEND":
            return
        at = end
    raise BadPicture("too many chunks")


def _text(chunk: _Chunk) -> str:
    keyword, _, rest = chunk.data.partition(b"\x00")
    if chunk.kind == b"tEXt":
        packed, text = False, rest
    else:
        if len(rest) < 2 or rest[0] > _PACKED or (rest[0] == _PACKED and rest[1] != _ZLIB):
            raise BadPicture("a text that cannot be read")
        parts = rest[2:].split(b"\x00", 2)
        if len(parts) != 3:
            raise BadPicture("a text that cannot be read")
        packed, text = rest[0] == _PACKED, parts[2]
    text = _unpacked(text) if packed else text
    if len(text) > MAX_TEXT_BYTES:
        raise BadPicture(f"the badge in it is longer than {MAX_TEXT_BYTES} bytes")
    try:
        return text.decode("latin-1" if chunk.kind == b"tEXt" else "utf-8")
    except UnicodeDecodeError as error:
        raise BadPicture(f"the text at {keyword.decode()} is not UTF-8") from error


def _unpacked(packed: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(packed, MAX_TEXT_BYTES + 1)
    except zlib.error as error:
        raise BadPicture("a packed text that cannot be unpacked") from error
    if len(text) <= MAX_TEXT_BYTES and not unpacking.eof:
        raise BadPicture("a packed text that breaks off")
    return text


def _raw(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))

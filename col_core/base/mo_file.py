"""Read compiled gettext catalogues (.mo).

The standard library's reader compiles the plural rule of the file into Python while it reads, and Babel's loses the
context of a message; this one only reads, and checks every offset. Source: GNU gettext manual, "The Format of GNU MO
Files".
"""

import struct
from collections.abc import Iterator

_MAGIC = {b"\xde\x12\x04\x95": "<", b"\x95\x04\x12\xde": ">"}
_MAX_MESSAGES = 100_000


def entries(data: bytes) -> Iterator[tuple[str | None, tuple[str, ...], tuple[str, ...]]]:
    """Yield context, source texts (singular, plural) and translations of each message; the header has the id "".

    Raises `ValueError` for a damaged file.
    """
    order = _MAGIC.get(data[:4])
    if order is None or len(data) < 20:
        raise ValueError("it does not begin as a .mo file does")
    version, count, ids_at, texts_at = struct.unpack(order + "4I", data[4:20])
    if version >> 16 not in (0, 1):
        raise ValueError("it is of an unknown version")
    if count > _MAX_MESSAGES:
        raise ValueError("it holds too many messages")
    for number in range(count):
        source = _text(data, order, ids_at + 8 * number)
        translation = _text(data, order, texts_at + 8 * number)
        context, mark, rest = source.partition("\x04")
        if not mark:
            context, rest = "", source
        plural = "\x00" in rest
        yield (
            context if mark else None,
            tuple(rest.split("\x00")),
            tuple(translation.split("\x00")) if plural else (translation,),
        )


def _text(data: bytes, order: str, at: int) -> str:
    if at + 8 > len(data):
        raise ValueError("it breaks off")
    length, start = struct.unpack(order + "2I", data[at : at + 8])
    if start + length > len(data):
        raise ValueError("it breaks off")
    return data[start : start + length].decode("utf-8")

"""Unpacking what a server sent, with a limit on what it becomes: a megabyte can hold a gigabyte of zeros."""

import zlib

from col_core.base.errors import FetchError

_GZIP_OR_ZLIB = 47
_RAW_DEFLATE = -15


class Unpacked:
    """The body of an answer, unpacked as it comes in.

    `encoding` is its Content-Encoding; `max_bytes` bounds the result. Raises FetchError beyond that, for an
    encoding that was not asked for, and for one that breaks off.
    """

    def __init__(self, encoding: str, max_bytes: int) -> None:
        name = encoding.strip().lower()
        if name not in ("identity", "", "gzip", "x-gzip", "deflate"):
            raise FetchError(f"The answer is packed as {name[:40]!r}, which was not asked for.")
        self._packed = name not in ("identity", "")
        self._deflate = name == "deflate"
        self._max_bytes = max_bytes
        self._received = 0
        self._out = bytearray()
        self._unpacker: zlib._Decompress | None = None

    def feed(self, chunk: bytes) -> None:
        """Take in the next piece."""
        self._received += len(chunk)
        if self._received > self._max_bytes:
            raise self._too_large()
        if not self._packed:
            self._out += chunk
            return
        while chunk:
            if self._unpacker is None:
                self._unpacker = zlib.decompressobj(self._window(chunk))
            # One byte more than is allowed tells "too large" from "exactly full".
            room = self._max_bytes - len(self._out) + 1
            try:
                self._out += self._unpacker.decompress(chunk, room)
            except zlib.error as error:
                raise FetchError(f"The answer cannot be unpacked: {error}.") from error
            if len(self._out) > self._max_bytes:
                raise self._too_large()
            if self._unpacker.eof:
                # RFC 1952 allows several members one after the other.
                chunk, self._unpacker = self._unpacker.unused_data.lstrip(b"\0"), None
            else:
                chunk = self._unpacker.unconsumed_tail

    def finish(self) -> bytes:
        """Return the whole. Raises FetchError where it broke off in the middle."""
        if self._unpacker is not None and not self._unpacker.eof:
            raise FetchError("The answer broke off in the middle.")
        return bytes(self._out)

    def _window(self, chunk: bytes) -> int:
        # "deflate" means zlib (RFC 9110), but some servers send it without zlib's two bytes of header.
        bare = self._deflate and (chunk[0] & 0x0F != 8 or int.from_bytes(chunk[:2], "big") % 31 != 0)
        return _RAW_DEFLATE if bare else _GZIP_OR_ZLIB

    def _too_large(self) -> FetchError:
        return FetchError(f"The answer is larger than {self._max_bytes} bytes.")

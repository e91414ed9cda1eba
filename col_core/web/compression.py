"""Answers made on the spot, packed as the browser likes it. Files under /static/ are packed when they are built.

Packing an answer takes longer than finding one that is kept, so what was packed last of what is public is kept too.
"""

import gzip
import hashlib
import re
from functools import lru_cache

import brotli
from flask import Flask, Response, request
from werkzeug.datastructures import Accept

from col_core.base.kept import Kept
from col_core.web import varies

# Quality 5 packs pages nearly as small as the best one, many times quicker.
_BROTLI_QUALITY = 5
_GZIP_LEVEL = 5
_LEAST_BYTES = 1000
_MEDIA_TYPES = re.compile(r"text/(html|css|calendar|csv|plain|javascript)|image/svg\+xml|application/(.*\+)?(json|xml)")
_OURS = ("br", "gzip")
_MOST_BYTES = 8_000_000
_packed: Kept[tuple[str, bytes], bytes] = Kept(_MOST_BYTES, weight=len)


def install(app: Flask) -> None:
    """Pack the answers of `app`. Install it before whatever else must see them unpacked."""

    @app.after_request
    def pack(response: Response) -> Response:
        return compress(response)


def compress(response: Response) -> Response:
    """Pack `response` for the request at hand, if it is text, worth it and not packed yet."""
    headers = response.headers
    if not _is_text(headers.get("Content-Type", "")) or "Content-Encoding" in headers:
        return response
    varies.by(response, "Accept-Encoding")
    etag = headers.get("ETag", "")
    if etag.startswith('"'):
        # The same tag stands for every packing, so it can promise no more than the same meaning.
        headers["ETag"] = f"W/{etag}"
    if response.direct_passthrough or response.is_streamed or response.status_code in (204, 206, 304):
        return response
    encoding = best_encoding(request.accept_encodings)
    if encoding is None or (response.content_length or 0) < _LEAST_BYTES:
        return response
    body = response.get_data()
    # Pages are not public: each holds the word that marks its own scripts, so none is the same twice.
    is_public = "public" in headers.get("Cache-Control", "")
    response.set_data(_packed_once(body, encoding) if is_public else _pack(body, encoding))
    headers["Content-Encoding"] = encoding
    return response


def _packed_once(body: bytes, encoding: str) -> bytes:
    key = (encoding, hashlib.blake2b(body, digest_size=16).digest())
    packed = _packed.get(key)
    if packed is None:
        packed = _pack(body, encoding)
        _packed.put(key, packed)
    return packed


def _pack(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        packed: bytes = brotli.compress(body, quality=_BROTLI_QUALITY)
        return packed
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)


def best_encoding(accepted: Accept) -> str | None:
    """Return "br" or "gzip", whichever the browser prefers (brotli if both alike), or None for neither.

    RFC 9110, 12.5.3: `*` stands for every coding that is not named, `q=0` forbids, and unpacked wins only where it is
    named with a higher quality.
    """
    named = {name.lower(): quality for name, quality in accepted}
    weights = {each: named.get(each, named.get("*", 0.0)) for each in _OURS}
    best = max(_OURS, key=weights.__getitem__)
    return best if weights[best] > 0 and weights[best] >= named.get("identity", 0.0) else None


@lru_cache(maxsize=256)
def _is_text(content_type: str) -> bool:
    return bool(_MEDIA_TYPES.fullmatch(content_type.partition(";")[0].strip().lower()))

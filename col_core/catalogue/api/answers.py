"""How the API answers: JSON with an ETag, which says at which version an opportunity is."""

import hashlib
import re
from typing import Any

import orjson
from flask import Response, request

from col_core.base.errors import UnsupportedMedia
from col_core.base.strict_json import loads

_VERSION = re.compile(r"(\d{1,9})-[0-9a-f]+")


def shared(value: Any, *, media_type: str = "application/json", version: int | None = None) -> Response:
    """Answer with JSON that may be kept for a minute by anyone, and asked for again by its ETag."""
    response = _json(value, media_type, version)
    response.headers["Cache-Control"] = "public, max-age=60"
    response.make_conditional(request)
    return response


def private(value: Any, *, status: int = 200, version: int | None = None) -> Response:
    """Answer with JSON that is for who showed a token alone."""
    response = _json(value, "application/json", version)
    response.status_code = status
    response.headers["Cache-Control"] = "private, no-cache"
    if request.method in ("GET", "HEAD"):
        response.make_conditional(request)
    return response


def body() -> Any:
    """Return the JSON that the request holds. Raises UnsupportedMedia, Malformed."""
    if request.mimetype != "application/json":
        raise UnsupportedMedia("The body must be JSON: Content-Type: application/json.")
    return loads(request.get_data())


def versions() -> frozenset[int] | None:
    """Return the versions that If-Match names (RFC 9110, 13.1.1); None where any will do.

    A tag tells more than the version, such as the next date; that changes by itself and is nobody's edit.
    """
    if not request.if_match or request.if_match.star_tag:
        return None
    named = [_VERSION.fullmatch(tag) for tag in request.if_match.as_set(include_weak=True)]
    return frozenset(int(each[1]) for each in named if each is not None)


def _json(value: Any, media_type: str, version: int | None) -> Response:
    data = orjson.dumps(value)
    digest = hashlib.blake2b(data, digest_size=10).hexdigest()
    response = Response(data, mimetype=media_type)
    response.set_etag(digest if version is None else f"{version}-{digest}")
    return response

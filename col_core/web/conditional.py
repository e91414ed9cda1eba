"""Asking whether an answer is still the same, cheaply: answers that did not change are not made a second time.

A tag is of what was answered, so every process gives the same one, and a change of the catalogue that does not touch
an answer leaves its tag. What is kept here is only which tag an address had at which state of things.
"""

from collections.abc import Callable

from flask import Blueprint, Response, g, request

from col_core.base.clock import Clock
from col_core.base.kept import Kept

# What an answer says of time (the next date of an offer) is made anew this often.
_BUCKET_S = 60
_MOST_ADDRESSES = 4_000

State = tuple[int, int]


def install(views: Blueprint, *, version: Callable[[], int], clock: Clock) -> None:
    """Answer 304 before the work is done, where the asker has what this process would answer at the moment.

    The first who shows a tag pays for all that follow; who shows none pays nothing. For views whose answer depends on
    the address, on Accept-Language, on what `version` counts, and on time by the minute; and that set an ETag of the
    whole body. Only what is `public` is kept; who shows a token may see more, so that is always answered afresh.
    """
    tags: Kept[str, _Tag] = Kept(_MOST_ADDRESSES)

    @views.before_request
    def before() -> Response | None:
        if request.method not in ("GET", "HEAD") or "Authorization" in request.headers or not request.if_none_match:
            return None
        # Read before the answer is made: a change in between can only make the tag seem older than it is.
        g.answered_at = (version(), int(clock.now().timestamp()) // _BUCKET_S)
        known = tags.get(_address())
        if known is None or known.state != g.answered_at or not request.if_none_match.contains_weak(known.tag):
            return None
        return Response(status=304, headers=known.headers)

    @views.after_request
    def after(response: Response) -> Response:
        tagged = response.status_code in (200, 304) and "ETag" in response.headers
        if tagged and response.cache_control.public and "answered_at" in g:
            tags.put(_address(), _Tag(g.answered_at, response))
        return response


class _Tag:
    """The headers that a 304 repeats (RFC 9110, section 15.4.5)."""

    __slots__ = ("headers", "state", "tag")

    def __init__(self, state: State, response: Response) -> None:
        names = ("ETag", "Cache-Control", "Content-Language", "Vary", "Link")
        self.state = state
        self.tag = response.get_etag()[0] or ""
        self.headers = {name: response.headers[name] for name in names if name in response.headers}


def _address() -> str:
    return f"{request.full_path}\n{request.headers.get('Accept-Language', '')}"

"""Answering again what was answered before, cheaply, as long as nothing changed.

A tag is of what was answered, so every process gives the same one, and a change of the catalogue that does not touch
an answer leaves its tag. What an address was answered at which state of things is kept here, within bounds.
"""

from collections.abc import Callable

from flask import Blueprint, Response, g, request

from col_core.base.clock import Clock
from col_core.base.kept import Kept

# What an answer says of time (the next date of an offer) is made anew this often.
_BUCKET_S = 60
_MOST_BYTES = 16_000_000
# A longer answer would push out too many others: of it only the tag is kept.
_LONGEST = 500_000
_OWN_WEIGHT = 1_000

State = tuple[int, int]


def install(views: Blueprint, *, version: Callable[[], int], clock: Clock) -> None:
    """Answer before the work is done, where this process has answered the same at this state: 304 to who has it.

    For views whose answer depends on the address, on Accept-Language, on what `version` counts, and on time by the
    minute; and that set an ETag of the whole body. Only what is `public` is kept; who shows a token may see more, so
    that is always answered afresh.
    """
    kept: Kept[str, _Answer] = Kept(_MOST_BYTES, weight=lambda each: _OWN_WEIGHT + len(each.body or b""))

    @views.before_request
    def before() -> Response | None:
        if request.method not in ("GET", "HEAD") or "Authorization" in request.headers:
            return None
        # Read before the answer is made: a change in between can only make the answer seem older than it is.
        state = (version(), int(clock.now().timestamp()) // _BUCKET_S)
        known = kept.get(_address())
        if known is not None and known.state == state:
            if request.if_none_match.contains_weak(known.tag):
                return Response(status=304, headers=known.headers_of_304())
            if known.body is not None:
                return Response(known.body, headers=known.headers)
        g.answered_at = state
        return None

    @views.after_request
    def after(response: Response) -> Response:
        tagged = response.status_code in (200, 304) and "ETag" in response.headers
        if tagged and response.cache_control.public and "answered_at" in g:
            kept.put(_address(), _Answer(g.answered_at, response))
        return response


def public(response: Response, *, fresh_s: int) -> Response:
    """Let anyone keep `response` for so long, and ask for it again by its ETag."""
    response.headers["Cache-Control"] = f"public, max-age={fresh_s}"
    response.add_etag()
    response.make_conditional(request)
    return response


class _Answer:
    """What was answered. `body` is None where there was none, or it is too long to be kept."""

    __slots__ = ("body", "headers", "state", "tag")

    def __init__(self, state: State, response: Response) -> None:
        self.state = state
        self.tag = response.get_etag()[0] or ""
        self.headers = [(name, value) for name, value in response.headers if name != "Content-Length"]
        whole = response.status_code == 200 and not response.is_streamed and not response.direct_passthrough
        body = response.get_data() if whole else b""
        self.body = body if whole and len(body) <= _LONGEST else None

    def headers_of_304(self) -> list[tuple[str, str]]:
        """Return the headers that a 304 repeats (RFC 9110, section 15.4.5)."""
        repeated = {"etag", "cache-control", "content-language", "vary", "link"}
        return [(name, value) for name, value in self.headers if name.lower() in repeated]


def _address() -> str:
    return f"{request.full_path}\n{request.headers.get('Accept-Language', '')}"

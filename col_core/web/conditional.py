"""Answering again what was answered before, cheaply, as long as nothing changed.

A tag is of what was answered, so every process gives the same one, and a change of the catalogue that does not touch
an answer leaves its tag. What an address was answered at which state of things is kept here as it went out, headers and
packed body, within bounds; it is given again before Flask hears of the request, which would take several times as long.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, Flask, Response, request
from werkzeug.http import parse_etags

from col_core.base.clock import Clock
from col_core.base.errors import ColError
from col_core.base.kept import Kept
from col_core.web import journal

# What an answer says of time (the next date of an offer) is made anew this often.
_BUCKET_S = 60
_MOST_BYTES = 16_000_000
# A longer answer would push out too many others: of it only the tag is kept.
_LONGEST = 500_000
_OWN_WEIGHT = 2_000
# Nobody needs so many words to ask; who sends more is answered, and nothing of it is kept.
_LONGEST_KEY = 2_000
# What the request says that such an answer may depend on, besides its method.
_ASKED = ("HTTP_HOST", "PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING")
# What belongs to a body, and is not said where there is none.
_OF_A_BODY = frozenset({"content-type", "content-length", "content-encoding", "content-security-policy"})
_HOLDS = "col.holds"

State = tuple[int, int]
_Key = tuple[str, ...]
_Start = Callable[..., Any]


def install(views: Blueprint, *, version: Callable[[], int], clock: Clock) -> None:
    """Let `views` be answered again while `version` counts no change, for a minute at most: 304 to who has the answer.

    For views whose answer depends on the address, on Accept-Language, on what `version` counts, and on time by the
    minute; and that set an ETag of the whole body. Only what is `public` is kept; who shows a token may see more, so
    that is always answered afresh. Nothing is kept where the application has no `front`.
    """

    def state() -> State:
        return version(), int(clock.now().timestamp()) // _BUCKET_S

    @views.before_request
    def note_state() -> None:
        if request.method in ("GET", "HEAD") and "Authorization" not in request.headers:
            # Read before the answer is made: a change in between can only make the answer seem older than it is.
            request.environ[_HOLDS] = (state, state())


def front(app: Flask, *, count: Callable[[str | None], None]) -> None:
    """Keep what goes out of `app`, and give it again. Install it before all that changes answers on their way out.

    `count` is told the network address of who is answered so; where it raises, `app` says why.
    """
    kept: Kept[_Key, _Answer] = Kept(_MOST_BYTES, weight=lambda each: _OWN_WEIGHT + len(each.body or b""))

    @app.after_request
    def keep(response: Response) -> Response:
        if response.status_code == 412:
            # That is for who asked so alone; what a cache on the way keeps is given to others too.
            response.headers["Cache-Control"] = "no-store"
        tagged = response.status_code in (200, 304) and "ETag" in response.headers
        if tagged and _HOLDS in request.environ and response.cache_control.public:
            key = _key(request.environ)
            if sum(map(len, key)) <= _LONGEST_KEY:
                kept.put(key, _Answer(response, request.environ))
        return response

    app.wsgi_app = _Front(app.wsgi_app, kept, count)  # type: ignore[method-assign]


def public(response: Response, *, fresh_s: int) -> Response:
    """Let anyone keep `response` for so long, and ask for it again by its ETag."""
    response.headers["Cache-Control"] = f"public, max-age={fresh_s}"
    response.add_etag()
    response.make_conditional(request)
    return response


class _Answer:
    """What was answered. `body` is None where there was none, or it is too long to be kept."""

    __slots__ = ("body", "headers", "headers_of_304", "route", "state", "state_then", "tag")

    def __init__(self, response: Response, environ: dict[str, Any]) -> None:
        self.state, self.state_then = environ[_HOLDS]
        self.route = journal.route(environ)
        self.tag = response.get_etag()[0] or ""
        # Whoever gives it again says when that was.
        self.headers = [each for each in response.get_wsgi_headers(environ) if each[0].lower() != "date"]
        # RFC 9110, section 15.4.5
        self.headers_of_304 = [each for each in self.headers if each[0].lower() not in _OF_A_BODY]
        whole = response.status_code == 200 and not response.is_streamed and not response.direct_passthrough
        body = response.get_data() if whole else b""
        self.body = body if whole and len(body) <= _LONGEST else None


class _Front:
    """The kept answers before `app` itself."""

    def __init__(
        self, app: Callable[..., Iterable[bytes]], kept: Kept[_Key, _Answer], count: Callable[[str | None], None]
    ) -> None:
        self._app, self._kept, self._count = app, kept, count

    def __call__(self, environ: dict[str, Any], start_response: _Start) -> Iterable[bytes]:
        known = self._known(environ)
        if known is None:
            return self._app(environ, start_response)
        given = environ.get("HTTP_IF_NONE_MATCH")
        has_it = given is not None and parse_etags(given).contains_weak(known.tag)
        body = known.body
        if body is None and not has_it:
            return self._app(environ, start_response)
        try:
            self._count(environ.get("REMOTE_ADDR"))
        except ColError:
            return self._app(environ, start_response)
        journal.note_route(environ, known.route)
        if has_it:
            start_response("304 NOT MODIFIED", [*known.headers_of_304])
            return []
        start_response("200 OK", [*known.headers])
        return [body] if body and environ["REQUEST_METHOD"] != "HEAD" else []

    def _known(self, environ: dict[str, Any]) -> _Answer | None:
        """Return what this request was answered, if it would be answered the same now."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        # A token may show more; who asks only for what it has already is told when that is another by now.
        if "HTTP_AUTHORIZATION" in environ or "HTTP_IF_MATCH" in environ:
            return None
        known = self._kept.get(_key(environ))
        try:
            return known if known is not None and known.state() == known.state_then else None
        except ColError:
            return None  # where there is no database now, `app` says so


def _key(environ: dict[str, Any]) -> _Key:
    return tuple([environ.get(each, "") for each in _ASKED])

"""Every request leaves one line in the log and one count in the metrics; neither says who asked, nor for what."""

import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import structlog
from flask import Flask, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from col_core.hooks.registry import Plugins
from col_core.web.metrics import Metrics

HEADER = "X-Request-ID"
_ROUTE = "col.route"
_ID = "col.request_id"
# Letters, digits and hyphens: nothing that could break a line, hold an address, or grow without end.
_USABLE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
# Asked every few seconds by machines; their answers are told elsewhere.
_UNSAID = frozenset({"/healthz", "/readyz", "/metrics"})
_NO_ROUTE = "-"
_log = structlog.get_logger()


def install(app: Flask, *, metrics: Metrics, plugins: Plugins) -> None:
    """Keep the journal of `app`. What is installed on it afterwards is seen by the journal too."""

    def note_rule() -> None:
        if request.url_rule is not None:
            note_route(request.environ, request.url_rule.rule)

    # Before all others, which may turn the request away.
    app.before_request_funcs.setdefault(None, []).insert(0, note_rule)
    app.wsgi_app = _Journal(app.wsgi_app, metrics, plugins)  # type: ignore[method-assign]


def route(environ: Mapping[str, Any]) -> str:
    """Return the rule of the address that is asked for, "-" where there is none."""
    noted: str = environ.get(_ROUTE, _NO_ROUTE)
    return noted


def note_route(environ: dict[str, Any], rule: str) -> None:
    """Say by which rule a request is answered: addresses themselves are written down nowhere."""
    environ[_ROUTE] = rule


class _Journal:
    def __init__(self, app: Callable[..., Iterable[bytes]], metrics: Metrics, plugins: Plugins) -> None:
        self._app, self._metrics, self._plugins = app, metrics, plugins

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        environ[_ID] = given if _USABLE_ID.fullmatch(given) else secrets.token_hex(8)
        clear_contextvars()
        bind_contextvars(request=environ[_ID])
        statuses = [500]

        def start(status: str, headers: Any, exc_info: Any = None) -> Any:
            statuses[0] = int(status[:3])
            return start_response(status, [*headers, (HEADER, environ[_ID])], exc_info)

        body = self._app(environ, start)
        if isinstance(body, list):
            self._note(environ, statuses[0], began)
            return body
        return _Streamed(body, lambda: self._note(environ, statuses[0], began))

    def _note(self, environ: dict[str, Any], status: int, began: float) -> None:
        duration_s = time.perf_counter() - began
        asked, method = route(environ), environ["REQUEST_METHOD"]
        self._metrics.request(method=method, route=asked, status=status, duration_s=duration_s)
        self._metrics.faults(self._plugins.faults())
        if asked not in _UNSAID:
            _log.info("request", method=method, route=asked, status=status, duration_ms=round(duration_s * 1000, 1))
        clear_contextvars()


class _Streamed:
    """An answer that is made while it is sent: noted when its last piece is gone, or the visitor is."""

    def __init__(self, body: Iterable[bytes], note: Callable[[], None]) -> None:
        self._body, self._note = body, note

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._note()

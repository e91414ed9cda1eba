"""The body of a request is read whole before anything is done, within a time: one that never ends holds up nobody.

A server process has few threads, and a body that drips in would keep one of them. So at most half of them may read
bodies at once, none for long, and the others go on answering.
"""

import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from time import monotonic
from typing import Any

import structlog
from flask import Flask, Request, request
from werkzeug.formparser import FormDataParser, MultiPartParser

from col_core.base.errors import ColError, TooSlow, Unavailable

DEADLINE_S = 15.0
MOST_AT_ONCE = 4
_TURN_S = 0.5
_PIECE = 65_536
_FAULT = "col.body_fault"
_log = structlog.get_logger()


def install(app: Flask, *, longest: int, deadline_s: float = DEADLINE_S, at_once: int = MOST_AT_ONCE) -> None:
    """Let `app` find bodies of up to `longest` bytes read; one that takes longer than `deadline_s` is answered 408."""

    @app.before_request
    def refuse_unread() -> None:
        fault: ColError | None = request.environ.get(_FAULT)
        if fault is not None:
            raise fault

    app.request_class = _Request
    app.wsgi_app = _Reading(app.wsgi_app, longest, deadline_s, at_once)  # type: ignore[method-assign]


class _WholeForms(FormDataParser):
    """Reads a form with files in one piece.

    Werkzeug (3.1.9) reads pieces of 64 KiB and keeps a carriage return of the boundary in the file where a piece ends
    right behind it: the file is one byte too long then. The body is in memory already.
    """

    def _parse_multipart(self, stream: Any, mimetype: str, content_length: int | None, options: dict[str, str]) -> Any:  # noqa: ARG002 (the base class names them)
        boundary = options.get("boundary", "").encode("ascii")
        if not boundary:
            raise ValueError("Missing boundary")
        parser = MultiPartParser(
            stream_factory=self.stream_factory,
            max_form_memory_size=self.max_form_memory_size,
            max_form_parts=self.max_form_parts,
            cls=self.cls,
            buffer_size=(content_length or 0) + 1,
        )
        form, files = parser.parse(stream, boundary, content_length)
        return stream, form, files


class _Request(Request):
    form_data_parser_class = _WholeForms


class _Reading:
    def __init__(self, app: Callable[..., Iterable[bytes]], longest: int, deadline_s: float, at_once: int) -> None:
        self._app, self._longest, self._deadline_s = app, longest, deadline_s
        self._turns = threading.BoundedSemaphore(at_once)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if _may_have_body(environ) and _length(environ) <= self._longest:
            body = self._read(environ)
            if isinstance(body, ColError):
                environ[_FAULT], body = body, b""
            environ["wsgi.input"] = BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        return self._app(environ, start_response)

    def _read(self, environ: dict[str, Any]) -> bytes | ColError:
        if not self._turns.acquire(timeout=_TURN_S):
            return Unavailable("Too much is being sent at once; please try again in a moment.", retry_after_s=5)
        try:
            announced = None if "HTTP_TRANSFER_ENCODING" in environ else _length(environ)
            drawn = _Drawn(environ["wsgi.input"], self._longest, announced, self._deadline_s)
            thread = threading.Thread(target=drawn.draw, name="body", daemon=True)
            thread.start()
            thread.join(self._deadline_s)
            return drawn.body()
        finally:
            self._turns.release()


class _Drawn:
    """A body that is being read. Where nothing comes at all, its thread ends with the connection.

    `announced` is how long the request says that it is: more is never read, for a server may not say where it ends.
    """

    def __init__(self, stream: Any, longest: int, announced: int | None, deadline_s: float) -> None:
        self._stream, self._announced = stream, announced
        # One byte more than may be: so that what is too long is known to be.
        self._most = longest + 1 if announced is None else announced
        self._until_s = monotonic() + deadline_s
        self._pieces: list[bytes] = []
        self._whole = False

    def draw(self) -> None:
        length = 0
        while length < self._most:
            if monotonic() > self._until_s:
                return
            try:
                piece = self._stream.read(min(_PIECE, self._most - length))
            except Exception as error:
                _log.info("body.broke_off", kind=type(error).__name__)
                return
            if not piece:
                break
            self._pieces.append(piece)
            length += len(piece)
        self._whole = self._announced in (None, length)

    def body(self) -> bytes | ColError:
        if not self._whole:
            return TooSlow("What you sent did not arrive in time. Please try again.")
        return b"".join(self._pieces)


def _may_have_body(environ: dict[str, Any]) -> bool:
    return _length(environ) > 0 or "HTTP_TRANSFER_ENCODING" in environ


def _length(environ: dict[str, Any]) -> int:
    given = environ.get("CONTENT_LENGTH") or ""
    return int(given) if given.isascii() and given.isdigit() else 0

"""Errors: for people a page in their language, for programs an RFC 9457 problem document."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import orjson
import structlog
from flask import Flask, Response, has_request_context, request
from werkzeug.exceptions import HTTPException

from col_core.base.errors import ColError, InvalidInput, Malformed, NotFound
from col_core.base.strict_json import text_fault
from col_core.web.error_words import ErrorWords, Unfit, readable, words_for
from col_core.web.site import Site

MEDIA_TYPE = "application/problem+json"
_FOR_PROGRAMS = ("/api/", "/feeds/", "/ap/", "/.well-known/", "/nodeinfo/")
_CRASHED = "Something went wrong here. It was written down; nothing of yours is lost."
_log = structlog.get_logger()


def install(app: Flask, site: Site) -> None:
    """Let every error of `app` answer in a way that its reader understands; none shows how it came about."""

    @app.before_request
    def refuse_what_no_address_holds() -> None:
        # PostgreSQL takes no NUL in a text, so no view may look for one.
        if text_fault(request.path) is not None:
            raise NotFound("There is no such address here.")
        if not _is_utf8(request.query_string):
            raise Malformed("What stands behind the question mark of the address is not UTF-8.")

    @app.errorhandler(ColError)
    def known(error: ColError) -> Response:
        if error.status >= 500:
            cause = error.__cause__
            _log.error("request.failed", code=error.code, reason=str(error), cause=repr(cause) if cause else None)
        fields = error.fields if isinstance(error, InvalidInput) else {}
        response = _answer(site, error.status, str(error), code=error.code, fields=fields)
        retry_after_s = getattr(error, "retry_after_s", None)
        if retry_after_s is not None:
            response.headers["Retry-After"] = str(retry_after_s)
        challenge = getattr(error, "challenge", None)
        if challenge is not None:
            response.headers["WWW-Authenticate"] = challenge
        return response

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        if error.code == 404 and (moved := site.languages.moved()) is not None:
            return moved
        if error.code is not None and error.code < 400:
            return app.make_response(error.get_response())
        response = _answer(site, error.code or 500, error.description or error.name)
        for name, value in error.get_headers():
            if name.lower() != "content-type":
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def unknown(error: Exception) -> Response:
        _log.exception("request.crashed", kind=type(error).__name__)
        return _answer(site, 500, _CRASHED)


def problem(
    status: int, detail: str, *, code: str | None = None, errors: Mapping[str, Sequence[str]] | None = None
) -> Response:
    """Return a problem document. `errors` maps a JSON pointer into the body, or a parameter, to what is wrong there.

    An error without a `code` of its own has that of its status: "not-found".
    """
    title = _title(status)
    said: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    # Without the query: it may hold what somebody looked for.
    said |= {"instance": request.path} if has_request_context() else {}
    said |= {"code": code or title.lower().replace(" ", "-")}
    said |= {"errors": [*_named(errors)]} if errors else {}
    response = Response(orjson.dumps(said), status=status, mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def _named(errors: Mapping[str, Sequence[str]]) -> Iterator[Mapping[str, str]]:
    """Give each fault in the words of RFC 9457, section 3: pointers as in a fragment, parameters by their name."""
    for where, reasons in errors.items():
        is_pointer = where == "" or where.startswith("/")
        at = {"pointer": "#" + quote(where, safe="/~!$&'()*+,;=:@")} if is_pointer else {"parameter": where}
        yield from ({"detail": reason, **at} for reason in reasons)


def _answer(site: Site, status: int, detail: str, *, code: str | None = None, fields: Any = None) -> Response:
    if not _is_for_people(site):
        return problem(status, detail, code=code, errors=fields)
    words: ErrorWords = words_for(status)
    # In an address; where a form does not fit, the form says so itself.
    unfit = [
        Unfit(name=name, found=readable(request.args.getlist(name))) for name in fields or () if name in request.args
    ]
    try:
        return site.page("error.html", status=status, words=words, unfit=unfit)
    except Exception as error:
        _log.exception("error.page.failed", kind=type(error).__name__)
        return problem(status, detail, code=code, errors=fields)


def _is_for_people(site: Site) -> bool:
    """A page's address gets a page; elsewhere only who asks for HTML by name, as browsers do."""
    if request.path.startswith(_FOR_PROGRAMS):
        return False
    return site.languages.in_address(request.path) or "text/html" in request.headers.get("Accept", "")


def _title(status: int) -> str:
    return Response(status=status).status.partition(" ")[2].capitalize()


def _is_utf8(query: bytes) -> bool:
    if b"%" not in query and query.isascii():
        return True
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return False
    return True

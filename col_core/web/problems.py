"""Errors for programs: RFC 9457 problem documents."""

import orjson
import structlog
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from col_core.base.errors import ColError, InvalidInput

MEDIA_TYPE = "application/problem+json"
_log = structlog.get_logger()


def install(app: Flask) -> None:
    """Let every error of `app` answer with a problem document; none shows how it came about."""

    @app.errorhandler(ColError)
    def known(error: ColError) -> Response:
        if error.status >= 500:
            _log.error("request.failed", code=error.code, reason=str(error))
        errors = error.fields if isinstance(error, InvalidInput) else {}
        response = problem(error.status, str(error), code=error.code, errors=errors)
        retry_after_s = getattr(error, "retry_after_s", None)
        if retry_after_s is not None:
            response.headers["Retry-After"] = str(retry_after_s)
        return response

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        response = problem(error.code or 500, error.description or error.name)
        for name, value in error.get_headers():
            if name.lower() != "content-type":
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def unknown(error: Exception) -> Response:
        _log.exception("request.crashed", kind=type(error).__name__)
        return problem(500, "Something went wrong here. It was written down; nothing of yours is lost.")


def problem(status: int, detail: str, *, code: str | None = None, errors: object = None) -> Response:
    """Return a problem document."""
    said = {"type": "about:blank", "title": _title(status), "status": status, "detail": detail}
    said |= {"code": code} if code else {}
    said |= {"errors": errors} if errors else {}
    response = Response(orjson.dumps(said), status=status, mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def _title(status: int) -> str:
    return Response(status=status).status.partition(" ")[2].capitalize()

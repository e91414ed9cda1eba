"""For those who operate the city: is it alive, is it ready."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from col_core.base import outbox
from col_core.base.errors import ColError
from col_core.base.migrate import pending
from col_core.web.house import House


def blueprint(house: House) -> Blueprint:
    """Return `/healthz` (the process answers) and `/readyz` (it can do its work; 503 says what it lacks)."""
    views = Blueprint("health", __name__)

    @views.get("/healthz")
    def healthz() -> Response:
        return _uncached(jsonify(status="alive"))

    @views.get("/readyz")
    def readyz() -> Response:
        reasons = unready(house)
        response = _uncached(jsonify(status="unready" if reasons else "ready", reasons=reasons))
        if reasons:
            response.status_code = 503
            response.headers["Retry-After"] = "5"
        return response

    return views


def unready(house: House) -> list[str]:
    """Return what keeps this city from working, in plain sentences; empty when it is ready."""
    reasons = []
    try:
        with house.database.read() as session:
            session.execute(text("SELECT 1"))
            missing = pending(house.database)
            if missing:
                reasons.append(f"The database lacks migrations: {', '.join(missing)}.")
            else:
                outbox.counts(session)
    except ColError as error:
        reasons.append(f"The database cannot be used: {error}")
    except Exception as error:
        reasons.append(f"The database cannot be used: {type(error).__name__}.")
    try:
        house.files.put("health/probe.webp", b"", "image/webp")
        house.files.delete("health/probe.webp")
    except (ColError, OSError) as error:
        reasons.append(f"Files cannot be kept: {error}")
    return reasons


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response

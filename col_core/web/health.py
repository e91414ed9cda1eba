"""For those who operate the city: is it alive, is it ready."""

import shutil
import time
from datetime import timedelta
from pathlib import Path

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.orm import Session

from col_core.base import heartbeats, outbox
from col_core.base.errors import ColError
from col_core.base.migrate import pending
from col_core.web.house import House

_UNSEEN_S = 120
# A worker that starts together with the server needs a moment.
_FIRST_S = 60
_RETRY_S = 5
_MB = 1_000_000


def blueprint(house: House) -> Blueprint:
    """Return `/healthz` (the process answers) and `/readyz` (it can do its work; 503 says what it lacks)."""
    views = Blueprint("health", __name__)
    began_s = time.monotonic()

    @views.get("/healthz")
    def healthz() -> Response:
        return _uncached(jsonify(status="alive"))

    @views.get("/readyz")
    def readyz() -> Response:
        reasons = unready(house, uptime_s=time.monotonic() - began_s)
        response = _uncached(jsonify(status="unready" if reasons else "ready", reasons=reasons))
        if reasons:
            response.status_code = 503
            response.headers["Retry-After"] = str(_RETRY_S)
        return response

    return views


def unready(house: House, *, uptime_s: float) -> list[str]:
    """Return what keeps this city from working, in plain sentences; empty when it is ready.

    `uptime_s` is how long this process has run: in its first minute no worker is missed.
    """
    return [*_of_database(house, is_young=uptime_s < _FIRST_S), *_of_files(house), *_of_disk(house)]


def _of_database(house: House, *, is_young: bool) -> list[str]:
    try:
        with house.database.read() as session:
            session.execute(text("SELECT 1"))
            missing = pending(house.database)
            if missing:
                return [f"The database lacks migrations: {', '.join(missing)}. Run `col db upgrade`."]
            outbox.counts(session)
            return [] if is_young else _of_workers(session, house)
    except ColError as error:
        return [f"The database cannot be used: {error}"]
    except Exception as error:
        return [f"The database cannot be used: {type(error).__name__}."]


def _of_workers(session: Session, house: House) -> list[str]:
    seen = heartbeats.last_seen(session)
    if seen is None:
        return ["No worker has been seen for a day: nothing is gathered or sent. Run `col worker`."]
    # A clock that was set back makes a worker seem to be of the future, until it says again that it is there.
    silent = house.clock.now() - seen
    if silent > timedelta(seconds=_UNSEEN_S):
        minutes = int(silent.total_seconds() // 60)
        return [f"No worker has been seen for {minutes} minutes: nothing is gathered or sent. Run `col worker`."]
    return []


def _of_files(house: House) -> list[str]:
    try:
        house.files.put("health/probe.webp", b"", "image/webp")
        house.files.delete("health/probe.webp")
    except (ColError, OSError) as error:
        return [f"Files cannot be kept: {error}"]
    return []


def _of_disk(house: House) -> list[str]:
    folders = {house.config.var}
    if house.database.dialect == "sqlite":
        folders.add(Path(house.database.url.database or ".").parent)
    least = house.config.limits.free_disk_mb * _MB
    low = [(folder, free) for folder in sorted(folders) if (free := _free_bytes(folder)) is not None and free < least]
    return [
        f"Only {free // _MB} MB are left on the disk of {folder}; [limits] free_disk_mb asks for "
        f"{house.config.limits.free_disk_mb}."
        for folder, free in low
    ]


def _free_bytes(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response

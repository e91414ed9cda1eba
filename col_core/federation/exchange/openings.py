"""How often offers of partners are opened here: counted in memory, written down by the batch, without any visitor.

Every page that goes out counts, also one that was kept from before; what a process counted since it last wrote is lost
when it dies, and what a cache before the city answers is never seen. These are figures for an organiser, not accounts.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from time import monotonic
from zoneinfo import ZoneInfo

import structlog
from flask import Flask, Response, request
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from col_core.base.database import upsert
from col_core.base.errors import ColError
from col_core.federation.exchange.tables import OpeningRow, RemoteOfferRow
from col_core.web.house import House

ENDPOINT = "catalogue.opportunity"
_WRITE_EVERY_S = 60.0
_MOST_COUNTED = 2_000
_log = structlog.get_logger()


class Openings:
    """The count of this process."""

    def __init__(self, house: House, *, write_every_s: float = _WRITE_EVERY_S) -> None:
        self._house, self._every_s = house, write_every_s
        self._counts: Counter[str] = Counter()
        self._lock = Lock()
        self._due_s = monotonic() + write_every_s

    def install(self, app: Flask) -> None:
        """Count each page of an offer that `app` gives out."""

        @app.after_request
        def count(response: Response) -> Response:
            if request.endpoint == ENDPOINT and request.method == "GET" and response.status_code in (200, 304):
                self.opened(str((request.view_args or {}).get("id_", "")))
            return response

    def opened(self, id_: str) -> None:
        """Count one opening, and write down what was counted where that is due."""
        with self._lock:
            if id_ in self._counts or len(self._counts) < _MOST_COUNTED:
                self._counts[id_] += 1
            if monotonic() < self._due_s:
                return
            self._due_s = monotonic() + self._every_s
        self.write()

    def write(self) -> None:
        """Write down what was counted; where the database cannot be had, it stays counted."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            with self._house.database.write() as session:
                note(session, counts, now=self._house.clock.now(), timezone=self._house.config.timezone)
        except (ColError, SQLAlchemyError) as error:
            _log.warning("openings.not_written", error=type(error).__name__)
            with self._lock:
                self._counts.update(counts)


def note(session: Session, counts: Mapping[str, int], *, now: datetime, timezone: str) -> None:
    """Add openings by id, for those that are offers of partners."""
    known = select(RemoteOfferRow.opportunity_id).where(RemoteOfferRow.opportunity_id.in_([*counts]))
    remote = sorted({each for each in session.scalars(known) if each is not None})
    day = now.astimezone(ZoneInfo(timezone)).date()
    for id_ in remote:
        written = upsert(session, OpeningRow).values(opportunity_id=id_, day=day, number=counts[id_])
        session.execute(
            written.on_conflict_do_update(
                index_elements=[OpeningRow.opportunity_id, OpeningRow.day],
                set_={"number": OpeningRow.number + written.excluded.number},
            )
        )
        chosen = update(RemoteOfferRow).where(RemoteOfferRow.opportunity_id == id_)
        session.execute(chosen.values(opened=RemoteOfferRow.opened + counts[id_]))

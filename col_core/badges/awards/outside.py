"""Having awards made by outside services, in jobs that try again while a service is away."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from col_core.badges.awards import background, ending, store
from col_core.badges.awards.making import Making
from col_core.badges.awards.records import Award, AwardState
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.jobs import Job, Periodic

# For so long a badge is asked for once a day; later, whoever wants it asks.
_ASKED_FOR = timedelta(days=30)
_AT_ONCE = 5_000
_DAY_S = 86_400


class Outside:
    """The formats of one city's badges that are made in the background."""

    def __init__(self, *, database: Database, clock: Clock, making: Making) -> None:
        self._database, self._clock, self._making = database, clock, making

    def jobs(self) -> list[Job]:
        return [Job(name=background.MAKE_JOB, run=self._make)]

    def periodics(self) -> list[Periodic]:
        if not any(background.is_in_background(each) for each in self._making.formats.values()):
            return []
        return [Periodic(name="badges.ask_outside_again", every_s=_DAY_S, run=self._ask_again)]

    def _ask_again(self) -> None:
        """Ask once more for what a service has not made: it may have been away for longer than a job tries."""
        since = self._clock.now() - _ASKED_FOR
        for back_end in self._making.formats.values():
            if background.is_in_background(back_end):
                with self._database.write() as session:
                    lacking = store.lacking(session, back_end.format, since=since, limit=_AT_ONCE)
                    background.ask_for(session, lacking, back_end.format, clock=self._clock)

    def _make(self, payload: Mapping[str, Any]) -> None:
        """Make one award in one format. No transaction is open while the service is asked."""
        award_id, format_ = str(payload["award"]), str(payload["format"])
        back_end = self._making.formats.get(format_)
        if back_end is None:
            return
        with self._database.write() as session:
            award = self._wanting(session, award_id, format_)
            if award is None:
                return
            prepared = self._making.prepared(session, award, back_end)
        (signed,) = back_end.issue([prepared.badge], signer=prepared.signer)
        with self._database.write() as session:
            # Held until the commit, so that who ends the award afterwards finds the document, and tells the service.
            store.locked(session, award_id)
            award = self._wanting(session, award_id, format_)
            if award is not None:
                store.keep(session, award.id, format_, signed, key_id=prepared.key_id, clock=self._clock)
            elif signed.reference is not None and store.document(session, award_id, format_) is None:
                ending.tell(session, award_id, {format_: signed.reference}, clock=self._clock)

    def _wanting(self, session: Session, award_id: str, format_: str) -> Award | None:
        """Return the award if it still lacks that format, and is to have it."""
        award = store.get(session, award_id)
        stands = award is not None and award.state in (AwardState.ISSUED, AwardState.CLAIMED)
        return award if stands and store.document(session, award_id, format_) is None else None

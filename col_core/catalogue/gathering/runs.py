"""The history of sources: what each run brought, and the alert when one breaks or goes quiet."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from col_core.base.clock import Clock
from col_core.base.database import upsert
from col_core.base.i18n import text_in
from col_core.base.settings import SourceConfig
from col_core.catalogue import changes
from col_core.catalogue.gathering import alerts
from col_core.catalogue.gathering.alerts import AlertKind
from col_core.catalogue.records import Rejected
from col_core.catalogue.tables import SourceRunRow, SourceStateRow

FAILURES_BEFORE_ALERT = 3
_QUIET_PERIODS = 4
_KEPT_ERRORS = 200


class Outcome(StrEnum):
    RUNNING = "running"
    DONE = "done"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    COLLAPSED = "collapsed"


# Runs in which items were read: an unchanged or failed one says nothing of them.
READ = frozenset({Outcome.DONE, Outcome.COLLAPSED})
_TOLD = READ | {Outcome.FAILED}


@dataclass(kw_only=True)
class Run:
    """One run of a source: counts of items, and the errors of single items."""

    source_id: str
    started: datetime
    ended: datetime | None = None
    outcome: Outcome = Outcome.RUNNING
    message: str | None = None
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    vanished: int = 0
    closed: int = 0
    rejected: int = 0
    errors: tuple[Rejected, ...] = ()

    def reject(self, *rejected: Rejected) -> None:
        """Count items that became nothing; the reasons of the first ones are kept."""
        self.rejected += len(rejected)
        self.errors += rejected[: max(0, _KEPT_ERRORS - len(self.errors))]

    @property
    def counts(self) -> dict[str, int]:
        names = ("new", "changed", "unchanged", "vanished", "closed", "rejected")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceState:
    """How a source stands. `alert` is one sentence for the manager, or None when all is well."""

    source_id: str
    cursor: str | None
    last_good: datetime | None
    last_count: int | None
    failures: int
    alert: str | None
    alert_since: datetime | None = None


def state(session: Session, config: SourceConfig, default_language: str) -> SourceState:
    """Return how the source stands; what readers are told of it is brought up to date."""
    fresh = upsert(session, SourceStateRow).values(source_id=config.id, name="", failures=0)
    session.execute(fresh.on_conflict_do_nothing(index_elements=[SourceStateRow.source_id]))
    row = session.get_one(SourceStateRow, config.id)
    said = (text_in(config.name, default_language, otherwise=config.id), config.homepage, config.licence)
    if said != (row.name, row.homepage, row.licence):
        row.name, row.homepage, row.licence = said
        # Every offer of the source says it.
        changes.take(session)
    return _state(row)


def lock(session: Session, source_id: str) -> None:
    """Hold a source until the commit, so that two runs of it never write at once."""
    session.get(SourceStateRow, source_id, with_for_update=True)


def states(session: Session) -> dict[str, SourceState]:
    """Return how every source stands that ever ran, by id."""
    return {row.source_id: _state(row) for row in session.scalars(select(SourceStateRow))}


def record(
    session: Session, run: Run, config: SourceConfig, *, cursor: str | None, count: int | None, clock: Clock
) -> None:
    """Write a finished run into the history, and raise or clear the alert of its source."""
    session.add(
        SourceRunRow(
            source_id=run.source_id,
            started=run.started,
            ended=run.ended,
            outcome=run.outcome.value,
            counts=json.dumps(run.counts),
            errors=msgspec.json.encode(run.errors).decode(),
            message=run.message,
        )
    )
    row = session.get_one(SourceStateRow, config.id)
    if run.outcome in (Outcome.DONE, Outcome.UNCHANGED):
        row.failures, row.last_good = 0, run.started
        row.cursor = cursor
        row.last_count = row.last_count if count is None else count
        alerts.clear_after(session, row, brought_something=bool(run.new or run.changed or run.closed), clock=clock)
    else:
        row.failures += 1
        if run.outcome is Outcome.COLLAPSED or row.failures >= FAILURES_BEFORE_ALERT:
            alerts.sound(session, row, AlertKind.BROKEN, run.message or "It failed.", clock=clock)


def latest(session: Session, source_id: str, *, outcomes: Collection[Outcome] = _TOLD) -> Run | None:
    """Return the last run of a source that ended in one of `outcomes`; every one but unchanged if none is named."""
    row = session.scalars(
        select(SourceRunRow)
        .where(SourceRunRow.source_id == source_id, SourceRunRow.outcome.in_([each.value for each in outcomes]))
        .order_by(SourceRunRow.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return Run(
        source_id=row.source_id,
        started=row.started,
        ended=row.ended,
        outcome=Outcome(row.outcome),
        message=row.message,
        errors=msgspec.json.decode(row.errors, type=tuple[Rejected, ...]),
        **json.loads(row.counts),
    )


def quiet(session: Session, configs: Sequence[SourceConfig], *, clock: Clock) -> list[str]:
    """Alert for sources that have had no good run for long, or brought nothing new for unusually long.

    Returns the ids of those that an alert was raised for now.
    """
    found = []
    for config in configs:
        row = session.get(SourceStateRow, config.id)
        if row is None or row.last_good is None or row.alert:
            continue
        # A clock that was ahead and has been set right must not keep a source from ever being missed.
        row.last_good = min(row.last_good, clock.now())
        if clock.now() - row.last_good > timedelta(seconds=_QUIET_PERIODS * config.schedule_s, hours=1):
            message = f"There was no good run since {row.last_good:%Y-%m-%d %H:%M} UTC."
            alerts.sound(session, row, AlertKind.SILENT, message, clock=clock)
            found.append(config.id)
        elif alerts.is_unusually_still(row, now=clock.now()):
            alerts.sound(session, row, AlertKind.STILL, alerts.stillness(row), clock=clock)
            found.append(config.id)
    return found


def forget_old(session: Session, *, days: int, clock: Clock) -> None:
    """Delete the history of runs that began more than `days` ago."""
    session.execute(delete(SourceRunRow).where(SourceRunRow.started < clock.now() - timedelta(days=days)))


def _state(row: SourceStateRow) -> SourceState:
    return SourceState(
        source_id=row.source_id,
        cursor=row.cursor,
        last_good=row.last_good,
        last_count=row.last_count,
        failures=row.failures or 0,
        alert=row.alert,
        alert_since=row.alert_since,
    )

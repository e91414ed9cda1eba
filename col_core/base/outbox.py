"""What must happen after a commit is written down in the same transaction: nothing is lost, nothing runs twice at once.

One table holds jobs. A domain event is a job for each of its listeners, made when it is dispatched.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Index, Select, String, Text, case, delete, func, insert, literal, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from col_core.base.clock import Clock
from col_core.base.database import Base, UtcDateTime, upsert

Json = str | int | float | bool | None
EVENT_JOB = "event"
PARKED, DEAD = "parked", "dead"
_CLOCKS_DIFFER = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened, in the past tense: `opportunity.cancelled`. `subject` is the id of what it is about."""

    name: str
    subject: str
    data: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One piece of work taken from the outbox."""

    id: int
    job: str
    payload: Mapping[str, Any]
    attempts: int


class OutboxRow(Base):
    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    job: Mapped[str] = mapped_column(String(100))
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    payload: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    next_attempt: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_outbox_due", "state", "next_attempt"),)


class PeriodicRow(Base):
    """When a periodic job is due next, shared by every worker of the city."""

    __tablename__ = "periodic_job"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    due: Mapped[datetime] = mapped_column(UtcDateTime)
    last_run: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)


def publish(session: Session, event: Event, *, clock: Clock) -> None:
    """Write `event` down in the caller's transaction; plugins and rooms hear of it after the commit, at least once."""
    payload = {"name": event.name, "subject": event.subject, "data": dict(event.data)}
    enqueue(session, EVENT_JOB, payload, clock=clock)


def publish_many(session: Session, events: Sequence[Event], *, clock: Clock) -> None:
    """Like `publish`, for many at once."""
    now = clock.now()
    rows = [
        {
            "job": EVENT_JOB,
            "payload": json.dumps(
                {"name": each.name, "subject": each.subject, "data": dict(each.data)}, ensure_ascii=False
            ),
            "state": "waiting",
            "attempts": 0,
            "created": now,
            "next_attempt": now,
        }
        for each in events
    ]
    if rows:
        session.execute(insert(OutboxRow), rows)


def enqueue(
    session: Session,
    job: str,
    payload: Mapping[str, Any],
    *,
    clock: Clock,
    key: str | None = None,
    not_before: datetime | None = None,
) -> None:
    """Write a job down in the caller's transaction.

    A `key` that is waiting already is not written twice; it is at most brought forward. Once the job has begun, the
    key is free again: what is written down while it runs is not lost.
    """
    now = clock.now()
    row = {
        "job": job,
        "key": key,
        "payload": json.dumps(payload, ensure_ascii=False),
        "state": "waiting",
        "attempts": 0,
        "created": now,
        "next_attempt": not_before or now,
    }
    written = upsert(session, OutboxRow).values(row)
    sooner = written.excluded.next_attempt < OutboxRow.next_attempt
    # Updating locks the row: no worker begins the job before the caller's change is committed and to be seen.
    session.execute(
        written.on_conflict_do_update(
            index_elements=[OutboxRow.key],
            set_={"next_attempt": case((sooner, written.excluded.next_attempt), else_=OutboxRow.next_attempt)},
        )
    )


def take(
    session: Session,
    *,
    now: datetime,
    lease: timedelta,
    limit: int,
    leases: Mapping[str, timedelta] | None = None,
    without: Sequence[int] = (),
    only: Collection[str] | None = None,
    but: Collection[str] = (),
) -> list[Task]:
    """Lease up to `limit` due jobs to the caller. A lease that ran out (the worker died) is due again.

    `leases` says by the kind of job for how long, where that is not `lease`. `without` are those that the caller still
    has in hand, whatever a clock that jumped says of their lease; `only` and `but` name kinds of jobs.
    """
    due = _due(now, without, only=only, but=but).limit(limit).with_for_update(skip_locked=True)
    ids = list(session.scalars(due))
    if not ids:
        return []
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(ids))
        .values(lease_until=_lease_until(now, lease, leases or {}), attempts=OutboxRow.attempts + 1, key=None)
        .execution_options(synchronize_session=False)
    )
    rows = session.execute(
        select(OutboxRow.id, OutboxRow.job, OutboxRow.payload, OutboxRow.attempts)
        .where(OutboxRow.id.in_(ids))
        .order_by(OutboxRow.id)
    )
    return [Task(id=id_, job=job, payload=json.loads(payload), attempts=tries) for id_, job, payload, tries in rows]


def _lease_until(
    now: datetime, lease: timedelta, leases: Mapping[str, timedelta]
) -> datetime | ColumnElement[datetime]:
    if not leases:
        return now + lease
    ends = {name: literal(now + each, UtcDateTime) for name, each in leases.items()}
    return case(ends, value=OutboxRow.job, else_=literal(now + lease, UtcDateTime))


def is_due(
    session: Session,
    *,
    now: datetime,
    without: Sequence[int] = (),
    only: Collection[str] | None = None,
    but: Collection[str] = (),
) -> bool:
    """Tell whether `take` would find something, without changing anything."""
    return session.scalar(_due(now, without, only=only, but=but).limit(1)) is not None


def _due(now: datetime, without: Sequence[int], *, only: Collection[str] | None, but: Collection[str]) -> Select[int]:
    chosen = select(OutboxRow.id).where(OutboxRow.state == "waiting", OutboxRow.next_attempt <= now)
    if only is not None:
        chosen = chosen.where(OutboxRow.job.in_(only))
    if but:
        chosen = chosen.where(OutboxRow.job.not_in(but))
    return chosen.where(
        (OutboxRow.lease_until.is_(None)) | (OutboxRow.lease_until < now), OutboxRow.id.not_in(without)
    ).order_by(OutboxRow.next_attempt, OutboxRow.id)


def finish(session: Session, task_id: int) -> None:
    """Forget a job that is done."""
    row = session.get(OutboxRow, task_id)
    if row is not None:
        session.delete(row)


def fail(session: Session, task: Task, *, error: str, retry_at: datetime | None) -> None:
    """Keep a job that failed: to try again at `retry_at`, or as dead where that is None.

    Where another worker has taken it meanwhile, because the lease ran out, the job is that worker's.
    """
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == task.id, OutboxRow.attempts == task.attempts)
        .values(
            state="waiting" if retry_at else DEAD,
            next_attempt=retry_at or OutboxRow.next_attempt,
            lease_until=None,
            error=error[:2000],
        )
    )


def park(session: Session, *, reason: str) -> int:
    """Set aside every job that waits, until `release` or `drop`; return how many."""
    parked = session.execute(
        update(OutboxRow)
        .where(OutboxRow.state == "waiting")
        # Without its key: the next one who writes the same job down must not meet this one.
        .values(state=PARKED, key=None, lease_until=None, error=reason)
        .returning(OutboxRow.id)
        .execution_options(synchronize_session=False)
    )
    return len(parked.all())


def release(session: Session, *, now: datetime, jobs: Sequence[str] | None = None, state: str = PARKED) -> int:
    """Let jobs run that are parked, or in another `state`: all, or those of the kinds `jobs`; return how many."""
    chosen = update(OutboxRow).where(OutboxRow.state == state)
    if jobs is not None:
        chosen = chosen.where(OutboxRow.job.in_(jobs))
    released = session.execute(
        chosen.values(state="waiting", attempts=0, error=None, next_attempt=now)
        .returning(OutboxRow.id)
        .execution_options(synchronize_session=False)
    )
    return len(released.all())


def drop(session: Session, state: str) -> int:
    """Forget every job that is in `state`; return how many."""
    return len(session.execute(delete(OutboxRow).where(OutboxRow.state == state).returning(OutboxRow.id)).all())


def forget_dead(session: Session, *, before: datetime) -> None:
    """Forget the jobs that failed for good and whose last try was due before `before`."""
    session.execute(delete(OutboxRow).where(OutboxRow.state == DEAD, OutboxRow.next_attempt < before))


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """How many jobs of one kind are in one state, and the last one's error."""

    job: str
    state: str
    number: int
    error: str | None


def kept(session: Session) -> list[Kept]:
    """Return what is in the outbox, by kind and state."""
    rows = session.execute(
        select(OutboxRow.job, OutboxRow.state, func.count(), func.max(OutboxRow.error))
        .group_by(OutboxRow.job, OutboxRow.state)
        .order_by(OutboxRow.state, OutboxRow.job)
    )
    return [Kept(job=job, state=state, number=number, error=error) for job, state, number, error in rows]


def give_back(session: Session, task: Task) -> None:
    """Let go of a job that was taken and not done; that it was begun is not counted."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == task.id, OutboxRow.attempts == task.attempts)
        .values(lease_until=None, attempts=OutboxRow.attempts - 1)
    )


def set_right(session: Session, *, now: datetime, lease: timedelta, longest_backoff: timedelta) -> None:
    """Bring back what was written down by a clock that was ahead, and has been set right since.

    Nothing is written down in the future, no try waits longer than `longest_backoff`, and no lease is longer than
    `lease`: what says so would otherwise wait until the clock catches up. That machines differ a little is let be.
    """
    future = now + _CLOCKS_DIFFER
    waiting = OutboxRow.state == "waiting"
    early = select(OutboxRow).where(waiting, OutboxRow.next_attempt > future, OutboxRow.created > future)
    for row in session.scalars(early.with_for_update(skip_locked=True)):
        row.next_attempt = max(now, row.next_attempt - (row.created - now))
        row.created = now
    session.flush()
    retried = (waiting, OutboxRow.attempts > 0, OutboxRow.next_attempt > future + longest_backoff)
    session.execute(update(OutboxRow).where(*retried).values(next_attempt=now))
    session.execute(update(OutboxRow).where(waiting, OutboxRow.lease_until > future + lease).values(lease_until=None))


def counts(session: Session) -> Mapping[str, int]:
    """Return how many jobs are waiting and how many are dead."""
    rows = session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state)).all()
    found = {row[0]: row[1] for row in rows}
    return {state: found.get(state, 0) for state in ("waiting", DEAD)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How many jobs are in a state, and how many seconds ago the oldest of them was written down (0 without any)."""

    count: int = 0
    oldest_age_s: float = 0.0


def standing(session: Session, *, now: datetime) -> Mapping[str, Standing]:
    """Return how the jobs stand: `later` (not due yet), `due`, `running`, `parked` and `dead`."""
    state = case(
        (OutboxRow.state != "waiting", OutboxRow.state),
        (OutboxRow.lease_until >= now, "running"),
        (OutboxRow.next_attempt <= now, "due"),
        else_="later",
    )
    rows = session.execute(select(state, func.count(), func.min(OutboxRow.created)).group_by(state)).all()
    found = {
        name: Standing(count=count, oldest_age_s=max(0.0, (now - oldest).total_seconds()))
        for name, count, oldest in rows
    }
    return {name: found.get(name, Standing()) for name in ("later", "due", "running", PARKED, DEAD)}


def dead(session: Session) -> Mapping[str, int]:
    """Return how many jobs of each kind were given up."""
    rows = session.execute(select(OutboxRow.job, func.count()).where(OutboxRow.state == DEAD).group_by(OutboxRow.job))
    return {row[0]: row[1] for row in rows}

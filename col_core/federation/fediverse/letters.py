"""Putting what this city says on its way: written down in the caller's transaction, sent by jobs afterwards."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.federation.fediverse.records import Document, Letter
from col_core.federation.fediverse.tables import DeliveryRow, FollowerRow, LaneRow, LetterRow
from col_core.federation.peers import host_of

DELIVER_JOB = "fediverse.deliver"
WAITING, DEAD = "waiting", "dead"
_LONGEST_ERROR = 500


def deliver_key(host: str) -> str:
    """Return the key of the job that delivers to `host`."""
    return f"{DELIVER_JOB}:{host}"


def post(session: Session, activity: Document, inboxes: Iterable[str], *, clock: Clock) -> None:
    """Send `activity` to each of `inboxes`. An Update of the same thing that still waits there is left out then."""
    wanted = sorted(set(inboxes))
    if not wanted:
        return
    now = clock.now()
    about = activity["object"]["id"] if isinstance(activity["object"], dict) else activity["object"]
    body = json.dumps(activity, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    letter = LetterRow(about=about, kind=activity["type"], body=body, created=now)
    session.add(letter)
    session.flush()
    if letter.kind == "Update":
        _drop_older_updates(session, letter)
    for inbox in wanted:
        session.add(DeliveryRow(letter=letter.id, host=host_of(inbox), inbox=inbox, state=WAITING, attempts=0,
                                created=now))  # fmt: skip
    session.flush()
    for host in sorted({host_of(each) for each in wanted}):
        wake(session, host, clock=clock)


def wake(session: Session, host: str, *, clock: Clock, at: datetime | None = None) -> None:
    """Have what waits for `host` delivered `at` a time, else not before the one that its failures ask for."""
    if at is None and (lane := session.get(LaneRow, host)) is not None:
        at = lane.next_attempt
    outbox.enqueue(session, DELIVER_JOB, {"host": host}, clock=clock, key=deliver_key(host), not_before=at)


def inboxes_of_followers(session: Session) -> list[str]:
    """Return where to send what all followers hear: once for each server that has a shared inbox."""
    rows = session.execute(select(FollowerRow.inbox, FollowerRow.shared_inbox))
    return sorted({shared or inbox for inbox, shared in rows})


def given_up(session: Session, *, host: str | None = None, limit: int = 200) -> Sequence[Letter]:
    """Return what was given up (for `host`), the newest first."""
    chosen = (
        select(DeliveryRow, LetterRow.about, LetterRow.kind)
        .join(LetterRow, LetterRow.id == DeliveryRow.letter)
        .where(DeliveryRow.state == DEAD)
        .order_by(DeliveryRow.id.desc())
        .limit(limit)
    )
    if host is not None:
        chosen = chosen.where(DeliveryRow.host == host)
    return [
        Letter(
            id=row.id, host=row.host, inbox=row.inbox, about=about, kind=kind, attempts=row.attempts,
            error=row.error or "", created=row.created,
        )
        for row, about, kind in session.execute(chosen)
    ]  # fmt: skip


def retry(session: Session, *, clock: Clock, host: str | None = None) -> int:
    """Send what was given up (for `host`) once more, and what waits at once; return how many there are."""
    chosen = update(DeliveryRow).where(DeliveryRow.state == DEAD)
    lanes = update(LaneRow)
    if host is not None:
        chosen, lanes = chosen.where(DeliveryRow.host == host), lanes.where(LaneRow.host == host)
    revived = session.execute(
        chosen.values(state=WAITING, attempts=0, created=clock.now(), error=None)
        .returning(DeliveryRow.host)
        .execution_options(synchronize_session=False)
    ).all()
    session.execute(
        lanes.values(failures=0, failing_since=None, next_attempt=None).execution_options(synchronize_session=False)
    )
    session.expire_all()
    waiting = select(DeliveryRow.host).where(DeliveryRow.state == WAITING).distinct()
    for each in session.scalars(waiting if host is None else waiting.where(DeliveryRow.host == host)).all():
        wake(session, each, clock=clock)
    return len(revived)


def drop(session: Session, host: str) -> None:
    """Send nothing more to `host` of what waits, or was given up."""
    session.execute(delete(DeliveryRow).where(DeliveryRow.host == host).execution_options(synchronize_session=False))


def forget(session: Session, *, before: datetime) -> None:
    """Forget what was given up before `before`, and letters that nobody waits for."""
    old = delete(DeliveryRow).where(DeliveryRow.state == DEAD, DeliveryRow.created < before)
    session.execute(old.execution_options(synchronize_session=False))
    read = delete(LetterRow).where(~select(DeliveryRow.id).where(DeliveryRow.letter == LetterRow.id).exists())
    session.execute(read.execution_options(synchronize_session=False))


def counts(session: Session) -> dict[str, int]:
    """Return how many deliveries wait and how many were given up."""
    rows = session.execute(select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state)).all()
    found = {row[0]: row[1] for row in rows}
    return {state: found.get(state, 0) for state in (WAITING, DEAD)}


def _drop_older_updates(session: Session, letter: LetterRow) -> None:
    older = select(LetterRow.id).where(
        LetterRow.about == letter.about, LetterRow.kind == letter.kind, LetterRow.id < letter.id
    )
    # Untried ones alone: one that is in somebody's hands may have arrived.
    session.execute(
        delete(DeliveryRow)
        .where(DeliveryRow.letter.in_(older), DeliveryRow.state == WAITING, DeliveryRow.attempts == 0)
        .execution_options(synchronize_session=False)
    )

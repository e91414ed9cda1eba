"""What was taken away for good, so that restoring a backup of before does not bring it back.

A service that takes something away for good calls `note`, in the transaction in which it does. Its room says with a
`Deletable` how the same thing is taken away once more, and `house.deletables` collects them as it does jobs. A worker
copies the journal into a file beside the database (`deletions_file.py`), for the day on which the database is lost.

A kind is a name such as `accounts.token_revoked`. A key is the opaque id of what went, and never a name, an address or
anything else that tells of a person: the journal outlives what it names.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, delete, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.base.database import Base, UtcDateTime, upsert

COPY_JOB = "deletions.copy"
LONGEST_KIND, LONGEST_KEY = 100, 200
_CHUNK = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Deletion:
    """One thing that was taken away for good, and when."""

    kind: str
    key: str
    deleted: datetime


@dataclass(frozen=True, kw_only=True)
class Deletable:
    """A kind of thing that is taken away for good.

    `again` takes those away that a backup brought back, in the caller's transaction, and returns how many of them were
    there. It must bear what is gone already, and tells nobody outside: they heard of it the first time.
    """

    kind: str
    again: Callable[[Session, Sequence[Deletion]], int]


class DeletionRow(Base):
    __tablename__ = "deletion"

    kind: Mapped[str] = mapped_column(String(LONGEST_KIND), primary_key=True)
    key: Mapped[str] = mapped_column(String(LONGEST_KEY), primary_key=True)
    deleted: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Repeated:
    """What came of deleting again: how many were there, and how many of kinds that nobody here knows."""

    number: int
    unknown: Mapping[str, int]


def note(session: Session, kind: str, keys: Iterable[str], *, clock: Clock) -> None:
    """Write down, in the caller's transaction, that what `keys` name is being taken away for good."""
    now = clock.now()
    noted = [Deletion(kind=kind, key=each, deleted=now) for each in dict.fromkeys(keys)]
    if noted:
        keep(session, noted, clock=clock)


def keep(session: Session, deletions: Sequence[Deletion], *, clock: Clock) -> None:
    """Take `deletions` into the journal; of what is there already the later instant stays."""
    latest = newest(deletions)
    for start in range(0, len(latest), _CHUNK):
        values = [
            {"kind": each.kind, "key": each.key, "deleted": each.deleted} for each in latest[start : start + _CHUNK]
        ]
        written = upsert(session, DeletionRow).values(values)
        session.execute(
            written.on_conflict_do_update(
                index_elements=[DeletionRow.kind, DeletionRow.key],
                set_={"deleted": written.excluded.deleted},
                where=written.excluded.deleted > DeletionRow.deleted,
            )
        )
    outbox.enqueue(session, COPY_JOB, {}, clock=clock, key=COPY_JOB)


def newest(deletions: Iterable[Deletion]) -> list[Deletion]:
    """Return `deletions` with each thing once, as it was said last."""
    found: dict[tuple[str, str], Deletion] = {}
    for each in deletions:
        before = found.get((each.kind, each.key))
        if before is None or before.deleted < each.deleted:
            found[each.kind, each.key] = each
    return list(found.values())


def listing(session: Session) -> list[Deletion]:
    """Return the journal, oldest first; nothing in a database of a form that has none."""
    if not is_kept(session):
        return []
    rows = session.execute(
        select(DeletionRow.kind, DeletionRow.key, DeletionRow.deleted).order_by(
            DeletionRow.deleted, DeletionRow.kind, DeletionRow.key
        )
    )
    return [Deletion(kind=kind, key=key, deleted=deleted) for kind, key, deleted in rows]


def is_kept(session: Session) -> bool:
    """Tell whether this database has a journal."""
    return inspect(session.connection()).has_table(DeletionRow.__tablename__)


def delete_again(
    session: Session, told: Sequence[Deletion], deletables: Sequence[Deletable], *, clock: Clock
) -> Repeated:
    """Take away what a backup, which the database now holds, brought back; and keep `told` in the journal.

    What counts is that the journal of the backup does not have it, not what the clock said: a clock that was set back
    does no harm. Doing it again for what went before the backup changes nothing.
    """
    known = set(listing(session))
    since = [each for each in newest(told) if each not in known]
    if since:
        keep(session, since, clock=clock)
    by_kind: dict[str, list[Deletion]] = {}
    for each in since:
        by_kind.setdefault(each.kind, []).append(each)
    again = {each.kind: each.again for each in deletables}
    number = sum(again[kind](session, mine) for kind, mine in by_kind.items() if kind in again)
    return Repeated(
        number=number, unknown={kind: len(mine) for kind, mine in sorted(by_kind.items()) if kind not in again}
    )


def forget_old(session: Session, *, days: int, clock: Clock) -> None:
    """Forget what was deleted more than `days` days ago: no backup that still holds it should be left."""
    session.execute(delete(DeletionRow).where(DeletionRow.deleted < clock.now() - timedelta(days=days)))

"""What goes for good: everything of a holder who asks for it, or who has not looked for years.

What was taken away stays away when a backup of before is restored.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from col_core.badges.awards import claiming
from col_core.base import deletions
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.deletions import Deletable, Deletion
from col_core.base.jobs import Periodic
from col_core.passport import holders, keeping, sharing
from col_core.passport.records import Holder
from col_core.passport.tables import HeldRow, HolderDeviceRow, HolderRow, ShareRow

FORGOTTEN = "passport.holder_forgotten"
_DAY_S = 86_400
# So many at once: a transaction must not hold up those who wait.
_CHUNK = 50


def forget(session: Session, holder: Holder, *, clock: Clock) -> int:
    """Take away everything of `holder`: badges, shared pages, devices. Return how many badges that were."""
    row = session.get(HolderRow, holder.id, with_for_update=True, populate_existing=True)
    if row is None:
        return 0
    deletions.note(session, FORGOTTEN, [row.id], clock=clock)
    return _forget(session, row, clock)


def periodics(database: Database, *, days: int, clock: Clock) -> list[Periodic]:
    """Return what forgets, day by day, who has not looked at their badges for `days` days."""

    def run() -> None:
        while forget_unseen(database, days=days, clock=clock) == _CHUNK:
            pass

    return [Periodic(name="passport.forget", every_s=_DAY_S, run=run)]


def forget_unseen(database: Database, *, days: int, clock: Clock) -> int:
    """Forget some of those who have not looked for `days` days; return how many."""
    before = clock.now() - timedelta(days=days)
    with database.write() as session:
        chosen = select(HolderRow).where(HolderRow.seen < before).order_by(HolderRow.id).limit(_CHUNK)
        rows = session.scalars(chosen.with_for_update(skip_locked=True)).all()
        deletions.note(session, FORGOTTEN, [each.id for each in rows], clock=clock)
        for each in rows:
            _forget(session, each, clock)
        return len(rows)


def deletables(clock: Clock) -> list[Deletable]:
    """Return how the same things go once more that a backup brought back."""

    def removed(session: Session, gone: Sequence[Deletion]) -> int:
        rows = [row for each in gone if (row := session.get(HeldRow, each.key)) is not None]
        for row in rows:
            keeping.remove_row(session, row, clock=clock)
        return len(rows)

    def forgotten(session: Session, gone: Sequence[Deletion]) -> int:
        rows = [row for each in gone if (row := session.get(HolderRow, each.key)) is not None]
        for row in rows:
            _forget(session, row, clock)
        return len(rows)

    def withdrawn(session: Session, gone: Sequence[Deletion]) -> int:
        number = 0
        for each in gone:
            row = session.get(ShareRow, each.key)
            if row is not None and row.withdrawn is None:
                row.withdrawn = each.deleted
                number += 1
        return number

    def renewed(session: Session, gone: Sequence[Deletion]) -> int:
        number = 0
        for each in gone:
            holder_id, count, digest = each.key.split(":")
            row = session.get(HolderRow, holder_id)
            if row is not None and row.recovery_number < int(count):
                row.recovery_number, row.recovery_digest = int(count), digest
                number += 1
        return number

    def left(session: Session, gone: Sequence[Deletion]) -> int:
        rows = [row for each in gone if (row := session.get(HolderDeviceRow, each.key)) is not None]
        for row in rows:
            session.delete(row)
        return len(rows)

    return [
        Deletable(kind=keeping.REMOVED, again=removed),
        Deletable(kind=FORGOTTEN, again=forgotten),
        Deletable(kind=sharing.WITHDRAWN, again=withdrawn),
        Deletable(kind=holders.RENEWED, again=renewed),
        Deletable(kind=holders.LEFT, again=left),
    ]


def _forget(session: Session, row: HolderRow, clock: Clock) -> int:
    session.execute(delete(ShareRow).where(ShareRow.holder_id == row.id))
    session.execute(delete(HolderDeviceRow).where(HolderDeviceRow.holder_id == row.id))
    held = session.scalars(select(HeldRow).where(HeldRow.holder_id == row.id)).all()
    for each in held:
        keeping.remove_row(session, each, clock=clock)
    claiming.let_go(session, row.id)
    session.delete(row)
    session.flush()
    return len(held)

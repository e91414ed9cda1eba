"""The counter of changes: whoever changes what visitors see of the catalogue takes its next number.

One row of the database, so every process of a city sees the same; it is held until the commit, so numbers are
committed in their order. Search rows carry the number of the change that wrote them.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from col_core.base.database import ONE_MOMENT, Database, glance, upsert
from col_core.catalogue.tables import STATE_KEY, OpportunityRow, SearchStateRow

_TAKEN = "catalogue-change"
_SEEN = "catalogue-state"
_NEXT = f"UPDATE search_state SET change_seq = change_seq + 1 WHERE key = {STATE_KEY} RETURNING change_seq"  # noqa: S608
_STATE = f"SELECT change_seq, rebuilt_seq FROM search_state WHERE key = {STATE_KEY}"  # noqa: S608 (a number of ours)


def take(session: Session) -> int:
    """Return the number of the change that `session` is making: one number for the whole transaction."""
    taken: int | None = session.info.get(_TAKEN)
    if taken is None:
        taken = _next(session)
        if taken is None:
            # A backup holds no counter, and the numbers that partner cities read go on from those they have.
            before = session.scalar(select(func.max(OpportunityRow.shared_seq))) or 0
            start = upsert(session, SearchStateRow).values(key=STATE_KEY, change_seq=before, rebuilt_seq=0)
            session.execute(start.on_conflict_do_nothing())
            taken = _next(session)
        assert taken is not None
        session.info[_TAKEN] = taken
    return taken


def _next(session: Session) -> int | None:
    """Raise the counter by one; None where there is none yet."""
    number: int | None = session.connection().exec_driver_sql(_NEXT).scalar()
    return number


def is_changing(session: Session) -> bool:
    """Tell whether `session` has changed something: what it sees may still be rolled back."""
    return _TAKEN in session.info


def state(session: Session) -> tuple[int, int]:
    """Return `change_seq` and `rebuilt_seq` as `session` sees them, -1 before the first change."""
    seen: tuple[int, int] | None = session.info.get(_SEEN)
    if seen is None:
        row = glance(session, _STATE)
        seen = (-1, -1) if row is None else (int(row[0]), int(row[1]))
        if ONE_MOMENT in session.info:
            session.info[_SEEN] = seen
    return seen


def last(session: Session) -> int:
    """Return the number of the last change that `session` sees, 0 before the first."""
    return max(0, state(session)[0])


def last_of_all(database: Database) -> int:
    """Return the number of the last change that was committed, 0 before the first."""
    row = database.glance(_STATE)
    return 0 if row is None else int(row[0])

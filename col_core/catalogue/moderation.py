"""What waits for a person's word before it is public, and that word."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.catalogue import decisions, store
from col_core.catalogue.hooks import SearchIndex
from col_core.catalogue.records import Opportunity, Status
from col_core.catalogue.tables import OpportunityRow


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What came of a decision: those that moved, and the ids for which there is nothing to decide."""

    moved: tuple[Opportunity, ...]
    left: tuple[str, ...]


def waiting(
    session: Session, *, source_id: str | None = None, limit: int | None = None
) -> tuple[list[Opportunity], int]:
    """Return what waits for a person, what came first first, and how many wait in all; `limit` None: all."""
    chosen = [OpportunityRow.status == Status.REVIEW.value]
    if source_id is not None:
        chosen.append(OpportunityRow.source_id == source_id)
    total = session.scalar(select(func.count()).select_from(OpportunityRow).where(*chosen)) or 0
    ids = session.scalars(select(OpportunityRow.id).where(*chosen).order_by(OpportunityRow.pk).limit(limit)).all()
    return list(store.get_many(session, ids).values()), total


def publish(session: Session, ids: Sequence[str], *, index: SearchIndex, clock: Clock) -> Decided:
    """Show what waited. It stays public when its source says it again, and closes when its source closes it."""
    return _move(session, ids, Status.PUBLISHED, frozenset({Status.REVIEW}), index=index, clock=clock)


def withdraw(session: Session, ids: Sequence[str], *, index: SearchIndex, clock: Clock) -> Decided:
    """Show something no longer, whatever its source says of it later."""
    shown = frozenset({Status.REVIEW, Status.PUBLISHED, Status.CANCELLED, Status.CLOSED})
    return _move(session, ids, Status.WITHDRAWN, shown, index=index, clock=clock)


def _move(
    session: Session,
    ids: Sequence[str],
    status: Status,
    allowed: frozenset[Status],
    *,
    index: SearchIndex,
    clock: Clock,
) -> Decided:
    wanted = list(dict.fromkeys(ids))
    before = {id_: one.status for id_, one in store.get_many(session, wanted).items() if one.status in allowed}
    moved = store.set_status(session, list(before), status, index=index, clock=clock)
    events = decisions.events((each.id, status, before[each.id]) for each in moved)
    outbox.publish_many(session, events, clock=clock)
    return Decided(moved=tuple(moved), left=tuple(each for each in wanted if each not in before))

"""What waits for a person's word before it is public, and that word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.catalogue import decisions, store
from col_core.catalogue.hooks import SearchIndex
from col_core.catalogue.publishing import withdrawals
from col_core.catalogue.records import Opportunity
from col_core.catalogue.tables import OpportunityRow
from col_core.catalogue.vocabulary import Status

_SHOWN = frozenset({Status.REVIEW, Status.PUBLISHED, Status.CANCELLED, Status.CLOSED})


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
    """Show what waited; what does not take place, as cancelled.

    It stays public when its source says it again, and closes when its source closes it.
    """
    wanted = _in_one_of(session, ids, frozenset({Status.REVIEW}))
    cancelled = [one.id for one in wanted.values() if one.content.cancelled]
    shown = [id_ for id_ in wanted if id_ not in cancelled]
    moved = [
        *store.set_status(session, shown, Status.PUBLISHED, index=index, clock=clock, by=decisions.PERSON),
        *store.set_status(session, cancelled, Status.CANCELLED, index=index, clock=clock, by=decisions.PERSON),
    ]
    return _decided(session, ids, wanted, moved, clock=clock)


def withdraw(session: Session, ids: Sequence[str], *, index: SearchIndex, clock: Clock) -> Decided:
    """Show something no longer, whatever its source says of it later."""
    wanted = _in_one_of(session, ids, _SHOWN)
    moved = withdrawals.by_city(session, list(wanted), index=index, clock=clock)
    return _decided(session, ids, wanted, moved, clock=clock)


def _in_one_of(session: Session, ids: Sequence[str], states: frozenset[Status]) -> Mapping[str, Opportunity]:
    """Return those of `ids` that are in one of `states`, by id."""
    found = store.get_many(session, dict.fromkeys(ids))
    return {id_: one for id_, one in found.items() if one.status in states}


def _decided(
    session: Session,
    ids: Sequence[str],
    before: Mapping[str, Opportunity],
    moved: Sequence[Opportunity],
    *,
    clock: Clock,
) -> Decided:
    events = decisions.events((each.id, each.status, before[each.id].status) for each in moved)
    outbox.publish_many(session, events, clock=clock)
    return Decided(moved=tuple(moved), left=tuple(each for each in dict.fromkeys(ids) if each not in before))

"""Taking an offer away for good, by its organisation or by the city; and once more, where a backup brought it back."""

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from col_core.base import deletions
from col_core.base.clock import Clock
from col_core.base.deletions import Deletable, Deletion
from col_core.catalogue import own, store, withdrawn
from col_core.catalogue.hooks import SearchIndex
from col_core.catalogue.own import Locked
from col_core.catalogue.records import Opportunity
from col_core.catalogue.tables import OpportunityRow
from col_core.catalogue.vocabulary import Status

BY_CITY, BY_ORGANISATION = "catalogue.withdrawn_by_city", "catalogue.withdrawn_by_organisation"


def by_city(session: Session, ids: Sequence[str], *, index: SearchIndex, clock: Clock) -> list[Opportunity]:
    """Withdraw the offers `ids`, and remember it; return those that were not withdrawn before."""
    moved = _by_city(session, ids, index=index, clock=clock)
    gone = [each.id for each in moved]
    deletions.note(session, BY_CITY, gone, clock=clock)
    items = session.execute(
        select(OpportunityRow.source_id, OpportunityRow.external_id).where(OpportunityRow.id.in_(gone))
    )
    withdrawn.note(session, [(source_id, external_id) for source_id, external_id in items], clock=clock)
    return moved


def by_organisation(
    session: Session, organisation_id: str, before: Locked, *, index: SearchIndex, clock: Clock
) -> None:
    """Withdraw an offer as its organisation wants it, and remember it."""
    _by_organisation(session, organisation_id, before, index=index, clock=clock)
    deletions.note(session, BY_ORGANISATION, [before.known.id], clock=clock)
    if not before.was_handed_in_by(organisation_id):
        withdrawn.note(session, [(before.source_id, before.known.external_id)], clock=clock)


def deletables(*, index: SearchIndex, clock: Clock) -> list[Deletable]:
    """Return how offers that were withdrawn are withdrawn again."""

    def city_again(session: Session, gone: Sequence[Deletion]) -> int:
        return len(_by_city(session, [each.key for each in gone], index=index, clock=clock))

    def organisation_again(session: Session, gone: Sequence[Deletion]) -> int:
        return sum(_organisation_again(session, each.key, index=index, clock=clock) for each in gone)

    kinds: dict[str, Callable[[Session, Sequence[Deletion]], int]] = {
        BY_CITY: city_again,
        BY_ORGANISATION: organisation_again,
    }
    return [*(Deletable(kind=kind, again=again) for kind, again in kinds.items()), *withdrawn.deletables()]


def _by_city(session: Session, ids: Sequence[str], *, index: SearchIndex, clock: Clock) -> list[Opportunity]:
    return store.set_status(session, ids, Status.WITHDRAWN, index=index, clock=clock)


def _by_organisation(
    session: Session, organisation_id: str, before: Locked, *, index: SearchIndex, clock: Clock
) -> None:
    store.set_status(session, [before.known.id], Status.WITHDRAWN, index=index, clock=clock)
    own.let_go(session, before, free_its_name=before.was_handed_in_by(organisation_id))


def _organisation_again(session: Session, id_: str, *, index: SearchIndex, clock: Clock) -> bool:
    organisation_id = session.scalar(select(OpportunityRow.organiser_id).where(OpportunityRow.id == id_))
    before = own.locked(session, organisation_id, id_) if organisation_id is not None else None
    if organisation_id is None or before is None:
        # It had no organisation yet when the backup was made, or is not in it.
        return bool(_by_city(session, [id_], index=index, clock=clock))
    _by_organisation(session, organisation_id, before, index=index, clock=clock)
    return True

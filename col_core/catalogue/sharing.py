"""What partner cities see of the catalogue: every offer that they may show, and what they must no longer show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, select, tuple_, update
from sqlalchemy.orm import Session

from col_core.catalogue import store
from col_core.catalogue.records import Opportunity
from col_core.catalogue.tables import OpportunityRow
from col_core.catalogue.vocabulary import Reach, Status

FEED_PATH = "/feeds/opportunities.rpde"
# What the list of offers is under; each item says under which licence its own words are.
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_HEARD_OF = select(OpportunityRow.shared_seq, OpportunityRow.id, OpportunityRow.updated).where(
    OpportunityRow.shared_seq.is_not(None)
)
_PERHAPS = (OpportunityRow.shared_seq.is_not(None), OpportunityRow.origin.is_(None))
_PUBLIC = tuple(each.value for each in Status if each.is_public)
# What `Opportunity.is_shared` says, without reading the offer: in a document no text holds bare quotation marks, and
# no other key of it is called so.
_IS_SHARED = and_(
    OpportunityRow.origin.is_(None),
    OpportunityRow.status.in_(_PUBLIC),
    OpportunityRow.document.contains(f'"reach":"{Reach.NETWORK}"'),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """An offer that partner cities heard of. `seq` is the number of its last change; several may share one.

    `opportunity` is None where they must show it no longer.
    """

    seq: int
    id: str
    updated: datetime
    opportunity: Opportunity | None


def after(session: Session, *, seq: int, id_: str, limit: int) -> Sequence[Shared]:
    """Return up to `limit` offers that changed after the place (`seq`, `id_`), in the order of their changes."""
    place = tuple_(OpportunityRow.shared_seq, OpportunityRow.id)
    chosen = _HEARD_OF.where(place > tuple_(seq, id_)).order_by(OpportunityRow.shared_seq, OpportunityRow.id)
    return _shared(session, chosen.limit(limit))


def numbers_after(session: Session, *, seq: int, id_: str, limit: int) -> Sequence[tuple[int, str, bool]]:
    """Return the place of each offer that `after` gives, and whether partner cities still show it; much cheaper."""
    place = tuple_(OpportunityRow.shared_seq, OpportunityRow.id)
    chosen = (
        select(OpportunityRow.shared_seq, OpportunityRow.id, _IS_SHARED)
        .where(OpportunityRow.shared_seq.is_not(None), place > tuple_(seq, id_))
        .order_by(OpportunityRow.shared_seq, OpportunityRow.id)
        .limit(limit)
    )
    return [(row[0] or 0, row[1], bool(row[2])) for row in session.execute(chosen)]


def one(session: Session, id_: str) -> Shared | None:
    """Return an offer that partner cities heard of; None for every other."""
    # PostgreSQL takes no NUL in a text; no id of ours holds one.
    found = _shared(session, _HEARD_OF.where(OpportunityRow.id == id_)) if "\0" not in id_ else ()
    return next(iter(found), None)


def _shared(session: Session, chosen: Select[int | None, str, datetime]) -> Sequence[Shared]:
    rows = session.execute(chosen).all()
    found = store.get_many(session, [row.id for row in rows])
    return [
        Shared(
            seq=row.shared_seq,
            id=row.id,
            updated=row.updated,
            opportunity=found[row.id] if found[row.id].is_shared else None,
        )
        for row in rows
    ]


def last(session: Session) -> int:
    """Return the number of the last change of what partner cities see, 0 before the first."""
    return session.scalar(select(func.max(OpportunityRow.shared_seq))) or 0


def forget_gone(session: Session, *, before: datetime) -> None:
    """Forget that partner cities ever heard of what has been gone since `before`: they have heard that by then."""
    session.execute(
        update(OpportunityRow)
        .where(OpportunityRow.shared_seq.is_not(None), OpportunityRow.updated < before, ~_IS_SHARED)
        .values(shared_seq=None)
        .execution_options(synchronize_session=False)
    )


def newest(session: Session, *, before_pk: int | None, limit: int) -> list[tuple[int, Opportunity]]:
    """Return up to `limit` shared offers with their row numbers, the newest first; those before `before_pk` alone."""
    found: list[tuple[int, Opportunity]] = []
    while len(found) < limit:
        chosen = (
            select(OpportunityRow.pk, OpportunityRow.id)
            .where(*_PERHAPS, OpportunityRow.status.in_(_PUBLIC))
            .order_by(OpportunityRow.pk.desc())
            .limit(limit)
        )
        if before_pk is not None:
            chosen = chosen.where(OpportunityRow.pk < before_pk)
        rows = session.execute(chosen).all()
        offers = store.get_many(session, [row.id for row in rows])
        found += [(row.pk, offers[row.id]) for row in rows if offers[row.id].is_shared]
        if len(rows) < limit:
            break
        before_pk = rows[-1].pk
    return found[:limit]


def count(session: Session) -> int:
    """Return how many offers partner cities see, or saw: one whose reach became less is still counted for a while."""
    chosen = select(func.count()).where(*_PERHAPS, OpportunityRow.status.in_(_PUBLIC))
    return session.scalar(chosen) or 0

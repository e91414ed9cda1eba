"""Which opportunities of this city are published, without what stands in them: for lists of addresses, at any size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from col_core.catalogue.tables import OpportunityRow
from col_core.catalogue.vocabulary import Status

# The pages of other cities' offers stand in their own lists.
_OURS = (OpportunityRow.status == Status.PUBLISHED.value, OpportunityRow.origin.is_(None))


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """An opportunity that anyone may open, and when it was last changed."""

    id: str
    updated: datetime


def parts(session: Session, *, size: int) -> Sequence[int]:
    """Return the numbers of the parts that hold anything, if each has room for `size` opportunities.

    What is published later or withdrawn moves nothing from one part to another.
    """
    number = (OpportunityRow.pk - 1) // size
    rows = session.scalars(select(number).where(*_OURS).distinct())
    return sorted(rows)


def part(session: Session, number: int, *, size: int) -> Sequence[Published]:
    """Return what is published in the part `number`."""
    rows = session.execute(
        select(OpportunityRow.id, OpportunityRow.updated)
        .where(OpportunityRow.pk > number * size, OpportunityRow.pk <= (number + 1) * size)
        .where(*_OURS)
        .order_by(OpportunityRow.pk)
    )
    return [Published(id=id_, updated=updated) for id_, updated in rows]

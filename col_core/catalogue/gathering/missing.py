"""How often offers were not in what their source brought."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from col_core.catalogue.tables import OpportunityRow

_CHUNK = 500


def once_more(session: Session, pks: Sequence[int]) -> None:
    """Count that opportunities were not in a complete fetch."""
    _count(session, pks, OpportunityRow.missing_count + 1)


def no_longer(session: Session, pks: Sequence[int]) -> None:
    """Begin to count anew: the items are back."""
    _count(session, pks, 0)


def _count(session: Session, pks: Sequence[int], count: ColumnElement[int] | int) -> None:
    for start in range(0, len(pks), _CHUNK):
        session.execute(
            update(OpportunityRow)
            .where(OpportunityRow.pk.in_(pks[start : start + _CHUNK]))
            .values(missing_count=count)
            .execution_options(synchronize_session=False)
        )

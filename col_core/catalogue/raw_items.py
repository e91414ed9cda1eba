"""Items as their source gave them, and how often they were missing since."""

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from col_core.base.clock import Clock
from col_core.catalogue.records import RawItem, Status
from col_core.catalogue.tables import OpportunityRow, RawItemRow


def keep(session: Session, source_id: str, items: Sequence[RawItem], *, now: datetime) -> None:
    """Keep the bytes of `items` with their address and time; an item that is kept already is replaced."""
    for start in range(0, len(items), 500):
        chunk = items[start : start + 500]
        ids = [each.external_id for each in chunk]
        session.execute(delete(RawItemRow).where(RawItemRow.source_id == source_id, RawItemRow.external_id.in_(ids)))
        session.execute(
            RawItemRow.__table__.insert(),  # type: ignore[attr-defined]
            [
                {
                    "source_id": source_id,
                    "external_id": each.external_id,
                    "body": zlib.compress(each.body, 1),
                    "media_type": each.media_type,
                    "address": each.address,
                    "fetched": now,
                }
                for each in chunk
            ],
        )


def read(session: Session, source_id: str, external_id: str) -> RawItem | None:
    """Return the item as it was last fetched, or None."""
    row = session.get(RawItemRow, (source_id, external_id))
    if row is None:
        return None
    return RawItem(
        external_id=row.external_id, body=zlib.decompress(row.body), media_type=row.media_type, address=row.address
    )


def missing_once_more(session: Session, pks: Sequence[int]) -> None:
    """Count that opportunities were not in a complete fetch."""
    for start in range(0, len(pks), 500):
        session.execute(
            update(OpportunityRow)
            .where(OpportunityRow.pk.in_(pks[start : start + 500]))
            .values(missing_count=OpportunityRow.missing_count + 1)
            .execution_options(synchronize_session=False)
        )


def no_longer_missing(session: Session, pks: Sequence[int]) -> None:
    """Begin to count anew: the items are back."""
    for start in range(0, len(pks), 500):
        session.execute(
            update(OpportunityRow)
            .where(OpportunityRow.pk.in_(pks[start : start + 500]))
            .values(missing_count=0)
            .execution_options(synchronize_session=False)
        )


def forget_old(session: Session, *, days: int, clock: Clock) -> None:
    """Delete raw items of offers that have been closed, and of none at all, for `days`."""
    before = clock.now() - timedelta(days=days)
    open_ = select(OpportunityRow.external_id).where(
        OpportunityRow.source_id == RawItemRow.source_id,
        OpportunityRow.external_id == RawItemRow.external_id,
        OpportunityRow.status.not_in([Status.CLOSED.value, Status.WITHDRAWN.value]),
    )
    session.execute(delete(RawItemRow).where(RawItemRow.fetched < before, ~open_.exists()))

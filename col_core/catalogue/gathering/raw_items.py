"""Items as their source gave them."""

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from col_core.base.clock import Clock
from col_core.catalogue.records import RawItem
from col_core.catalogue.tables import OpportunityRow, RawItemRow
from col_core.catalogue.vocabulary import Status


def keep(session: Session, source_id: str, items: Sequence[RawItem], *, now: datetime) -> None:
    """Keep the bytes of `items` with their address and time; an item that is kept already is replaced."""
    for start in range(0, len(items), 500):
        chunk = items[start : start + 500]
        drop(session, source_id, [each.external_id for each in chunk])
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


def drop(session: Session, source_id: str, external_ids: Sequence[str]) -> None:
    """Keep no more what a source said of these items."""
    for start in range(0, len(external_ids), 500):
        ids = external_ids[start : start + 500]
        session.execute(delete(RawItemRow).where(RawItemRow.source_id == source_id, RawItemRow.external_id.in_(ids)))


def forget_old(session: Session, *, days: int, clock: Clock) -> None:
    """Delete raw items of offers that have been closed, and of none at all, for `days`."""
    before = clock.now() - timedelta(days=days)
    # Closing is the last change of what is closed.
    not_long_closed = select(OpportunityRow.external_id).where(
        OpportunityRow.source_id == RawItemRow.source_id,
        OpportunityRow.external_id == RawItemRow.external_id,
        OpportunityRow.status.not_in([Status.CLOSED.value, Status.WITHDRAWN.value])
        | (OpportunityRow.updated >= before),
    )
    session.execute(delete(RawItemRow).where(RawItemRow.fetched < before, ~not_long_closed.exists()))

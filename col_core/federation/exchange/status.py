"""How the exchange with each city stands, for the page of the network, the doctor, metrics and `col peers status`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from col_core.federation.exchange import followers, subscriptions
from col_core.federation.exchange.records import Exchanged, Held, Refusal
from col_core.federation.exchange.tables import RemoteOfferRow


def status(session: Session, *, now: datetime) -> Sequence[Exchanged]:
    """Return how it stands with each city that this one follows, or that follows it, by host."""
    counts = {
        (row.host, row.held): int(row.number)
        for row in session.execute(
            select(RemoteOfferRow.host, RemoteOfferRow.held, func.count().label("number")).group_by(
                RemoteOfferRow.host, RemoteOfferRow.held
            )
        )
    }
    theirs = followers.listing(session)
    found = {
        each.host: Exchanged(
            host=each.host,
            is_followed=True,
            filter=each.filter,
            kept=counts.get((each.host, Held.KEPT.value), 0),
            refused=counts.get((each.host, Held.REFUSED.value), 0),
            lag_s=max(0.0, (now - each.synced).total_seconds()) if each.synced is not None else None,
            synced=each.synced,
            whole_synced=each.whole_synced,
            equal=each.equal,
            compared=each.compared,
            failures=each.failures,
            error=each.error,
            hidden=each.hidden,
            their_filter=theirs.get(each.host),
        )
        for each in subscriptions.listing(session)
    }
    for host in theirs.keys() - found.keys():
        found[host] = Exchanged(
            host=host,
            is_followed=False,
            filter="",
            kept=0,
            refused=0,
            lag_s=None,
            synced=None,
            whole_synced=None,
            equal=None,
            compared=None,
            failures=0,
            error=None,
            hidden=False,
            their_filter=theirs[host],
        )
    return [found[host] for host in sorted(found)]


def refusals(session: Session, host: str, *, limit: int = 100) -> Sequence[Refusal]:
    """Return items of a partner that were not taken, and why."""
    rows = session.scalars(
        select(RemoteOfferRow)
        .where(RemoteOfferRow.host == host, RemoteOfferRow.held == Held.REFUSED.value)
        .order_by(RemoteOfferRow.external_id)
        .limit(limit)
    )
    return [Refusal(id=row.external_id, reason=row.reason or "") for row in rows]

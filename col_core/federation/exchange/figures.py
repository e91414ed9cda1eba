"""What the metrics tell of the exchange with other cities."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from col_core.federation.exchange import status
from col_core.web.metrics import Figure


def figures(session: Session, now: datetime) -> Iterator[Figure]:
    """Return the figures of the bulk lane."""
    found = [each for each in status.status(session, now=now) if each.is_followed]
    yield Figure(
        name="col_peer_offers",
        help="Items of a followed city, by what became of them.",
        labels=("host", "held"),
        samples=[
            sample
            for each in found
            for sample in (((each.host, "kept"), float(each.kept)), ((each.host, "refused"), float(each.refused)))
        ],
    )
    yield Figure(
        name="col_peer_lag_seconds",
        help="How long ago everything of a followed city was here; absent before the first time.",
        labels=("host",),
        samples=[((each.host,), each.lag_s) for each in found if each.lag_s is not None],
    )
    yield Figure(
        name="col_peer_failures",
        help="Readings of a followed city that failed one after the other until now.",
        labels=("host",),
        samples=[((each.host,), float(each.failures)) for each in found],
    )
    yield Figure(
        name="col_peer_equal",
        help="1 where both cities counted the same offers when they were last compared; absent where they were not.",
        labels=("host",),
        samples=[((each.host,), float(each.equal)) for each in found if each.equal is not None],
    )

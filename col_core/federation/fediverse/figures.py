"""What the metrics tell of the push lane."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from col_core.federation.fediverse import letters, subscriptions
from col_core.federation.fediverse.tables import FollowingRow, LaneRow
from col_core.web.metrics import Figure


def of_fediverse(session: Session, now: datetime) -> Iterator[Figure]:
    """Give the figures of the push lane as they are now."""
    yield Figure(
        name="col_fediverse_deliveries",
        help="Deliveries to other servers that wait, or were given up.",
        labels=("state",),
        samples=[((state,), number) for state, number in letters.counts(session).items()],
    )
    taken, refused, failed = session.execute(
        select(func.sum(LaneRow.taken), func.sum(LaneRow.refused), func.sum(LaneRow.failed))
    ).one()
    yield Figure(
        name="col_fediverse_sent",
        help="Deliveries that were tried, by what came of them, since the lanes were last emptied.",
        labels=("result",),
        samples=[(("taken",), taken or 0), (("refused",), refused or 0), (("failed",), failed or 0)],
    )
    resting = select(func.count()).select_from(LaneRow).where(LaneRow.failures > 0, LaneRow.next_attempt > now)
    yield Figure(
        name="col_fediverse_resting_hosts",
        help="Servers that are left alone for a while because they did not answer.",
        samples=[((), session.scalar(resting) or 0)],
    )
    yield Figure(
        name="col_fediverse_followers",
        help="Actors of other servers that follow this city.",
        samples=[((), subscriptions.count(session))],
    )
    rows = session.execute(select(FollowingRow.state, func.count()).group_by(FollowingRow.state)).all()
    yield Figure(
        name="col_fediverse_following",
        help="Actors of other servers that this city follows, by how they answered.",
        labels=("state",),
        samples=[((row[0],), row[1]) for row in rows],
    )

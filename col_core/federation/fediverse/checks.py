"""What the doctor looks at in the push lane: whether others can reach this city, and it them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from col_core.base.checks import Finding, Weight
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.settings import CityConfig
from col_core.federation.fediverse import letters
from col_core.federation.fediverse.tables import FollowingRow, LaneRow

_LONG = timedelta(hours=6)
_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class FediverseCheck:
    """How deliveries go, and who did not answer."""

    config: CityConfig
    database: Database
    clock: Clock
    area: str = "fediverse"

    def look(self) -> Iterator[Finding]:
        now = self.clock.now()
        with self.database.read() as session:
            failing = session.scalars(
                select(LaneRow.host).where(LaneRow.failing_since < now - _LONG).order_by(LaneRow.failing_since)
            ).all()
            dead = letters.counts(session)[letters.DEAD]
            unanswered = session.scalars(
                select(FollowingRow.actor)
                .where(FollowingRow.state == "asked", FollowingRow.created < now - timedelta(days=1))
                .order_by(FollowingRow.created)
            ).all()
        if failing:
            yield Finding(
                weight=Weight.RISK,
                what=f"Nothing reaches {_few(failing)} for more than {_LONG.seconds // 3600} hours.",
                means="Their people see what changed here late; after two weeks they are followers no more.",
                mend="Nothing to do if their server is down. Else look at `col peers deliveries list`.",
            )
        if dead:
            yield Finding(
                weight=Weight.HINT,
                what=f"{dead} deliveries were given up.",
                means="Those servers did not take what this city told them.",
                mend="See why with `col peers deliveries list`, and send them again with `retry`.",
            )
        if unanswered:
            yield Finding(
                weight=Weight.HINT,
                what=f"{_few(unanswered)} did not answer for a day to being followed.",
                means="Nothing comes from there.",
                mend="Ask their people, or leave it with `col peers unfollow-actor`.",
            )


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more

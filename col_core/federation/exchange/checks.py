"""What the doctor says of the exchange with other cities."""

from collections.abc import Iterator
from dataclasses import dataclass

from col_core.base.checks import Finding, Weight
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.federation.exchange import status
from col_core.federation.exchange.records import Exchanged

_LONG_S = 24 * 3_600


@dataclass(frozen=True, kw_only=True)
class ExchangeCheck:
    """Whether what is shown of other cities is what they offer."""

    database: Database
    clock: Clock
    area: str = "partner cities"

    def look(self) -> Iterator[Finding]:
        with self.database.read() as session:
            found = status.status(session, now=self.clock.now())
        for each in found:
            if each.is_followed:
                yield from _of(each)


def _of(one: Exchanged) -> Iterator[Finding]:
    if one.hidden:
        yield Finding(
            weight=Weight.RISK,
            what=f"{one.host} is followed and is no partner now.",
            means="None of its offers are shown here.",
            mend="`col peers list` says how it stands; [federation] allow in city.toml trusts it without a membership.",
        )
    elif one.synced is None or (one.lag_s is not None and one.lag_s > _LONG_S):
        since = f"since {one.synced:%Y-%m-%d %H:%M} UTC" if one.synced is not None else "yet"
        yield Finding(
            weight=Weight.RISK,
            what=f"Nothing could be read of {one.host} {since}{f': {one.error}' if one.error else '.'}",
            means="What it changed or cancelled since is not seen here.",
            mend=f"`col peers sync {one.host}` tries now and says what is wrong; it is tried again by itself.",
        )
    elif one.equal is False:
        yield Finding(
            weight=Weight.HINT,
            what=f"{one.host} counts other offers than are here of it.",
            means="Some of its offers may be missing or old here; it is being read anew.",
            mend=f"If that stays so for a day: `col peers sync {one.host} --whole`.",
        )
    if one.refused:
        yield Finding(
            weight=Weight.HINT,
            what=f"{one.refused} items of {one.host} could not be taken.",
            means="They are not shown here.",
            mend=f"`col peers status {one.host}` says why of each; tell that city.",
        )

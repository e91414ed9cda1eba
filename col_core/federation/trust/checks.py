"""What the doctor says of the city's place in its network."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from col_core.base.checks import Finding, Weight
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.settings import CityConfig
from col_core.federation.trust.records import MarkKind
from col_core.federation.trust.tables import AnchorRow, PaperRow

# A mark that was not renewed at half of its life is noticed before it ends.
_SOON = timedelta(days=2)
_AWAY = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class MembershipCheck:
    """Looks at the marks of the city, and at how its anchor answers."""

    config: CityConfig
    database: Database
    clock: Clock

    @property
    def area(self) -> str:
        return "network"

    def look(self) -> Iterable[Finding]:
        url, now = self.config.network.anchor, self.clock.now()
        if url is None:
            return
        if self.config.network.trust is None:
            yield Finding(
                weight=Weight.RISK,
                what="The public keys of the network are not pinned ([network] trust).",
                means="Whoever answered first at its address is believed.",
                mend="Ask the network for its keys by another way, and name the file as [network] trust.",
            )
        with self.database.read() as session:
            anchor = session.get(AnchorRow, url)
            mark = session.scalar(
                select(PaperRow).where(PaperRow.kind == MarkKind.MEMBER.value, PaperRow.anchor == url)
            )
            seen, error = (anchor.seen, anchor.error) if anchor is not None else (None, None)
            expires = mark.expires if mark is not None else None
        if seen is None or now - seen > _AWAY or error is not None:
            yield Finding(
                weight=Weight.RISK,
                what=f"The network {url} does not answer as it should: {error or 'it was not heard of for long'}",
                means="Members stay members until their marks end, and new ones are not seen.",
                mend="Is the worker running? If so, tell those who run the network.",
            )
        if expires is None:
            yield Finding(
                weight=Weight.HINT,
                what="The city names a network and is no member of it.",
                means="Other cities take nothing from it.",
                mend="Those who run the network admit it; docs/join-the-network.md has the steps.",
            )
        elif expires - now < _SOON:
            yield Finding(
                weight=Weight.MEND,
                what=f"The city's mark in the network ends on {expires:%Y-%m-%d %H:%M} UTC and was not renewed.",
                means="From then on other cities hide its offers.",
                mend="Is the worker running, and does the network answer? It signs anew every few days.",
            )

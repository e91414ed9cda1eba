"""What everybody may see of the network: which cities there are, since when, what is shared with them, how it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from col_core.federation import peers
from col_core.federation.exchange import status
from col_core.federation.exchange.records import Exchanged
from col_core.federation.ground import Ground
from col_core.federation.records import Standing
from col_core.federation.trust.records import MarkKind
from col_core.federation.trust.trust import Trust

# How a city that was shut out, or waits for a person, stands is nobody else's affair; strangers are none of ours.
_SHOWN = (Standing.MEMBER, Standing.ALLOWED, Standing.SUSPENDED, Standing.EXPIRED)


@dataclass(frozen=True, kw_only=True, slots=True)
class City:
    """A city of the network. `key` is its short name, as in `?city=`; `here` is this city itself.

    `shares_offers` and `badges_recognised` say what holds now. `exchange` is None where this city reads nothing of it;
    `reads_ours` says whether it told us that it reads ours.
    """

    url: str
    key: str
    host: str
    names: Mapping[str, str]
    country: str | None
    standing: Standing
    since: datetime | None
    until: datetime | None
    shares_offers: bool
    badges_recognised: bool
    here: bool = False
    exchange: Exchanged | None = None
    reads_ours: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkView:
    """The network as this city sees it. `anchor` and `name` are None where it has none and trusts by its settings."""

    anchor: str | None
    name: str | None
    cities: Sequence[City]


def is_there(ground: Ground) -> bool:
    """Return whether the city's settings name a network or cities that it follows."""
    return ground.config.network.anchor is not None or bool(ground.config.federation.peers)


def view(ground: Ground, trust: Trust) -> NetworkView | None:
    """Return the network; None where the city has none and knows no other city."""
    now = ground.clock.now()
    with ground.database.read() as session:
        papers = {each.kind: each for each in trust.membership.papers(session)}
        known = [(each, peers.standing(each, ground.config.federation, now=now)) for each in peers.listing(session)]
        exchanged = {each.host: each for each in status.status(session, now=now)}
    if not known and not is_there(ground):
        return None
    own = papers.get(MarkKind.MEMBER.value)
    here = City(
        url=ground.config.base_url,
        key=ground.config.id,
        host=peers.host_of(ground.config.base_url),
        names=ground.config.name,
        country=ground.config.country,
        standing=Standing.MEMBER if own is not None else Standing.STRANGER,
        since=own.since if own is not None else None,
        until=own.expires if own is not None else None,
        shares_offers=own is not None,
        badges_recognised=MarkKind.RECOGNISED_ISSUER.value in papers,
        here=True,
    )
    others = [
        City(
            url=each.base_url,
            key=each.key,
            host=each.host,
            names=each.names,
            country=each.country,
            standing=standing,
            since=each.member_since,
            until=each.member_until,
            shares_offers=standing.is_partner and each.feed_url is not None,
            badges_recognised=standing is Standing.MEMBER
            and each.recognised_until is not None
            and each.recognised_until > now,
            exchange=_followed(exchanged.get(each.host)),
            reads_ours=_reads_ours(exchanged.get(each.host)),
        )
        for each, standing in known
        if standing in _SHOWN
    ]
    return NetworkView(anchor=ground.config.network.anchor, name=trust.anchors.name() or None, cities=[here, *others])


def _followed(one: Exchanged | None) -> Exchanged | None:
    return one if one is not None and one.is_followed else None


def _reads_ours(one: Exchanged | None) -> bool:
    return one is not None and one.their_filter is not None

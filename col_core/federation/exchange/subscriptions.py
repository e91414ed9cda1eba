"""Which cities this one follows, with which filter, and how far it has read each."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.base.errors import InvalidInput, NotFound
from col_core.base.outbox import Event
from col_core.base.settings import CityConfig
from col_core.catalogue.records import Query
from col_core.federation import peers
from col_core.federation.exchange import fetching, filters
from col_core.federation.exchange.records import Subscription
from col_core.federation.exchange.tables import RemoteOfferRow, SubscriptionRow
from col_core.federation.ground import FOLLOWED, HARVEST_JOB, UNFOLLOWED, harvest_key
from col_core.federation.records import Peer

_COLUMNS = tuple(each.name for each in SubscriptionRow.__table__.columns)


def follow(
    session: Session, url: str, *, asked: Query, config: CityConfig, clock: Clock, by_settings: bool = False
) -> Subscription:
    """Follow the city at `url`, or change what is asked of it; its feed is read soon. `peer.followed` is published.

    Raises InvalidInput for what is no address of another city.
    """
    if peers.host_of(url) == peers.host_of(config.base_url):
        raise InvalidInput("A city does not follow itself.")
    peer = peers.remember(session, url, clock=clock, own_key=config.id)
    row = session.get(SubscriptionRow, peer.host, with_for_update=True)
    text = filters.text_of(asked)
    if row is None:
        row = SubscriptionRow(
            host=peer.host,
            filter=text,
            by_settings=by_settings,
            created=clock.now(),
            epoch="",
            place=0,
            whole=True,
            pass_number=_first_pass(session, peer.host),
            failures=0,
            hidden=False,
        )
        session.add(row)
        outbox.publish(session, Event(name=FOLLOWED, subject=peer.host), clock=clock)
    elif row.filter != text:
        row.filter = text
        begin_anew(row)
    row.by_settings = by_settings
    row.retry = None
    session.flush()
    hint(session, peer.host, clock=clock)
    return _record(row)


def unfollow(session: Session, host: str, *, clock: Clock) -> None:
    """Follow a city no longer; what it brought is withdrawn soon. `peer.unfollowed` is published. Raises NotFound."""
    gone = session.execute(delete(SubscriptionRow).where(SubscriptionRow.host == host).returning(SubscriptionRow.host))
    if not gone.all():
        raise NotFound(f"This city does not follow {host!r}; `col peers status` shows whom it follows.")
    outbox.publish(session, Event(name=UNFOLLOWED, subject=host), clock=clock)


def follow_settings(session: Session, config: CityConfig, *, clock: Clock) -> None:
    """Follow those that city.toml names, and those that it named once no longer."""
    wanted = {peers.host_of(url): url for url in config.federation.peers}
    wanted.pop(peers.host_of(config.base_url), None)
    present = {each.host: each for each in listing(session)}
    for host, url in wanted.items():
        if host not in present:
            follow(session, url, asked=Query(), config=config, clock=clock, by_settings=True)
    for host, each in present.items():
        if each.by_settings and host not in wanted:
            unfollow(session, host, clock=clock)


def hint(session: Session, host: str, *, clock: Clock) -> None:
    """Write down that the feed of `host` is to be read on."""
    outbox.enqueue(session, HARVEST_JOB, {"host": host}, clock=clock, key=harvest_key(host))


def get(session: Session, host: str) -> Subscription | None:
    """Return the subscription to `host`, or None."""
    row = session.get(SubscriptionRow, host) if "\0" not in host else None
    return None if row is None else _record(row)


def listing(session: Session) -> Sequence[Subscription]:
    """Return every subscription, by host."""
    return [_record(row) for row in session.scalars(select(SubscriptionRow).order_by(SubscriptionRow.host))]


def locked(session: Session, host: str) -> SubscriptionRow | None:
    """Return the row of `host`, held until the commit; for the parts of this lane alone."""
    return session.get(SubscriptionRow, host, with_for_update=True)


def note(session: Session, host: str, **said: Any) -> None:
    """Note how reading `host` goes: any column of the table."""
    assert said.keys() <= set(_COLUMNS), f"no such column: {said.keys() - set(_COLUMNS)}"
    session.execute(update(SubscriptionRow).where(SubscriptionRow.host == host).values(said))


def begin_anew(row: SubscriptionRow) -> None:
    """Read everything once more from the first page; what is not in it then is withdrawn."""
    row.whole, row.pass_number = True, row.pass_number + 1
    row.next_url, row.etag, row.place = None, None, 0
    row.equal = None


def begins_anew() -> Mapping[str, Any]:
    """Return what `begin_anew` sets, for `note`."""
    return {
        "whole": True,
        "pass_number": SubscriptionRow.pass_number + 1,
        "next_url": None,
        "etag": None,
        "place": 0,
        "equal": None,
    }


def start_of(peer: Peer, subscription: Subscription) -> str:
    """Return the first page of a partner's feed under the filter of the subscription."""
    feed = fetching.feed_of(peer)
    joined = "&" if "?" in feed else "?"
    return f"{feed}{joined}{subscription.filter}" if subscription.filter else feed


def _first_pass(session: Session, host: str) -> int:
    """Return a number for the first run that none had before, also where the city was followed once."""
    chosen = select(RemoteOfferRow.pass_number).where(RemoteOfferRow.host == host)
    before = session.scalar(chosen.order_by(RemoteOfferRow.pass_number.desc()).limit(1))
    return (before or 0) + 1


def _record(row: SubscriptionRow) -> Subscription:
    return Subscription(**{name: getattr(row, name) for name in _COLUMNS})

"""Who follows this city, as those cities say themselves, and where its offers are shown and how often opened there."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from col_core.base.errors import InvalidInput
from col_core.federation import peers
from col_core.federation.exchange import fetching, filters
from col_core.federation.exchange.fetching import Lying
from col_core.federation.exchange.records import Delivery, Held
from col_core.federation.exchange.tables import DeliveryRow, FollowerRow, RemoteOfferRow, SubscriptionRow
from col_core.federation.ground import Ground
from col_core.federation.records import Peer

SUBSCRIPTIONS, RECEIVED = "/api/v1/network/subscriptions", "/api/v1/network/received"
PER_PAGE = 1_000
_MOST_PAGES = 250
_LONGEST_ID = 32


def refresh(ground: Ground, host: str) -> None:
    """Ask a partner whether it follows this city, and if so, what it shows. Raises FetchError."""
    with ground.database.read() as session:
        peer = peers.get(session, host)
    now = ground.clock.now()
    if peer is None or not peers.standing(peer, ground.config.federation, now=now).is_partner:
        return
    own = peers.host_of(ground.config.base_url)
    followed_with = _filter_of(_all(ground, peer, SUBSCRIPTIONS), own)
    received = _received(_all(ground, peer, f"{RECEIVED}?from={quote(own)}")) if followed_with is not None else {}
    with ground.database.write() as session:
        session.execute(delete(FollowerRow).where(FollowerRow.host == host))
        session.execute(delete(DeliveryRow).where(DeliveryRow.host == host))
        if followed_with is not None:
            session.add(FollowerRow(host=host, filter=followed_with, seen=now))
            session.add_all(
                DeliveryRow(opportunity_id=id_, host=host, opened=opened, seen=now) for id_, opened in received.items()
            )


def listing(session: Session) -> Mapping[str, str]:
    """Return the filter of each city that says that it follows this one, by host."""
    return {row.host: row.filter for row in session.scalars(select(FollowerRow).order_by(FollowerRow.host))}


def deliveries(session: Session, opportunity_id: str) -> Sequence[Delivery]:
    """Return where an offer of this city is shown, by host."""
    rows = session.scalars(
        select(DeliveryRow).where(DeliveryRow.opportunity_id == opportunity_id).order_by(DeliveryRow.host)
    )
    return [Delivery(host=row.host, opened=row.opened, seen=row.seen) for row in rows]


def received(session: Session, host: str, *, after: str, limit: int) -> Sequence[tuple[str, int]]:
    """Return the ids at home of what is shown here of `host`, each with how often it was opened."""
    rows = session.execute(
        select(RemoteOfferRow.external_id, RemoteOfferRow.opened)
        .join(SubscriptionRow, SubscriptionRow.host == RemoteOfferRow.host)
        .where(
            RemoteOfferRow.host == host,
            RemoteOfferRow.held == Held.KEPT.value,
            RemoteOfferRow.twin.is_(None),
            RemoteOfferRow.external_id > after,
            SubscriptionRow.hidden.is_(False),
        )
        .order_by(RemoteOfferRow.external_id)
        .limit(limit)
    )
    return [(row.external_id, row.opened) for row in rows]


def _all(ground: Ground, peer: Peer, path: str) -> Sequence[Any]:
    """Return the items of a list of a partner, over all its pages."""
    items: list[Any] = []
    url: object = peer.base_url + path
    for _ in range(_MOST_PAGES):
        if not isinstance(url, str):
            return items
        said = fetching.json_of(ground.http, peer, url)
        page = said.get("items")
        if not isinstance(page, list) or len(page) > PER_PAGE:
            raise Lying(f"{peer.host} answered with what is no list.")
        items += page
        url = said.get("next")
    raise Lying(f"{peer.host} has a list without an end.")


def _filter_of(items: Sequence[Any], host: str) -> str | None:
    """Return the filter with which `host` is followed, None where it is not."""
    for each in items:
        if isinstance(each, dict) and each.get("host") == host:
            said = each.get("filter")
            try:
                return filters.text_of(filters.of_text(said if isinstance(said, str) else ""))
            except InvalidInput:
                return ""
    return None


def _received(items: Sequence[Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in items:
        id_, opened = (each.get("id"), each.get("opened")) if isinstance(each, dict) else (None, None)
        if isinstance(id_, str) and 0 < len(id_) <= _LONGEST_ID and isinstance(opened, int) and 0 <= opened < 2**62:
            found[id_] = opened
    return found

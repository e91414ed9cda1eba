"""What is shown of partners, and no longer of those that are none: hidden at once, and shown again as it was."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from col_core.catalogue import store
from col_core.catalogue.records import Opportunity
from col_core.catalogue.vocabulary import Status
from col_core.federation import peers
from col_core.federation.exchange import subscriptions
from col_core.federation.exchange.records import Held
from col_core.federation.exchange.tables import RemoteOfferRow
from col_core.federation.exchange.taking import Taker
from col_core.federation.ground import Ground

_BATCH = 250
_SHOWN = frozenset({Status.PUBLISHED, Status.CANCELLED, Status.CLOSED, Status.REVIEW})


def settle(ground: Ground) -> None:
    """Hide what is of hosts that are no partners now, and show again what is of those that are."""
    with ground.database.read() as session:
        hosts = [each.host for each in subscriptions.listing(session)]
    for host in hosts:
        settle_host(ground, host)


def settle_host(ground: Ground, host: str) -> None:
    """Do so for one host; what broke off in the middle goes on."""
    with ground.database.read() as session:
        subscription, peer = subscriptions.get(session, host), peers.get(session, host)
    if subscription is None:
        return
    now = ground.clock.now()
    is_partner = peer is not None and peers.standing(peer, ground.config.federation, now=now).is_partner
    if not is_partner:
        if not subscription.hidden:
            with ground.database.write() as session:
                subscriptions.note(session, host, hidden=True)
        while _hide_some(ground, host):
            pass
    elif subscription.hidden:
        while _show_some(ground, host):
            pass
        with ground.database.write() as session:
            subscriptions.note(session, host, hidden=False, retry=None)
            subscriptions.hint(session, host, clock=ground.clock)


def let_go(ground: Ground, host: str) -> None:
    """Withdraw all that a host brought that is not followed any more."""
    taker = Taker(ground.config, clock=ground.clock, index=ground.index, reviewer=ground.gathering.reviewer)
    chosen = (
        select(RemoteOfferRow.external_id)
        .where(RemoteOfferRow.host == host, RemoteOfferRow.held != Held.GONE.value)
        .order_by(RemoteOfferRow.external_id)
        .limit(_BATCH)
    )
    while True:
        with ground.database.write() as session:
            if subscriptions.get(session, host) is not None:
                return
            ids = list(session.scalars(chosen))
            if not ids:
                return
            taker.withdraw_missing(session, host, ids)


def _hide_some(ground: Ground, host: str) -> bool:
    """Hide some of the offers of `host`; return whether there may be more."""
    with ground.database.write() as session:
        rows = _some(session, host, hidden=False)
        found = store.get_many(session, rows)
        for status in Status:
            _note(session, host, [each.id for each in found.values() if each.status is status], status.value)
        _note(session, host, [id_ for id_ in rows if id_ not in found], Status.WITHDRAWN.value)
        shown = [each.id for each in found.values() if each.status in _SHOWN]
        if shown:
            store.set_status(session, shown, Status.DRAFT, index=ground.index, clock=ground.clock)
        return len(rows) == _BATCH


def _show_some(ground: Ground, host: str) -> bool:
    """Show some of the offers of `host` again, unless something else was decided meanwhile."""
    with ground.database.write() as session:
        rows = _some(session, host, hidden=True)
        before = dict(
            session.execute(
                select(RemoteOfferRow.opportunity_id, RemoteOfferRow.shown_as).where(
                    RemoteOfferRow.host == host, RemoteOfferRow.opportunity_id.in_(rows)
                )
            ).all()
        )
        found = store.get_many(session, rows)
        drafts: Sequence[Opportunity] = [each for each in found.values() if each.status is Status.DRAFT]
        for status in _SHOWN:
            back = [each.id for each in drafts if before.get(each.id) == status.value]
            if back:
                store.set_status(session, back, status, index=ground.index, clock=ground.clock)
        _note(session, host, rows, None)
        return len(rows) == _BATCH


def _some(session: Session, host: str, *, hidden: bool) -> list[str]:
    is_hidden = RemoteOfferRow.shown_as.is_not(None) if hidden else RemoteOfferRow.shown_as.is_(None)
    chosen = select(RemoteOfferRow.opportunity_id).where(
        RemoteOfferRow.host == host,
        RemoteOfferRow.held == Held.KEPT.value,
        RemoteOfferRow.opportunity_id.is_not(None),
        is_hidden,
    )
    return [each for each in session.scalars(chosen.order_by(RemoteOfferRow.external_id).limit(_BATCH)) if each]


def _note(session: Session, host: str, ids: Sequence[str], shown_as: str | None) -> None:
    if ids:
        session.execute(
            update(RemoteOfferRow)
            .where(RemoteOfferRow.host == host, RemoteOfferRow.opportunity_id.in_(ids))
            .values(shown_as=shown_as)
            .execution_options(synchronize_session=False)
        )

"""Which issuers are recognised: those of this city, and those of cities that show the network's mark for issuers.

An issuer belongs to a city by its name alone: the city's own DID, one of its organisations (`…:organisations:SLUG`), or
the address of their profile in Open Badges 2.0, all on the very host of the city. That the name is really the
issuer's is what verifying the badge shows.
"""

import re
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from col_core.badges.credentials import dids
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.records import Recognised
from col_core.base.errors import InvalidInput
from col_core.federation import peers
from col_core.federation.ground import Ground
from col_core.federation.records import Peer, Standing

_WEB = ("https://", "http://")
_SLUG = re.compile(r"(?!\.\.?$)[A-Za-z0-9._~-]{1,100}")


class Vouching(Protocol):
    """Says who vouches for a member of the network."""

    def __call__(self, session: Session, peer: Peer) -> str:
        """Return the name of the network that `peer` is a member of, "" where it is not known."""
        ...


class KnownIssuers:
    """`RecognisedIssuers` by what the city knows of other cities."""

    def __init__(self, ground: Ground, vouching: Vouching) -> None:
        self._ground, self._vouching = ground, vouching

    def has_network(self) -> bool:
        """Return whether any server that the city knows ever showed that it is a member of a network."""
        with self._ground.database.read() as session:
            return peers.any_member(session)

    def look(self, issuer_id: str) -> Recognised | None:
        """Return the city of `issuer_id`, if that is recognised or once was; None for a stranger."""
        config = self._ground.config
        host = host_of_issuer(issuer_id)
        if host is None:
            return None
        if host == peers.host_of(config.base_url):
            is_own = belongs(issuer_id, base_url=config.base_url, did=None)
            return Recognised(names=config.name, host=host, is_here=True) if is_own else None
        with self._ground.database.read() as session:
            peer = peers.get(session, host)
            if peer is None or not belongs(issuer_id, base_url=peer.base_url, did=peer.did):
                return None
            return self._recognised(session, peer)

    def _recognised(self, session: Session, peer: Peer) -> Recognised | None:
        now, config = self._ground.clock.now(), self._ground.config.federation
        state = peers.standing(peer, config, now=now)
        ended = peer.member_until if state is Standing.EXPIRED else None
        if not is_recognised(peer, state, now=now) and (ended is None or peer.recognised_until is None):
            return None
        return Recognised(
            names=peer.names,
            host=peer.host,
            since=peer.member_since,
            until=ended,
            vouched_by=self._vouching(session, peer),
        )


def is_recognised(peer: Peer, state: Standing, *, now: datetime) -> bool:
    """Return whether the badges of `peer`, which stands as `state`, are recognised at `now`."""
    return state.is_partner and peer.recognised_until is not None and peer.recognised_until > now


def host_of_issuer(issuer_id: str) -> str | None:
    """Return the host on which an issuer is at home, None for one that is at home on none."""
    try:
        address = issuer_id if issuer_id.startswith(_WEB) else dids.document_address(issuer_id)
        return peers.host_of(address)
    except (Unreadable, InvalidInput):
        return None


def belongs(issuer_id: str, *, base_url: str, did: str | None) -> bool:
    """Return whether an issuer is that of the city at `base_url`, or one of its organisations.

    `did` is how the city names itself, if it does; a name on another host counts for nothing.
    """
    host = peers.host_of(base_url)
    own = did if did is not None else dids.web_did(base_url)
    if host_of_issuer(own) != host or host_of_issuer(issuer_id) != host:
        return False
    organisation = _after(issuer_id, f"{own}:organisations:")
    profile = _after(issuer_id, f"{base_url}/ob2/issuers/")
    return issuer_id == own or any(_SLUG.fullmatch(each) for each in (organisation, profile) if each is not None)


def _after(text: str, begin: str) -> str | None:
    return text.removeprefix(begin) if text.startswith(begin) else None

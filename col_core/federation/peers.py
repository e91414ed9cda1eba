"""The servers that the city knows of: which there are, how they stand, and what people decided about them.

Whoever changes how one stands publishes `peer.changed` with its host; what is shown of it follows from that.
"""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.base.errors import InvalidInput, NotFound
from col_core.base.outbox import Event
from col_core.base.settings import CityConfig, FederationConfig
from col_core.federation.records import Peer, Standing
from col_core.federation.tables import PeerRow

CHANGED = "peer.changed"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?$")
_BLANK = re.compile(r"[\x00-\x20]")
_NOT_IN_KEY = re.compile(r"[^a-z0-9]+")
_FIELDS = frozenset(each.name for each in PeerRow.__table__.columns) - {"host", "key", "created"}


def host_of(url: str) -> str:
    """Return the host of an address as every table names it: small letters, with a port that is not the usual one.

    Raises InvalidInput for what is no http(s) address.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        port, parts = None, urlsplit("")
    host = (parts.hostname or "").rstrip(".")
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    if (
        _BLANK.search(url)
        or parts.scheme not in _DEFAULT_PORTS
        or not _HOST.fullmatch(host)
        or parts.username is not None
    ):
        raise InvalidInput(f"{url[:200]!r} is no address of a server; write it like https://learning.example.org.")
    return host


def is_on(url: object, host: str) -> bool:
    """Return whether `url` is an address on that host."""
    try:
        return isinstance(url, str) and host_of(url) == host
    except InvalidInput:
        return False


def standing(peer: Peer, config: FederationConfig, *, now: datetime) -> Standing:
    """Return how `peer` stands at `now`."""
    if peer.denied is not None or peer.host in config.deny:
        return Standing.DENIED
    if peer.quarantined is not None:
        return Standing.QUARANTINED
    if peer.suspended is not None:
        return Standing.SUSPENDED
    if peer.member_until is not None and peer.member_until > now:
        return Standing.MEMBER
    if peer.host in config.allow:
        return Standing.ALLOWED
    return Standing.STRANGER if peer.member_until is None else Standing.EXPIRED


def standing_of(session: Session, host: str, config: FederationConfig, *, now: datetime) -> Standing:
    """Return how the server `host` stands at `now`, also where nothing else is known of it."""
    peer = get(session, host)
    if peer is not None:
        return standing(peer, config, now=now)
    if host in config.deny:
        return Standing.DENIED
    return Standing.ALLOWED if host in config.allow else Standing.STRANGER


def get(session: Session, host: str) -> Peer | None:
    """Return the server of that host, or None."""
    # PostgreSQL takes no NUL in a text; no host holds one.
    row = session.get(PeerRow, host) if "\0" not in host else None
    return None if row is None else _record(row)


def listing(session: Session) -> list[Peer]:
    """Return every server that the city knows of, by host."""
    return [_record(row) for row in session.scalars(select(PeerRow).order_by(PeerRow.host))]


def any_member(session: Session) -> bool:
    """Return whether any server ever showed that it is a member of a network."""
    return bool(session.scalar(select(exists().where(PeerRow.member_until.is_not(None)))))


def partners(session: Session, config: CityConfig, *, now: datetime) -> list[Peer]:
    """Return those that the city exchanges with, by host."""
    return [each for each in listing(session) if standing(each, config.federation, now=now).is_partner]


def remember(session: Session, base_url: str, *, clock: Clock, own_key: str = "") -> Peer:
    """Return the server at that address, noted down if it is new.

    `own_key` is the id of this city, which nobody else gets. Raises InvalidInput for what is no address of a server.
    """
    host = host_of(base_url)
    row = session.get(PeerRow, host)
    if row is None:
        parts = urlsplit(base_url)
        row = PeerRow(
            host=host,
            key=_free_key(session, _NOT_IN_KEY.sub("-", host).strip("-"), {own_key}),
            base_url=f"{parts.scheme}://{host}{parts.path.rstrip('/')}",
            created=clock.now(),
        )
        session.add(row)
        session.flush()
    return _record(row)


def update(session: Session, host: str, *, clock: Clock, own_key: str = "", **said: Any) -> Peer:
    """Note what became known of a server: any field of `Peer` but `host`, `key` and `created`. Raises NotFound.

    With its first `city_id` it gets that as its short name, if it is free. Publishes `peer.changed` where anything of
    it is another thing than before, but for `seen`, `asked` and `error`.
    """
    row = session.get(PeerRow, host, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no server {host!r} here; `col peers list` shows those there are.")
    assert said.keys() <= _FIELDS, f"no such field: {said.keys() - _FIELDS}"
    if "names" in said:
        said["names"] = json.dumps(dict(said["names"]), ensure_ascii=False, sort_keys=True)
    changed = {name for name, value in said.items() if getattr(row, name) != value}
    if row.city_id is None and said.get("city_id"):
        row.key = _free_key(session, str(said["city_id"]), {own_key}, instead_of=row.key)
    for name, value in said.items():
        setattr(row, name, value)
    session.flush()
    if changed - {"seen", "asked", "error"}:
        outbox.publish(session, Event(name=CHANGED, subject=host), clock=clock)
    return _record(row)


def deny(session: Session, host: str, *, reason: str, clock: Clock) -> Peer:
    """Have nothing to do with a server any more, because of `reason`. One that is not known yet is noted down."""
    if not _HOST.fullmatch(host):
        raise InvalidInput(f"{host[:200]!r} is no host; write it like learning.example.org.")
    if session.get(PeerRow, host) is None:
        remember(session, f"https://{host}", clock=clock)
    return update(session, host, clock=clock, denied=clock.now(), denied_because=reason)


def admit(session: Session, host: str, *, clock: Clock) -> Peer:
    """Take back what people held against a server: denial and quarantine. Raises NotFound.

    The keys of one that was in quarantine are forgotten: those that it shows next are its keys.
    """
    known = get(session, host)
    forgotten: dict[str, Any] = {"keys": None} if known is not None and known.quarantined is not None else {}
    return update(
        session,
        host,
        clock=clock,
        denied=None,
        denied_because=None,
        quarantined=None,
        quarantined_because=None,
        **forgotten,
    )


def quarantine(session: Session, host: str, *, reason: str, clock: Clock) -> Peer:
    """Take nothing from a server until a person has looked at it. Raises NotFound."""
    return update(session, host, clock=clock, quarantined=clock.now(), quarantined_because=reason)


def _free_key(session: Session, wanted: str, taken: Iterable[str], *, instead_of: str | None = None) -> str:
    """Return `wanted`, or with a number where another server has it."""
    wanted = _NOT_IN_KEY.sub("-", wanted.lower()).strip("-")[:50] or "city"
    known = {*session.scalars(select(PeerRow.key)), *taken} - {instead_of}
    number = 2
    key = wanted
    while key in known:
        key, number = f"{wanted}-{number}", number + 1
    return key


def _record(row: PeerRow) -> Peer:
    said = {name: getattr(row, name) for name in _FIELDS}
    return Peer(host=row.host, key=row.key, created=row.created, **said | {"names": json.loads(row.names)})

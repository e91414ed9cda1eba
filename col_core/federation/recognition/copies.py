"""Keeping copies of documents: the newest good one of each, and every state of an issuer's keys that was seen."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, undefer

from col_core.badges.credentials.records import Got
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import InvalidInput
from col_core.federation import peers
from col_core.federation.recognition.records import Copy, Kind, Version
from col_core.federation.recognition.tables import MirroredDocumentRow, MirroredVersionRow

_LONGEST = 600
_LONGEST_ETAG = 200


class KeptCopies:
    """`Copies` of one city, for checking badges."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, url: str) -> Got | None:
        """Return the copy of what stood at `url`, by whatever scheme, None where none is kept."""
        place = place_of(url)
        if place is None:
            return None
        with self._database.read() as session:
            row = session.get(MirroredDocumentRow, place, options=[undefer(MirroredDocumentRow.body)])
            if row is None or row.body is None:
                return None
            return Got(body=row.body, media_type=row.media_type, as_of=row.fetched)


def place_of(url: str) -> str | None:
    """Return under which name a copy of `url` is kept: the address without its scheme; None for what is no address."""
    try:
        host, parts = peers.host_of(url), urlsplit(url)
    except InvalidInput:
        return None
    place = f"{host}{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    return place if len(place) <= _LONGEST else None


def listing(session: Session, *, host: str | None = None) -> list[Copy]:
    """Return every copy, or those of one host, without bodies."""
    chosen = select(MirroredDocumentRow).order_by(MirroredDocumentRow.place)
    if host is not None:
        chosen = chosen.where(MirroredDocumentRow.host == host)
    return [_record(row) for row in session.scalars(chosen)]


def hosts(session: Session) -> Sequence[str]:
    """Return the hosts of which something is kept."""
    return session.scalars(select(MirroredDocumentRow.host).distinct().order_by(MirroredDocumentRow.host)).all()


def body(session: Session, place: str) -> bytes | None:
    """Return what is kept under `place`, None where that was never read."""
    return session.scalar(select(MirroredDocumentRow.body).where(MirroredDocumentRow.place == place))


def want(session: Session, wanted: Iterable[tuple[str, Kind]], *, host: str, issuer: str, room: int) -> int:
    """Note down that documents (address, kind) of an issuer shall be kept, at most `room` new ones; return how many."""
    added = 0
    for url, kind in wanted:
        place = place_of(url)
        if place is None or session.get(MirroredDocumentRow, place) is not None:
            continue
        if added >= room:
            break
        session.add(MirroredDocumentRow(place=place, host=host, issuer=issuer, kind=kind.value, url=url))
        session.flush()
        added += 1
    return added


def keep(
    session: Session, place: str, content: bytes, *, media_type: str, etag: str | None, keys: bool, clock: Clock
) -> None:
    """Keep what a host says now. `keys` says that an issuer's keys became others, which is added to their history."""
    now = clock.now()
    row = session.get(MirroredDocumentRow, place, options=[undefer(MirroredDocumentRow.body)])
    assert row is not None
    if row.body != content:
        row.body, row.size, row.changed = content, len(content), now
    row.media_type, row.etag = media_type[:100], etag if etag and len(etag) <= _LONGEST_ETAG else None
    row.fetched = row.asked = now
    row.doubted = row.error = None
    if keys:
        session.add(MirroredVersionRow(place=place, since=now, body=content))
    session.flush()


def confirm(session: Session, place: str, *, clock: Clock) -> None:
    """Note down that a host says the same as before."""
    now = clock.now()
    _set(session, place, fetched=now, asked=now, doubted=None, error=None)


def fail(session: Session, place: str, error: str, *, clock: Clock, doubted: bool = False) -> None:
    """Note down what was wrong with what a host said; `doubted` where it cannot follow from what is kept."""
    now = clock.now()
    if doubted:
        since = session.scalar(select(MirroredDocumentRow.doubted).where(MirroredDocumentRow.place == place))
        _set(session, place, asked=now, error=error[:500], doubted=since or now)
    else:
        _set(session, place, asked=now, error=error[:500])


def history(session: Session, place: str) -> list[Version]:
    """Return every state of an issuer's keys that was seen, the oldest first."""
    chosen = select(MirroredVersionRow).where(MirroredVersionRow.place == place).order_by(MirroredVersionRow.id)
    return [Version(since=row.since, body=row.body) for row in session.scalars(chosen)]


def versions(session: Session, place: str) -> int:
    """Return how many states of an issuer's keys were seen."""
    counted = select(func.count()).select_from(MirroredVersionRow).where(MirroredVersionRow.place == place)
    return session.scalar(counted) or 0


def last_known(session: Session, host: str) -> datetime | None:
    """Return when `host` last said anything of what is kept."""
    return session.scalar(select(func.max(MirroredDocumentRow.fetched)).where(MirroredDocumentRow.host == host))


def forget(session: Session, host: str) -> int:
    """Forget everything of a host; return how many documents that were."""
    places = select(MirroredDocumentRow.place).where(MirroredDocumentRow.host == host)
    number = session.scalar(select(func.count()).select_from(places.subquery())) or 0
    session.execute(delete(MirroredVersionRow).where(MirroredVersionRow.place.in_(places)))
    session.execute(delete(MirroredDocumentRow).where(MirroredDocumentRow.host == host))
    return number


def _set(session: Session, place: str, **values: Any) -> None:
    session.execute(update(MirroredDocumentRow).where(MirroredDocumentRow.place == place).values(**values))


def _record(row: MirroredDocumentRow) -> Copy:
    return Copy(
        place=row.place,
        host=row.host,
        issuer=row.issuer,
        kind=Kind(row.kind),
        url=row.url,
        size=row.size,
        fetched=row.fetched,
        changed=row.changed,
        asked=row.asked,
        etag=row.etag,
        doubted=row.doubted,
        error=row.error,
    )

"""The same offer that arrives twice is shown once: what is this city's own stands before what a partner brought.

Two are the same where one's page is the other's, or where they have one title, one start and one place. What is only
alike is proposed to a person, as with every source.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, select, update
from sqlalchemy.orm import Session

from col_core.catalogue import documents, store
from col_core.catalogue.records import Draft, Place
from col_core.catalogue.tables import OpportunityRow
from col_core.catalogue.vocabulary import Status
from col_core.federation.exchange.records import Held
from col_core.federation.exchange.tables import RemoteOfferRow
from col_core.federation.ground import Ground

_READ_AT_ONCE = 1_000
_DIGITS = 3
_PUBLIC = frozenset({Status.PUBLISHED, Status.CANCELLED})
_Key = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Slim:
    """What is compared of an offer. `host` is "" for what is this city's own, which sorts before every other."""

    id: str
    host: str
    pages: tuple[str, ...]
    spots: tuple[_Key, ...]


def settle(ground: Ground) -> int:
    """Hide what is shown already as another offer, show what is so no longer; return how many changed."""
    with ground.database.read() as session:
        rows = session.execute(
            select(RemoteOfferRow.opportunity_id, RemoteOfferRow.twin, RemoteOfferRow.status).where(
                RemoteOfferRow.held == Held.KEPT.value,
                RemoteOfferRow.shown_as.is_(None),
                RemoteOfferRow.opportunity_id.is_not(None),
            )
        ).all()
        if not rows:
            return 0
        before = {str(row.opportunity_id): row.twin for row in rows}
        at_home = {str(row.opportunity_id): Status(row.status) for row in rows if row.status}
        twins = _twins(_catalogue(session, before))
    changed = [id_ for id_, twin in before.items() if twins.get(id_) != twin]
    for start in range(0, len(changed), 100):
        with ground.database.write() as session:
            _write(session, ground, {id_: twins.get(id_) for id_ in changed[start : start + 100]}, at_home)
    return len(changed)


def _write(session: Session, ground: Ground, twins: Mapping[str, str | None], at_home: Mapping[str, Status]) -> None:
    present = store.get_many(session, twins)
    for id_, twin in twins.items():
        chosen = update(RemoteOfferRow).where(RemoteOfferRow.opportunity_id == id_).values(twin=twin)
        session.execute(chosen.execution_options(synchronize_session=False))
        one = present.get(id_)
        if one is None:
            continue
        if twin is not None and one.status in _PUBLIC:
            store.set_status(session, [id_], Status.DRAFT, index=ground.index, clock=ground.clock)
        elif twin is None and one.status is Status.DRAFT and id_ in at_home:
            store.set_status(session, [id_], at_home[id_], index=ground.index, clock=ground.clock)


def _catalogue(session: Session, remote: Mapping[str, str | None]) -> list[_Slim]:
    found: list[_Slim] = []
    after = 0
    while rows := session.connection().execute(_perhaps_alike(), {"after": after}).all():
        after = rows[-1].pk
        for row in rows:
            if row.status != Status.DRAFT or remote.get(row.id) is not None:
                found.append(_slim(row))
    return sorted(found, key=lambda each: (each.host, each.id))


@cache
def _perhaps_alike() -> Select[*tuple[Any, ...]]:
    # Not the whole offers: whose they are and when they take place costs twice as much as the rest.
    columns = OpportunityRow.__table__.c
    chosen = select(*(columns[name] for name in ("pk", "id", "status", "document", "place", "origin")))
    status = columns.status.in_([*(each.value for each in _PUBLIC), Status.DRAFT.value])
    return chosen.where(columns.pk > bindparam("after"), status).order_by(columns.pk).limit(_READ_AT_ONCE)


def _slim(row: Row[*tuple[Any, ...]]) -> _Slim:
    content, origin = documents.draft_of(row.document), documents.origin_of(row.origin)
    pages = [content.url, origin.url if origin is not None else None]
    return _Slim(
        id=row.id,
        host=origin.host if origin is not None else "",
        pages=tuple(dict.fromkeys(each.rstrip("/") for each in pages if each)),
        spots=tuple(_spots(content, documents.place_of(row.place))),
    )


def _spots(content: Draft, place: Place | None) -> Iterator[_Key]:
    """Give title, start and place of an offer, once for each language of its title; nothing where one is missing."""
    schedule = content.schedule
    if schedule is None or (place is None and not content.online):
        return
    where = "online"
    if place is not None:
        located = place.lat_deg is not None and place.lon_deg is not None
        where = _folded(place.name or place.address or "")
        if located:
            where = f"{round(place.lat_deg or 0, _DIGITS)},{round(place.lon_deg or 0, _DIGITS)}"
    if where:
        for title in content.title.values():
            yield _folded(title), schedule.start.isoformat(), schedule.timezone, where


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(each if each.isalnum() else " " for each in plain).split())


def _twins(offers: list[_Slim]) -> dict[str, str]:
    """Return which offer stands before which other: of another host, and before it in the order of `offers`."""
    # A page that several offers of one host name is that of their organiser.
    named = Counter((each.host, page) for each in offers for page in each.pages)
    seen: dict[_Key, _Slim] = {}
    twins: dict[str, str] = {}
    for each in offers:
        keys: list[_Key] = [("page", page) for page in each.pages if named[each.host, page] == 1]
        keys += each.spots
        first = next((seen[key] for key in keys if key in seen and seen[key].host != each.host), None)
        if first is not None:
            twins[each.id] = first.id
            continue
        for key in keys:
            seen.setdefault(key, each)
    return twins

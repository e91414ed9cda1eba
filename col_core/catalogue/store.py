"""Opportunities as they are stored: reading them, and writing many at once.

Rows are written past the ORM: its unit of work costs many times as much and gives nothing here.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from col_core.base import bulk
from col_core.base.clock import Clock
from col_core.catalogue import changes, documents
from col_core.catalogue.hooks import SearchIndex
from col_core.catalogue.records import (
    Draft,
    Finding,
    Occurrence,
    Opportunity,
    OrganiserRef,
    Place,
    SourceRef,
    Status,
)
from col_core.catalogue.tables import OpportunityRow, SourceStateRow
from col_core.organisers import directory
from col_core.organisers.records import Organiser

_CHUNK = 500
_SHOWN = (
    "pk", "id", "organiser_id", "source_id", "status", "document", "place", "occurrences", "findings", "image_key",
    "version", "created", "updated",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """An opportunity ready to be written: everything about it is decided.

    `known` is the row that it replaces, None for a new one. `provenance` maps a field of the content to who set
    it where that was not the source: `person`, or `organiser` (by a program of theirs).
    """

    content: Draft
    status: Status
    organiser: OrganiserRef | None = None
    place: Place | None = None
    occurrences: tuple[Occurrence, ...] = ()
    findings: tuple[Finding, ...] = ()
    source_id: str | None = None
    external_id: str | None = None
    source_hash: str = ""
    provenance: Mapping[str, str] = field(default_factory=dict)
    image_key: str | None = None
    known: "Known | None" = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What an ingest needs to know of an opportunity that is there."""

    pk: int
    id: str
    external_id: str
    source_hash: str
    status: Status
    missing_count: int
    version: int
    created: datetime
    provenance: Mapping[str, str]
    document: str
    image_key: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Open:
    """An opportunity of a source that could vanish; `missing_count` complete fetches were without it."""

    pk: int
    id: str
    external_id: str
    missing_count: int


def get(session: Session, id_: str) -> Opportunity | None:
    """Return the opportunity `id_`, in whatever state, or None."""
    return get_many(session, [id_]).get(id_)


def get_many(session: Session, ids: Iterable[str]) -> dict[str, Opportunity]:
    """Return those of `ids` that exist, by id, in the order of `ids`."""
    # PostgreSQL takes no NUL in a text; no id of ours holds one.
    wanted = [each for each in ids if "\0" not in each]
    found: dict[str, Opportunity] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = session.connection().execute(_selection_by_id(), {"ids": wanted[start : start + _CHUNK]}).all()
        found |= {each.id: each for _, each in _opportunities(session, rows)}
    return {id_: found[id_] for id_ in wanted if id_ in found}


def all_of(session: Session, *, after_pk: int = 0, limit: int = 1000) -> list[tuple[int, Opportunity]]:
    """Return up to `limit` opportunities with their row numbers, in the order in which they were stored."""
    rows = session.execute(
        _selection().where(OpportunityRow.pk > after_pk).order_by(OpportunityRow.pk).limit(limit)
    ).all()
    return _opportunities(session, rows)


def changed(
    session: Session, *, since: datetime | None, after_id: str = "", limit: int = 500
) -> list[tuple[int, Opportunity]]:
    """Return opportunities in the order of their last change, from `since` (then by id) on, for feeds that page."""
    selection = _selection()
    if since is not None:
        selection = selection.where(
            (OpportunityRow.updated > since) | ((OpportunityRow.updated == since) & (OpportunityRow.id > after_id))
        )
    rows = session.execute(selection.order_by(OpportunityRow.updated, OpportunityRow.id).limit(limit)).all()
    return _opportunities(session, rows)


def known(session: Session, source_id: str, external_ids: Sequence[str]) -> dict[str, Known]:
    """Return what is known of those opportunities of a source that are there, by external id."""
    found: dict[str, Known] = {}
    for start in range(0, len(external_ids), _CHUNK):
        found |= {each.external_id: each for each in _known(session, source_id, external_ids[start : start + _CHUNK])}
    return found


def known_of(row: Row[*tuple[Any, ...]] | OpportunityRow) -> Known:
    """Return what is known of the opportunity in `row`."""
    return Known(
        pk=row.pk,
        id=row.id,
        external_id=row.external_id or "",
        source_hash=row.content_hash,
        status=Status(row.status),
        missing_count=row.missing_count,
        version=row.version,
        created=row.created,
        provenance=documents.provenance_of(row.provenance),
        document=row.document,
        image_key=row.image_key,
    )


def open_of_source(session: Session, source_id: str) -> list[Open]:
    """Return what of a source is public or waits for a person."""
    rows = session.execute(
        select(OpportunityRow.pk, OpportunityRow.id, OpportunityRow.external_id, OpportunityRow.missing_count).where(
            OpportunityRow.source_id == source_id,
            OpportunityRow.status.in_([Status.PUBLISHED.value, Status.REVIEW.value]),
        )
    )
    return [
        Open(pk=row.pk, id=row.id, external_id=row.external_id or "", missing_count=row.missing_count) for row in rows
    ]


def _known(session: Session, source_id: str, external_ids: Sequence[str]) -> Iterator[Known]:
    rows = session.execute(
        select(
            OpportunityRow.pk,
            OpportunityRow.id,
            OpportunityRow.external_id,
            OpportunityRow.content_hash,
            OpportunityRow.status,
            OpportunityRow.missing_count,
            OpportunityRow.version,
            OpportunityRow.created,
            OpportunityRow.provenance,
            OpportunityRow.document,
            OpportunityRow.image_key,
        ).where(OpportunityRow.source_id == source_id, OpportunityRow.external_id.in_(external_ids))
    )
    for row in rows:
        yield known_of(row)


def write_many(
    session: Session, items: Sequence[Prepared], *, index: SearchIndex, clock: Clock
) -> list[tuple[int, Opportunity]]:
    """Store `items` and put them into the search index, in the caller's transaction.

    Returns each with its row number, in the order of `items`.
    """
    if not items:
        return []
    now = clock.now()
    sources = _sources(session, {item.source_id for item in items if item.source_id})
    opportunities = [_opportunity(item, sources, now) for item in items]
    fresh = [_values(item, each) for item, each in zip(items, opportunities, strict=True) if item.known is None]
    replaced = [
        {**_values(item, each), "row_pk": item.known.pk}
        for item, each in zip(items, opportunities, strict=True)
        if item.known is not None
    ]
    table: Any = OpportunityRow.__table__
    bulk.insert_many(session, table, fresh)
    if replaced:
        columns: dict[str, Any] = {
            name: bindparam(name) for name in replaced[0] if name not in ("row_pk", "id", "created")
        }
        statement = update(table).where(table.c.pk == bindparam("row_pk")).values(columns)
        session.connection().execute(
            statement, [{k: v for k, v in each.items() if k not in ("id", "created")} for each in replaced]
        )
    numbers = _numbers(session, [each.id for each in opportunities])
    stored = [(numbers[each.id], each) for each in opportunities]
    index.put(session, stored)
    changes.take(session)
    return stored


def set_status(
    session: Session, ids: Sequence[str], status: Status, *, index: SearchIndex, clock: Clock
) -> list[Opportunity]:
    """Move opportunities to another state; return those that were in another one before."""
    rows = session.execute(_selection().where(OpportunityRow.id.in_(ids), OpportunityRow.status != status.value)).all()
    pks = [row.pk for row in rows]
    if not pks:
        return []
    session.execute(
        update(OpportunityRow)
        .where(OpportunityRow.pk.in_(pks))
        .values(status=status.value, version=OpportunityRow.version + 1, updated=clock.now())
        .execution_options(synchronize_session=False)
    )
    moved = _opportunities(session, session.execute(_selection().where(OpportunityRow.pk.in_(pks))).all())
    index.put(session, moved)
    changes.take(session)
    return [each for _, each in moved]


def set_image(session: Session, id_: str, *, url: str, key: str) -> None:
    """Note where our copy of the picture at `url` is, unless the opportunity has another picture by now."""
    row = session.execute(select(OpportunityRow.document).where(OpportunityRow.id == id_).with_for_update()).first()
    image = documents.draft_of(row.document).image if row is not None else None
    if image is not None and image.url == url:
        session.execute(update(OpportunityRow).where(OpportunityRow.id == id_).values(image_key=key))
        changes.take(session)


def series(session: Session, *, after_pk: int, limit: int) -> list[tuple[int, Opportunity]]:
    """Return opportunities that repeat and are not over for good, by row number."""
    rows = session.execute(
        _selection()
        .where(
            OpportunityRow.pk > after_pk,
            OpportunityRow.document.contains('"rrule":"'),
            OpportunityRow.status.in_([Status.PUBLISHED.value, Status.REVIEW.value, Status.CANCELLED.value]),
        )
        .order_by(OpportunityRow.pk)
        .limit(limit)
    ).all()
    return _opportunities(session, rows)


def set_occurrences(
    session: Session, items: Sequence[tuple[int, Opportunity, tuple[Occurrence, ...]]], *, index: SearchIndex
) -> None:
    """Give opportunities other dates. That is no change of what their organiser said, so their version stays."""
    for pk, _, dates in items:
        session.execute(
            update(OpportunityRow)
            .where(OpportunityRow.pk == pk)
            .values(occurrences=documents.occurrences_blob(dates))
            .execution_options(synchronize_session=False)
        )
    if items:
        index.put(session, [(pk, replace(each, occurrences=dates)) for pk, each, dates in items])
        changes.take(session)


def new_id() -> str:
    """Return an id that nobody can guess, and that is never used again."""
    return secrets.token_hex(8)


def busiest_organisers(session: Session, *, limit: int) -> list[str]:
    """Return the ids of the organisers with the most published opportunities, the busiest first."""
    number = func.count()
    chosen = (
        select(OpportunityRow.organiser_id)
        .where(OpportunityRow.status == Status.PUBLISHED.value, OpportunityRow.organiser_id.is_not(None))
        .group_by(OpportunityRow.organiser_id)
        .order_by(number.desc(), OpportunityRow.organiser_id)
        .limit(limit)
    )
    return [each for each in session.scalars(chosen) if each is not None]


def _opportunity(item: Prepared, sources: Mapping[str, SourceRef], now: datetime) -> Opportunity:
    known = item.known
    return Opportunity(
        id=known.id if known else new_id(),
        content=item.content,
        organiser=item.organiser,
        source=sources.get(item.source_id) if item.source_id else None,
        place=item.place,
        occurrences=item.occurrences,
        status=item.status,
        findings=item.findings,
        version=known.version + 1 if known else 1,
        created=known.created if known else now,
        updated=now,
        image_key=item.image_key,
    )


def _values(item: Prepared, opportunity: Opportunity) -> dict[str, Any]:
    return {
        "id": opportunity.id,
        "organiser_id": item.organiser.id if item.organiser else None,
        "source_id": item.source_id,
        "external_id": item.external_id,
        "content_hash": item.source_hash,
        "status": item.status.value,
        "document": documents.draft_text(item.content),
        "place": documents.place_text(item.place),
        "occurrences": documents.occurrences_blob(item.occurrences),
        "provenance": documents.provenance_text(dict(item.provenance)),
        "findings": documents.findings_text(item.findings),
        "image_key": item.image_key,
        "version": opportunity.version,
        "missing_count": 0,
        "created": opportunity.created,
        "updated": opportunity.updated,
    }


@cache
def _selection() -> Select[*tuple[Any, ...]]:
    # Of the table and not of the class: the ORM's way of reading costs as much again as the database.
    columns = OpportunityRow.__table__.c
    return select(*(columns[name] for name in _SHOWN))


@cache
def _selection_by_id() -> Select[*tuple[Any, ...]]:
    return _selection().where(OpportunityRow.__table__.c.id.in_(bindparam("ids", expanding=True)))


def _opportunities(session: Session, rows: Sequence[Row[Any]]) -> list[tuple[int, Opportunity]]:
    organisers = directory.by_ids(session, {row.organiser_id for row in rows if row.organiser_id})
    sources = _sources(session, {row.source_id for row in rows if row.source_id})
    return [
        (
            row.pk,
            Opportunity(
                id=row.id,
                content=documents.draft_of(row.document),
                organiser=_organiser_ref(organisers.get(row.organiser_id)),
                source=sources.get(row.source_id),
                place=documents.place_of(row.place),
                occurrences=documents.occurrences_of(row.occurrences),
                status=Status(row.status),
                findings=documents.findings_of(row.findings),
                version=row.version,
                created=row.created,
                updated=row.updated,
                image_key=row.image_key,
            ),
        )
        for row in rows
    ]


def _organiser_ref(organiser: Organiser | None) -> OrganiserRef | None:
    if organiser is None:
        return None
    return OrganiserRef(id=organiser.id, slug=organiser.slug, name=organiser.name)


def _sources(session: Session, ids: Iterable[str]) -> Mapping[str, SourceRef]:
    rows = session.connection().execute(_selection_of_sources(), {"ids": list(ids)})
    return {
        row.source_id: SourceRef(id=row.source_id, name=row.name, url=row.homepage, licence=row.licence) for row in rows
    }


@cache
def _selection_of_sources() -> Select[*tuple[Any, ...]]:
    columns = SourceStateRow.__table__.c
    chosen = select(columns.source_id, columns.name, columns.homepage, columns.licence)
    return chosen.where(columns.source_id.in_(bindparam("ids", expanding=True)))


def _numbers(session: Session, ids: Sequence[str]) -> Mapping[str, int]:
    numbers: dict[str, int] = {}
    for start in range(0, len(ids), _CHUNK):
        chosen = ids[start : start + _CHUNK]
        rows = session.execute(select(OpportunityRow.id, OpportunityRow.pk).where(OpportunityRow.id.in_(chosen)))
        numbers |= {row.id: row.pk for row in rows}
    return numbers

"""Opportunities as they are stored: reading them, and writing many at once.

Rows are written past the ORM: its unit of work costs many times as much and gives nothing here.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select, tuple_, update
from sqlalchemy.orm import Session

from col_core.base import bulk
from col_core.base.clock import Clock
from col_core.catalogue import changes, documents
from col_core.catalogue.hooks import SearchIndex
from col_core.catalogue.records import Draft, Finding, Occurrence, Opportunity, OrganiserRef, Origin, Place, SourceRef
from col_core.catalogue.tables import OpportunityRow, SourceStateRow
from col_core.catalogue.vocabulary import Status
from col_core.organisers.records import Organiser
from col_core.organisers.tables import OrganiserRow

_CHUNK = 500
_ID_LENGTH = 16
_SHOWN = (
    "pk", "id", "organiser_id", "source_id", "status", "document", "place", "occurrences", "findings", "image_key",
    "version", "origin", "created", "updated",
)  # fmt: skip

_KNOWN = (
    "pk", "id", "external_id", "content_hash", "status", "missing_count", "version", "created", "provenance",
    "document", "findings", "image_key", "shared_seq",
)  # fmt: skip

_WRITTEN = (
    "pk", "id", "organiser_id", "source_id", "external_id", "content_hash", "status", "document", "place",
    "occurrences", "provenance", "findings", "image_key", "version", "missing_count", "origin", "created", "updated",
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
    occurrences: Sequence[Occurrence] = ()
    findings: tuple[Finding, ...] = ()
    source_id: str | None = None
    external_id: str | None = None
    source_hash: str = ""
    provenance: Mapping[str, str] = field(default_factory=dict)
    image_key: str | None = None
    origin: Origin | None = None
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
    findings: str
    image_key: str | None
    shared_seq: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Open:
    """An opportunity of a source that could vanish; `missing_count` complete fetches were without it."""

    pk: int
    id: str
    external_id: str
    missing_count: int


def organiser_ref(organiser: Organiser) -> OrganiserRef:
    """Return what an opportunity says of its organiser."""
    return OrganiserRef(id=organiser.id, slug=organiser.slug, name=organiser.name)


def kept_image(known: Known | None, present: Draft | None, content: Draft) -> str | None:
    """Return the key of our copy of the picture, where `content` has the picture that `present` had before it."""
    if known is None or present is None or content.image is None or present.image != content.image:
        return None
    return known.image_key


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
        found |= {each.id: each for _, each in _opportunities(rows)}
    return {id_: found[id_] for id_ in wanted if id_ in found}


def all_of(session: Session, *, after_pk: int = 0, limit: int = 1000) -> list[tuple[int, Opportunity]]:
    """Return up to `limit` opportunities with their row numbers, in the order in which they were stored."""
    rows = session.execute(
        _selection().where(OpportunityRow.pk > after_pk).order_by(OpportunityRow.pk).limit(limit)
    ).all()
    return _opportunities(rows)


def published_remote(session: Session, *, after: tuple[str, int], limit: int) -> list[tuple[tuple[str, int], str, int]]:
    """Return up to `limit` offers of other cities that are published here: place, id, version, in a fixed order.

    `after` is the place of the last one that was read, `("", 0)` in the beginning.
    """
    place = tuple_(OpportunityRow.source_id, OpportunityRow.pk)
    rows = session.execute(
        select(OpportunityRow.source_id, OpportunityRow.pk, OpportunityRow.id, OpportunityRow.version)
        .where(OpportunityRow.origin.is_not(None), OpportunityRow.status == Status.PUBLISHED.value, place > after)
        .order_by(OpportunityRow.source_id, OpportunityRow.pk)
        .limit(limit)
    )
    return [((row.source_id or "", row.pk), row.id, row.version) for row in rows]


def known(session: Session, source_id: str, external_ids: Sequence[str]) -> dict[str, Known]:
    """Return what is known of those opportunities of a source that are there, by external id."""
    return {each.external_id: each for each in _known(session, source_id, external_ids)}


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
        findings=row.findings,
        image_key=row.image_key,
        shared_seq=row.shared_seq,
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
    table: Any = OpportunityRow.__table__
    chosen = select(*(table.c[name] for name in _KNOWN)).where(table.c.source_id == source_id)
    for row in session.connection().execute(chosen.where(bulk.among(session, table.c.external_id, external_ids))):
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
    number = sum(item.known is None for item in items)
    pks = _fresh_numbers(session, number)
    # In their order, so that rows that come one after another do so in the index of ids too.
    ids = iter(sorted(_fresh_ids(number)))
    stored: list[tuple[int, Opportunity]] = []
    fresh: list[tuple[Any, ...]] = []
    replaced: list[tuple[Any, ...]] = []
    for item in items:
        pk, id_ = (next(pks), next(ids)) if item.known is None else (item.known.pk, item.known.id)
        each = _opportunity(item, id_, sources, now)
        stored.append((pk, each))
        (fresh if item.known is None else replaced).append(_row(item, pk, each))
    table: Any = OpportunityRow.__table__
    bulk.insert_rows(session, table, _WRITTEN, fresh, utf8=("document",))
    if replaced:
        changed = [name for name in _WRITTEN if name not in ("pk", "id", "created")]
        statement = update(table).where(table.c.pk == bindparam("row_pk"))
        rows = [dict(zip(_WRITTEN, row, strict=True)) for row in replaced]
        session.connection().execute(
            statement.values({name: bindparam(name) for name in changed}),
            [
                {**{name: row[name] for name in changed}, "document": row["document"].decode(), "row_pk": row["pk"]}
                for row in rows
            ],
        )
    index.put(session, stored)
    changes.take(session)
    heard_of = {item.known.pk for item in items if item.known is not None and item.known.shared_seq is not None}
    _note_shared(session, heard_of | {pk for pk, each in stored if each.is_shared})
    return stored


def _note_shared(session: Session, pks: Iterable[int]) -> None:
    """Write down that partner cities have to hear of a change of these. The counter comes after the rows, as always."""
    wanted = list(pks)
    if not wanted:
        return
    statement = update(OpportunityRow).where(bulk.among(session, OpportunityRow.pk, wanted))
    session.execute(statement.values(shared_seq=changes.take(session)).execution_options(synchronize_session=False))


def set_status(
    session: Session,
    ids: Sequence[str],
    status: Status,
    *,
    index: SearchIndex,
    clock: Clock,
    by: str | None = None,
) -> list[Opportunity]:
    """Move opportunities to another state; return those that were in another one before.

    `by` is who decided that, for their provenance; None leaves it as it is.
    """
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
    if by is not None:
        _note_status_by(session, pks, by)
    moved = _opportunities(session.execute(_selection().where(OpportunityRow.pk.in_(pks))).all())
    index.put(session, moved)
    changes.take(session)
    heard_of = session.scalars(
        select(OpportunityRow.pk).where(OpportunityRow.pk.in_(pks), OpportunityRow.shared_seq.is_not(None))
    )
    _note_shared(session, {*heard_of, *(pk for pk, each in moved if each.is_shared)})
    return [each for _, each in moved]


def _note_status_by(session: Session, pks: Sequence[int], who: str) -> None:
    table: Any = OpportunityRow.__table__
    before = session.execute(select(table.c.pk, table.c.provenance).where(table.c.pk.in_(pks))).all()
    values = [
        {
            "row_pk": row.pk,
            "said": documents.provenance_text({**documents.provenance_of(row.provenance), "status": who}),
        }
        for row in before
    ]
    statement = update(table).where(table.c.pk == bindparam("row_pk")).values(provenance=bindparam("said"))
    session.connection().execute(statement, values)


def set_image(session: Session, id_: str, *, url: str, key: str) -> None:
    """Note where our copy of the picture at `url` is, unless the opportunity has another picture by now."""
    row = session.execute(select(OpportunityRow.document).where(OpportunityRow.id == id_).with_for_update()).first()
    image = documents.draft_of(row.document).image if row is not None else None
    if image is not None and image.url == url:
        session.execute(update(OpportunityRow).where(OpportunityRow.id == id_).values(image_key=key))
        changes.take(session)
        shared = select(OpportunityRow.pk).where(OpportunityRow.id == id_, OpportunityRow.shared_seq.is_not(None))
        _note_shared(session, session.scalars(shared))


def let_images_go(session: Session) -> None:
    """Forget the pictures of what was withdrawn: should it come back, its picture is fetched again."""
    session.execute(
        update(OpportunityRow)
        .where(OpportunityRow.status == Status.WITHDRAWN.value, OpportunityRow.image_key.is_not(None))
        .values(image_key=None)
        .execution_options(synchronize_session=False)
    )


def image_keys(session: Session) -> frozenset[str]:
    """Return the key of every picture that an opportunity has."""
    found = session.scalars(select(OpportunityRow.image_key).where(OpportunityRow.image_key.is_not(None)).distinct())
    return frozenset(each for each in found if each is not None)


def with_dates_to_come(session: Session, *, after_pk: int, limit: int) -> list[tuple[int, Opportunity]]:
    """Return opportunities of which more dates may be known by now, by row number: those that repeat, and those of
    which none was known yet.
    """
    document = OpportunityRow.document
    rows = session.execute(
        _selection()
        .where(
            OpportunityRow.pk > after_pk,
            document.contains('"rrule":"')
            | document.contains('"rdates":["')
            | (document.contains('"schedule":{') & (OpportunityRow.occurrences == b"")),
            OpportunityRow.status.in_([Status.PUBLISHED.value, Status.REVIEW.value, Status.CANCELLED.value]),
        )
        .order_by(OpportunityRow.pk)
        .limit(limit)
    ).all()
    return _opportunities(rows)


def set_occurrences(
    session: Session, items: Sequence[tuple[int, Opportunity, Sequence[Occurrence]]], *, index: SearchIndex
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


def _fresh_ids(number: int) -> list[str]:
    """Return ids that nobody can guess, and that are never used again. All at once: the system is asked only once."""
    digits = secrets.token_hex(number * _ID_LENGTH // 2)
    return [digits[at : at + _ID_LENGTH] for at in range(0, len(digits), _ID_LENGTH)]


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


def _opportunity(item: Prepared, id_: str, sources: Mapping[str, SourceRef], now: datetime) -> Opportunity:
    known = item.known
    return Opportunity(
        id=id_,
        content=item.content,
        organiser=item.organiser,
        source=sources.get(item.source_id) if item.source_id else None,
        place=item.place,
        # Written twice, here and by the index: worked out once.
        occurrences=documents.occurrences_of(documents.occurrences_blob(item.occurrences)),
        status=item.status,
        findings=item.findings,
        version=known.version + 1 if known else 1,
        created=known.created if known else now,
        updated=now,
        image_key=item.image_key,
        origin=item.origin,
    )


def _row(item: Prepared, pk: int, opportunity: Opportunity) -> tuple[Any, ...]:
    """Return what the row of an opportunity holds, in the order of `_WRITTEN`."""
    return (
        pk,
        opportunity.id,
        item.organiser.id if item.organiser is not None else None,
        item.source_id,
        item.external_id,
        item.source_hash,
        item.status.value,
        documents.draft_json(item.content),
        documents.place_text(item.place),
        documents.occurrences_blob(opportunity.occurrences),
        documents.provenance_text(item.provenance),
        documents.findings_text(item.findings),
        item.image_key,
        opportunity.version,
        0,
        documents.origin_text(item.origin),
        opportunity.created,
        opportunity.updated,
    )


@cache
def _selection() -> Select[*tuple[Any, ...]]:
    # Of the tables and not of the classes: the ORM's way of reading costs as much again as the database.
    shown, organiser, source = (each.__table__ for each in (OpportunityRow, OrganiserRow, SourceStateRow))
    return (
        select(
            *(shown.c[name] for name in _SHOWN),
            organiser.c.slug.label("organiser_slug"),
            organiser.c.name.label("organiser_name"),
            source.c.name.label("source_name"),
            source.c.homepage.label("source_url"),
            source.c.licence.label("source_licence"),
        )
        .outerjoin_from(shown, organiser, organiser.c.id == shown.c.organiser_id)
        .outerjoin(source, source.c.source_id == shown.c.source_id)
    )


@cache
def _selection_by_id() -> Select[*tuple[Any, ...]]:
    return _selection().where(OpportunityRow.__table__.c.id.in_(bindparam("ids", expanding=True)))


def _opportunities(rows: Iterable[Row[Any]]) -> list[tuple[int, Opportunity]]:
    return [
        (
            row.pk,
            Opportunity(
                id=row.id,
                content=documents.draft_of(row.document),
                organiser=None
                if row.organiser_slug is None
                else OrganiserRef(id=row.organiser_id, slug=row.organiser_slug, name=row.organiser_name),
                source=None
                if row.source_name is None
                else SourceRef(id=row.source_id, name=row.source_name, url=row.source_url, licence=row.source_licence),
                place=documents.place_of(row.place),
                occurrences=documents.occurrences_of(row.occurrences),
                status=Status(row.status),
                findings=documents.findings_of(row.findings),
                version=row.version,
                created=row.created,
                updated=row.updated,
                image_key=row.image_key,
                origin=documents.origin_of(row.origin),
            ),
        )
        for row in rows
    ]


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


def _fresh_numbers(session: Session, number: int) -> Iterator[int]:
    """Return row numbers that are free. The engine would draw the same; then each row had to be asked for its own."""
    if session.get_bind().dialect.name == "sqlite":
        # Nobody else writes beside us: a transaction that writes holds the whole file.
        last: int = session.connection().exec_driver_sql("SELECT max(pk) FROM opportunity").scalar() or 0
        return iter(range(last + 1, last + 1 + number))
    drawn = func.nextval(func.pg_get_serial_sequence("opportunity", "pk"))
    return iter(session.scalars(select(drawn).select_from(func.generate_series(1, number))).all())

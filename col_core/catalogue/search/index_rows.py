"""What search keeps of an opportunity: writing the slim rows, the codes of facet values and the full text."""

import struct
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

import orjson
from numpy.typing import NDArray
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from col_core.base import bulk
from col_core.base.database import Database
from col_core.base.html import running_text
from col_core.base.jobs import Periodic
from col_core.base.text import Analyser, Group, fold
from col_core.catalogue import changes, documents
from col_core.catalogue.records import Opportunity, Texts
from col_core.catalogue.search import text_postgres, text_sqlite
from col_core.catalogue.search.tables import FacetValueRow, SearchEntryRow
from col_core.catalogue.vocabulary import Status

Array = NDArray[Any]
OPEN_AGE = 32_767
_VALUE_LENGTH = 400
# Column of the row and what filters call it. Of these kinds an opportunity has one value at most.
_SINGLE = {"type": "type", "format": "format", "district": "district", "organiser": "organisation", "city": "city"}
_COLUMNS = {
    **_SINGLE,
    "categories": "category",
    "languages": "language",
    "access": "access",
    "skills": "skill",
    "badges": "badge",
}
_ENTRY = (
    "pk", "id", "change_seq", "listed", "lat_deg", "lon_deg", "age_min", "age_max", "free", "occurrences", *_COLUMNS,
)  # fmt: skip
_ONE = frozenset(_SINGLE.values())
# What an opportunity has of one kind: one value, several, or none.
_Value = str | tuple[str, ...] | None
_Held = int | bytearray
# All that is asked goes as one parameter, and the answer for each kind is one text: telling the driver of each value,
# and fetching them row by row, takes most of the time.
_CODES = {
    "sqlite": (
        "SELECT kinds.key, (SELECT json_group_object(known.value, known.code) FROM json_each(kinds.value) AS words"
        " CROSS JOIN facet_value AS known ON known.kind = kinds.key AND known.value = words.value)"
        " FROM json_each(?) AS kinds"
    ),
    "postgresql": (
        "SELECT kinds.key, (SELECT json_object_agg(known.value, known.code)::text"
        " FROM json_array_elements_text(kinds.value) AS words (value)"
        " JOIN facet_value AS known ON known.kind = kinds.key AND known.value = words.value)"
        " FROM json_each(CAST(%s AS json)) AS kinds"
    ),
}


def put(session: Session, items: Sequence[tuple[int, Opportunity]], analysers: Mapping[str, Analyser]) -> None:
    """Write the search rows of opportunities; those that are not published become rows that nobody finds."""
    items = list(dict(items).items())
    put_text(session, items, analysers, present=put_entries(session, items))


def put_entries(session: Session, items: Sequence[tuple[int, Opportunity]]) -> list[int]:
    """Write the slim rows, each `pk` once; return which were there before."""
    if not items:
        return []
    seq = changes.take(session)
    columns = zip(*[_facets(each) for _, each in items], strict=True)
    held = _as_held(session, dict(zip(_COLUMNS.values(), columns, strict=True)))
    present = _taken_out(session, [pk for pk, _ in items])
    rows = [(*_scalars(pk, each, seq), *codes) for (pk, each), codes in zip(items, held, strict=True)]
    bulk.insert_tuples(session.connection(), SearchEntryRow.__tablename__, _ENTRY, rows)
    return present


def put_text(
    session: Session,
    items: Sequence[tuple[int, Opportunity]],
    analysers: Mapping[str, Analyser],
    *,
    present: Sequence[int],
) -> None:
    """Write the full text of what is published; what stands there of `present` is replaced."""
    engine = _text(session)
    engine.remove(session, present)
    listed = [(pk, each) for pk, each in items if each.status is Status.PUBLISHED]
    engine.put(session, [(pk, *_words(each, analysers)) for pk, each in listed])


def _taken_out(session: Session, pks: Sequence[int]) -> list[int]:
    """Delete the slim rows of opportunities; return which there were."""
    last: int = session.connection().exec_driver_sql("SELECT max(pk) FROM search_entry").scalar() or 0
    older = [pk for pk in pks if pk <= last]
    if not older:
        return []
    table: Any = SearchEntryRow.__table__
    gone = delete(table).where(bulk.among(session, table.c.pk, older)).returning(table.c.pk)
    return list(session.connection().scalars(gone))


def remove(session: Session, pks: Sequence[int]) -> None:
    """Take opportunities out. Their rows stay unlisted, so that other processes hear of it."""
    if not pks:
        return
    statement = update(SearchEntryRow).where(bulk.among(session, SearchEntryRow.pk, pks))
    session.execute(
        statement.values(listed=False, change_seq=changes.take(session)).execution_options(synchronize_session=False)
    )
    _text(session).remove(session, pks)


def _facets(each: Opportunity) -> tuple[_Value, ...]:
    """Return what an opportunity has of each kind, in the order of `_COLUMNS`. Labels of skills are folded.

    What is of this city has no `city`.
    """
    content = each.content
    skills: list[str] = []
    for skill in content.skills:
        if skill.uri:
            skills.append(skill.uri)
        skills += map(fold, skill.label.values())
    return (
        content.type,
        each.format,
        each.place.district if each.place is not None else None,
        each.organiser.slug if each.organiser is not None else None,
        each.origin.city if each.origin is not None else None,
        content.categories,
        content.languages,
        content.accessibility,
        tuple(skills),
        each.badges,
    )


def matching(session: Session, group: Group, *, in_title: bool, among: Array | None = None) -> Array:
    """Return the `pk` of what has one of the terms of `group`, in its title or anywhere; of `among` if given."""
    found: Array = _text(session).matching(session, group, in_title=in_title, among=among)
    return found


def chores(database: Database) -> list[Periodic]:
    """Return what lets words be found as quickly as ever after many opportunities were put. SQLite needs nothing."""

    def sort_in() -> None:
        with database.write() as session:
            text_postgres.sort_in(session)

    if database.dialect == "sqlite":
        return []
    return [Periodic(name="catalogue.words", every_s=60, run=sort_in)]


def _scalars(pk: int, each: Opportunity, seq: int) -> tuple[Any, ...]:
    """Return what the row of `_ENTRY` holds before its codes, in types that are written soonest (`base/bulk.py`)."""
    place, ages = each.place, each.content.ages
    located = place is not None and place.lat_deg is not None and place.lon_deg is not None
    return (
        pk,
        each.id,
        seq,
        int(each.status is Status.PUBLISHED),
        place.lat_deg if place is not None and located else None,
        place.lon_deg if place is not None and located else None,
        0 if ages.min is None else min(max(ages.min, 0), OPEN_AGE),
        OPEN_AGE if ages.max is None else min(max(ages.max, 0), OPEN_AGE),
        int(each.content.price.free),
        bytearray(documents.occurrences_blob(each.occurrences)),
    )


def _words(each: Opportunity, analysers: Mapping[str, Analyser]) -> tuple[str, str]:
    """Return the tokens of the title and those of everything else that people look for."""
    content, place = each.content, each.place
    names = [each.organiser_name or "", *(host.name for host in content.hosts)]
    names += [part or "" for part in (place.name, place.address, place.district)] if place else []
    description = {language: running_text(text) for language, text in content.description.items()}
    texts = [content.summary, description, content.outcome, content.bring]
    texts += [skill.label for skill in content.skills]
    # A name is of no language: its words are looked for with the stems of each.
    texts.append(dict.fromkeys(analysers, "\n".join(names)))
    return _written([content.title], analysers), _written(texts, analysers)


def _written(texts: Iterable[Texts], analysers: Mapping[str, Analyser]) -> str:
    """Return the tokens of texts. Those in one language are taken together: each word is looked at once."""
    fallback = next(iter(analysers.values()))
    together: dict[str, list[str]] = {}
    for each in texts:
        for language, said in each.items():
            together.setdefault(language, []).append(said)
    return " ".join(
        analysers.get(language, fallback).written("\n".join(parts), language) for language, parts in together.items()
    )


def _as_held(session: Session, columns: Mapping[str, Sequence[_Value]]) -> Iterable[tuple[_Held, ...]]:
    """Return what each row holds of its values, which come by kind. Rows share theirs: each is worked out once."""
    values = {kind: set(column) for kind, column in columns.items()}
    codes = _codes(
        session, {kind: {word for value in each for word in _words_of(value)} for kind, each in values.items()}
    )
    held: list[Iterable[_Held]] = []
    for kind, column in columns.items():
        packed = {value: _packed(value, codes[kind], one=kind in _ONE) for value in values[kind]}
        held.append(map(packed.__getitem__, column))
    return zip(*held, strict=True)


def _words_of(value: _Value) -> Sequence[str]:
    """Return what is in a value as plain texts."""
    if isinstance(value, tuple):
        return [str(each)[:_VALUE_LENGTH] for each in value]
    return (str(value)[:_VALUE_LENGTH],) if value else ()


def _packed(value: _Value, codes: Mapping[str, int], *, one: bool) -> _Held:
    """Return what a row holds of a value."""
    numbers = [codes[word] for word in dict.fromkeys(_words_of(value))]
    if one:
        return numbers[0] if numbers else 0
    return bytearray(struct.pack(f"<{len(numbers)}I", *numbers))


def _codes(session: Session, wanted: Mapping[str, Set[str]]) -> Mapping[str, Mapping[str, int]]:
    """Return the code of each value by kind; new ones get the next numbers. The caller holds the counter of changes."""
    asked = orjson.dumps({kind: list(values) for kind, values in wanted.items()}).decode()
    rows = session.connection().exec_driver_sql(_CODES[session.get_bind().dialect.name], (asked,)).all()
    found: dict[str, dict[str, int]] = {kind: orjson.loads(known or "{}") for kind, known in rows}
    missing = sorted((kind, value) for kind, values in wanted.items() for value in values - found[kind].keys())
    if missing:
        last = session.scalar(select(func.max(FacetValueRow.code))) or 0
        for code, (kind, value) in enumerate(missing, last + 1):
            found[kind][value] = code
        fresh = [{"code": found[kind][value], "kind": kind, "value": value} for kind, value in missing]
        session.execute(insert(FacetValueRow), fresh)
    return found


def _text(session: Session) -> Any:
    return text_sqlite if session.get_bind().dialect.name == "sqlite" else text_postgres

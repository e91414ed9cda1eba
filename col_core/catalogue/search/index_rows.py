"""What search keeps of an opportunity: writing the slim rows, the codes of facet values and the full text."""

import struct
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache
from typing import Any

import orjson
from numpy.typing import NDArray
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from col_core.base import bulk
from col_core.base.html import running_text
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
_Values = tuple[str, ...]
# All that is asked goes as one parameter: with one for each, telling the driver of them takes most of the time.
_CODES_OF = "SELECT facet_value.kind, facet_value.value, code FROM facet_value JOIN ({}) AS wanted"
_CODES = {
    engine: text(f"{_CODES_OF.format(wanted)} ON facet_value.kind = wanted.kind AND facet_value.value = wanted.word")
    for engine, wanted in {
        "sqlite": "SELECT value ->> 0 AS kind, value ->> 1 AS word FROM json_each(:wanted)",
        "postgresql": "SELECT value ->> 0 AS kind, value ->> 1 AS word FROM json_array_elements(CAST(:wanted AS json))",
    }.items()
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
    values = [facet_values(each) for _, each in items]
    kept = _as_kept(session, {each for found in values for each in found.items()})
    present = _taken_out(session, [pk for pk, _ in items])
    rows = [_entry(pk, each, found, kept, seq) for (pk, each), found in zip(items, values, strict=True)]
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
    table: Any = SearchEntryRow.__table__
    gone = delete(table).where(bulk.among(session, table.c.pk, pks)).returning(table.c.pk)
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


def facet_values(each: Opportunity) -> Mapping[str, _Values]:
    """Return the values of an opportunity by kind, each once. Labels of skills are folded.

    What is of this city has no `city`.
    """
    content, format_ = each.content, each.format
    skills: list[str] = []
    for skill in content.skills:
        skills += [skill.uri] if skill.uri else []
        skills += [fold(label) for label in skill.label.values()]
    return {
        "type": _each_once((content.type,)),
        "format": _each_once((format_,)) if format_ else (),
        "district": _each_once((each.place.district,)) if each.place and each.place.district else (),
        "organisation": _each_once((each.organiser.slug,)) if each.organiser else (),
        "category": _each_once(content.categories),
        "language": _each_once(content.languages),
        "access": _each_once(content.accessibility),
        "skill": _each_once(tuple(skills)),
        "badge": _each_once(each.badges),
        "city": _each_once((each.origin.city,)) if each.origin is not None else (),
    }


@lru_cache(maxsize=4_000)
def _each_once(values: _Values) -> _Values:
    """Return the values as plain texts, each once. Offers share what they hold: few combinations are ever met."""
    return tuple(dict.fromkeys(str(value)[:_VALUE_LENGTH] for value in values))


def matching(session: Session, group: Group, *, in_title: bool, among: Array | None = None) -> Array:
    """Return the `pk` of what has one of the terms of `group`, in its title or anywhere; of `among` if given."""
    found: Array = _text(session).matching(session, group, in_title=in_title, among=among)
    return found


def _entry(
    pk: int, each: Opportunity, values: Mapping[str, _Values], kept: Mapping[tuple[str, _Values], int | bytes], seq: int
) -> tuple[Any, ...]:
    """Return the row of `_ENTRY`."""
    place, ages, price = each.place, each.content.ages, each.content.price
    located = place is not None and place.lat_deg is not None and place.lon_deg is not None
    return (
        pk,
        each.id,
        seq,
        each.status is Status.PUBLISHED,
        place.lat_deg if place is not None and located else None,
        place.lon_deg if place is not None and located else None,
        min(max(ages.min or 0, 0), OPEN_AGE),
        OPEN_AGE if ages.max is None else min(max(ages.max, 0), OPEN_AGE),
        price.free,
        documents.occurrences_blob(each.occurrences),
        *[kept[kind, values[kind]] for kind in _COLUMNS.values()],
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


def _as_kept(session: Session, wanted: Set[tuple[str, _Values]]) -> Mapping[tuple[str, _Values], int | bytes]:
    """Return what a row holds of each kind and its values. Offers share theirs: far fewer are worked out than rows."""
    codes = _codes(session, {(kind, value) for kind, values in wanted for value in values})
    kept: dict[tuple[str, _Values], int | bytes] = {}
    for kind, values in wanted:
        numbers = [codes[kind, value] for value in values]
        kept[kind, values] = (numbers or [0])[0] if kind in _ONE else struct.pack(f"<{len(numbers)}I", *numbers)
    return kept


def _codes(session: Session, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the codes of facet values; new ones get the next numbers. The caller holds the counter of changes."""
    rows = session.execute(_CODES[session.get_bind().dialect.name], {"wanted": orjson.dumps(list(wanted)).decode()})
    found = {(kind, value): code for kind, value, code in rows.all()}
    missing = sorted(wanted - found.keys())
    if missing:
        last = session.scalar(select(func.max(FacetValueRow.code))) or 0
        fresh = {key: last + number for number, key in enumerate(missing, 1)}
        session.execute(
            insert(FacetValueRow), [{"code": code, "kind": key[0], "value": key[1]} for key, code in fresh.items()]
        )
        found |= fresh
    return found


def _text(session: Session) -> Any:
    return text_sqlite if session.get_bind().dialect.name == "sqlite" else text_postgres

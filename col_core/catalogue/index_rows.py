"""What search keeps of an opportunity: writing the slim rows, the codes of facet values and the full text."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from numpy.typing import NDArray
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from col_core.base import bulk
from col_core.base.text import Analyser, Group, fold
from col_core.catalogue import changes, documents, text_postgres, text_sqlite
from col_core.catalogue.records import Opportunity, Status, Texts
from col_core.catalogue.search_tables import FacetValueRow, SearchEntryRow

Array = NDArray[Any]
OPEN_AGE = 32_767
_CHUNK = 500
_VALUE_LENGTH = 400
_SINGLE = {"type": "type", "format": "format", "district": "district", "organiser": "organisation"}
_SEVERAL = {"categories": "category", "languages": "language", "access": "access", "skills": "skill"}


def put(session: Session, items: Sequence[tuple[int, Opportunity]], analysers: Mapping[str, Analyser]) -> None:
    """Write the search rows of opportunities; those that are not published become rows that nobody finds."""
    items = list(dict(items).items())
    put_text(session, items, analysers, present=put_entries(session, items))


def put_entries(session: Session, items: Sequence[tuple[int, Opportunity]]) -> list[int]:
    """Write the slim rows, each `pk` once; return which were there before."""
    if not items:
        return []
    seq = changes.take(session)
    values = {pk: facet_values(each) for pk, each in items}
    codes = _codes(
        session, {(kind, value) for found in values.values() for kind, all_ in found.items() for value in all_}
    )
    present = _taken_out(session, [pk for pk, _ in items])
    table: Any = SearchEntryRow.__table__
    bulk.insert_many(session, table, [_entry(pk, each, values[pk], codes, seq) for pk, each in items])
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
    engine.put(session, [(pk, *_tokens(each, analysers)) for pk, each in listed])


def _taken_out(session: Session, pks: Sequence[int]) -> list[int]:
    """Delete the slim rows of opportunities; return which there were."""
    found: list[int] = []
    for start in range(0, len(pks), _CHUNK):
        gone = delete(SearchEntryRow).where(SearchEntryRow.pk.in_(pks[start : start + _CHUNK]))
        found += session.scalars(gone.returning(SearchEntryRow.pk).execution_options(synchronize_session=False))
    return found


def remove(session: Session, pks: Sequence[int]) -> None:
    """Take opportunities out. Their rows stay unlisted, so that other processes hear of it."""
    if not pks:
        return
    seq = changes.take(session)
    for start in range(0, len(pks), _CHUNK):
        session.execute(
            update(SearchEntryRow)
            .where(SearchEntryRow.pk.in_(pks[start : start + _CHUNK]))
            .values(listed=False, change_seq=seq)
        )
    _text(session).remove(session, pks)


def facet_values(each: Opportunity) -> dict[str, list[str]]:
    """Return the values of an opportunity by kind, each once. Labels of skills are folded."""
    content = each.content
    skills: list[str] = []
    for skill in content.skills:
        skills += [skill.uri] if skill.uri else []
        skills += [fold(label) for label in skill.label.values()]
    found: dict[str, Iterable[str]] = {
        "type": [content.type.value],
        "format": [each.format.value] if each.format else [],
        "district": [each.place.district] if each.place and each.place.district else [],
        "organisation": [each.organiser.slug] if each.organiser else [],
        "category": [category.value for category in content.categories],
        "language": content.languages,
        "access": [access.value for access in content.accessibility],
        "skill": skills,
    }
    return {kind: list(dict.fromkeys(value[:_VALUE_LENGTH] for value in values)) for kind, values in found.items()}


def matching(session: Session, group: Group, *, in_title: bool, among: Array | None = None) -> Array:
    """Return the `pk` of what has one of the terms of `group`, in its title or anywhere; of `among` if given."""
    found: Array = _text(session).matching(session, group, in_title=in_title, among=among)
    return found


def _entry(
    pk: int, each: Opportunity, values: Mapping[str, list[str]], codes: Mapping[tuple[str, str], int], seq: int
) -> dict[str, Any]:
    place, ages, price = each.place, each.content.ages, each.content.price
    located = place is not None and place.lat_deg is not None and place.lon_deg is not None
    coded = {kind: [codes[kind, value] for value in found] for kind, found in values.items()}
    return {
        "pk": pk,
        "id": each.id,
        "change_seq": seq,
        "listed": each.status is Status.PUBLISHED,
        "lat_deg": place.lat_deg if place is not None and located else None,
        "lon_deg": place.lon_deg if place is not None and located else None,
        "age_min": min(max(ages.min or 0, 0), OPEN_AGE),
        "age_max": OPEN_AGE if ages.max is None else min(max(ages.max, 0), OPEN_AGE),
        "free": price.free,
        "occurrences": documents.occurrences_blob(each.occurrences),
        **{column: (coded[kind] or [0])[0] for column, kind in _SINGLE.items()},
        **{column: struct.pack(f"<{len(coded[kind])}I", *coded[kind]) for column, kind in _SEVERAL.items()},
    }


def _tokens(each: Opportunity, analysers: Mapping[str, Analyser]) -> tuple[list[str], list[str]]:
    """Return the tokens of the title and those of everything else that people look for."""
    content, place = each.content, each.place
    title = _tokens_of([content.title], analysers)
    names = [each.organiser.name if each.organiser else "", *(host.name for host in content.hosts)]
    names += [part or "" for part in (place.name, place.address, place.district)] if place else []
    texts: list[Texts] = [content.summary, content.description, content.outcome, content.bring]
    texts += [skill.label for skill in content.skills]
    texts += [dict.fromkeys(analysers, name) for name in names if name]
    rest = _tokens_of(texts, analysers)
    return list(title), [token for token in rest if token not in title]


def _tokens_of(texts: Iterable[Texts], analysers: Mapping[str, Analyser]) -> dict[str, None]:
    """Return the tokens of texts. Those in one language are taken together: each word is looked at once."""
    fallback = next(iter(analysers.values()))
    together: dict[str, list[str]] = {}
    for each in texts:
        for language, text in each.items():
            together.setdefault(language, []).append(text)
    found: dict[str, None] = {}
    for language, parts in together.items():
        found.update(dict.fromkeys(analysers.get(language, fallback).tokens("\n".join(parts), language)))
    return found


def _codes(session: Session, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the codes of facet values; new ones get the next numbers. The caller holds the counter of changes."""
    found: dict[tuple[str, str], int] = {}
    values = sorted({value for _, value in wanted})
    for start in range(0, len(values), _CHUNK):
        rows = session.execute(
            select(FacetValueRow.kind, FacetValueRow.value, FacetValueRow.code).where(
                FacetValueRow.value.in_(values[start : start + _CHUNK])
            )
        )
        found |= {(kind, value): code for kind, value, code in rows}
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

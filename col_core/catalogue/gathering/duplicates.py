"""Offers that are probably one, from different sources or doubled in one: proposed to a person, never merged alone.

Only offers that share a day and a word of the title, or a day and a spot, are compared: a catalogue of 100,000 is
looked through in seconds.
"""

import json
import math
import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from col_core.base.clock import Clock
from col_core.base.database import Database, upsert
from col_core.base.errors import InvalidInput, NotFound
from col_core.base.geo import distance_m
from col_core.catalogue import store
from col_core.catalogue.gathering.review import Reviewed
from col_core.catalogue.records import Draft, Occurrence, Opportunity, Place
from col_core.catalogue.tables import DuplicateRow
from col_core.catalogue.vocabulary import Status

PROPOSE_FROM = 0.75
_PROPOSED, _DIFFERENT = "proposed", "different"
_NEAR_M = 150.0
_SAME_TIME = timedelta(minutes=30)
_DATES = 2
# A block larger than this is held together by a word that says nothing ("workshop").
_LARGEST_BLOCK = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Double:
    """Two offers that are probably one. `score` 0…1; `reasons` are codes: same-title, same-time, same-place, …"""

    first_id: str
    second_id: str
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Slim:
    """What is compared of an offer."""

    id: str
    titles: tuple[frozenset[str], ...]
    languages: frozenset[str]
    starts: tuple[datetime, ...]
    dated: bool
    place: Place | None
    organiser: str | None
    source_id: str | None


def propose(database: Database, *, clock: Clock) -> int:
    """Look through the catalogue and write the proposals down; return how many there are.

    What a person called different is not proposed again; a proposal that no longer holds is dropped. In a large city
    comparing takes long, so nobody who writes has to wait for it.
    """
    with database.read() as session:
        found = {(each.first_id, each.second_id): each for each in _pairs(list(_catalogue(session, clock.now())))}
    with database.write() as session:
        rows = session.scalars(select(DuplicateRow)).all()
        decided = {(row.first_id, row.second_id) for row in rows if row.state == _DIFFERENT}
        since = {(row.first_id, row.second_id): row.found for row in rows}
        session.execute(delete(DuplicateRow).where(DuplicateRow.state == _PROPOSED))
        fresh = [
            {
                "first_id": each.first_id,
                "second_id": each.second_id,
                "score": each.score,
                "reasons": json.dumps(each.reasons),
                "state": _PROPOSED,
                "found": since.get(key, clock.now()),
            }
            for key, each in sorted(found.items())
            if key not in decided
        ]
        if fresh:
            # A person may have told them apart meanwhile.
            session.execute(upsert(session, DuplicateRow).on_conflict_do_nothing(), fresh)
    return len(fresh)


def proposed(session: Session, *, limit: int = 200) -> list[Double]:
    """Return the proposals, the surest first."""
    rows = session.scalars(
        select(DuplicateRow)
        .where(DuplicateRow.state == _PROPOSED)
        .order_by(DuplicateRow.score.desc(), DuplicateRow.first_id, DuplicateRow.second_id)
        .limit(limit)
    )
    return [
        Double(first_id=row.first_id, second_id=row.second_id, score=row.score, reasons=tuple(json.loads(row.reasons)))
        for row in rows
    ]


def different(session: Session, one: str, other: str, *, clock: Clock) -> None:
    """Note that two offers are not one, whatever they look like.

    Raises NotFound where one is not there, and InvalidInput where they are the same.
    """
    there = store.get_many(session, [one, other])
    for id_ in (one, other):
        if id_ not in there:
            raise NotFound(f"There is no opportunity {id_!r}.")
    if one == other:
        raise InvalidInput(f"{one} is twice the same offer.")
    first, second = sorted((one, other))
    said = upsert(session, DuplicateRow).values(
        first_id=first, second_id=second, score=0.0, reasons="[]", state=_DIFFERENT, found=clock.now()
    )
    pair = [DuplicateRow.first_id, DuplicateRow.second_id]
    session.execute(said.on_conflict_do_update(index_elements=pair, set_={"state": _DIFFERENT}))


def doubles_among(
    session: Session, drafts: Sequence[tuple[str, Draft, Reviewed]], *, source_id: str, now: datetime
) -> list[Double]:
    """Return which of `drafts` (each with an id of its own) are probably in the catalogue, or twice among themselves.

    `first_id` is the draft's. What the catalogue has of the source `source_id` itself is left out.
    """
    new = [_slim_draft(id_, draft, reviewed, now) for id_, draft, reviewed in drafts]
    if not new:
        return []
    keys = {key for each in new for key in _keys(each)}
    present = [
        each
        for each in _catalogue(session, now)
        if each.source_id != source_id and any(key in keys for key in _keys(each))
    ]
    ids = {each.id for each in new}
    doubles = []
    for each in _pairs([*new, *present]):
        if each.first_id in ids:
            doubles.append(each)
        elif each.second_id in ids:
            doubles.append(
                Double(first_id=each.second_id, second_id=each.first_id, score=each.score, reasons=each.reasons)
            )
    return doubles


def _catalogue(session: Session, now: datetime) -> Iterator[_Slim]:
    after = 0
    while batch := store.all_of(session, after_pk=after):
        after = batch[-1][0]
        for _, each in batch:
            # What another city says twice, that city mends.
            is_ours = each.origin is None and each.status in (Status.PUBLISHED, Status.REVIEW)
            if is_ours and not each.is_past(now):
                yield _slim(each, now)


def _slim(opportunity: Opportunity, now: datetime) -> _Slim:
    organiser = opportunity.organiser.name if opportunity.organiser else None
    source_id = opportunity.source.id if opportunity.source else None
    return _of(
        opportunity.id, opportunity.content, opportunity.place, opportunity.occurrences, organiser, source_id, now
    )


def _slim_draft(id_: str, draft: Draft, reviewed: Reviewed, now: datetime) -> _Slim:
    return _of(id_, draft, reviewed.place, reviewed.occurrences, draft.organiser, None, now)


def _of(
    id_: str,
    content: Draft,
    place: Place | None,
    occurrences: Sequence[Occurrence],
    organiser: str | None,
    source_id: str | None,
    now: datetime,
) -> _Slim:
    upcoming = tuple(each.start for each in occurrences if each.end > now)[:_DATES]
    return _Slim(
        id=id_,
        titles=tuple(words for text in content.title.values() if (words := _words(text))),
        languages=frozenset(content.title),
        starts=upcoming,
        dated=content.schedule is not None,
        place=place,
        organiser=" ".join(sorted(_words(organiser))) if organiser else None,
        source_id=source_id,
    )


def _pairs(items: Sequence[_Slim]) -> Iterator[Double]:
    for pair in _close(items):
        one, other = sorted((items[each] for each in divmod(pair, len(items))), key=lambda each: each.id)
        double = _compared(one, other) if one.id != other.id else None
        if double is not None:
            yield double


def _close(items: Sequence[_Slim]) -> list[int]:
    """Return which items share a key, each pair once, as first number times the number of items plus second number.

    Keys are told apart by their hashes: two that fall together cost a comparison, and the keys of a large catalogue
    would not fit into memory.
    """
    hashes, owners = array("q"), array("q")
    for number, item in enumerate(items):
        for key in _keys(item):
            hashes.append(hash(key))
            owners.append(number)
    order = np.argsort(hashes, kind="stable")
    ordered, blocks = np.asarray(hashes)[order], np.asarray(owners)[order]
    edges = np.flatnonzero(np.diff(ordered, prepend=0, append=0) != 0) if len(ordered) else np.empty(0, dtype=np.int64)
    edges = np.unique(np.concatenate([[0], edges, [len(ordered)]]))
    found = [np.empty(0, dtype=np.int64)]
    for start, size in zip(edges[:-1], np.diff(edges), strict=True):
        if 1 < size <= _LARGEST_BLOCK:
            first, second = _combinations(int(size))
            block = blocks[start : start + size]
            found.append(block[first] * len(items) + block[second])
    return [int(each) for each in np.unique(np.concatenate(found))]


@cache
def _combinations(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    first, second = np.triu_indices(size, 1)
    return first, second


def _keys(item: _Slim) -> Iterable[tuple[str, ...]]:
    if not item.dated:
        return {("undated", *sorted(words)) for words in item.titles}
    days = {f"{start:%Y-%m-%d}" for start in item.starts}
    keys: set[tuple[str, ...]] = {("word", day, word) for day in days for words in item.titles for word in words}
    if item.place is not None and item.place.lat_deg is not None and item.place.lon_deg is not None:
        # Four cells, so that neighbours across the edge of one cell still meet in another.
        lat, lon = item.place.lat_deg / 0.004, item.place.lon_deg / 0.006
        cells = {(math.floor(lat + dy), math.floor(lon + dx)) for dy in (0, 0.5) for dx in (0, 0.5)}
        keys |= {("spot", start.isoformat(), str(y), str(x)) for start in item.starts for y, x in cells}
    return keys


def _compared(one: _Slim, other: _Slim) -> Double | None:
    same_time = _same_time(one, other)
    if same_time is False:
        return None
    title = max((_likeness(a, b) for a in one.titles for b in other.titles), default=0.0)
    place = _same_place(one.place, other.place)
    organiser = one.organiser is not None and one.organiser == other.organiser
    if place is False and not (organiser and title > 0.9):
        return None
    reasons = [
        *(["same-title"] if title >= 0.99 else ["similar-title"] if title >= 0.5 else []),
        *(["same-time"] if same_time else []),
        *(["same-place"] if place else []),
        *(["same-organiser"] if organiser else []),
    ]
    foreign = not one.languages & other.languages
    if same_time is None:
        # Nothing is known of when: only the same words by the same organiser count.
        score = 0.8 if title >= 0.99 and organiser else 0.0
    elif foreign and title < 0.5:
        # A translation shares no words; place, time and organiser must speak instead.
        score = 0.75 if place and organiser and one.source_id != other.source_id else 0.0
    else:
        score = 0.55 * title + 0.2 + (0.15 if place else 0.0) + (0.1 if organiser else 0.0)
        score = score if title >= 0.5 else 0.0
    if score < PROPOSE_FROM:
        return None
    return Double(first_id=one.id, second_id=other.id, score=round(min(score, 1.0), 2), reasons=tuple(reasons))


def _same_time(one: _Slim, other: _Slim) -> bool | None:
    """Return whether a date of one is a date of the other; None where neither has dates."""
    if not one.dated and not other.dated:
        return None
    return any(abs(a - b) <= _SAME_TIME for a in one.starts for b in other.starts)


def _same_place(one: Place | None, other: Place | None) -> bool | None:
    if one is None or other is None:
        return None
    if one.lat_deg is not None and one.lon_deg is not None and other.lat_deg is not None and other.lon_deg is not None:
        return distance_m(one.lat_deg, one.lon_deg, other.lat_deg, other.lon_deg) <= _NEAR_M
    for a, b in ((one.name, other.name), (one.address, other.address)):
        if a and b and _words(a) == _words(b):
            return True
    return None


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how alike two titles are: shared words, and a little less for a title that is the other's beginning."""
    shared = len(one & other)
    within = shared / min(len(one), len(other))
    return max(shared / len(one | other), 0.85 * within if min(len(one), len(other)) > 1 else 0.0)


def _words(text: str) -> frozenset[str]:
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in folded if not unicodedata.combining(each))
    words = re.findall(r"\w{2,}", plain)
    return frozenset(words or re.findall(r"\w", plain))

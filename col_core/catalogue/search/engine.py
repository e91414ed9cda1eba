"""The search engine that is always there: filters, facets and map from columns in memory, words from the database.

Ranking and counting happen here and not in the database, so that SQLite and PostgreSQL answer alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy.orm import Session

from col_core.base.text import Analyser, Group
from col_core.catalogue.records import Cluster, Found, Hit, Opportunity, Query
from col_core.catalogue.search import counting, index_rows, narrowing
from col_core.catalogue.search.columns import Array, Columns, Snapshot
from col_core.catalogue.search.narrowing import Narrowed
from col_core.catalogue.search.ordering import foremost, page_of, sort_of
from col_core.catalogue.search.postings import Postings
from col_core.catalogue.search.windows import NEVER, Answer, Span, Window, Windows
from col_core.catalogue.vocabulary import Sort

_MOST_TILES = 2_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CatalogueIndex:
    """A SearchIndex over the rows of `search/tables.py`. Safe to share between threads.

    `analysers` maps each language of the city to its analyser of words; at least one. `city_id` is what the city calls
    itself in `Query.city`.
    """

    def __init__(self, *, analysers: Mapping[str, Analyser], timezone: str, city_id: str) -> None:
        self._analysers = analysers
        self._zone = ZoneInfo(timezone)
        self._city_id = city_id
        self._columns = Columns()
        self._windows = Windows()
        self._postings = Postings(self._columns)

    def put(self, session: Session, items: Sequence[tuple[int, Opportunity]]) -> None:
        """Take opportunities in, or take them out if they are not published, in the caller's transaction."""
        index_rows.put(session, items, self._analysers)

    def remove(self, session: Session, pks: Sequence[int]) -> None:
        """Forget opportunities by their row number."""
        index_rows.remove(session, pks)

    def find(self, session: Session, query: Query, *, language: str, now: datetime) -> Found:
        """Return one page of results with the total and facet counts."""
        snapshot, seq = self._columns.current(session)
        window = self._window(snapshot, query, now)
        groups = self._groups(query, language)
        answer = self._answer(session, snapshot, window, query, groups, seq)
        page, distances = page_of(snapshot, answer.foremost, query)
        hits = tuple(
            Hit(id=snapshot.ids[row], distance_m=None if np.isnan(distance_m) else float(distance_m))
            for row, distance_m in zip(page.tolist(), distances.tolist(), strict=True)
        )
        return Found(hits=hits, total=answer.total, facets=answer.facets)

    def _answer(
        self, session: Session, snapshot: Snapshot, window: Window, query: Query, groups: Sequence[Group], seq: int
    ) -> Answer:
        """Return what `query` comes to: as it was worked out for another page of it, where that reaches far enough."""
        sort, near = sort_of(query), query.near
        by_distance = near is not None and sort is Sort.DISTANCE
        within = near if near is not None and near.radius_m is not None else None
        key = (replace(query, q="", near=within, sort=sort, page=1, per_page=1), by_distance, tuple(groups))
        known = window.answers.get(key)
        if known is not None and min(query.page * query.per_page, known.total) <= known.foremost.reach:
            return known
        found = self._narrowed(session, snapshot, window, query, groups, seq)
        scores = None
        if groups and sort is Sort.RELEVANCE:
            scores = self._scores(session, snapshot, groups, seq)
        made = Answer(
            total=len(found.rows),
            facets=counting.facets(snapshot, found, own_city=self._city_id),
            foremost=foremost(found.rows, query, dates=window.dates, scores=scores),
        )
        window.answers.put(key, made)
        return made

    def clusters(self, session: Session, query: Query, *, z: int, x: int, y: int, now: datetime) -> Sequence[Cluster]:
        """Return what the map shows in one tile; the sum over all tiles is what `find` counts with a place."""
        snapshot, seq = self._columns.current(session)
        window = self._window(snapshot, query, now)
        everything = query == Query(from_day=query.from_day, to_day=query.to_day)
        if everything and (z, x, y) in window.tiles:
            return window.tiles[z, x, y]
        inside = np.flatnonzero(counting.in_tile(snapshot, z, x, y) & window.live)
        inside = inside[~np.isnan(snapshot.scalars["lat_deg"][inside])]
        groups = self._groups(query, next(iter(self._analysers)))
        found = self._narrowed(session, snapshot, window, query, groups, seq, inside)
        made = counting.clusters(snapshot, found.rows, z)
        if everything and len(window.tiles) < _MOST_TILES:
            window.tiles[z, x, y] = made
        return made

    def _window(self, snapshot: Snapshot, query: Query, now: datetime) -> Window:
        span: Span | None = None
        if query.is_of_days:
            since, until = query.span(self._zone)
            span = (-NEVER if since is None else _microseconds(since), NEVER if until is None else _microseconds(until))
        return self._windows.of(snapshot, span, _microseconds(now))

    def _groups(self, query: Query, language: str) -> tuple[Group, ...]:
        """Return the words of `query`; none where there is no word in it."""
        if not query.q:
            return ()
        return (self._analysers.get(language) or next(iter(self._analysers.values()))).terms(query.q)

    def _narrowed(
        self,
        session: Session,
        snapshot: Snapshot,
        window: Window,
        query: Query,
        groups: Sequence[Group],
        seq: int,
        rows: Array | None = None,
    ) -> Narrowed:
        """Return those of `rows` (all if None) that `query` lets through."""
        for group in groups:
            rows = _both(snapshot, rows, self._postings.find(session, group, seq=seq, in_title=False))
        if query.bbox is not None:
            rows = narrowing.in_box(snapshot, query.bbox, rows)
        if query.near is not None and query.near.radius_m is not None:
            rows = narrowing.in_radius(snapshot, query.near, rows)
        rows = np.flatnonzero(window.live) if rows is None else rows[window.live[rows]]
        if query.age is not None:
            rows = narrowing.of_age(snapshot, query.age, rows)
        return narrowing.by_facets(snapshot, query, rows, own_city=self._city_id)

    def _scores(self, session: Session, snapshot: Snapshot, groups: Sequence[Group], seq: int) -> Array:
        """Return for each row how many of the words stand in its title."""
        # A small number of each row: a million larger ones take longer to make than all the rest.
        scores = np.zeros(len(snapshot), dtype=np.int8)
        for group in groups:
            scores[snapshot.rows_of(self._postings.find(session, group, seq=seq, in_title=True))] += 1
        return scores


def _both(snapshot: Snapshot, rows: Array | None, pks: Array) -> Array:
    with_word = snapshot.rows_of(pks)
    if rows is None:
        return with_word
    mask = np.zeros(len(snapshot), dtype=bool)
    mask[with_word] = True
    both: Array = rows[mask[rows]]
    return both


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)

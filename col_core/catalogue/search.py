"""The search engine that is always there: filters, facets and map from columns in memory, words from the database.

Ranking and counting happen here and not in the database, so that SQLite and PostgreSQL answer alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy.orm import Session

from col_core.base.geo import WORLD_BITS, distances_m
from col_core.base.text import Analyser, fold
from col_core.catalogue import index_rows
from col_core.catalogue.columns import Array, Columns, Snapshot
from col_core.catalogue.records import Cluster, Found, Hit, Opportunity, Query, Sort

CELL_BITS = 2
_CODE_BITS = 32
_NEVER = np.iinfo(np.int64).max
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SINGLE = {"type": "type", "format": "format", "district": "district", "organisation": "organiser"}
_SEVERAL = {"category": "categories", "language": "languages", "access": "access", "skill": "skills"}
_FACETS = ("category", "type", "language", "district", "format", "access")


class CatalogueIndex:
    """A SearchIndex over the rows of `search_tables`. Safe to share between threads.

    `analysers` maps each language of the city to its analyser of words; at least one.
    """

    def __init__(self, *, analysers: Mapping[str, Analyser], timezone: str, city_id: str) -> None:
        self._analysers = analysers
        self._zone = ZoneInfo(timezone)
        self._city_id = city_id
        self._columns = Columns()

    def put(self, session: Session, items: Sequence[tuple[int, Opportunity]]) -> None:
        """Take opportunities in, or take them out if they are not published, in the caller's transaction."""
        index_rows.put(session, items, self._analysers)

    def remove(self, session: Session, pks: Sequence[int]) -> None:
        """Forget opportunities by their row number."""
        index_rows.remove(session, pks)

    def find(self, session: Session, query: Query, *, language: str, now: datetime) -> Found:
        """Return one page of results with the total and facet counts."""
        snapshot = self._columns.current(session)
        masks, dates, scores = self._masks(session, snapshot, query, language, now)
        chosen = np.flatnonzero(_all(snapshot, masks.values()))
        distances = _distances(snapshot, query)
        page = _ordered(chosen, query, dates, scores, distances)[
            (query.page - 1) * query.per_page : query.page * query.per_page
        ]
        ids = snapshot.scalars["id"]
        hits = tuple(
            Hit(id=ids[row], distance_m=None if np.isnan(distances[row]) else float(distances[row])) for row in page
        )
        return Found(hits=hits, total=len(chosen), facets=_facets(snapshot, masks))

    def clusters(self, session: Session, query: Query, *, z: int, x: int, y: int, now: datetime) -> Sequence[Cluster]:
        """Return what the map shows in one tile; the sum over all tiles is what `find` counts with a place."""
        snapshot = self._columns.current(session)
        masks, _, _ = self._masks(session, snapshot, query, next(iter(self._analysers)), now)
        across, down = (axis.astype(np.int64) for axis in snapshot.pixels)
        inside = (across >> (WORLD_BITS - z) == x) & (down >> (WORLD_BITS - z) == y)
        inside &= ~np.isnan(snapshot.scalars["lat_deg"])
        rows = np.flatnonzero(inside & _all(snapshot, masks.values()))
        shift = max(WORLD_BITS - z - CELL_BITS, 0)
        cells = (down[rows] >> shift << WORLD_BITS) | (across[rows] >> shift)
        _, cell = np.unique(cells, return_inverse=True)
        return _clusters(snapshot, rows, cell)

    def _masks(
        self, session: Session, snapshot: Snapshot, query: Query, language: str, now: datetime
    ) -> tuple[dict[str, Array], Array, Array]:
        """Return what each filter lets through, the next date of each row (microseconds) and its score for words."""
        dated, dates = self._dates(snapshot, query, now)
        masks = {"dates": dated, **_place_masks(snapshot, query), **_facet_masks(snapshot, query)}
        if query.age is not None:
            age = min(query.age, index_rows.OPEN_AGE)
            masks["age"] = (snapshot.scalars["age_min"] <= age) & (snapshot.scalars["age_max"] >= age)
        if query.city and self._city_id not in query.city:
            masks["city"] = np.zeros(len(snapshot), dtype=bool)
        scores = np.zeros(len(snapshot), dtype=np.int64)
        analyser = self._analysers.get(language) or next(iter(self._analysers.values()))
        matched = index_rows.matching(session, query.q, analyser) if query.q else None
        if matched is not None:
            pks, titles = matched
            masks["q"] = np.isin(snapshot.scalars["pk"], np.array(pks, dtype=np.int64))
            for title in titles:
                scores += np.isin(snapshot.scalars["pk"], np.array(title, dtype=np.int64))
        return masks, dates, scores

    def _dates(self, snapshot: Snapshot, query: Query, now: datetime) -> tuple[Array, Array]:
        """Return which rows have a date that counts (undated ones if no day is asked for), and the first such date."""
        starts, ends = snapshot.runs["occurrences"].values.reshape(-1, 2).T
        undated = snapshot.runs["occurrences"].lengths == 0
        if query.from_day is None and query.to_day is None:
            meant = ends > _microseconds(now)
            passing = undated.copy()
        else:
            low = self._midnight(query.from_day) if query.from_day else -_NEVER
            to_day = query.to_day
            high = self._midnight(to_day + timedelta(days=1)) if to_day and to_day < date.max else _NEVER
            meant = (starts < high) & ((ends > low) | (starts >= low))
            passing = np.zeros(len(snapshot), dtype=bool)
        rows = snapshot.rows["occurrences"][meant]
        dates = np.full(len(snapshot), _NEVER, dtype=np.int64)
        np.minimum.at(dates, rows, starts[meant])
        passing[rows] = True
        return passing, dates

    def _midnight(self, day: date) -> int:
        return _microseconds(datetime.combine(day, time(), tzinfo=self._zone))


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)


def _all(snapshot: Snapshot, masks: Iterable[Array]) -> Array:
    whole = np.ones(len(snapshot), dtype=bool)
    for mask in masks:
        whole &= mask
    return whole


def _place_masks(snapshot: Snapshot, query: Query) -> dict[str, Array]:
    lats, lons = snapshot.scalars["lat_deg"], snapshot.scalars["lon_deg"]
    masks = {}
    if query.bbox is not None:
        box = query.bbox
        masks["bbox"] = (
            (lats >= box.south_deg) & (lats <= box.north_deg) & (lons >= box.west_deg) & (lons <= box.east_deg)
        )
    if query.near is not None and query.near.radius_m is not None:
        masks["near"] = _distances(snapshot, query) <= query.near.radius_m
    return masks


def _facet_masks(snapshot: Snapshot, query: Query) -> dict[str, Array]:
    masks = {}
    for kind in (*_SINGLE, *_SEVERAL):
        values = tuple(getattr(query, kind))
        if not values:
            continue
        wanted = {snapshot.codes.get((kind, value), -1) for value in values}
        if kind == "skill":
            wanted |= {snapshot.codes.get((kind, fold(value)), -1) for value in values}
        codes = np.array(sorted(wanted), dtype=np.int64)
        if kind in _SINGLE:
            masks[kind] = np.isin(snapshot.scalars[_SINGLE[kind]], codes)
        else:
            name = _SEVERAL[kind]
            masks[kind] = np.zeros(len(snapshot), dtype=bool)
            masks[kind][snapshot.rows[name][np.isin(snapshot.runs[name].values, codes)]] = True
    if query.free:
        masks["free"] = snapshot.scalars["free"]
    return masks


def _distances(snapshot: Snapshot, query: Query) -> Array:
    if query.near is None:
        return np.full(len(snapshot), np.nan)
    lats, lons = snapshot.scalars["lat_deg"], snapshot.scalars["lon_deg"]
    return distances_m(query.near.lat_deg, query.near.lon_deg, lats, lons)


def _ordered(chosen: Array, query: Query, dates: Array, scores: Array, distances: Array) -> Array:
    """Return the rows `chosen` in the order asked for; by relevance if there are words, else by date."""
    near = np.nan_to_num(distances[chosen], nan=np.inf)
    when, score = dates[chosen], -scores[chosen]
    sort = query.sort or (Sort.RELEVANCE if query.q else Sort.DATE)
    keys = {Sort.RELEVANCE: (near, when, score), Sort.DATE: (near, when), Sort.DISTANCE: (when, near)}[sort]
    return chosen[np.lexsort((chosen, *keys))]


def _facets(snapshot: Snapshot, masks: Mapping[str, Array]) -> dict[str, dict[str, int]]:
    """Count the values of each facet among what all other filters let through."""
    whole = _all(snapshot, masks.values())
    found = {}
    for kind in (*_FACETS, "free"):
        left = whole if kind not in masks else _all(snapshot, (mask for name, mask in masks.items() if name != kind))
        if kind == "free":
            free = int(np.count_nonzero(left & snapshot.scalars["free"]))
            found[kind] = {"true": free} if free else {}
        elif kind in _SINGLE:
            found[kind] = _counted(snapshot, snapshot.scalars[_SINGLE[kind]][left])
        else:
            name = _SEVERAL[kind]
            found[kind] = _counted(snapshot, snapshot.runs[name].values[left[snapshot.rows[name]]])
    return found


def _counted(snapshot: Snapshot, codes: Array) -> dict[str, int]:
    """Return value → count, the most frequent first."""
    counts = np.bincount(codes)
    pairs = [(snapshot.values[int(code)], int(counts[code])) for code in np.flatnonzero(counts) if code]
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def _clusters(snapshot: Snapshot, rows: Array, cell: Array) -> list[Cluster]:
    """Return one cluster for each cell; `cell` numbers the cell of each of `rows`."""
    if not len(rows):
        return []
    counts = np.bincount(cell)
    lats = np.bincount(cell, weights=snapshot.scalars["lat_deg"][rows]) / counts
    lons = np.bincount(cell, weights=snapshot.scalars["lon_deg"][rows]) / counts
    first = np.zeros(len(counts), dtype=np.int64)
    first[cell] = rows
    mixed = snapshot.runs["categories"].take(rows)
    mixes: list[dict[str, int]] = [{} for _ in counts]
    pairs = (cell[mixed.row].astype(np.int64) << _CODE_BITS) | mixed.values
    pairs, at, sums = np.unique(pairs, return_index=True, return_counts=True)
    # In the order of appearance, so that a single opportunity's first category stays first.
    for number in np.argsort(at):
        where, code = divmod(int(pairs[number]), 1 << _CODE_BITS)
        mixes[where][snapshot.values[code]] = int(sums[number])
    return [
        Cluster(
            lat_deg=float(lats[number]),
            lon_deg=float(lons[number]),
            count=int(count),
            categories=mixes[number],
            id=snapshot.scalars["id"][first[number]] if count == 1 else None,
        )
        for number, count in enumerate(counts)
    ]

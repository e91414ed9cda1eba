"""Putting results in their order, and cutting one page out: only what could be on that page is sorted."""

from dataclasses import dataclass

import numpy as np

from col_core.catalogue.records import Near, Query
from col_core.catalogue.search import narrowing
from col_core.catalogue.search.columns import Array, Snapshot
from col_core.catalogue.vocabulary import Sort

# Instants of the years that can be stored, in microseconds since 1970, fit into this many bits with their sign.
_DATE_BITS = 54
_UNDATED = (1 << (_DATE_BITS - 1)) - 1
_FEW = 1_000
_CLOSE = 64


@dataclass(frozen=True, kw_only=True)
class Foremost:
    """The results that come first, in no order yet: the first `reach` of all are among `rows`.

    `dates` and `scores` belong to `rows`: the first date of each in microseconds since 1970 (later than any where it is
    over), and how many words of the query stand in its title (None where that does not count).
    """

    rows: Array
    dates: Array
    scores: Array | None
    reach: int


def sort_of(query: Query) -> Sort:
    """Return the order that `query` asks for, or what is usual for it."""
    return query.sort or (Sort.RELEVANCE if query.q else Sort.DATE)


def foremost(rows: Array, query: Query, *, dates: Array, scores: Array | None) -> Foremost:
    """Return those of `rows` that come first in the order of `query`; `dates` and `scores` are those of every row.

    From where somebody asks changes only the order by distance. All are returned for that one.
    """
    last, sort = max(_FEW, query.page * query.per_page), sort_of(query)
    when = np.minimum(dates[rows], _UNDATED)
    of_rows = None if scores is None else scores[rows].astype(np.int64)
    if len(rows) <= last or (sort is Sort.DISTANCE and query.near is not None):
        return Foremost(rows=rows, dates=when, scores=of_rows, reach=len(rows))
    kept = _first(_leading(sort, when, of_rows), last)
    return Foremost(
        rows=rows[kept], dates=when[kept], scores=None if of_rows is None else of_rows[kept], reach=len(kept)
    )


def page_of(snapshot: Snapshot, found: Foremost, query: Query) -> tuple[Array, Array]:
    """Return the rows of the page that `query` asks for, and how far each is in metres (NaN where not known).

    The order is by words in the title (if there are scores), by dates, or by distance; then by the others, and at last
    by row number of the database, so that pages never overlap.
    """
    sort, rows, when, scores = sort_of(query), found.rows, found.dates, found.scores
    first, last = (query.page - 1) * query.per_page, query.page * query.per_page
    if first >= len(rows):
        return rows[:0], np.empty(0)
    if sort is Sort.DISTANCE and query.near is not None:
        kept = _nearest(snapshot, query.near, rows, last)
    else:
        kept = _first(_leading(sort, when, scores), last)
    rows, when, scores = rows[kept], when[kept], None if scores is None else scores[kept]
    far = np.full(len(rows), np.nan)
    if query.near is not None:
        far = narrowing.distances(snapshot, query.near, rows)
    near = np.nan_to_num(far, nan=np.inf)
    score = np.zeros(len(rows)) if scores is None else -scores
    keys = {Sort.RELEVANCE: (near, when, score), Sort.DATE: (near, when), Sort.DISTANCE: (when, near)}[sort]
    order = np.lexsort((snapshot.scalars["pk"][rows], *keys))[first:last]
    return rows[order], far[order]


def _leading(sort: Sort, dates: Array, scores: Array | None) -> Array:
    """Return one number for each row by which it comes first, second …; rows with the same one are not in order yet."""
    return dates - (scores << _DATE_BITS) if sort is Sort.RELEVANCE and scores is not None else dates


def _first(leading: Array, number: int) -> Array:
    """Return where `leading` is not above its `number`th smallest value."""
    if len(leading) <= number:
        return np.arange(len(leading))
    return np.flatnonzero(leading <= np.partition(leading, number - 1)[number - 1])


def _nearest(snapshot: Snapshot, near: Near, rows: Array, number: int) -> Array:
    """Return where the `number` nearest of `rows` are, with some that are not.

    What is near on a flat map gives a radius within which enough are; only those need their true distance.
    """
    if len(rows) <= max(number, _FEW):
        return np.arange(len(rows))
    lats, lons = snapshot.scalars["lat_deg"][rows], snapshot.scalars["lon_deg"][rows]
    flat = np.square(lats - near.lat_deg) + np.square((lons - near.lon_deg) * np.cos(np.radians(near.lat_deg)))
    close = np.argpartition(flat, min(number + _CLOSE, len(rows) - 1))[: number + _CLOSE]
    radii = np.sort(narrowing.distances(snapshot, near, rows[close]))[:number]
    box = None if np.isnan(radii[-1]) else narrowing.box_around(near, float(radii[-1]))
    if box is None:
        return np.arange(len(rows))
    inside = (lats >= box.south_deg) & (lats <= box.north_deg) & (lons >= box.west_deg) & (lons <= box.east_deg)
    return np.flatnonzero(inside)

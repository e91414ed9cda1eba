"""Which opportunities have a date in a span of time, and where that puts them: worked out once for all who ask."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import numpy as np

from col_core.base.kept import Kept
from col_core.catalogue.records import Cluster
from col_core.catalogue.search.columns import Array, Snapshot
from col_core.catalogue.search.ordering import Foremost

NEVER = np.iinfo(np.int64).max
_MOST = 12
# Of the answers of one window: rows that come first, and a little for each answer itself.
_MOST_ROWS = 100_000
_OWN_WEIGHT = 200
# What is over comes behind everything that is not, so behind the last instant that can be stored (the year 2200), even
# where it began this long before the span; in microseconds.
_LAST = 7_258_118_400_000_000
_LONG_BEFORE = 20 * 365 * 86_400_000_000

Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a query came to in one window, whichever page of it and from wherever it is asked for."""

    total: int
    facets: Mapping[str, Mapping[str, int]]
    foremost: Foremost


def _answers() -> Kept[Hashable, Answer]:
    return Kept(_MOST_ROWS, weight=lambda each: _OWN_WEIGHT + len(each.foremost.rows))


@dataclass(frozen=True, kw_only=True)
class Window:
    """The rows of one snapshot seen through one span of time. Instants are microseconds since 1970, UTC.

    `live` tells which rows are listed and have a date in it; `dates` is the first such date that is not over, NEVER
    where there is none. Where all of them are over, it is later than any date, in the order in which they began.
    What holds for every row alike is kept in `tiles`, by zoom, x and y; `answers` keeps what was asked for last.
    """

    generation: int
    live: Array
    dates: Array
    passing: Array
    seq: int
    since: int = -NEVER
    until: int = NEVER
    tiles: dict[tuple[int, int, int], list[Cluster]] = field(default_factory=dict)
    answers: Kept[Hashable, Answer] = field(default_factory=_answers)


class Windows:
    """The windows that were asked for last. Safe to share between threads."""

    def __init__(self) -> None:
        self._kept: Kept[Span | None, Window] = Kept(_MOST)

    def of(self, snapshot: Snapshot, span: Span | None, now: int) -> Window:
        """Return the window of a span (from, up to); None is from `now` on, with what has no dates at all."""
        known = self._kept.get(span)
        if known is not None and not known.since <= now < known.until:
            known = None
        if known is not None and known.generation == snapshot.generation and known.seq == snapshot.seq:
            return known
        made = _made(snapshot, span, now, known)
        if known is not None and known.generation == snapshot.generation and known.seq > snapshot.seq:
            return made  # somebody who began before the last change: the newer one stays
        self._kept.put(span, made)
        return made


def _made(snapshot: Snapshot, span: Span | None, now: int, known: Window | None) -> Window:
    """Return the window; of rows that `known` has already, only those that came since are looked at."""
    first = 0
    if known is not None and known.generation == snapshot.generation and len(known.dates) <= len(snapshot):
        first = len(known.dates)
    at = snapshot.offsets[first]
    starts, ends, offsets = snapshot.starts[at:], snapshot.ends[at:], snapshot.offsets[first:] - at
    upcoming = ends > now
    if span is None:
        meant = upcoming
    else:
        low, high = span
        meant = (starts < high) & ((ends > low) | (starts >= low))
    ranks = np.where(meant, starts, NEVER)
    if span is not None:
        over = np.flatnonzero(meant & ~upcoming)
        ranks[over] += min(span[1], _LAST) - max(span[0] - _LONG_BEFORE, 0)
    dates = np.full(len(snapshot) - first, NEVER, dtype=np.int64)
    dated = np.flatnonzero(np.diff(offsets))
    if len(dated):
        dates[dated] = np.minimum.reduceat(ranks, offsets[dated])
    passing = dates != NEVER
    if span is None:
        passing |= np.diff(offsets) == 0
    since, until = now, _least(ends[upcoming & meant])
    if first and known is not None:
        dates, passing = np.concatenate([known.dates, dates]), np.concatenate([known.passing, passing])
        since, until = max(since, known.since), min(until, known.until)
    return Window(
        generation=snapshot.generation,
        seq=snapshot.seq,
        live=passing & snapshot.alive,
        dates=dates,
        passing=passing,
        since=since,
        until=until,
    )


def _least(ends: Array) -> int:
    return int(ends.min()) if len(ends) else NEVER

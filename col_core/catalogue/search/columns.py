"""The search rows as numpy columns in memory: a filter over a whole catalogue then takes a millisecond.

Columns only grow: a row that changed is written anew at the end, and its old place is no longer alive. So a refresh
costs what changed, and a snapshot that somebody reads never changes under their hands.
"""

import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from col_core.base.database import unhurried
from col_core.base.geo import world_pixels
from col_core.catalogue import changes
from col_core.catalogue.search.tables import FacetValueRow, SearchEntryRow

Array = NDArray[Any]
_SCALARS: Mapping[str, type] = {
    "pk": np.int64,
    "lat_deg": np.float64,
    "lon_deg": np.float64,
    "age_min": np.int16,
    "age_max": np.int16,
    "free": np.bool_,
}
# Column of the row and what filters call it. A single value and several are kept alike: as a combination of values.
_FACETS: Mapping[str, str] = {
    "type": "type",
    "format": "format",
    "district": "district",
    "organiser": "organisation",
    "city": "city",
    "categories": "category",
    "languages": "language",
    "access": "access",
    "skills": "skill",
    "badges": "badge",
}
_READ = ("pk", "listed", "id", "lat_deg", "lon_deg", "age_min", "age_max", "free", *_FACETS, "occurrences")
_CHUNK = 5_000
_DEAD_ROWS = 2_000
_KEPT_CHANGES = 200
_generations = count(1)


@dataclass(frozen=True)
class Facet:
    """One facet of every row. `keys` numbers the combination of values that a row has.

    `values` holds the codes of all combinations, one combination after the other in the order of its row; `owners`
    says to which combination each belongs.
    """

    keys: Array
    values: Array
    owners: Array
    combinations: int


# The number of the combination that what is of this city has in the facet "city".
OWN = 0


@dataclass(frozen=True)
class Snapshot:
    """Every listed opportunity, one row each where `alive`; rows keep their number within one `generation`.

    Instants are microseconds since 1970, UTC. The dates of row `n` stand in `starts` and `ends` from `offsets[n]` up to
    `offsets[n + 1]`. `across` and `down` are world coordinates as 32-bit whole numbers, meaningless without a place.
    `rows` maps a `pk` to its row, -1 for none.
    """

    generation: int
    seq: int
    alive: Array
    rows: Array
    ids: Sequence[str]
    scalars: Mapping[str, Array]
    across: Array
    down: Array
    offsets: Array
    starts: Array
    ends: Array
    facets: Mapping[str, Facet]
    codes: Mapping[tuple[str, str], int]
    values: Mapping[int, str]

    def __len__(self) -> int:
        return len(self.alive)

    @property
    def has_remote(self) -> bool:
        """Whether there may be rows of other cities."""
        return self.facets["city"].combinations > 1

    def rows_of(self, pks: Array) -> Array:
        """Return the rows of those of `pks` that are listed."""
        rows = self.rows[pks[pks < len(self.rows)]]
        return rows[rows >= 0]


class Columns:
    """The snapshot of one database, brought up to date as often as somebody asks for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._table = _Table()
        self._snapshot = self._table.snapshot(-1)
        self._changes: deque[tuple[int, int, Array]] = deque(maxlen=_KEPT_CHANGES)

    def current(self, session: Session) -> tuple[Snapshot, int]:
        """Return what `session` sees, or a newer state; and the number of the last change that `session` sees."""
        seq, rebuilt = changes.state(session)
        if changes.is_changing(session):
            # What it sees may still be rolled back: that is for its eyes only.
            alone = _Table()
            alone.take_in(session, since=-1)
            return alone.snapshot(seq), seq
        with self._lock:
            before = self._snapshot.seq
            if seq > before:
                with unhurried(session):
                    self._refresh(session, before if rebuilt <= before else -1, seq)
            return self._snapshot, seq

    def changed(self, since: int, until: int) -> Array | None:
        """Return the `pk` of what changed after `since` up to `until`; None where that is not known any more."""
        with self._lock:
            known = list(self._changes)
        if not known or known[0][0] > since or known[-1][1] < until:
            return None
        parts = [pks for before, after, pks in known if after > since and before < until]
        return np.unique(np.concatenate(parts)) if parts else np.array([], dtype=np.int64)

    def _refresh(self, session: Session, since: int, seq: int) -> None:
        if since < 0:
            self._table = _Table()
            self._changes.clear()
        pks = self._table.take_in(session, since=since)
        if since >= 0:
            self._changes.append((since, seq, pks))
        if self._table.dead > max(_DEAD_ROWS, len(self._table) // 2):
            self._table = self._table.compacted()
        self._snapshot = self._table.snapshot(seq)


class _Grown:
    """An array that grows at its end. What `seen` returned stays as it is."""

    def __init__(self, kind: Any) -> None:
        self._held = np.empty(256, dtype=kind)
        self._size = 0

    def add(self, more: Array) -> None:
        size = self._size + len(more)
        if size > len(self._held):
            larger = np.empty(max(size, len(self._held) * 3 // 2), dtype=self._held.dtype)
            larger[: self._size] = self._held[: self._size]
            self._held = larger
        self._held[self._size : size] = more
        self._size = size

    def seen(self) -> Array:
        return self._held[: self._size]


class _Combinations:
    """The combinations of values that occur of one facet, numbered as they come."""

    def __init__(self) -> None:
        self.numbers: dict[int | bytes, int] = {}
        self.values, self.owners = _Grown(np.uint32), _Grown(np.uint32)

    def keys(self, raw: Sequence[int | bytes]) -> Array:
        numbers = self.numbers
        for each in set(raw) - numbers.keys():
            codes = np.frombuffer(each, dtype="<u4") if isinstance(each, bytes) else np.array([each] if each else [])
            self.values.add(codes)
            self.owners.add(np.full(len(codes), len(numbers)))
            numbers[each] = len(numbers)
        return np.array([numbers[each] for each in raw], dtype=np.uint32)


class _Table:
    """The columns while they grow; whoever holds it makes sure that one thread at a time does."""

    def __init__(self) -> None:
        self.generation = next(_generations)
        self.dead = 0
        self._alive = np.empty(0, dtype=bool)
        self._rows = np.empty(0, dtype=np.int32)
        self._ids: list[str] = []
        self._scalars = {name: _Grown(kind) for name, kind in _SCALARS.items()}
        self._across, self._down = _Grown(np.uint32), _Grown(np.uint32)
        self._offsets, self._starts, self._ends = _Grown(np.int64), _Grown(np.int64), _Grown(np.int64)
        self._offsets.add(np.zeros(1, dtype=np.int64))
        self._keys = {name: _Grown(np.uint32) for name in _FACETS.values()}
        self._combinations = {name: _Combinations() for name in _FACETS.values()}
        assert self._combinations["city"].keys([0])[0] == OWN
        self._codes: dict[tuple[str, str], int] = {}
        self._values: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def take_in(self, session: Session, *, since: int) -> Array:
        """Read what changed after `since`; return the `pk` of each."""
        table = SearchEntryRow.__table__
        facets = session.execute(
            select(FacetValueRow.code, FacetValueRow.kind, FacetValueRow.value).where(
                FacetValueRow.code > max(self._values, default=0)
            )
        ).all()
        self._codes = {**self._codes, **{(each.kind, each.value): each.code for each in facets}}
        self._values = {**self._values, **{each.code: each.value for each in facets}}
        chosen = select(*(table.c[name] for name in _READ)).where(table.c.change_seq > since).order_by(table.c.pk)
        found = session.execute(chosen.execution_options(yield_per=_CHUNK))
        seen = [self._add(chunk) for chunk in found.partitions()]
        return np.concatenate(seen) if seen else np.empty(0, dtype=np.int64)

    def snapshot(self, seq: int) -> Snapshot:
        return Snapshot(
            generation=self.generation,
            seq=seq,
            alive=self._alive.copy(),
            rows=self._rows.copy(),
            ids=self._ids,
            scalars={name: column.seen() for name, column in self._scalars.items()},
            across=self._across.seen(),
            down=self._down.seen(),
            offsets=self._offsets.seen(),
            starts=self._starts.seen(),
            ends=self._ends.seen(),
            facets={
                name: Facet(
                    keys=self._keys[name].seen(),
                    values=known.values.seen(),
                    owners=known.owners.seen(),
                    combinations=len(known.numbers),
                )
                for name, known in self._combinations.items()
            },
            codes=self._codes,
            values=self._values,
        )

    def compacted(self) -> "_Table":
        """Return the same without the rows that are no longer alive."""
        fresh = _Table()
        kept = np.flatnonzero(self._alive)
        fresh._codes, fresh._values, fresh._combinations = self._codes, self._values, self._combinations
        fresh._ids = [self._ids[row] for row in kept]
        fresh._alive = np.ones(len(kept), dtype=bool)
        for mine, other in (
            *((fresh._scalars[name], each) for name, each in self._scalars.items()),
            *((fresh._keys[name], each) for name, each in self._keys.items()),
            (fresh._across, self._across),
            (fresh._down, self._down),
        ):
            mine.add(other.seen()[kept])
        offsets = self._offsets.seen()
        lengths = np.diff(offsets)
        dated = np.repeat(self._alive, lengths)
        fresh._offsets.add(np.cumsum(lengths[kept]))
        fresh._starts.add(self._starts.seen()[dated])
        fresh._ends.add(self._ends.seen()[dated])
        fresh._rows = np.full(len(self._rows), -1, dtype=np.int32)
        fresh._rows[fresh._scalars["pk"].seen()] = np.arange(len(kept))
        return fresh

    def _add(self, chunk: Sequence[Any]) -> Array:
        pks = np.array([each.pk for each in chunk], dtype=np.int64)
        self._bury(pks)
        listed = [each for each in chunk if each.listed]
        if listed:
            self._append(dict(zip(_READ, zip(*listed, strict=True), strict=True)))
        return pks

    def _bury(self, pks: Array) -> None:
        """Forget what stands in the rows of `pks`, and make room in the map for them."""
        if pks[-1] >= len(self._rows):
            larger = np.full(max(int(pks[-1]) + 1, len(self._rows) * 3 // 2), -1, dtype=np.int32)
            larger[: len(self._rows)] = self._rows
            self._rows = larger
        old = self._rows[pks]
        old = old[old >= 0]
        self._alive[old] = False
        self._rows[pks] = -1
        self.dead += len(old)

    def _append(self, columns: Mapping[str, Sequence[Any]]) -> None:
        number = len(columns["pk"])
        self._rows[np.array(columns["pk"])] = np.arange(len(self), len(self) + number)
        for name, grown in self._scalars.items():
            grown.add(np.array(columns[name], dtype=_SCALARS[name]))
        lats, lons = (self._scalars[name].seen()[-number:] for name in ("lat_deg", "lon_deg"))
        across, down = world_pixels(np.nan_to_num(lats), np.nan_to_num(lons))
        self._across.add(across)
        self._down.add(down)
        for column, name in _FACETS.items():
            self._keys[name].add(self._combinations[name].keys(columns[column]))
        lengths = np.fromiter(_lengths(columns["occurrences"]), dtype=np.int64, count=number)
        dates = np.frombuffer(b"".join(columns["occurrences"]), dtype="<i8").reshape(-1, 2)
        self._offsets.add(self._offsets.seen()[-1] + np.cumsum(lengths))
        self._starts.add(dates[:, 0])
        self._ends.add(dates[:, 1])
        # Last: a reader's snapshot ends where its `alive` ends.
        self._ids.extend(columns["id"])
        self._alive = np.concatenate([self._alive, np.ones(number, dtype=bool)])


def _lengths(blobs: Iterable[bytes]) -> Iterable[int]:
    return (len(each) // 16 for each in blobs)

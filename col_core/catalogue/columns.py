"""The search rows as numpy columns in memory: a filter over a whole catalogue then takes a millisecond.

A snapshot never changes, so any number of threads may read it; a refresh makes a new one out of the old and the rows
that changed since.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from col_core.base.geo import world_pixels
from col_core.catalogue import changes
from col_core.catalogue.search_tables import STATE_KEY, FacetValueRow, SearchEntryRow, SearchStateRow

Array = NDArray[Any]
_SCALARS: Mapping[str, type] = {
    "pk": np.int64,
    "id": np.object_,
    "lat_deg": np.float64,
    "lon_deg": np.float64,
    "age_min": np.int16,
    "age_max": np.int16,
    "free": np.bool_,
    "type": np.uint32,
    "format": np.uint32,
    "district": np.uint32,
    "organiser": np.uint32,
}
# Name of a run, the kind of its numbers, and how many of them make one value.
_RUNS: Mapping[str, tuple[str, int]] = {
    "categories": ("<u4", 1),
    "languages": ("<u4", 1),
    "access": ("<u4", 1),
    "skills": ("<u4", 1),
    "occurrences": ("<i8", 2),
}


@dataclass(frozen=True)
class Runs:
    """Several values a row. `lengths` counts the numbers of each row; `values` is one run after the other."""

    lengths: Array
    values: Array

    @cached_property
    def row(self) -> Array:
        """For each number the row that it belongs to."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def take(self, rows: Array) -> "Runs":
        """Return the runs of `rows`, in that order."""
        lengths = self.lengths[rows]
        starts = (np.cumsum(self.lengths) - self.lengths)[rows]
        shifts = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
        return Runs(lengths, self.values[np.arange(int(lengths.sum())) + shifts])


@dataclass(frozen=True)
class Snapshot:
    """Every listed opportunity, by rising `pk`, and what the codes stand for.

    Instants are microseconds since 1970, UTC; `occurrences` alternates starts and ends.
    """

    scalars: Mapping[str, Array]
    runs: Mapping[str, Runs]
    codes: Mapping[tuple[str, str], int]
    values: Mapping[int, str]

    def __len__(self) -> int:
        return len(self.scalars["pk"])

    @cached_property
    def rows(self) -> Mapping[str, Array]:
        """For each value of each run the row that it belongs to."""
        return {name: self.runs[name].row[:: _RUNS[name][1]] for name in self.runs}

    @cached_property
    def pixels(self) -> tuple[Array, Array]:
        """World coordinates as 32-bit whole numbers; those of a row without a place mean nothing."""
        return world_pixels(np.nan_to_num(self.scalars["lat_deg"]), np.nan_to_num(self.scalars["lon_deg"]))


class Columns:
    """The snapshot of one database, brought up to date as often as somebody asks for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seq = -1
        self._snapshot = Snapshot(*_columns([]), codes={}, values={})

    def current(self, session: Session) -> Snapshot:
        """Return what `session` sees, or a newer state."""
        state = session.execute(
            select(SearchStateRow.change_seq, SearchStateRow.rebuilt_seq).where(SearchStateRow.key == STATE_KEY)
        ).first()
        with self._lock:
            if state is None or state.change_seq <= self._seq:
                return self._snapshot
            since = -1 if state.rebuilt_seq > self._seq else self._seq
            fresh = _refreshed(session, self._snapshot, since)
            # A session that writes sees what may still be rolled back: that is for its eyes only.
            if not changes.is_changing(session):
                self._snapshot, self._seq = fresh, state.change_seq
            return fresh


def _refreshed(session: Session, before: Snapshot, since: int) -> Snapshot:
    table = SearchEntryRow.__table__
    entries = session.execute(select(*table.c).where(table.c.change_seq > since).order_by(table.c.pk)).all()
    scalars, runs = _columns([each for each in entries if each.listed])
    if since >= 0 and len(before):
        kept = np.flatnonzero(~np.isin(before.scalars["pk"], np.array([each.pk for each in entries], dtype=np.int64)))
        scalars = {name: np.concatenate([before.scalars[name][kept], fresh]) for name, fresh in scalars.items()}
        old = {name: run.take(kept) for name, run in before.runs.items()}
        runs = {
            name: Runs(np.concatenate([old[name].lengths, run.lengths]), np.concatenate([old[name].values, run.values]))
            for name, run in runs.items()
        }
        order = np.argsort(scalars["pk"])
        scalars = {name: column[order] for name, column in scalars.items()}
        runs = {name: run.take(order) for name, run in runs.items()}
    facets = session.execute(
        select(FacetValueRow.code, FacetValueRow.kind, FacetValueRow.value).where(
            FacetValueRow.code > max(before.values, default=0)
        )
    ).all()
    return Snapshot(
        scalars=scalars,
        runs=runs,
        codes={**before.codes, **{(each.kind, each.value): each.code for each in facets}},
        values={**before.values, **{each.code: each.value for each in facets}},
    )


def _columns(rows: Sequence[Row[Any]]) -> tuple[dict[str, Array], dict[str, Runs]]:
    scalars: dict[str, Array] = {
        name: np.array([getattr(row, name) for row in rows], dtype=kind) for name, kind in _SCALARS.items()
    }
    runs = {name: _runs([getattr(row, name) for row in rows], kind) for name, (kind, _) in _RUNS.items()}
    return scalars, runs


def _runs(blobs: Sequence[bytes], kind: str) -> Runs:
    size = np.dtype(kind).itemsize
    lengths = np.array([len(each) // size for each in blobs], dtype=np.int64)
    return Runs(lengths, np.frombuffer(b"".join(blobs), dtype=kind))

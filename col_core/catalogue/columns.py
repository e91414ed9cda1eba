"""The search rows as numpy columns in memory: a filter over a whole catalogue then takes a millisecond.

A snapshot never changes, so any number of threads may read it; a refresh makes a new one out of the old and the rows
that changed since.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from col_core.base.geo import world_pixels
from col_core.catalogue.search_tables import STATE_KEY, FacetValueRow, SearchEntryRow, SearchStateRow

Mask = NDArray[np.bool_]
SINGLE = ("type", "format", "district", "organiser")
SEVERAL = ("categories", "languages", "access", "skills")


@dataclass(frozen=True, slots=True)
class Runs:
    """Several values a row: `lengths` of each row's run, and all `values` one run after the other."""

    lengths: NDArray[np.int64]
    values: NDArray[Any]

    @property
    def rows(self) -> NDArray[np.int64]:
        """The row number of each value."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def take(self, order: NDArray[np.int64]) -> "Runs":
        """Return the runs of the rows `order`, in that order."""
        starts = np.cumsum(self.lengths) - self.lengths
        lengths = self.lengths[order]
        total = int(lengths.sum())
        shift = np.repeat(starts[order] - (np.cumsum(lengths) - lengths), lengths)
        return Runs(lengths, self.values[np.arange(total) + shift])

    def any_of(self, mask: Mask) -> Mask:
        """Return for each row whether `mask`, one for each value, holds for one of its values."""
        found = np.zeros(len(self.lengths), dtype=bool)
        found[self.rows[mask]] = True
        return found


@dataclass(frozen=True, slots=True)
class Columns:
    """Every listed opportunity, by rising `pk`. Instants are microseconds since 1970, UTC."""

    pk: NDArray[np.int64]
    id: NDArray[np.str_]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    pixel_x: NDArray[np.uint64]
    pixel_y: NDArray[np.uint64]
    age_min: NDArray[np.int16]
    age_max: NDArray[np.int16]
    free: Mask
    type: NDArray[np.uint32]
    format: NDArray[np.uint32]
    district: NDArray[np.uint32]
    organiser: NDArray[np.uint32]
    categories: Runs
    languages: Runs
    access: Runs
    skills: Runs
    occurrences: Runs

    def __len__(self) -> int:
        return len(self.pk)

    def take(self, order: NDArray[np.int64]) -> "Columns":
        """Return the rows `order`, in that order."""
        columns = {each.name: getattr(self, each.name) for each in fields(self)}
        return Columns(**{name: c.take(order) if isinstance(c, Runs) else c[order] for name, c in columns.items()})

    def with_changes(self, fresh: "Columns", gone: NDArray[np.int64]) -> "Columns":
        """Return these rows without those numbered `gone`, and with `fresh`."""
        kept = self.take(np.flatnonzero(~np.isin(self.pk, gone)))
        both = Columns(
            **{each.name: _joined(getattr(kept, each.name), getattr(fresh, each.name)) for each in fields(self)}
        )
        return both.take(np.argsort(both.pk))

    def mask_of(self, pks: NDArray[np.int64]) -> Mask:
        """Return which rows have a number among `pks`."""
        mask = np.zeros(len(self), dtype=bool)
        places = np.searchsorted(self.pk, pks)
        inside = places < len(self)
        places, pks = places[inside], pks[inside]
        mask[places[self.pk[places] == pks]] = True
        return mask


class Snapshots:
    """The columns of one database, brought up to date as often as somebody asks for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seq = -1
        self._columns = columns_of([])
        self._codes: Mapping[tuple[str, str], int] = {}
        self._values: Mapping[int, str] = {}

    def current(self, session: Session) -> "Snapshot":
        """Return the state of what `session` sees, or a newer one."""
        state = session.execute(
            select(SearchStateRow.change_seq, SearchStateRow.rebuilt_seq).where(SearchStateRow.key == STATE_KEY)
        ).first()
        with self._lock:
            if state is not None and state.change_seq > self._seq:
                self._refresh(session, whole=state.rebuilt_seq > self._seq)
                self._seq = state.change_seq
            return Snapshot(columns=self._columns, codes=self._codes, values=self._values)

    def _refresh(self, session: Session, *, whole: bool) -> None:
        since = -1 if whole else self._seq
        entries = session.execute(
            select(*SearchEntryRow.__table__.columns).where(SearchEntryRow.change_seq > since).order_by("pk")
        ).all()
        fresh = columns_of([each for each in entries if each.listed])
        changed = np.array([each.pk for each in entries], dtype=np.int64)
        self._columns = fresh if since < 0 else self._columns.with_changes(fresh, changed)
        known = max(self._values, default=0)
        rows = session.execute(
            select(FacetValueRow.code, FacetValueRow.kind, FacetValueRow.value).where(FacetValueRow.code > known)
        ).all()
        self._codes = {**self._codes, **{(row.kind, row.value): row.code for row in rows}}
        self._values = {**self._values, **{row.code: row.value for row in rows}}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Columns, and what the codes in them stand for."""

    columns: Columns
    codes: Mapping[tuple[str, str], int]
    values: Mapping[int, str]


def columns_of(rows: Sequence[Row[Any]]) -> Columns:
    """Return search rows as columns."""
    lat = np.array([row.lat_deg for row in rows], dtype=np.float64)
    lon = np.array([row.lon_deg for row in rows], dtype=np.float64)
    x, y = world_pixels(np.nan_to_num(lat), np.nan_to_num(lon))
    return Columns(
        pk=np.array([row.pk for row in rows], dtype=np.int64),
        id=np.array([row.id for row in rows], dtype="U32"),
        lat_deg=lat,
        lon_deg=lon,
        pixel_x=x.astype(np.uint64),
        pixel_y=y.astype(np.uint64),
        age_min=np.array([row.age_min for row in rows], dtype=np.int16),
        age_max=np.array([row.age_max for row in rows], dtype=np.int16),
        free=np.array([row.free for row in rows], dtype=bool),
        **{name: np.array([getattr(row, name) for row in rows], dtype=np.uint32) for name in SINGLE},
        **{name: _runs([getattr(row, name) for row in rows], "<u4", 1) for name in SEVERAL},
        occurrences=_runs([row.occurrences for row in rows], "<i8", 2),
    )


def _runs(blobs: Sequence[bytes], kind: str, width: int) -> Runs:
    values = np.frombuffer(b"".join(blobs), dtype=kind)
    size = np.dtype(kind).itemsize * width
    lengths = np.array([len(each) // size for each in blobs], dtype=np.int64)
    return Runs(lengths, values.reshape(-1, width) if width > 1 else values)


def _joined(one: Any, other: Any) -> Any:
    if isinstance(one, Runs):
        return Runs(np.concatenate([one.lengths, other.lengths]), np.concatenate([one.values, other.values]))
    return np.concatenate([one, other])

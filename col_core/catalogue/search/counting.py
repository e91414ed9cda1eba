"""Counting rows of a snapshot: the values of each facet, and what the map shows at each spot."""

from collections.abc import Iterable

import numpy as np

from col_core.base.geo import WORLD_BITS
from col_core.catalogue.records import Cluster
from col_core.catalogue.search.columns import OWN, Array, Facet, Snapshot
from col_core.catalogue.search.narrowing import Narrowed

CELL_BITS = 2
_SIDE = 1 << CELL_BITS
_FACETS = ("category", "type", "language", "district", "format", "access")


def facets(snapshot: Snapshot, found: Narrowed, *, own_city: str) -> dict[str, dict[str, int]]:
    """Count the values of each facet among what all other filters let through, the most frequent first."""
    counts = {kind: _counted(snapshot, snapshot.facets[kind], found.without.get(kind, found.rows)) for kind in _FACETS}
    free = int(np.count_nonzero(snapshot.scalars["free"][found.without.get("free", found.rows)]))
    cities = _cities(snapshot, found.without.get("city", found.rows), own_city)
    return {**counts, "free": {"true": free} if free else {}, "city": cities}


def _cities(snapshot: Snapshot, rows: Array, own_city: str) -> dict[str, int]:
    """Count by city, this one first."""
    if not snapshot.has_remote:
        return {own_city: len(rows)} if len(rows) else {}
    facet = snapshot.facets["city"]
    combinations = np.bincount(facet.keys[rows], minlength=facet.combinations)
    own = {own_city: int(combinations[OWN])} if combinations[OWN] else {}
    return own | _named(snapshot, facet, combinations)


def _counted(snapshot: Snapshot, facet: Facet, rows: Array) -> dict[str, int]:
    return _named(snapshot, facet, np.bincount(facet.keys[rows], minlength=facet.combinations))


def _named(snapshot: Snapshot, facet: Facet, combinations: Array) -> dict[str, int]:
    """Return value → count from the count of each combination of values."""
    counts = np.bincount(facet.values, weights=combinations[facet.owners])
    pairs = [(snapshot.values[int(code)], int(counts[code])) for code in np.flatnonzero(counts)]
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def in_tile(snapshot: Snapshot, z: int, x: int, y: int) -> Array:
    """Return a mask of the rows that lie in one tile; rows without a place count as somewhere."""
    shift = WORLD_BITS - z
    if not shift:
        mask: Array = (snapshot.across == x) & (snapshot.down == y)
        return mask
    if not z:
        return np.ones(len(snapshot), dtype=bool)
    west, north = np.uint32(x << shift), np.uint32(y << shift)
    side = np.uint32(1 << shift)
    # Below the western edge the difference wraps round to something large.
    inside: Array = (snapshot.across - west < side) & (snapshot.down - north < side)
    return inside


def clusters(snapshot: Snapshot, rows: Array, z: int) -> list[Cluster]:
    """Return one cluster for each cell of a tile at zoom `z`; all `rows` lie in that tile."""
    if not len(rows):
        return []
    shift = max(WORLD_BITS - z - CELL_BITS, 0)
    cell = ((snapshot.down[rows] >> shift) & (_SIDE - 1)) << CELL_BITS | (
        (snapshot.across[rows] >> shift) & (_SIDE - 1)
    )
    counts = np.bincount(cell, minlength=_SIDE * _SIDE)
    lats = np.bincount(cell, weights=snapshot.scalars["lat_deg"][rows], minlength=len(counts))
    lons = np.bincount(cell, weights=snapshot.scalars["lon_deg"][rows], minlength=len(counts))
    last = np.zeros(len(counts), dtype=np.int64)
    last[cell] = rows
    facet = snapshot.facets["category"]
    mixed = np.bincount(
        cell.astype(np.int64) * facet.combinations + facet.keys[rows], minlength=len(counts) * facet.combinations
    ).reshape(len(counts), facet.combinations)
    return [
        _single(snapshot, int(last[each]))
        if counts[each] == 1
        else Cluster(
            lat_deg=float(lats[each] / counts[each]),
            lon_deg=float(lons[each] / counts[each]),
            count=int(counts[each]),
            categories=_named(snapshot, facet, mixed[each]),
        )
        for each in _filled(counts)
    ]


def _single(snapshot: Snapshot, row: int) -> Cluster:
    """Return the spot of one opportunity, its categories in their own order."""
    facet = snapshot.facets["category"]
    codes = facet.values[facet.owners == facet.keys[row]]
    return Cluster(
        lat_deg=float(snapshot.scalars["lat_deg"][row]),
        lon_deg=float(snapshot.scalars["lon_deg"][row]),
        count=1,
        categories={snapshot.values[int(code)]: 1 for code in codes},
        id=snapshot.ids[row],
    )


def _filled(counts: Array) -> Iterable[int]:
    return (int(each) for each in np.flatnonzero(counts))

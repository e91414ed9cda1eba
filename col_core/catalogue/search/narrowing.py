"""From all rows of a snapshot to those that a query lets through, the cheapest filter first."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from col_core.base.geo import EARTH_RADIUS_M, distances_m
from col_core.base.text import fold
from col_core.catalogue.records import Box, Near, Query
from col_core.catalogue.search.columns import OWN, Array, Snapshot
from col_core.catalogue.search.index_rows import OPEN_AGE

FILTERS = ("type", "format", "district", "organisation", "category", "language", "access", "skill", "badge")
_SLACK_DEG = 1e-6


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """`rows` are what all filters let through; `without[kind]` what all but the filter of that facet let through."""

    rows: Array
    without: Mapping[str, Array]


def in_box(snapshot: Snapshot, box: Box, rows: Array | None) -> Array:
    """Return those of `rows` (all if None) whose place lies in `box`, its edges included."""
    lats, lons = snapshot.scalars["lat_deg"], snapshot.scalars["lon_deg"]
    if rows is None:
        rows = np.flatnonzero((lats >= box.south_deg) & (lats <= box.north_deg))
    else:
        rows = rows[(lats[rows] >= box.south_deg) & (lats[rows] <= box.north_deg)]
    east = lons[rows]
    return rows[(east >= box.west_deg) & (east <= box.east_deg)]


def in_radius(snapshot: Snapshot, near: Near, rows: Array | None) -> Array:
    """Return those of `rows` (all if None) that are at most `near.radius_m` away."""
    assert near.radius_m is not None
    box = box_around(near, near.radius_m)
    if box is not None:
        rows = in_box(snapshot, box, rows)
    elif rows is None:
        rows = np.arange(len(snapshot))
    return rows[distances(snapshot, near, rows) <= near.radius_m]


def box_around(near: Near, radius_m: float) -> Box | None:
    """Return a box that holds everything within `radius_m`; None where it would reach a pole or the date line."""
    high_deg = math.degrees(radius_m / EARTH_RADIUS_M) + _SLACK_DEG
    reach_deg = abs(near.lat_deg) + high_deg
    if reach_deg >= 89:
        return None
    ratio = math.sin(math.radians(high_deg)) / math.cos(math.radians(near.lat_deg))
    wide_deg = math.degrees(math.asin(min(1.0, ratio))) + _SLACK_DEG
    if abs(near.lon_deg) + wide_deg >= 180:
        return None
    return Box(
        west_deg=near.lon_deg - wide_deg,
        south_deg=near.lat_deg - high_deg,
        east_deg=near.lon_deg + wide_deg,
        north_deg=near.lat_deg + high_deg,
    )


def distances(snapshot: Snapshot, near: Near, rows: Array) -> Array:
    """Return how far each of `rows` is, in metres; NaN without a place."""
    lats, lons = snapshot.scalars["lat_deg"][rows], snapshot.scalars["lon_deg"][rows]
    return distances_m(near.lat_deg, near.lon_deg, lats, lons)


def of_age(snapshot: Snapshot, age: int, rows: Array) -> Array:
    """Return those of `rows` that are for somebody of `age` years."""
    age = min(age, OPEN_AGE)
    return rows[(snapshot.scalars["age_min"][rows] <= age) & (snapshot.scalars["age_max"][rows] >= age)]


def by_facets(snapshot: Snapshot, query: Query, rows: Array, *, own_city: str) -> Narrowed:
    """Apply the filters of facets to `rows`; where no city is asked for, what is of others is left out."""
    passed = {kind: _passes(snapshot, kind, getattr(query, kind), rows) for kind in FILTERS if getattr(query, kind)}
    cities = query.city or (own_city,)
    if snapshot.has_remote or own_city not in cities:
        passed["city"] = _passes(snapshot, "city", cities, rows, also=(OWN,) if own_city in cities else ())
    if query.free:
        passed["free"] = snapshot.scalars["free"][rows]
    if not passed:
        return Narrowed(rows=rows, without={})
    if len(passed) == 1:
        ((kind, only),) = passed.items()
        return Narrowed(rows=rows[only], without={kind: rows})
    failures = np.zeros(len(rows), dtype=np.uint8)
    for each in passed.values():
        failures += ~each
    nearly = failures <= 1
    close, failed = rows[nearly], failures[nearly] == 1
    return Narrowed(
        rows=close[~failed],
        without={kind: close[~failed | ~each[nearly]] for kind, each in passed.items()},
    )


def _passes(
    snapshot: Snapshot, kind: str, values: tuple[str, ...], rows: Array, *, also: tuple[int, ...] = ()
) -> Array:
    """Tell of each of `rows` whether it has one of `values`, or one of the combinations `also`."""
    wanted = {snapshot.codes.get((kind, value), -1) for value in values}
    if kind == "skill":
        wanted |= {snapshot.codes.get((kind, fold(value)), -1) for value in values}
    facet = snapshot.facets[kind]
    allowed = np.zeros(facet.combinations, dtype=bool)
    for code in wanted:
        allowed[facet.owners[facet.values == code]] = True
    allowed[list(also)] = True
    passed: Array = allowed[facet.keys[rows]]
    return passed

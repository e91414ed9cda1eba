"""The plainest good way to ask a database the same: one slim table, clustered by place, without anything around it.

`first_date` and what follows from it is worked out beforehand for one moment, which flatters the reference.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from col_core.base.database import Database
from col_core.base.settings import Bounds
from col_core.catalogue.records import Box, Query
from col_core.catalogue.search.columns import Columns, Facet, Snapshot
from col_core.catalogue.search.windows import NEVER, Windows

_CELLS = 64
_BITS = {"category": 14, "language": 8, "access": 8}
_SINGLE = ("type", "district", "format")
_COLUMNS = ("cell", "pk", "lat", "lon", "age_min", "age_max", "free", *_SINGLE, *_BITS, "first_date")
_SUMS = ", ".join(f"sum(({name} >> {bit}) & 1)" for name, bits in _BITS.items() for bit in range(bits))
_MAKE = "CREATE TABLE slim ({} BIGINT, {}, PRIMARY KEY (cell, pk)) {}"

Rows = list[tuple[Any, ...]]


def slim_rows(database: Database, now: int) -> tuple[Iterator[tuple[Any, ...]], Mapping[tuple[str, str], int]]:
    """Return the rows of the slim table, and the bit or number that stands for each value of a facet."""
    with database.read() as session:
        snapshot, _ = Columns().current(session)
    window = Windows().of(snapshot, None, now)
    numbers = {key: bit for kind in _BITS for bit, key in enumerate(_keys(snapshot, kind))}
    numbers |= {key: code for key, code in snapshot.codes.items() if key[0] in _SINGLE}
    rows = np.flatnonzero(window.live)
    columns = [
        np.nan_to_num(np.floor(snapshot.scalars["lat_deg"][rows] * _CELLS)) * 100_000
        + np.nan_to_num(np.floor(snapshot.scalars["lon_deg"][rows] * _CELLS)),
        *(snapshot.scalars[name][rows] for name in ("pk", "lat_deg", "lon_deg", "age_min", "age_max", "free")),
        *(_first(snapshot.facets[name])[snapshot.facets[name].keys[rows]] for name in _SINGLE),
        *(_mask(snapshot, kind, numbers)[snapshot.facets[kind].keys[rows]] for kind in _BITS),
        np.where(window.dates == NEVER, NEVER - 1, window.dates)[rows],
    ]
    whole = {0, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}
    plain = [
        column.astype(np.int64).tolist()
        if at in whole
        else [None if each != each else each for each in column.tolist()]
        for at, column in enumerate(columns)
    ]
    return zip(*plain, strict=True), numbers


class SlimSqlite:
    """The slim table, and an R*Tree with auxiliary columns of the same rows, in a file of their own."""

    def __init__(self, file: Path, catalogue: Path, rows: Iterator[tuple[Any, ...]]) -> None:
        self._raw = sqlite3.connect(file, isolation_level=None)
        self._raw.execute("PRAGMA mmap_size=268435456")
        self._raw.execute("BEGIN")
        self._raw.execute(_MAKE.format("cell", ", ".join(_COLUMNS[1:]), "WITHOUT ROWID"))
        marks = ", ".join("?" * len(_COLUMNS))
        self._raw.executemany(f"INSERT INTO slim VALUES ({marks})", rows)  # noqa: S608
        self._raw.execute(f"CREATE VIRTUAL TABLE tree USING rtree(pk, w, e, s, n, +{', +'.join(_COLUMNS[6:])})")
        self._raw.execute(
            f"INSERT INTO tree SELECT pk, lon, lon, lat, lat, {', '.join(_COLUMNS[6:])} FROM slim"  # noqa: S608
            " WHERE lat IS NOT NULL"
        )
        self._raw.execute("COMMIT")
        self._raw.execute("ATTACH ? AS city", (str(catalogue),))

    def page(self, where: str) -> Rows:
        """Return a page with its documents, the total, and the counts of facets."""
        chosen = self._raw.execute(f"SELECT pk FROM slim {where} ORDER BY first_date LIMIT 24").fetchall()  # noqa: S608
        marks = ",".join("?" * len(chosen))
        documents = self._raw.execute(
            f"SELECT document FROM city.opportunity WHERE pk IN ({marks})",  # noqa: S608
            [each[0] for each in chosen],
        ).fetchall()
        return [*documents, *self.counts("slim", where)]

    def counts(self, table: str, where: str) -> Rows:
        """Return the total and the counts of facets."""
        found = self._raw.execute(f"SELECT count(*), sum(free), {_SUMS} FROM {table} {where}").fetchall()  # noqa: S608
        for name in _SINGLE:
            found += self._raw.execute(f"SELECT {name}, count(*) FROM {table} {where} GROUP BY {name}")  # noqa: S608
        return found

    def nearest(self, lat_deg: float, lon_deg: float) -> Rows:
        """Return the nearest 20 by boxes that grow."""
        span = 0.005
        while True:
            box = Box(
                west_deg=lon_deg - span, east_deg=lon_deg + span, south_deg=lat_deg - span, north_deg=lat_deg + span
            )
            found = self._raw.execute(
                f"SELECT pk, (lat-{lat_deg})*(lat-{lat_deg})+(lon-{lon_deg})*(lon-{lon_deg})*0.48 AS d"  # noqa: S608
                f" FROM slim {self.where(box)} ORDER BY d LIMIT 20"
            ).fetchall()
            if len(found) == 20 or span > 1:
                return found
            span *= 2

    def cells(self, bounds: Bounds, more: str) -> Rows:
        """Return clusters of a tile, sixteen cells: what a map without a pyramid would ask."""
        west, south, east, north = bounds.west_deg, bounds.south_deg, bounds.east_deg, bounds.north_deg
        box = Box(west_deg=west, south_deg=south, east_deg=east, north_deg=north)
        across, down = 4 / (east - west), 4 / (north - south)
        return self._raw.execute(
            f"SELECT count(*), avg(lat), avg(lon), {_SUMS} FROM slim {self.where(box, more)}"  # noqa: S608
            f" GROUP BY cast((lon - {west}) * {across} AS int), cast((lat - {south}) * {down} AS int)"
        ).fetchall()

    @staticmethod
    def where(box: Box, more: str = "") -> str:
        """Return the condition of a box on the slim table: runs of cells, then the exact edges."""
        low, high = (int(np.floor(each * _CELLS)) for each in (box.south_deg, box.north_deg))
        west, east = (int(np.floor(each * _CELLS)) for each in (box.west_deg, box.east_deg))
        runs = " OR ".join(
            f"cell BETWEEN {row * 100_000 + west} AND {row * 100_000 + east}" for row in range(low, high + 1)
        )
        exact = f"lat BETWEEN {box.south_deg} AND {box.north_deg} AND lon BETWEEN {box.west_deg} AND {box.east_deg}"
        runs = f"({runs}) AND " if high - low < 60 else ""
        return f"WHERE {runs}{exact}{more}"

    def located(self) -> Rows:
        """Return place, ages and topics of every row that has a place."""
        return self._raw.execute(
            "SELECT lon, lat, age_min, age_max, category FROM slim WHERE lat IS NOT NULL"
        ).fetchall()

    @staticmethod
    def tree_where(box: Box) -> str:
        return f"WHERE w >= {box.west_deg} AND e <= {box.east_deg} AND s >= {box.south_deg} AND n <= {box.north_deg}"

    def close(self) -> None:
        self._raw.close()


class SlimPostgres:
    """The slim table in a schema of the city's own database, in the order of its cells, with a GiST index."""

    def __init__(self, url: str, rows: Iterator[tuple[Any, ...]]) -> None:
        self._raw = psycopg.connect(url, autocommit=True)
        self._raw.execute("CREATE SCHEMA IF NOT EXISTS bench")
        self._raw.execute("DROP TABLE IF EXISTS bench.slim")
        kinds = ", ".join(f"{name} {'double precision' if name in ('lat', 'lon') else 'bigint'}" for name in _COLUMNS)
        self._raw.execute(f"CREATE TABLE bench.slim ({kinds})".encode())
        with self._raw.cursor() as cursor, cursor.copy("COPY bench.slim FROM STDIN") as copy:
            for row in sorted(rows):
                copy.write_row(row)
        self._raw.execute("CREATE INDEX ON bench.slim USING gist (point(lon, lat))")
        self._raw.execute("ANALYZE bench.slim")

    def page(self, where: str) -> Rows:
        """Return a page with its documents, the total, and the counts of facets."""
        chosen = self._ask(f"SELECT pk FROM bench.slim {where} ORDER BY first_date LIMIT 24")  # noqa: S608
        documents = self._raw.execute(
            "SELECT document FROM opportunity WHERE pk = ANY(%s)", ([each[0] for each in chosen],)
        ).fetchall()
        found = self._ask(f"SELECT count(*), sum(free), {_SUMS} FROM bench.slim {where}")  # noqa: S608
        for name in _SINGLE:
            found += self._ask(f"SELECT {name}, count(*) FROM bench.slim {where} GROUP BY {name}")  # noqa: S608
        return [*documents, *found]

    @staticmethod
    def where(box: Box, more: str = "") -> str:
        """Return the condition of a box on the slim table."""
        return (
            f"WHERE point(lon, lat) <@ box '(({box.west_deg},{box.south_deg}),({box.east_deg},{box.north_deg}))'{more}"
        )

    def _ask(self, statement: str) -> Rows:
        return self._raw.execute(statement.encode()).fetchall()

    def close(self) -> None:
        self._raw.close()


def conditions(query: Query, numbers: Mapping[tuple[str, str], int]) -> str:
    """Return the conditions of a query beside its box, each with an AND before it."""
    parts = []
    if query.age is not None:
        parts.append(f"age_min <= {query.age} AND age_max >= {query.age}")
    if query.category:
        bits = sum(1 << numbers["category", each.value] for each in query.category)
        parts.append(f"category & {bits} <> 0")
    if query.to_day is not None:
        parts.append(f"first_date < {NEVER - 1}")
    return "".join(f" AND {each}" for each in parts)


def _keys(snapshot: Snapshot, kind: str) -> Sequence[tuple[str, str]]:
    return sorted(key for key in snapshot.codes if key[0] == kind)[: _BITS[kind]]


def _first(facet: Facet) -> Any:
    found = np.zeros(facet.combinations, dtype=np.int64)
    found[facet.owners] = facet.values
    return found


def _mask(snapshot: Snapshot, kind: str, numbers: Mapping[tuple[str, str], int]) -> Any:
    facet = snapshot.facets[kind]
    found = np.zeros(facet.combinations, dtype=np.int64)
    for owner, code in zip(facet.owners, facet.values, strict=True):
        bit = numbers.get((kind, snapshot.values[int(code)]))
        if bit is not None:
            found[owner] |= 1 << bit
    return found

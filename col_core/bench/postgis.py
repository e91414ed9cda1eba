"""Tiles as PostGIS makes them on the fly, where a PostgreSQL with PostGIS can be found."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from col_core.bench.reference import SlimSqlite
from col_core.testing import servers

_TILE = """
SELECT ST_AsMVT(spot) FROM (
  SELECT count(*) AS number,
         ST_AsMVTGeom(
           ST_SetSRID(ST_MakePoint(avg(ST_X(place)), avg(ST_Y(place))), 3857), ST_TileEnvelope({z}, {x}, {y}))
  FROM slim WHERE place && ST_TileEnvelope({z}, {x}, {y}){where}
  GROUP BY floor(ST_X(place) / {cell_m}), floor(ST_Y(place) / {cell_m})
) AS spot
"""
_WORLD_M = 40_075_016.68


class Points:
    """The located offers as points in Web Mercator, in the order of the place, with a GiST index."""

    def __init__(self, url: str, rows: list[tuple[Any, ...]]) -> None:
        self._raw = psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
        self._raw.autocommit = True
        self._raw.execute("CREATE EXTENSION postgis")
        self._raw.execute(
            "CREATE TABLE slim (lon double precision, lat double precision, age_min int, age_max int, category int)"
        )
        with self._raw.cursor() as cursor, cursor.copy("COPY slim FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        self._raw.execute("ALTER TABLE slim ADD COLUMN place geometry(Point, 3857)")
        self._raw.execute("UPDATE slim SET place = ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 3857)")
        self._raw.execute("CREATE INDEX place ON slim USING gist (place)")
        self._raw.execute("CLUSTER slim USING place")
        self._raw.execute("ANALYZE slim")

    def tile(self, z: int, x: int, y: int, where: str) -> object:
        """Return one tile with the clusters of sixteen cells. `where` speaks of the columns of the slim table."""
        statement = _TILE.format(z=z, x=x, y=y, where=where, cell_m=_WORLD_M / 2**z / 4)
        return self._raw.execute(statement.encode()).fetchone()

    def close(self) -> None:
        self._raw.close()


@contextmanager
def points(lite: SlimSqlite) -> Iterator[Points | None]:
    """Give the points of the slim table in PostGIS for as long as the block lasts; None where there is none."""
    server = servers.postgres()
    if isinstance(server, str):
        yield None
        return
    url = servers.new_database(server)
    made = None
    try:
        try:
            made = Points(url, lite.located())
        except psycopg.Error:
            made = None
        yield made
    finally:
        if made is not None:
            made.close()
        servers.drop_database(server, url)
        server.stop()

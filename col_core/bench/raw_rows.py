"""The plainest way to write the rows of a catalogue: `executemany` into empty tables of the same form."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Table, select
from sqlalchemy.schema import CreateIndex, CreateTable

from col_core.base.database import Database
from col_core.catalogue.search.tables import SearchEntryRow
from col_core.catalogue.tables import OpportunityRow

_TABLES: tuple[Any, ...] = (OpportunityRow.__table__, SearchEntryRow.__table__)
_Rows = Sequence[tuple[Any, ...]]
# Takes a table and rows of it, and writes them in one transaction.
_Write = Callable[[Table, _Rows], None]


class RawRows:
    """Copies of the rows of a catalogue, written as plainly as can be."""

    def __init__(self, database: Database, write: _Write) -> None:
        self._database = database
        self._write = write
        self._last = {table.name: 0 for table in _TABLES}

    def go_on(self) -> float:
        """Write what the catalogue has more than at the last time; return the seconds, reading not counted."""
        seconds = 0.0
        for table in _TABLES:
            rows = self._more(table)
            begun = time.perf_counter()
            self._write(table, rows)
            seconds += time.perf_counter() - begun
        return seconds

    def _more(self, table: Table) -> _Rows:
        """Return rows as the driver gives them."""
        more = select(table).where(table.c.pk > self._last[table.name]).order_by(table.c.pk)
        statement = str(more.compile(dialect=self._database.engine.dialect, compile_kwargs={"literal_binds": True}))
        with self._database.read() as session:
            rows = [tuple(each) for each in session.connection().exec_driver_sql(statement)]
            at = list(table.columns).index(table.c.pk)
        self._last[table.name] = rows[-1][at] if rows else self._last[table.name]
        return rows


@contextmanager
def opened(database: Database, folder: Path) -> Iterator[RawRows]:
    """Make empty tables: in a file in `folder`, or in a schema of their own beside the catalogue, gone afterwards."""
    with _in_file(database, folder / "raw.db") if database.dialect == "sqlite" else _in_schema(database) as write:
        yield RawRows(database, write)


@contextmanager
def _in_file(database: Database, file: Path) -> Iterator[_Write]:
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
        # Enough for one transaction: pages that must leave the cache before its end are written several times.
        raw.execute("PRAGMA cache_size=-65536")
        for statement in _ddl(database):
            raw.execute(statement)

        def write(table: Table, rows: _Rows) -> None:
            marks = ", ".join("?" * len(table.columns))
            raw.execute("BEGIN")
            raw.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows)  # noqa: S608 (names of ours)
            raw.execute("COMMIT")

        yield write


@contextmanager
def _in_schema(database: Database) -> Iterator[_Write]:
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as raw:
        raw.execute("CREATE SCHEMA raw")
        raw.execute("SET search_path TO raw, public")
        for statement in _ddl(database):
            raw.execute(statement.encode())
        raw.commit()

        def write(table: Table, rows: _Rows) -> None:
            marks = ", ".join(["%s"] * len(table.columns))
            with raw.cursor() as cursor:
                cursor.executemany(f"INSERT INTO raw.{table.name} VALUES ({marks})".encode(), rows)  # noqa: S608
            raw.commit()

        yield write
        raw.execute("DROP SCHEMA raw CASCADE")


def _ddl(database: Database) -> Iterator[str]:
    """Return the statements that make the tables with their indexes, but for references to other tables."""
    for table in _TABLES:
        made = CreateTable(table, include_foreign_key_constraints=[])
        yield str(made.compile(dialect=database.engine.dialect))
        for index in table.indexes:
            yield str(CreateIndex(index).compile(dialect=database.engine.dialect))

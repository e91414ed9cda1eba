"""Filling a city with synthetic offers, beside the plainest way to write the same rows."""

import resource
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Table, select
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateIndex, CreateTable

from col_core.base.database import Database
from col_core.base.text import Analyser
from col_core.bench.figures import Figure
from col_core.bench.synthetic import Offers
from col_core.catalogue import index_rows, store
from col_core.catalogue.records import Opportunity, OrganiserRef
from col_core.catalogue.search import CatalogueIndex
from col_core.catalogue.search_tables import SearchEntryRow
from col_core.catalogue.tables import OpportunityRow
from col_core.house import OpenCity
from col_core.organisers import directory

_BATCH = 1_000
_MOST_MB = 300
_TABLES: tuple[Any, ...] = (OpportunityRow.__table__, SearchEntryRow.__table__)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Filled:
    """How long it took to write the offers (making them is not counted), and how much of that was the text index."""

    number: int
    seconds: float
    text_s: float
    memory_mb: float


class _Timed(CatalogueIndex):
    """The index of a city, with a watch on its text."""

    def __init__(self, city: OpenCity) -> None:
        config = city.house.config
        self._words = dict.fromkeys(config.languages, Analyser(city.languages))
        super().__init__(analysers=self._words, timezone=config.timezone, city_id=config.id)
        self.text_s = 0.0

    def put(self, session: Session, items: Sequence[tuple[int, Opportunity]]) -> None:
        present = index_rows.put_entries(session, items)
        begun = time.perf_counter()
        index_rows.put_text(session, items, self._words, present=present)
        self.text_s += time.perf_counter() - begun


def fill(city: OpenCity, number: int, *, progress: Progress, source_id: str = "bench", seed: int = 1) -> Filled:
    """Store `number` offers as an import does, and make sure that search sees all of them."""
    house = city.house
    index = _Timed(city)
    offers = Offers(bounds=house.config.bbox, now=house.clock.now(), seed=seed)
    with house.database.write() as session:
        made = directory.find_or_create(session, offers.organiser_names(number), clock=house.clock)
    organisers = [OrganiserRef(id=each.id, slug=each.slug, name=each.name) for each in made.values()]
    seconds, done = 0.0, 0
    for batch in offers.batches(number, organisers=organisers, size=_BATCH, source_id=source_id):
        begun = time.perf_counter()
        with house.database.write() as session:
            store.write_many(session, batch, index=index, clock=house.clock)
        seconds += time.perf_counter() - begun
        done += len(batch)
        progress("storing offers", done, number)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Filled(number=number, seconds=seconds, text_s=index.text_s, memory_mb=memory_mb)


def beside_raw(city: OpenCity, filled: Filled, folder: Path) -> list[Figure]:
    """Return what the import cost beside `executemany` of the same rows into the same tables, without a text index."""
    database = city.house.database
    raw_s = _raw_sqlite(database, folder / "raw.db") if database.dialect == "sqlite" else _raw_postgres(database)
    rates = {
        "before the text index": (filled.number / (filled.seconds - filled.text_s), 0.4),
        "text index, search and map ready": (filled.number / filled.seconds, 0.15),
    }
    raw = filled.number / raw_s
    figures = [
        Figure(
            what=f"import of normalised offers, {name}",
            ours=rate,
            unit="a second",
            beside="raw executemany",
            theirs=raw,
            ratio=rate / raw,
            goal=f"≥ {least:g} ×",
            reached=rate / raw >= least,
        )
        for name, (rate, least) in rates.items()
    ]
    return [
        *figures,
        Figure(
            what="memory of the importing process, at most",
            ours=filled.memory_mb,
            unit="MB",
            goal=f"≤ {_MOST_MB} MB",
            reached=filled.memory_mb <= _MOST_MB,
        ),
    ]


def _raw_sqlite(database: Database, file: Path) -> float:
    """Write the rows of the catalogue into an empty file with the same tables and indexes; return the seconds."""
    seconds = 0.0
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
        # Enough for one transaction: pages that must leave the cache before its end are written several times.
        raw.execute("PRAGMA cache_size=-65536")
        for table in _TABLES:
            for statement in _ddl(database, table):
                raw.execute(statement)
        for table, rows in _rows(database):
            marks = ", ".join("?" * len(table.columns))
            begun = time.perf_counter()
            raw.execute("BEGIN")
            raw.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows)  # noqa: S608
            raw.execute("COMMIT")
            seconds += time.perf_counter() - begun
    return seconds


def _raw_postgres(database: Database) -> float:
    seconds = 0.0
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as raw:
        raw.execute("CREATE SCHEMA raw")
        raw.execute("SET search_path TO raw, public")
        for table in _TABLES:
            for statement in _ddl(database, table):
                raw.execute(statement.encode())
        raw.commit()
        for table, rows in _rows(database):
            marks = ", ".join(["%s"] * len(table.columns))
            begun = time.perf_counter()
            with raw.cursor() as cursor:
                cursor.executemany(f"INSERT INTO raw.{table.name} VALUES ({marks})".encode(), rows)  # noqa: S608
            raw.commit()
            seconds += time.perf_counter() - begun
        raw.execute("DROP SCHEMA raw CASCADE")
    return seconds


def _ddl(database: Database, table: Table) -> Iterator[str]:
    """Return the statements that make a table with its indexes, but for references to other tables."""
    made = str(CreateTable(table, include_foreign_key_constraints=[]).compile(dialect=database.engine.dialect))
    yield made
    for index in table.indexes:
        yield str(CreateIndex(index).compile(dialect=database.engine.dialect))


def _rows(database: Database) -> Iterator[tuple[Table, list[tuple[Any, ...]]]]:
    """Return the rows of the catalogue as the driver gives them, some at a time."""
    for table in _TABLES:
        with database.read() as session:
            statement = str(select(table).order_by(table.c.pk).compile(dialect=database.engine.dialect))
            found = session.connection().exec_driver_sql(statement)
            for chunk in found.partitions(10 * _BATCH):
                yield table, [tuple(each) for each in chunk]

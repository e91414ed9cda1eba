"""The tables of a city as a backup sees them: which are stored, and how they are cleared and filled again."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import MetaData, Table, func, insert, inspect, select, text
from sqlalchemy.engine import Connection

# A table is known once its module is loaded; what no module of a short command loads would be left out of the backup.
import col_core.accounts.tables
import col_core.badges.achievements.tables
import col_core.badges.awards.tables
import col_core.badges.keyring.tables
import col_core.base.deletions
import col_core.base.heartbeats
import col_core.base.outbox
import col_core.base.ratelimit
import col_core.catalogue.search.tables
import col_core.catalogue.tables
import col_core.content.tables
import col_core.federation.exchange.tables
import col_core.federation.fediverse.tables
import col_core.federation.recognition.tables
import col_core.federation.tables
import col_core.federation.translating.tables
import col_core.federation.trust.tables
import col_core.organisers.tables
import col_core.passport.tables  # noqa: F401 (all of the above)
from col_core.base.database import Base
from col_core.catalogue.search.reindex import TEXT_TABLE

_ALEMBIC = "alembic_version"
_CHUNK = 500


def derived() -> set[str]:
    """Return the tables that are made again from others."""
    return {table.name for table in Base.metadata.tables.values() if table.info.get("derived")}


def stored(connection: Connection, *, older: bool) -> tuple[list[Table], list[str]]:
    """Return the tables that belong into a backup, those that others refer to first; and the names of strangers.

    A stranger is a table that this version does not know. In an `older` form of the database it counts as the
    city's, for that version may have known it.
    """
    there = [name for name in inspect(connection).get_table_names() if name != _ALEMBIC]
    there = [name for name in there if not name.startswith(TEXT_TABLE) and name not in derived()]
    strangers = [] if older else sorted(name for name in there if name not in Base.metadata.tables)
    return _reflected(connection, [name for name in there if name not in strangers]), strangers


def contents(connection: Connection) -> Mapping[str, int]:
    """Return how many rows each stored table holds, without those that hold none."""
    tables, _ = stored(connection, older=True)
    counted = {each.name: connection.scalar(select(func.count()).select_from(each)) or 0 for each in tables}
    return {name: number for name, number in counted.items() if number}


def clear(connection: Connection, also: Sequence[str]) -> None:
    """Take every table of the city away, and those called `also`, in the caller's transaction."""
    there = set(inspect(connection).get_table_names())
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    if TEXT_TABLE in there:
        connection.exec_driver_sql(f"DROP TABLE {TEXT_TABLE}")
    ours = there & (set(Base.metadata.tables) | {_ALEMBIC, *also})
    metadata = MetaData()
    metadata.reflect(connection, only=sorted(ours), resolve_fks=False)
    metadata.drop_all(connection)


@contextmanager
def filling(connection: Connection) -> Iterator[Sequence[Table]]:
    """Give the empty tables to fill in any order: what refers to what is checked at the end.

    A database that was just made may hold a first row of its own somewhere; it gives way to those of the backup.
    """
    tables, _ = stored(connection, older=True)
    references = _loosened(connection) if connection.dialect.name == "postgresql" else []
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    for each in reversed(tables):
        connection.execute(each.delete())
    yield tables
    for table, name, definition in references:
        connection.execute(text(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'))
    if connection.dialect.name == "postgresql":
        _set_counters(connection, tables)


def fill(connection: Connection, table: Table, rows: Iterator[Mapping[str, Any]]) -> Iterator[int]:
    """Insert `rows`; give, now and then, how many were inserted since."""
    chunk: list[Mapping[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            connection.execute(insert(table), chunk)
            yield len(chunk)
            chunk = []
    if chunk:
        connection.execute(insert(table), chunk)
        yield len(chunk)


def _reflected(connection: Connection, names: Sequence[str]) -> list[Table]:
    metadata = MetaData()
    metadata.reflect(connection, only=sorted(names), resolve_fks=False)
    return list(metadata.sorted_tables)


def _loosened(connection: Connection) -> list[tuple[str, str, str]]:
    """Drop the foreign keys; return table, name and definition of each, to be made again."""
    found = connection.execute(
        text(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
        )
    ).all()
    keys = [(str(table), str(name), str(definition)) for table, name, definition in found]
    for table, name, _ in keys:
        connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))
    return keys


def _set_counters(connection: Connection, tables: Sequence[Table]) -> None:
    """Let PostgreSQL count on from the highest number that is there; SQLite does so by itself."""
    for table in tables:
        for column in table.primary_key.columns:
            sequence = connection.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', column.name)))
            if sequence is not None:
                highest = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
                connection.execute(select(func.setval(sequence, highest, False)))

"""Migrations: the database is brought up from whatever version it has, in one transaction a step."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from col_core.base.database import Database
from col_core.base.file_lock import alone

# The last migration. Known here, so that a program that finds its database as it should be starts without Alembic.
NEWEST = "0076"
# Any number, the same for every version of this program.
_LOCK_KEY = 7_031_905
_VERSIONS = "alembic_version"


def upgrade(database: Database) -> None:
    """Bring `database` to the newest form. What is there stays; an interrupted step is undone by the engine.

    Raises ConfigError where a newer version wrote it, Unavailable where it cannot be had.
    """
    if _is_newest(database):
        return
    from col_core.base import migration_steps

    with database.connection() as connection, _alone(database, connection):
        migration_steps.missing(revision_of(connection))
        connection.rollback()
        migration_steps.take(connection)


def pending(database: Database) -> list[str]:
    """Return the names of the migrations that `database` still lacks, oldest first. Raises as `upgrade` does."""
    with database.read() as session:
        revision = revision_of(session.connection())
    if revision == NEWEST:
        return []
    from col_core.base import migration_steps

    return migration_steps.missing(revision)


def revision_of(connection: Connection) -> str | None:
    """Return the name of the last migration that was applied; None in a database without any."""
    if not inspect(connection).has_table(_VERSIONS):
        return None
    found: str | None = connection.scalar(text(f"SELECT version_num FROM {_VERSIONS}"))  # noqa: S608 (a name of ours)
    return found


def _is_newest(database: Database) -> bool:
    with database.read() as session:
        return revision_of(session.connection()) == NEWEST


@contextmanager
def _alone(database: Database, connection: Connection) -> Iterator[None]:
    """Let no other process upgrade meanwhile: a server and a worker often start at once. Ends with the process."""
    if database.dialect == "postgresql":
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK_KEY})
        connection.commit()
        try:
            yield
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK_KEY})
            connection.commit()
        return
    with alone(Path(f"{database.url.database}.upgrade")):
        yield

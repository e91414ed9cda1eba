"""Migrations: the database is brought up from whatever version it has, in one transaction a step."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import Connection

from col_core.base.database import Database
from col_core.base.errors import ConfigError

# Any number, the same for every version of this program.
_LOCK_KEY = 7_031_905
FOLDER = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Bring `database` to the newest form. What is there stays; an interrupted step is undone by the engine.

    Raises ConfigError where a newer version wrote it, Unavailable where it cannot be had.
    """
    config = _config()
    with database.connection() as connection, _alone(database, connection):
        missing(revision_of(connection))
        connection.rollback()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """Bring the database up to `revision` in the transaction that `connection` is in."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def revision_of(connection: Connection) -> str | None:
    """Return the name of the last migration that was applied; None in a database without any."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str) -> bool:
    """Tell whether this version knows the migration `revision`; a newer version may have others."""
    return any(each.revision == revision for each in ScriptDirectory.from_config(_config()).walk_revisions())


def pending(database: Database) -> list[str]:
    """Return the names of the migrations that `database` still lacks, oldest first. Raises as `upgrade` does."""
    with database.connection() as connection:
        return missing(revision_of(connection))


def missing(revision: str | None) -> list[str]:
    """Return the names of the migrations that lead from `revision` to the newest form, oldest first.

    Raises ConfigError for a revision that only a newer version knows.
    """
    if revision is not None and not is_known(revision):
        raise ConfigError(
            f"The database was written by a newer version of this program (its form is {revision}): install that "
            "version again, or restore a backup of before."
        )
    script = ScriptDirectory.from_config(_config())
    steps = [] if revision == script.get_current_head() else list(script.iterate_revisions("head", revision))
    return [f"{each.revision} ({each.doc})" for each in reversed(steps)]


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
    with Path(f"{database.url.database}.upgrade").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config

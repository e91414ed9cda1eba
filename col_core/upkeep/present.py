"""What is there before a backup takes its place, and whether it may."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from col_core.base import deletions, migrate, migration_steps
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.deletions import Deletion
from col_core.base.errors import Conflict
from col_core.base.files import FileStore
from col_core.base.settings import CityConfig
from col_core.upkeep import schema

# What a city has before anybody used it.
_WORTH_NOTHING = ("periodic_job",)


@dataclass(frozen=True, kw_only=True)
class Damaged:
    """A database that SQLite could not read and that was put aside: `deletions` is what of its journal was readable."""

    aside: Path
    deletions: Sequence[Deletion]


def check(config: CityConfig, database: Database, store: FileStore, *, clock: Clock, force: bool) -> Damaged | None:
    """Check that nothing is lost that nobody said may be. Raises Conflict.

    With `force`, a database that cannot be read is put aside: somebody may still get something out of it.
    """
    damage = _damage_of(database)
    if damage is not None:
        if not force:
            raise Conflict(
                f"The database {database.url.database} cannot be read ({damage}). --force puts it aside and restores "
                "the backup in its place."
            )
        return _put_aside(database, clock)
    with database.snapshot() as connection:
        form = migrate.revision_of(connection)
        if form is not None and not migration_steps.is_known(form):
            raise Conflict(f"The database here has a newer form ({form}) than this version knows.")
        held = {name: number for name, number in schema.contents(connection).items() if name not in _WORTH_NOTHING}
    files = sum(1 for _ in store.listing())
    if (held or files) and not force:
        lost = [f"{number} in {name}" for name, number in sorted(held.items(), key=lambda pair: (-pair[1], pair[0]))]
        lost += [f"{files} files"] if files else []
        raise Conflict(
            f"{config.id} is not empty; all of this would be lost: {', '.join(lost)}. Make a backup of it first, then "
            "say --force."
        )
    return None


def _damage_of(database: Database) -> str | None:
    """Return what is wrong with a file of SQLite, None where it is whole. PostgreSQL sees to that itself."""
    if database.dialect != "sqlite":
        return None
    try:
        with database.snapshot() as connection:
            said = str(connection.scalar(text("PRAGMA quick_check(1)")))
    except DatabaseError as error:
        # The lower byte is the kind, what stands above it a detail (https://www.sqlite.org/rescode.html).
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if code not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
        return str(error.orig)
    return None if said == "ok" else " ".join(said.split())


def _put_aside(database: Database, clock: Clock) -> Damaged:
    try:
        with database.read() as session:
            readable = deletions.listing(session)
    except DatabaseError:
        readable = []
    database.dispose()
    file = Path(str(database.url.database))
    aside = file.with_name(f"{file.name}.damaged-{clock.now():%Y%m%d-%H%M%S}")
    for ending in ("", "-wal", "-shm"):
        part = file.with_name(file.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return Damaged(aside=aside, deletions=readable)

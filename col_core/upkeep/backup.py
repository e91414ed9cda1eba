"""Making a backup: one moment of the database, the files, the secret, in one file.

Rows are written as text that both engines read (`rows.py`), so a backup of SQLite can be restored into PostgreSQL and
back, and no client program of the right version is needed. The city goes on while it is made.
"""

import re
import tempfile
from collections.abc import Sequence
from datetime import datetime
from errno import EDQUOT, ENOSPC
from importlib.metadata import version
from pathlib import Path

import msgspec
from sqlalchemy import Table, func, select
from sqlalchemy.engine import Connection

from col_core.base import keys, migrate, migration_steps, state_folder
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import ColError, Conflict, NotFound, StorageFull
from col_core.base.files import FileStore, open_store
from col_core.base.progress import Progress
from col_core.base.settings import CityConfig
from col_core.upkeep import marks, rows, schema
from col_core.upkeep.archive import (
    FILE_LIST,
    ArchiveWriter,
    file_entry,
    table_entry,
    written_whole,
)
from col_core.upkeep.records import (
    FORMAT,
    FORMAT_VERSION,
    SECRET,
    BackedUp,
    KeptFile,
    Manifest,
    Part,
    TablePart,
    silent,
)

_BLOCK = 1 << 20
_SPOOLED = 4 << 20
_TOLD_EVERY = 500
_NAMED = re.compile(r"-\d{8}-\d{6}\.zip")


def back_up(
    config: CityConfig,
    target: Path,
    *,
    clock: Clock,
    force: bool = False,
    keep: int | None = None,
    progress: Progress = silent,
) -> BackedUp:
    """Write a backup of the city to `target`: a new file, or a folder in which it gets a name by its time.

    `force` overwrites a file; `keep` deletes, in that folder, all but the newest `keep` backups of this city. Raises
    Conflict where the file is there, NotFound where its folder is not, StorageFull, and ColError.
    """
    made = clock.now()
    folder = target if target.is_dir() else None
    if keep is not None and folder is None:
        raise ColError(f"--keep needs a folder that is there, and {target} is none.")
    file = folder / name_of(config.id, made) if folder is not None else target
    database = Database(config.database_url)
    try:
        with (
            written_whole(file, replace=force) as out,
            database.snapshot() as connection,
            ArchiveWriter(out, made=made) as archive,
        ):
            done = _written(archive, connection, config, made, progress)
    except FileExistsError:
        raise Conflict(f"{file} is there already; --force overwrites it.") from None
    except FileNotFoundError as error:
        raise NotFound(f"There is no folder {file.parent}; make it first.") from error
    except OSError as error:
        if error.errno in (ENOSPC, EDQUOT):
            raise StorageFull(f"The disk of {file.parent} is full. No backup was written.", retry_after_s=60) from error
        raise ColError(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        database.dispose()
    state_folder.make(config.var)
    marks.note_backup(config.var, made=made, file=file.resolve())
    removed = _thinned(folder, config.id, keep) if folder is not None and keep is not None else ()
    return BackedUp(
        file=file,
        bytes=file.stat().st_size,
        rows=done[0],
        files=done[1],
        strangers=done[2],
        removed=removed,
    )


def name_of(city_id: str, made: datetime) -> str:
    """Return the name that a backup gets in a folder; names sort by time."""
    return f"{city_id}-{made:%Y%m%d-%H%M%S}.zip"


def _written(
    archive: ArchiveWriter, connection: Connection, config: CityConfig, made: datetime, progress: Progress
) -> tuple[int, int, Sequence[str]]:
    migration = migrate.revision_of(connection)
    if migration is None:
        raise NotFound(f"There is nothing to back up: the database of {config.id} is empty.")
    if not migration_steps.is_known(migration):
        raise ColError(
            f"The database was written by a newer version (its form is {migration}): back it up with that version."
        )
    tables, strangers = schema.stored(connection, older=bool(migration_steps.missing(migration)))
    parts = _tables(archive, connection, tables, progress)
    listed, number, size = _files(archive, open_store(config.files_url), progress)
    secret = keys.known_secret(config)
    kept = _secret(archive, secret) if secret is not None else None
    archive.say(
        Manifest(
            format=FORMAT,
            format_version=FORMAT_VERSION,
            city=config.id,
            made=made.isoformat(),
            version=version("city-of-learning"),
            engine=connection.dialect.name,
            migration=migration,
            tables=parts,
            file_list=listed,
            files=number,
            files_bytes=size,
            secret=kept,
        )
    )
    return sum(each.rows for each in parts.values()), number, strangers


def _tables(
    archive: ArchiveWriter, connection: Connection, tables: Sequence[Table], progress: Progress
) -> dict[str, TablePart]:
    total = sum(connection.scalar(select(func.count()).select_from(each)) or 0 for each in tables)
    parts: dict[str, TablePart] = {}
    done = 0
    for table in tables:
        columns, number = rows.columns_of(table), 0
        encode = rows.encoder(columns)
        ordered = select(table).order_by(*table.primary_key.columns)
        with archive.entry(table_entry(table.name)) as out:
            for row in connection.execute(ordered):
                out.write(encode(row))
                number, done = number + 1, done + 1
                if done % _TOLD_EVERY == 0 or done == total:
                    progress("rows", done, total)
            parts[str(table.name)] = TablePart(columns=columns, rows=number, bytes=out.bytes, sha256=out.sha256)
    return parts


def _files(archive: ArchiveWriter, store: FileStore, progress: Progress) -> tuple[Part, int, int]:
    """Write the files and their list; return the list, their number and their bytes.

    One that vanishes meanwhile is left out: what referred to it has gone too, or will be fetched again.
    """
    keys_ = sorted(store.listing())
    number, size = 0, 0
    # An archive has one open entry at a time, so the list waits until the files are written.
    with tempfile.SpooledTemporaryFile(max_size=_SPOOLED) as noted:
        for done, key in enumerate(keys_, 1):
            try:
                file = store.open(key)
            except NotFound:
                continue
            with file, archive.entry(file_entry(key), packed=False) as out:
                while block := file.read(_BLOCK):
                    out.write(block)
            noted.write(msgspec.json.encode(KeptFile(key=key, bytes=out.bytes, sha256=out.sha256)) + b"\n")
            number, size = number + 1, size + out.bytes
            progress("files", done, len(keys_))
        noted.seek(0)
        with archive.entry(FILE_LIST) as listed:
            while block := noted.read(_BLOCK):
                listed.write(block)
    return Part(bytes=listed.bytes, sha256=listed.sha256), number, size


def _secret(archive: ArchiveWriter, secret: str) -> Part:
    with archive.entry(SECRET, packed=False) as out:
        out.write(secret.encode("ascii"))
    return Part(bytes=out.bytes, sha256=out.sha256)


def _thinned(folder: Path, city_id: str, keep: int) -> Sequence[Path]:
    """Delete all but the newest `keep` backups that `back_up` named in `folder`; return what was deleted."""
    mine = sorted(each for each in folder.glob(f"{city_id}-*.zip") if _NAMED.fullmatch(each.name.removeprefix(city_id)))
    old = mine[: max(0, len(mine) - keep)]
    for each in old:
        each.unlink(missing_ok=True)
    return old

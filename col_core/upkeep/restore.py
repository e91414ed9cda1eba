"""Putting a backup in the place of a city: all of it or nothing, and nothing that others notice happens twice."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import structlog
from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from col_core.base import keys, migrate, outbox
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import ColError, Conflict, InvalidInput, StorageFull, Unavailable
from col_core.base.files import FileStore, media_type_of, open_store
from col_core.base.progress import Progress
from col_core.base.settings import CityConfig
from col_core.catalogue import reindex
from col_core.catalogue.hooks import SearchIndex
from col_core.house import open_city, search_index
from col_core.upkeep import marks, rows, schema
from col_core.upkeep.archive import Archive, file_entry, table_entry
from col_core.upkeep.records import SECRET, Manifest, Restored, silent

# What a city has before anybody used it.
_WORTH_NOTHING = ("periodic_job",)
# Room that a database needs beyond its rows: indexes, the search tables, a log of the transaction.
_ROOM = 3
_log = structlog.get_logger()


def restore(
    config: CityConfig,
    file: Path,
    *,
    clock: Clock,
    force: bool = False,
    run_pending: bool = False,
    progress: Progress = silent,
) -> Restored:
    """Make the city what the backup `file` holds, migrated to the form that this version expects.

    Everything in the file is checked before anything is touched. `force` replaces what is there. Jobs that waited
    when the backup was made may have run since: those that others notice are parked, unless `run_pending`. Raises
    InvalidInput for a file that is no whole backup, Conflict where something is there or still runs, ConfigError and
    PluginError where the city cannot be opened, StorageFull.
    """
    archive = Archive(file)
    try:
        _check_fit(config, archive, force=force)
        archive.verify(progress)
        index = search_index(config, clock=clock)
        config.var.mkdir(parents=True, exist_ok=True)
        database = Database(config.database_url)
        store = open_store(config.files_url)
        try:
            _check_empty(config, database, store, force=force)
            done = _replaced(config, archive, database, store, index, progress)
        finally:
            database.dispose()
        notes = _with_secret(config, archive)
        marks.end_restore(config.var)
        marks.end_restore(config.var)
        parked = _let_run(config, clock, everything=run_pending)
    finally:
        archive.close()
    return Restored(manifest=archive.manifest, rows=done[0], files=done[1], offers=done[2], parked=parked, notes=notes)


def _check_fit(config: CityConfig, archive: Archive, *, force: bool) -> None:
    manifest = archive.manifest
    if manifest.city != config.id and not force:
        raise Conflict(
            f"This is a backup of {manifest.city!r}, and the city here is {config.id!r}; --force restores it all the "
            "same."
        )
    if not migrate.is_known(manifest.migration):
        raise Conflict(
            f"The backup was made by a newer version ({manifest.version}, its database has the form "
            f"{manifest.migration}). Install that version or a newer one, then restore."
        )
    needed, free = archive.unpacked_bytes * _ROOM, shutil.disk_usage(_existing(config.var)).free
    if needed > free:
        raise StorageFull(
            f"Restoring takes up to {needed // 1_000_000} MB of disk, and {free // 1_000_000} MB are free. Nothing was "
            "touched.",
            retry_after_s=60,
        )


def _check_empty(config: CityConfig, database: Database, store: FileStore, *, force: bool) -> None:
    with database.snapshot() as connection:
        present = migrate.revision_of(connection)
        if present is not None and not migrate.is_known(present):
            raise Conflict(f"The database here has a newer form ({present}) than this version knows.")
        there = {name: number for name, number in schema.contents(connection).items() if name not in _WORTH_NOTHING}
    files = sum(1 for _ in store.listing())
    if (there or files) and not force:
        held = [f"{number} in {name}" for name, number in sorted(there.items(), key=lambda pair: (-pair[1], pair[0]))]
        held += [f"{files} files"] if files else []
        raise Conflict(
            f"{config.id} is not empty; all of this would be lost: {', '.join(held)}. Make a backup of it first, then "
            "say --force."
        )


def _replaced(
    config: CityConfig,
    archive: Archive,
    database: Database,
    store: FileStore,
    index: SearchIndex,
    progress: Progress,
) -> tuple[int, int, int]:
    """Replace the files and the database; return the numbers of rows, files and offers.

    The files are filled beside those that are there and change places after the database was committed.
    """
    try:
        with store.replacing() as fresh:
            files = _fill_files(archive, fresh, progress)
            with database.write() as session:
                number, offers = _fill_tables(archive, session, index, progress)
                # From here to the end it is neither the old city nor wholly the new one: a power cut leaves the note.
                marks.begin_restore(config.var, archive.file)
    except StorageFull:
        marks.end_restore(config.var)
        raise
    except Unavailable as error:
        marks.end_restore(config.var)
        raise Conflict(
            f"Something still uses the database ({error}) Stop `col serve` and `col worker` of this city, then restore "
            "again. Nothing was changed."
        ) from error
    except DBAPIError as error:
        marks.end_restore(config.var)
        raise InvalidInput(
            f"The database does not take what the backup holds ({str(error.orig).splitlines()[0]}). Nothing was "
            "changed."
        ) from error
    return number, files, offers


def _fill_files(archive: Archive, fresh: FileStore, progress: Progress) -> int:
    total = archive.manifest.files
    done = 0
    for done, each in enumerate(archive.files(), 1):
        fresh.put(each.key, archive.read(file_entry(each.key)), media_type_of(each.key))
        progress("files", done, total)
    return done


def _fill_tables(archive: Archive, session: Session, index: SearchIndex, progress: Progress) -> tuple[int, int]:
    manifest, connection = archive.manifest, session.connection()
    schema.clear(connection, also=list(manifest.tables))
    migrate.upgrade_within(connection, manifest.migration)
    total, done = sum(each.rows for each in manifest.tables.values()), 0
    with schema.filling(connection) as tables:
        _check_tables(manifest, tables)
        for table in tables:
            if table.name not in manifest.tables:
                continue
            for number in schema.fill(connection, table, _rows(archive, table)):
                done += number
                progress("rows", done, total)
    migrate.upgrade_within(connection)
    outbox.park(session, reason="It waited when the backup was made.")
    return total, reindex.rebuild(session, index)


def _rows(archive: Archive, table: Table) -> Iterator[Mapping[str, object]]:
    decode = rows.decoder(table, archive.manifest.tables[table.name].columns)
    return map(decode, archive.lines(table_entry(table.name)))


def _check_tables(manifest: Manifest, tables: Sequence[Table]) -> None:
    lost = sorted(manifest.tables.keys() - {each.name for each in tables})
    if lost:
        raise InvalidInput(
            f"The backup holds tables that this version does not know: {', '.join(lost)}. Nothing was changed; restore "
            f"it with the version that wrote it ({manifest.version})."
        )


def _with_secret(config: CityConfig, archive: Archive) -> list[str]:
    """Put the secret of the backup in its place; return what the manager should know about it."""
    if archive.manifest.secret is None:
        return ["The backup holds no secret: a new one is made at the start, and everybody signs in again."]
    secret = archive.read(SECRET).decode("ascii")
    if not config.secret_key:
        keys.keep_secret(config.var, secret, replace=True)
        return []
    if config.secret_key != secret:
        return ["COL_SECRET_KEY is another secret than that of the backup: cookies and links of before are not valid."]
    return []


def _let_run(config: CityConfig, clock: Clock, *, everything: bool) -> int:
    """Let parked jobs run that nobody outside notices, or all of them; return how many stay parked."""
    try:
        with open_city(config, clock=clock) as city, city.house.database.write() as session:
            inside = None if everything else [job.name for job in city.worker().jobs if not job.outside]
            outbox.release(session, now=clock.now(), jobs=inside)
            return sum(each.number for each in outbox.kept(session) if each.state == outbox.PARKED)
    except ColError as error:
        # The data is there; what waits stays parked, and the reason shows at the next start too.
        _log.warning("restore.not_opened", reason=str(error))
        return 0


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())

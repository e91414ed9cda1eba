"""Putting a backup in the place of a city: all of it or nothing.

Nothing that others notice happens twice, and what was taken away for good after the backup was made stays away.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from col_core.badges.awards import status
from col_core.base import deletions, keys, migration_steps, outbox
from col_core.base.at_work import at_rest
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.deletions import Deletable, Repeated
from col_core.base.errors import ColError, Conflict, InvalidInput, StorageFull, Unavailable
from col_core.base.files import FileStore, media_type_of, open_store
from col_core.base.progress import Progress
from col_core.base.settings import CityConfig
from col_core.catalogue.hooks import SearchIndex
from col_core.catalogue.search import reindex
from col_core.house import deletables, open_city, search_index
from col_core.upkeep import marks, present, rows, schema, told
from col_core.upkeep.archive import Archive, file_entry, table_entry
from col_core.upkeep.present import Damaged
from col_core.upkeep.records import SECRET, Manifest, Restored, silent
from col_core.upkeep.told import Told

# Room that a database needs beyond its rows: indexes, the search tables, a log of the transaction.
_ROOM = 3
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """What a restore works with. `told` is what files tell of deletions."""

    config: CityConfig
    clock: Clock
    archive: Archive
    index: SearchIndex
    deletables: Sequence[Deletable]
    damaged: Damaged | None
    told: Told
    progress: Progress


@dataclass(frozen=True, kw_only=True)
class _Filled:
    """What the tables hold now. `is_told` says whether anything told what was deleted after the backup was made."""

    rows: int
    offers: int
    repeated: Repeated
    is_told: bool


def restore(
    config: CityConfig,
    file: Path,
    *,
    clock: Clock,
    force: bool = False,
    run_pending: bool = False,
    deletions_file: Path | None = None,
    progress: Progress = silent,
) -> Restored:
    """Make the city what the backup `file` holds, migrated to the form that this version expects.

    Everything in the file is checked before anything is touched. `force` replaces what is there. Jobs that waited
    when the backup was made may have run since: those that others notice are parked, unless `run_pending`. What was
    taken away for good since is taken away again: the database that is there, its file of deletions and
    `deletions_file` tell of it. Raises InvalidInput for a file that is no whole backup, Conflict where something is
    there or a process of the city runs, ConfigError and PluginError where the city cannot be opened, StorageFull.
    """
    archive = Archive(file)
    try:
        _check_fit(config, archive, force=force)
        by_files = told.by_files(config, deletions_file)
        with at_rest(config):
            archive.verify(progress)
            index = search_index(config, clock=clock)
            database = Database(config.database_url)
            store = open_store(config.files_url)
            try:
                damaged = present.check(config, database, store, clock=clock, force=force)
                parts = _Parts(
                    config=config,
                    clock=clock,
                    archive=archive,
                    index=index,
                    deletables=deletables(index, clock=clock),
                    damaged=damaged,
                    told=by_files,
                    progress=progress,
                )
                filled, files = _replaced(parts, database, store)
            finally:
                database.dispose()
            notes = [*_with_secret(config, archive), *_notes(parts, filled)]
            marks.end_restore(config.var)
            parked = _let_run(config, clock, everything=run_pending)
    finally:
        archive.close()
    return Restored(
        manifest=archive.manifest,
        rows=filled.rows,
        files=files,
        offers=filled.offers,
        deleted_again=filled.repeated.number,
        parked=parked,
        notes=notes,
    )


def _check_fit(config: CityConfig, archive: Archive, *, force: bool) -> None:
    manifest = archive.manifest
    if manifest.city != config.id and not force:
        raise Conflict(
            f"This is a backup of {manifest.city!r}, and the city here is {config.id!r}; --force restores it all the "
            "same."
        )
    if not migration_steps.is_known(manifest.migration):
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


def _replaced(parts: _Parts, database: Database, store: FileStore) -> tuple[_Filled, int]:
    """Replace the files and the database; return what the tables hold now and how many files there are.

    The files are filled beside those that are there and change places after the database was committed.
    """
    var = parts.config.var
    try:
        with store.replacing() as fresh:
            files = _fill_files(parts.archive, fresh, parts.progress)
            with database.write() as session:
                filled = _fill_tables(parts, session)
                # From here to the end it is neither the old city nor wholly the new one: a power cut leaves the note.
                marks.begin_restore(var, parts.archive.file)
    except StorageFull:
        marks.end_restore(var)
        raise
    except Unavailable as error:
        marks.end_restore(var)
        raise Conflict(
            f"Something still uses the database ({error}) Stop whatever does, then restore again. Nothing was changed."
        ) from error
    except DBAPIError as error:
        marks.end_restore(var)
        raise InvalidInput(
            f"The database does not take what the backup holds ({str(error.orig).splitlines()[0]}). Nothing was "
            "changed."
        ) from error
    return filled, files


def _fill_files(archive: Archive, fresh: FileStore, progress: Progress) -> int:
    total = archive.manifest.files
    done = 0
    for done, each in enumerate(archive.files(), 1):
        fresh.put(each.key, archive.read(file_entry(each.key)), media_type_of(each.key))
        progress("files", done, total)
    return done


def _fill_tables(parts: _Parts, session: Session) -> _Filled:
    archive, manifest, connection = parts.archive, parts.archive.manifest, session.connection()
    is_told = parts.told.is_known or deletions.is_kept(session)
    gone = [*parts.told.deletions, *(parts.damaged.deletions if parts.damaged is not None else ())]
    # Of the database that is about to go, in the transaction in which it does.
    gone += deletions.listing(session)
    schema.clear(connection, also=list(manifest.tables))
    migration_steps.take(connection, manifest.migration)
    total, done = sum(each.rows for each in manifest.tables.values()), 0
    with schema.filling(connection) as tables:
        _check_tables(manifest, tables)
        for table in tables:
            if table.name not in manifest.tables:
                continue
            for number in schema.fill(connection, table, _rows(archive, table)):
                done += number
                parts.progress("rows", done, total)
    migration_steps.take(connection)
    outbox.park(session, reason="It waited when the backup was made.")
    # A place in a status list that was given away after the backup must not be given to another badge.
    status.close_all(session)
    offers = reindex.rebuild(session, parts.index)
    repeated = deletions.delete_again(session, gone, parts.deletables, clock=parts.clock)
    return _Filled(rows=total, offers=offers, repeated=repeated, is_told=is_told)


def _notes(parts: _Parts, filled: _Filled) -> list[str]:
    notes = list(parts.told.notes)
    if parts.damaged is not None:
        notes.append(
            f"The database that was here cannot be read; it is now {parts.damaged.aside}. Delete it when nobody needs "
            "it any more."
        )
    if not filled.is_told:
        notes.append(
            "Nothing here tells whether anything was deleted after the backup was made; if so, it is back. Is there a "
            "copy of the city's deletions.jsonl? Then restore again with --deletions FILE."
        )
    days = parts.config.privacy.deletions_days
    if parts.clock.now() - datetime.fromisoformat(parts.archive.manifest.made) > timedelta(days=days):
        notes.append(
            f"The backup is older than the list of deletions reaches back ([privacy] deletions_days, {days} days): "
            "what was deleted before that is back."
        )
    for kind, number in filled.repeated.unknown.items():
        notes.append(f"{number} deletions are of the kind {kind!r}, which this version does not know: look for them.")
    return notes


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

"""What the doctor looks at on the machine: database, disk, secret, backups, the worker and its jobs."""

import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text

from col_core.base import heartbeats, keys, outbox
from col_core.base.checks import Finding, Weight
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import ConfigError
from col_core.base.ratelimit import limits_fault
from col_core.base.settings import CityConfig
from col_core.upkeep import marks

_BACKUP_AGE = timedelta(days=7)
_WORKER_AGE = timedelta(minutes=5)
_LITTLE_BYTES = 2_000_000_000
# A look at every page of a larger file takes too long for a command that one waits for.
_LOOKED_THROUGH_BYTES = 500_000_000


@dataclass(frozen=True, kw_only=True)
class DiskCheck:
    """Whether there is room, and whether only the city's own user reads what it keeps."""

    config: CityConfig
    area: str = "disk"

    def look(self) -> Iterator[Finding]:
        var = self.config.var
        place = next(each for each in (var, *var.parents) if each.exists())
        free = shutil.disk_usage(place).free
        # With less, the city says of itself that it is not ready (`col_core/web/health.py`).
        least = self.config.limits.free_disk_mb * 1_000_000
        if free < max(_LITTLE_BYTES, 3 * least):
            yield Finding(
                weight=Weight.MEND if free < 1.5 * least else Weight.RISK,
                what=f"{free // 1_000_000} MB are free on the disk of {place}.",
                means="When it is full nothing can be saved any more: no registration, no offer, no backup.",
                mend="Make room (old backups first), or give the city a larger disk.",
            )
        if var.exists() and _anybody_may_look_into(var):
            yield Finding(
                weight=Weight.RISK,
                what=f"Every user of this machine can look into {var}.",
                means="The database there holds personal data.",
                mend=f"chmod 700 {var}",
            )


def _anybody_may_look_into(folder: Path) -> bool:
    way = all(each.stat().st_mode & stat.S_IXOTH for each in folder.resolve().parents)
    return way and bool(folder.stat().st_mode & stat.S_IROTH)


@dataclass(frozen=True, kw_only=True)
class SecretCheck:
    """Whether the city has a secret that is worth its name."""

    config: CityConfig
    area: str = "secret"

    def look(self) -> Iterator[Finding]:
        try:
            secret = keys.known_secret(self.config)
        except ConfigError as error:
            yield Finding(
                weight=Weight.MEND, what=str(error), means="The city does not start.", mend="As it says there."
            )
            return
        file = self.config.var / keys.SECRET_FILE
        if secret is None:
            yield Finding(
                weight=Weight.HINT,
                what="The city has no secret yet.",
                means="It is made at the first start, and signs cookies and links.",
                mend="Start `col serve`. A city on several machines needs the same COL_SECRET_KEY on all of them.",
            )
        elif not self.config.secret_key and stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield Finding(
                weight=Weight.MEND,
                what=f"Others than the city's user can read {file}.",
                means="Who knows the secret can sign in as anybody.",
                mend=f"chmod 600 {file}. If somebody may have read it: delete it; everybody signs in again.",
            )


@dataclass(frozen=True, kw_only=True)
class DatabaseCheck:
    """Whether the database can do what the city needs of it, and is whole."""

    database: Database
    area: str = "database"

    def look(self) -> Iterator[Finding]:
        if self.database.dialect != "sqlite":
            return
        with self.database.read() as session:
            options = {row[0] for row in session.execute(text("PRAGMA compile_options"))}
            size = session.scalar(text("PRAGMA page_count")) * session.scalar(text("PRAGMA page_size"))
            said = session.scalar(text("PRAGMA quick_check(1)")) if size < _LOOKED_THROUGH_BYTES else "ok"
            journal = session.scalar(text("PRAGMA journal_mode"))
        if "ENABLE_FTS5" not in options:
            yield Finding(
                weight=Weight.MEND,
                what="The SQLite of this Python has no full-text search (FTS5).",
                means="Nothing can be found by words.",
                mend="Use a Python that brings a complete SQLite, as Debian's does, or PostgreSQL.",
            )
        if journal != "wal":
            yield Finding(
                weight=Weight.RISK,
                what=f"The database runs in journal mode {journal} instead of WAL.",
                means="Readers wait for writers. Network disks often do not allow WAL, and may lose data.",
                mend="Put the state folder on a disk of this machine, or use PostgreSQL.",
            )
        if said != "ok":
            yield Finding(
                weight=Weight.MEND,
                what=f"The database file is damaged: {said}",
                means="What is in the damaged part cannot be read, and more may be lost.",
                mend="Stop the city, keep a copy of the file, and restore the last good backup.",
            )


@dataclass(frozen=True, kw_only=True)
class LimitsCheck:
    """Whether what visitors do too often is counted where the city says."""

    config: CityConfig
    area: str = "limits"

    def look(self) -> Iterator[Finding]:
        said = limits_fault(self.config.jobs_url)
        if said is not None:
            yield Finding(
                weight=Weight.MEND,
                what=f"Redis does not count: {said}",
                means="Nobody is turned away, however many forms or requests come from one place.",
                mend="Correct COL_JOBS_URL ([jobs] url in city.toml); without it the city counts by itself.",
            )


@dataclass(frozen=True, kw_only=True)
class BackupCheck:
    """Whether there is a fresh backup, and whether a restore broke off."""

    config: CityConfig
    clock: Clock
    area: str = "backup"

    def look(self) -> Iterator[Finding]:
        broken = marks.unfinished_restore(self.config.var)
        if broken is not None:
            yield Finding(
                weight=Weight.MEND,
                what=f"A restore of {broken} broke off in the middle.",
                means="Database, files and secret may come from two different days.",
                mend=f"Restore again: `col restore {broken} --force`.",
            )
        last = marks.last_backup(self.config.var)
        if last is None or not last.file.exists():
            yield Finding(
                weight=Weight.MEND,
                what="There is no backup." if last is None else f"The last backup, {last.file}, is gone.",
                means="When the disk fails, everything is lost.",
                mend="Run `col backup FOLDER --keep 14` every night (deploy/ has a timer); copy it to another place.",
            )
        elif self.clock.now() - last.made > _BACKUP_AGE:
            yield Finding(
                weight=Weight.MEND,
                what=f"The last backup is {(self.clock.now() - last.made).days} days old.",
                means="Whatever came in since would be lost.",
                mend="Look why the nightly backup does not run: `systemctl status col-backup@CITY.timer`.",
            )


@dataclass(frozen=True, kw_only=True)
class WorkerCheck:
    """Whether the background work is done."""

    config: CityConfig
    database: Database
    clock: Clock
    area: str = "worker"

    def look(self) -> Iterator[Finding]:
        with self.database.read() as session:
            last = heartbeats.last_seen(session)
            kept = outbox.kept(session)
        if last is None or self.clock.now() - last > _WORKER_AGE:
            zone = ZoneInfo(self.config.timezone)
            seen = f"since {last.astimezone(zone):%Y-%m-%d %H:%M}" if last else "for a day"
            yield Finding(
                weight=Weight.MEND,
                what=f"No worker was seen {seen}.",
                means="No source is read, no picture fetched, no mail sent.",
                mend="Start `col worker` beside `col serve`, and see to it that it starts with the machine.",
            )
        dead = sum(each.number for each in kept if each.state == outbox.DEAD)
        parked = sum(each.number for each in kept if each.state == outbox.PARKED)
        if dead:
            yield Finding(
                weight=Weight.RISK,
                what=f"{dead} jobs failed for good.",
                means="What they were to do did not happen.",
                mend="`col jobs list` says which and why; `col jobs release --failed` tries them again, "
                "`col jobs drop --failed` forgets them.",
            )
        if parked:
            yield Finding(
                weight=Weight.RISK,
                what=f"{parked} jobs wait for a decision since a backup was restored.",
                means="Mail or news for partners may be among them; they may have gone out before.",
                mend="`col jobs list`, then `col jobs release` or `col jobs drop`.",
            )


@dataclass(frozen=True, kw_only=True)
class FilesCheck:
    """Whether every file of the city's folder can be read by who runs it."""

    config: CityConfig
    area: str = "files"

    def look(self) -> Iterator[Finding]:
        unreadable = [each for each in sorted(self.config.dir.rglob("*")) if each.is_file() and not _readable(each)]
        if unreadable:
            yield Finding(
                weight=Weight.MEND,
                what=f"{len(unreadable)} files of the city cannot be read, such as {unreadable[0]}.",
                means="What they hold is missing on the portal.",
                mend="Give them to the user that runs the city: chown, or chmod a+r.",
            )


def _readable(file: Path) -> bool:
    try:
        file.open("rb").close()
    except OSError:
        return False
    return True

"""The city's files of badges, brought into the database: at the start, and whenever one of them has changed."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog
from sqlalchemy.orm import Session

from col_core.badges.achievements import defining, files, reading, skills
from col_core.badges.achievements.files import ReadBadge
from col_core.badges.achievements.records import Draft, Origin
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import ColError, Conflict, Unavailable
from col_core.base.faults import Fault
from col_core.base.files import FileStore
from col_core.base.jobs import Periodic
from col_core.base.settings import CityConfig
from col_core.organisers import directory

_log = structlog.get_logger()
_EVERY_S = 60
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Synced:
    """What came of it: the ids that are new, that say something else now, that are there no more; and the faults."""

    new: Sequence[str] = ()
    changed: Sequence[str] = ()
    archived: Sequence[str] = ()
    unchanged: int = 0
    faults: Sequence[Fault] = field(default=())


class BadgeFiles:
    """The badges of `content/badges/`. `symbols` gives what a badge may show, by name."""

    def __init__(
        self,
        config: CityConfig,
        *,
        database: Database,
        store: FileStore,
        clock: Clock,
        symbols: Callable[[], Mapping[str, str]],
    ) -> None:
        self._config, self._database, self._store, self._clock = config, database, store, clock
        self._symbols = symbols
        self._seen: Stamp | None = None
        self._busy = threading.Lock()

    def faults(self) -> Sequence[Fault]:
        """Return everything that is wrong in the files, without storing anything."""
        read = self._read()
        # The doctor asks this of a city whose database may not be there yet; few files need what is in it.
        if any(not skill.label for each in read if each.draft is not None for skill in each.draft.skills):
            with self._database.read() as session:
                read = [self._named(session, each) for each in read]
        return [fault for each in read for fault in each.faults]

    def sync(self) -> Synced:
        """Store what the files say now. A file that cannot be used leaves its badge as it was."""
        read = self._read()
        new, changed, unchanged, faults = list[str](), list[str](), 0, list[Fault]()
        with self._database.write() as session:
            for each in (self._named(session, each) for each in read):
                faults += each.faults
                if each.draft is None:
                    continue
                before = reading.current(session, each.id)
                try:
                    now = self._define(session, each, each.draft)
                except Conflict as error:
                    faults.append(Fault(file=each.file, line=1, message=str(error)))
                    continue
                if before is None:
                    new.append(each.id)
                elif before != now:
                    changed.append(each.id)
                else:
                    unchanged += 1
            archived = defining.archive_missing(session, (each.id for each in read), clock=self._clock)
        return Synced(new=new, changed=changed, archived=archived, unchanged=unchanged, faults=faults)

    def freshen(self) -> None:
        """Store what the files say if one of them has changed; whoever asks goes on if that cannot be done now."""
        stamp = _stamp(self._config.content)
        if stamp == self._seen or not self._busy.acquire(blocking=False):
            return
        try:
            synced = self.sync()
            self._seen = stamp
            for each in synced.faults:
                _log.warning("achievements.fault", file=str(each.file), line=each.line, reason=each.message)
        except Unavailable as error:
            _log.warning("achievements.not_read", reason=str(error))
        except ColError as error:
            # The same files would fail again at every request.
            self._seen = stamp
            _log.error("achievements.not_read", reason=str(error))
        finally:
            self._busy.release()

    def periodics(self) -> list[Periodic]:
        """Return the work that notices changed files where no page is asked for."""
        return [Periodic(name="achievements.files", every_s=_EVERY_S, run=self.freshen, at_start=True)]

    def _read(self) -> list[ReadBadge]:
        symbols = self._symbols()
        found = files.badge_files(self._config.content)
        return [files.read(each, languages=self._config.languages, symbols=symbols) for each in found]

    def _named(self, session: Session, read: ReadBadge) -> ReadBadge:
        """Return `read` with the names of its skills as far as the city knows them; one without any is a fault."""
        if read.draft is None or not read.draft.skills:
            return read
        known = skills.labels(session, [each.uri for each in read.draft.skills if each.uri is not None])
        named = tuple(
            replace(each, label={**_of(known.get(each.uri or "", {}), self._config.languages), **each.label})
            for each in read.draft.skills
        )
        nameless = [
            Fault(
                file=read.file,
                line=1,
                message=f"skills (number {number}) label is missing; expected what {each.uri} is called, per language "
                "(or `col skills import DIR`, which brings ESCO's names).",
            )
            for number, each in enumerate(named, start=1)
            if not each.label
        ]
        draft = replace(read.draft, skills=named) if not nameless else None
        return replace(read, draft=draft, faults=(*read.faults, *nameless))

    def _define(self, session: Session, read: ReadBadge, draft: Draft) -> object:
        organiser_id = None
        if read.organisation is not None:
            known = directory.by_slug(session, read.organisation)
            organiser = (
                known or directory.find_or_create(session, [read.organisation], clock=self._clock)[read.organisation]
            )
            organiser_id = organiser.id
        key = draft.picture.own_key
        if key is not None and read.own_picture is not None and not self._store.exists(key):
            self._store.put(key, read.own_picture, "image/png")
        return defining.define(
            session, replace(draft, organiser_id=organiser_id), origin=Origin.FILE, clock=self._clock
        )


def _of(labels: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    return {tag: label for tag, label in labels.items() if tag in languages}


def _stamp(content: Path | None) -> Stamp:
    """Return what changes with any file of the folder, pictures included."""
    folder = content / files.FOLDER if content is not None else None
    if folder is None:
        return ()
    try:
        seen = [(each.name, each.stat()) for each in folder.iterdir() if not each.name.startswith(".")]
    except OSError:
        return ()
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in seen))

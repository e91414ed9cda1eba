"""The journal of deletions as a file beside the database, one line of JSON an entry, and the work that keeps it.

It is small, only grows at its end (but for what is forgotten by age), and bears what goes wrong with files: an entry
that stands there twice, a last line that was torn by a power cut.
"""

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from col_core.base import deletions
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.deletions import COPY_JOB, LONGEST_KEY, LONGEST_KIND, Deletion
from col_core.base.file_lock import alone
from col_core.base.jobs import Job, Periodic
from col_core.base.settings import CityConfig

FILE = "deletions.jsonl"
_LONGEST_LINE = 4_096
_DAY_S = 86_400


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What such a file says. `unreadable` are the numbers of its lines that say nothing, a torn last one left out."""

    deletions: Sequence[Deletion] = ()
    unreadable: Sequence[int] = ()


def read(file: Path) -> Said:
    """Return what `file` says. Raises OSError."""
    found: list[Deletion] = []
    unreadable: list[int] = []
    with file.open("rb") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(_LONGEST_LINE), b""), 1):
            entry = _entry(line)
            if entry is not None:
                found.append(entry)
            elif line.endswith(b"\n") or len(line) == _LONGEST_LINE:
                unreadable.append(number)
    return Said(deletions=found, unreadable=unreadable)


def write_down(file: Path, told: Sequence[Deletion], *, since: datetime) -> None:
    """Bring `file` up to what the journal tells; entries of before `since` are forgotten.

    When it returns, a power cut takes nothing of it away. Raises OSError.
    """
    # Not a lock on the file itself: it may be put in its own place anew.
    with alone(file.with_name(f"{file.name}.lock")):
        said = read(file) if file.exists() else None
        if said is None or any(each.deleted < since for each in said.deletions):
            kept = [*(said.deletions if said is not None else ()), *told]
            _write_anew(file, [each for each in deletions.newest(kept) if each.deleted >= since])
            return
        known = set(said.deletions)
        missing = [each for each in told if each not in known and each.deleted >= since]
        if missing:
            _append(file, missing)


@dataclass(frozen=True, kw_only=True)
class DeletionsWork:
    """What happens in the background: each deletion is copied into the file, and forgotten when its time has come."""

    config: CityConfig
    database: Database
    clock: Clock

    def jobs(self) -> list[Job]:
        return [Job(name=COPY_JOB, run=self._copy, outside=False)]

    def periodics(self) -> list[Periodic]:
        return [Periodic(name="deletions.keep", every_s=_DAY_S, run=self._forget, at_start=True)]

    def _copy(self, payload: Mapping[str, Any]) -> None:  # noqa: ARG002 (a job gets its payload)
        with self.database.read() as session:
            told = deletions.listing(session)
        since = self.clock.now() - timedelta(days=self.config.privacy.deletions_days)
        write_down(self.config.var / FILE, told, since=since)

    def _forget(self) -> None:
        with self.database.write() as session:
            deletions.forget_old(session, days=self.config.privacy.deletions_days, clock=self.clock)
        self._copy({})


def _entry(line: bytes) -> Deletion | None:
    """Return what a line says; None where it says nothing, or has no end and so may be torn."""
    if not line.endswith(b"\n"):
        return None
    try:
        said = msgspec.json.decode(line, type=Deletion)
        if said.deleted.tzinfo is None or "\0" in said.kind + said.key:
            return None
        deleted = said.deleted.astimezone(UTC)
    except (msgspec.DecodeError, ValueError, OverflowError):
        return None
    fits = 0 < len(said.kind) <= LONGEST_KIND and 0 < len(said.key) <= LONGEST_KEY
    return Deletion(kind=said.kind, key=said.key, deleted=deleted) if fits else None


def _lines(entries: Iterable[Deletion]) -> bytes:
    return b"".join(msgspec.json.encode(each) + b"\n" for each in entries)


def _append(file: Path, entries: Sequence[Deletion]) -> None:
    with file.open("r+b") as out:
        end = out.seek(0, os.SEEK_END)
        out.seek(max(0, end - _LONGEST_LINE))
        tail = out.read()
        # What a power cut left of a last line goes; the journal still has it, so it is among `entries`.
        out.seek(end - len(tail) + tail.rfind(b"\n") + 1)
        out.truncate()
        out.write(_lines(entries))
        out.flush()
        os.fsync(out.fileno())


def _write_anew(file: Path, entries: Sequence[Deletion]) -> None:
    # mkstemp makes the file with mode 0600.
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    made = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(_lines(entries))
            out.flush()
            os.fsync(out.fileno())
        made.replace(file)
    finally:
        made.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

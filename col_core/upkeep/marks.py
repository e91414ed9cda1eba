"""Small notes in a city's state folder: when the last backup was made, and whether a restore broke off."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_BACKUP = "last-backup.json"
_RESTORE = "restore-unfinished"


@dataclass(frozen=True, kw_only=True)
class LastBackup:
    """The last backup that was made of this city, and where it was put."""

    made: datetime
    file: Path


def note_backup(var: Path, *, made: datetime, file: Path) -> None:
    """Remember a backup. Raises OSError."""
    (var / _BACKUP).write_text(json.dumps({"made": made.isoformat(), "file": str(file)}), encoding="utf-8")


def last_backup(var: Path) -> LastBackup | None:
    """Return the last backup, or None where none was made yet or the note cannot be read."""
    try:
        said = json.loads((var / _BACKUP).read_text(encoding="utf-8"))
        return LastBackup(made=datetime.fromisoformat(said["made"]), file=Path(said["file"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def begin_restore(var: Path, file: Path) -> None:
    """Note that a restore of `file` began to replace what is there. Raises OSError."""
    (var / _RESTORE).write_text(str(file), encoding="utf-8")


def end_restore(var: Path) -> None:
    """Note that the restore came to its end."""
    (var / _RESTORE).unlink(missing_ok=True)


def unfinished_restore(var: Path) -> str | None:
    """Return the file whose restore broke off in the middle, or None."""
    try:
        return (var / _RESTORE).read_text(encoding="utf-8")
    except OSError:
        return None

"""What a backup holds, and what came of making or restoring one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FORMAT = "city-of-learning-backup"
FORMAT_VERSION = 1
SECRET = "secret.key"


def silent(what: str, done: int, total: int) -> None:
    """Show nothing."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One entry of the archive: its size in bytes as it is unpacked, and its SHA-256 in hexadecimal."""

    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class TablePart(Part):
    """One table. `columns` are pairs of name and kind (see `rows.py`), in the order of the values of a row."""

    columns: Sequence[tuple[str, str]]
    rows: int


@dataclass(frozen=True, kw_only=True)
class KeptFile(Part):
    """One file of the city's store."""

    key: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup says of itself. `made` is an ISO 8601 instant; `migration` the form that the tables have.

    `file_list` is the entry that names each file of the store with its hash; `secret` is None where the city had
    none yet.
    """

    format: str
    format_version: int
    city: str
    made: str
    version: str
    engine: str
    migration: str
    tables: Mapping[str, TablePart]
    file_list: Part
    files: int
    files_bytes: int
    secret: Part | None


@dataclass(frozen=True, kw_only=True)
class BackedUp:
    """A backup that was written. `strangers` are tables that no migration of ours makes: they are not in it."""

    file: Path
    bytes: int
    rows: int
    files: int
    strangers: Sequence[str]
    removed: Sequence[Path] = ()


@dataclass(frozen=True, kw_only=True)
class Restored:
    """A backup that now is the city. `deleted_again` counts what it brought back and what was taken away once more;
    `parked` counts jobs that wait for a person to say whether they still run."""

    manifest: Manifest
    rows: int
    files: int
    offers: int
    deleted_again: int
    parked: int
    notes: Sequence[str]

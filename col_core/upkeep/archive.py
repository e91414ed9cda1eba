"""The file that a backup is: a ZIP whose `manifest.json` names every other entry with its size and SHA-256.

Written in one go, entry by entry. Read only after everything in it was found to be what the manifest says; nothing is
ever unpacked under a name that stands in it.
"""

import hashlib
import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO, Self

import msgspec

from col_core.base import strict_json
from col_core.base.errors import InvalidInput, Malformed
from col_core.base.progress import Progress
from col_core.upkeep.records import FORMAT, FORMAT_VERSION, SECRET, KeptFile, Manifest, Part

MANIFEST = "manifest.json"
FILE_LIST = "files.jsonl"
_MAX_MANIFEST = 16_000_000
_MAX_LINE = 64_000_000
_BLOCK = 1 << 20
_ENCRYPTED = 0x1
# An entry that is packed tighter than this is no backup of ours but a bomb: DEFLATE reaches 1,032 on zeros.
_MAX_RATIO = 500
_SMALL = 10_000_000


def table_entry(table: str) -> str:
    return f"tables/{table}.jsonl"


def file_entry(key: str) -> str:
    return f"files/{key}"


class Sink:
    """One entry that is being written. Counts and hashes what goes in."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._hash = hashlib.sha256()
        self.bytes = 0

    def write(self, data: bytes) -> None:
        self._out.write(data)
        self._hash.update(data)
        self.bytes += len(data)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


class ArchiveWriter:
    """Writes the entries of one backup; the manifest comes last."""

    def __init__(self, file: BinaryIO, *, made: datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w", allowZip64=True)
        self._date = made.timetuple()[:6]

    @contextmanager
    def entry(self, name: str, *, packed: bool = True) -> Iterator[Sink]:
        """Write the entry `name`; what is packed already (pictures) need not be packed again."""
        info = zipfile.ZipInfo(name, self._date)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as out:
            yield Sink(out)

    def say(self, manifest: Manifest) -> None:
        """Write the manifest, after everything that it names."""
        with self.entry(MANIFEST) as out:
            out.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # Left open, it would write its directory into whatever stands at the file's number later.
        with suppress(OSError, ValueError) if kind else nullcontext():
            self._zip.close()


@contextmanager
def written_whole(target: Path, *, replace: bool) -> Iterator[BinaryIO]:
    """Give a file to write to, for its owner alone; at the end of the block it is `target`, wholly or not at all.

    Raises FileExistsError where `target` is there and `replace` is False.
    """
    if target.exists() and not replace:
        raise FileExistsError(target)
    # mkstemp makes the file with mode 0600.
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if replace:
            part.replace(target)
        else:
            # A link fails where another process was quicker; a rename would overwrite.
            target.hardlink_to(part)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        part.unlink(missing_ok=True)


class Archive:
    """A backup to read. Raises InvalidInput, in words, for what is none or was altered."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self._zip = zipfile.ZipFile(file)
        except FileNotFoundError:
            raise InvalidInput(f"There is no file {file}.") from None
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise InvalidInput(f"{file} is no backup, or only a part of one ({error}).") from error
        self._entries = {each.filename: each for each in self._zip.infolist()}
        self._check_entries()
        self.manifest = self._read_manifest()

    @property
    def unpacked_bytes(self) -> int:
        """Return how much all of it is when unpacked."""
        return sum(each.file_size for each in self._entries.values())

    def verify(self, progress: Progress) -> None:
        """Read everything once and compare it with the manifest. Raises InvalidInput."""
        manifest = self.manifest
        parts = {table_entry(name): part for name, part in manifest.tables.items()}
        self._check(FILE_LIST, manifest.file_list)
        if manifest.secret is not None:
            self._check(SECRET, manifest.secret)
        total, done = self.unpacked_bytes, 0
        for name, part in parts.items():
            self._check(name, part)
            done += part.bytes
            progress("checking", done, total)
        files, file_bytes = 0, 0
        for each in self.files():
            self._check(file_entry(each.key), each)
            files, file_bytes, done = files + 1, file_bytes + each.bytes, done + each.bytes
            progress("checking", done, total)
        named = 2 + len(parts) + files + (manifest.secret is not None)
        if (files, file_bytes) != (manifest.files, manifest.files_bytes) or named != len(self._entries):
            raise self._altered("it holds other entries than its list names")

    def lines(self, name: str) -> Iterator[bytes]:
        """Return the lines of the entry `name`."""
        with self.open(name) as entry:
            while line := entry.readline(_MAX_LINE):
                if not line.endswith(b"\n"):
                    raise self._altered(f"{name} has a line without an end")
                yield line

    def files(self) -> Iterator[KeptFile]:
        """Return what the store of files held."""
        for line in self.lines(FILE_LIST):
            try:
                yield msgspec.json.decode(line, type=KeptFile)
            except msgspec.DecodeError as error:
                raise self._altered(f"{FILE_LIST} cannot be read") from error

    def read(self, name: str) -> bytes:
        """Return a whole entry, for small ones."""
        with self.open(name) as entry:
            found = entry.read(_MAX_LINE + 1)
        if len(found) > _MAX_LINE:
            raise self._altered(f"{name} is larger than {_MAX_LINE} bytes")
        return found

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Open one entry to read from. Raises InvalidInput where it is not there or breaks off."""
        info = self._entries.get(name)
        if info is None:
            raise self._altered(f"{name} is missing")
        try:
            with self._zip.open(info) as entry:
                yield entry
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise self._altered(f"{name} is damaged") from error

    def close(self) -> None:
        self._zip.close()

    def _check_entries(self) -> None:
        if len(self._entries) != len(self._zip.infolist()):
            raise self._altered("it holds an entry twice")
        for info in self._entries.values():
            name = info.filename
            if name.startswith(("/", "\\")) or ".." in name.split("/") or "\\" in name or info.is_dir():
                raise self._altered(f"the entry {name!r} leads out of it")
            if stat.S_ISLNK(info.external_attr >> 16):
                raise self._altered(f"the entry {name!r} is a link")
            if info.flag_bits & _ENCRYPTED or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise self._altered(f"the entry {name!r} is packed in a way that no backup is")
            if info.file_size > max(_SMALL, info.compress_size * _MAX_RATIO):
                raise self._altered(f"the entry {name!r} would unpack to {info.file_size} bytes")

    def _read_manifest(self) -> Manifest:
        info = self._entries.get(MANIFEST)
        if info is None or info.file_size > _MAX_MANIFEST:
            raise InvalidInput(f"{self.file} is no backup of a city: it has no usable {MANIFEST}.")
        try:
            said = strict_json.loads(self.read(MANIFEST), max_depth=8, max_bytes=_MAX_MANIFEST)
            if isinstance(said, dict) and said.get("format") != FORMAT:
                raise InvalidInput(f"{self.file} is no backup of a city.")
            if isinstance(said, dict) and said.get("format_version") != FORMAT_VERSION:
                raise InvalidInput(
                    f"{self.file} has the backup format {said.get('format_version')}; this version reads "
                    f"{FORMAT_VERSION}. Restore it with the version that wrote it ({said.get('version')})."
                )
            return msgspec.convert(said, type=Manifest)
        except (Malformed, msgspec.ValidationError) as error:
            raise self._altered(f"{MANIFEST} cannot be read") from error

    def _check(self, name: str, part: Part) -> None:
        with self.open(name) as entry:
            found = _hashed(entry)
        if found != (part.bytes, part.sha256):
            raise self._altered(f"{name} is not what the list says")

    def _altered(self, what: str) -> InvalidInput:
        return InvalidInput(f"{self.file} was damaged or altered: {what}. Nothing was restored; take another backup.")


def _hashed(entry: IO[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while block := entry.read(_BLOCK):
        digest.update(block)
        size += len(block)
    return size, digest.hexdigest()

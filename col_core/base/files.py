"""Files that belong to the city's data (pictures): one interface, kept in a folder."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from col_core.base.errors import ConfigError, InvalidInput, NotFound, StorageFull

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*(?:/[a-z0-9][a-z0-9_-]*)*\.[a-z0-9]{1,8}")
_TYPES = {"webp": "image/webp", "png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}


class FileStore(Protocol):
    """Keeps files under keys such as `opportunities/3f/3fa9….webp`. A key says its type by its ending."""

    def put(self, key: str, data: bytes, media_type: str) -> None:
        """Keep `data` under `key`, wholly or not at all; what was there is replaced. Raises StorageFull."""
        ...

    def open(self, key: str) -> BinaryIO:
        """Return the file to read from; the caller closes it. Raises NotFound."""
        ...

    def exists(self, key: str) -> bool: ...

    def delete(self, key: str) -> None:
        """Forget the file; one that is not there is no error."""
        ...

    def listing(self, *, older_than_s: float = 0) -> Iterator[str]:
        """Return every key, in no order; only those that were written so long ago, where that is said."""
        ...

    def replacing(self) -> AbstractContextManager["FileStore"]:
        """Give an empty store to fill: at the end of the block it stands in place of this one, wholly.

        An exception that leaves the block leaves this store as it was.
        """
        ...


class FolderStore:
    """Files in one folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, data: bytes, media_type: str) -> None:
        path = self._path(key)
        if media_type_of(key) != media_type:
            raise InvalidInput(f"A file of type {media_type} cannot be kept as {key}.")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
                try:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                    Path(file.name).replace(path)
                except BaseException:
                    Path(file.name).unlink(missing_ok=True)
                    raise
        except OSError as error:
            if error.errno in (ENOSPC, EDQUOT):
                raise StorageFull("The disk is full; the file was not kept.", retry_after_s=60) from error
            raise

    def open(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except (FileNotFoundError, IsADirectoryError) as error:
            raise NotFound("There is no such file.") from error

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def listing(self, *, older_than_s: float = 0) -> Iterator[str]:
        latest = time.time() - older_than_s
        for folder, folders, names in os.walk(self._folder):
            folders[:] = [each for each in folders if not each.startswith(".")]
            for name in names:
                key = (Path(folder) / name).relative_to(self._folder).as_posix()
                if _KEY.fullmatch(key) and (not older_than_s or _written(Path(folder) / name) < latest):
                    yield key

    @contextmanager
    def replacing(self) -> Iterator[FileStore]:
        # Beside the files and on the same disk, also where the folder is a mount point of its own.
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=self._folder, prefix=".fresh-"))
        old = Path(tempfile.mkdtemp(dir=self._folder, prefix=".old-"))
        moved: list[tuple[Path, Path]] = []
        try:
            yield FolderStore(fresh)
            for source, target in ((self._folder, old), (fresh, self._folder)):
                for each in [path for path in source.iterdir() if not path.name.startswith(".")]:
                    each.rename(target / each.name)
                    moved.append((each, target / each.name))
        except BaseException:
            for before, now in reversed(moved):
                now.rename(before)
            raise
        finally:
            # Also what an earlier one left, that was killed.
            for pattern in (".fresh-*", ".old-*"):
                for each in self._folder.glob(pattern):
                    shutil.rmtree(each, ignore_errors=True)

    def _path(self, key: str) -> Path:
        if len(key) > 200 or not _KEY.fullmatch(key):
            raise NotFound("There is no such file.")
        return self._folder / key


def _written(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def media_type_of(key: str) -> str:
    """Return the media type that the ending of `key` stands for."""
    return _TYPES.get(key.rpartition(".")[2], "application/octet-stream")


def open_store(url: str) -> FileStore:
    """Return the store at `url` (`[files] url`, a file: address). Raises ConfigError for another scheme."""
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise ConfigError(f"[files] url is {url!r}; expected a folder such as file:///srv/col/files.")
    return FolderStore(Path(unquote(parts.path)))

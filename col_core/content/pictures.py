"""Pictures of pages and articles: files of the city's own `content/`, passed on re-encoded and without metadata."""

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

from col_core.base.errors import InvalidInput, NotFound
from col_core.base.files import FileStore
from col_core.base.images import MEDIA_TYPE, reencode, reencoded_size

MAX_FILE_BYTES = 20_000_000
PATH = "/content/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture as a page shows it; `width` and `height` in pixels."""

    url: str
    width: int
    height: int


class Pictures:
    """The pictures under `folder` (the city's `content/`). What was re-encoded is kept in `files`."""

    def __init__(self, folder: Path | None, files: FileStore) -> None:
        self._folder = folder.resolve() if folder is not None else None
        self._files = files

    def picture(self, source: str) -> Picture | str:
        """Return the picture that a text calls `source` (a path from `content/`), or what is wrong with it."""
        path = unquote(source)
        file = self._file(path)
        if file is None:
            return f"{path!r} is not a file inside the city's folder content/; put the picture there."
        try:
            width, height = reencoded_size(file)
        except InvalidInput as error:
            return f"{path!r}: {error}"
        return Picture(url=f"{PATH}{quote(path)}?v={_version(file)}", width=width, height=height)

    def version(self, source: str) -> str | None:
        """Return a word that changes with the file that a text calls `source`; None where there is none."""
        file = self._file(unquote(source))
        return _version(file) if file is not None else None

    def served(self, path: str) -> str:
        """Return the key in the file store of the re-encoded picture at `path`. Raises NotFound."""
        file = self._file(path)
        if file is None:
            raise NotFound("There is no such picture.")
        key = f"content/{_version(file)}.webp"
        if not self._files.exists(key):
            try:
                self._files.put(key, reencode(file.read_bytes()).data, MEDIA_TYPE)
            except InvalidInput as error:
                raise NotFound("There is no such picture.") from error
        return key

    def _file(self, path: str) -> Path | None:
        parts = PurePosixPath(path)
        if self._folder is None or not path.isprintable() or parts.is_absolute() or ".." in parts.parts:
            return None
        try:
            file = (self._folder / parts).resolve()
            usable = file.is_relative_to(self._folder) and file.is_file() and file.stat().st_size <= MAX_FILE_BYTES
        except OSError:
            return None
        return file if usable and file.suffix.lower() != ".md" else None


def _version(file: Path) -> str:
    seen = file.stat()
    return hashlib.sha256(f"{file}|{seen.st_mtime_ns}|{seen.st_size}".encode()).hexdigest()[:24]

"""Bringing a file into the catalogue once: tables and calendars by the plugins that read sources, JSON by ourselves."""

import mimetypes
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from col_core.base.errors import FetchError, FetchRefused, InvalidInput
from col_core.base.progress import Progress
from col_core.base.settings import CityConfig, SourceConfig
from col_core.catalogue.exchange import files_in
from col_core.catalogue.gathering.gathering import Gathering
from col_core.catalogue.gathering.runs import Run
from col_core.catalogue.hooks import OpportunitySource
from col_core.hooks.city import Loaded
from col_core.organisers.records import Organiser

# Which plugin reads which format; None where no plugin is needed.
READERS: Mapping[str, str | None] = {"csv": "csv", "xlsx": "csv", "ics": "ical", "geojson": None, "jsonld": None}
MAX_BYTES = 500_000_000


def format_of(file: Path) -> str:
    """Return the format that the ending of `file` names. Raises InvalidInput for one that is not known."""
    ending = file.suffix.lower().lstrip(".")
    if ending not in READERS:
        raise InvalidInput(f"{file.name}: which format is it? Write --format {'|'.join(READERS)}.")
    return ending


def import_file(
    gathering: Gathering,
    config: CityConfig,
    file: Path,
    *,
    format_: str,
    organiser: Organiser | None,
    publish: bool,
    progress: Progress | None = None,
) -> Run:
    """Store what `file` holds and return what came of it.

    The same row, UID or id again updates; nothing is closed by what a file does not hold. What is new waits for a
    person unless `publish`. `organiser` is of items that name none, and keeps its imports apart from others'.

    Raises FetchError where the file cannot be opened: that is no run of a source, and nobody is alerted.
    """
    language = config.default_language
    plugin = READERS[format_]
    described = SourceConfig(
        id=f"import-{organiser.id}" if organiser else "import",
        plugin=plugin or format_,
        name={language: organiser.name if organiser else "Import"},
        url=str(file),
        organisation=organiser.name if organiser else None,
        publish="auto" if publish else "review",
    )
    body = _read(file)
    loader = _OneFile(file, body)
    source: OpportunitySource
    table = files_in.as_table(body, max_bytes=MAX_BYTES) if format_ == "geojson" else None
    if table is not None:
        source = gathering.made_of(replace(described, plugin="csv"), loader=_OneFile(file, table))
    elif format_ == "geojson":
        source = files_in.geojson(config, id_=described.id, loader=loader, max_bytes=MAX_BYTES)
    elif format_ == "jsonld":
        source = files_in.jsonld(config, id_=described.id, language=language, loader=loader, max_bytes=MAX_BYTES)
    else:
        source = gathering.made_of(described, loader=loader)
    return gathering.bring(source, described, progress=progress)


def _read(file: Path) -> bytes:
    """Return what `file` holds. Raises FetchError where it is not there, may not be read, or is too large."""
    try:
        with file.open("rb") as opened:
            if os.fstat(opened.fileno()).st_size > MAX_BYTES:
                raise FetchError(f"{file.name} is larger than {MAX_BYTES // 1_000_000} MB.")
            return opened.read()
    except OSError as error:
        raise FetchError(f"{file} cannot be read: {error.strerror}.") from error


class _OneFile:
    """Loads one file of the machine, whatever is asked for; `body` is what it holds, or stands in for it."""

    def __init__(self, file: Path, body: bytes) -> None:
        self._file = file
        self._body = body

    def load(
        self,
        url: str,  # noqa: ARG002 (the protocol names them)
        cursor: str | None = None,  # noqa: ARG002
        headers: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> Loaded:
        return Loaded(
            body=self._body,
            media_type=mimetypes.guess_type(self._file.name)[0] or "application/octet-stream",
            charset=None,
            address=self._file.name,
            unchanged=False,
            cursor=None,
        )

    def send(self, url: str, body: Any, headers: Mapping[str, str] | None = None) -> Loaded:  # noqa: ARG002
        raise FetchRefused("What reads a file sends nothing.")

"""The texts of a city: read from its folder, kept ready, and read again where a file has changed."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from col_core.base.clock import Clock
from col_core.base.faults import Fault
from col_core.base.i18n import I18n
from col_core.base.settings import CityConfig
from col_core.content import front_matter
from col_core.content.facts import Fact, facts
from col_core.content.pictures import Picture, Pictures
from col_core.content.records import Kind, Written
from col_core.content.rendering import Surroundings, fill_in, render

# Pages that every city has: where it wrote none of its own, the text of that name in `texts/` stands in.
ALWAYS_THERE = ("about", "accessibility", "privacy")
_BUILT_IN = Path(__file__).parent / "texts"
_FILE = re.compile(r"([a-z0-9][a-z0-9-]{0,79})\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.md", re.ASCII)
_log = structlog.get_logger()
_path = lru_cache(maxsize=4096)(Path)

Versions = Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: tuple[int, int]
    written: Written | None
    faults: tuple[Fault, ...]
    # The pictures that the text names, as they were when it was rendered.
    pictures: Mapping[str, str | None] = field(default_factory=dict)


class Library:
    """Pages and articles of one city. A file with a fault costs that file: the log says what is wrong in it."""

    def __init__(self, config: CityConfig, *, i18n: I18n, clock: Clock, pictures: Pictures) -> None:
        self._config, self._clock, self.pictures = config, clock, pictures
        self._words = i18n
        self._kept: dict[tuple[Path, str], _Kept] = {}

    def page(self, name: str, language: str) -> Written | None:
        """Return the page `name` for a visitor who reads `language`; its own `language` may be another one."""
        return self._page(self._files(Kind.PAGE), name, language)

    def _page(self, files: Mapping[str, Versions], name: str, language: str) -> Written | None:
        own = files.get(name)
        found = self._best(Kind.PAGE, name, own, language) if own else None
        if found is None and name in ALWAYS_THERE:
            return self._best(Kind.PAGE, name, _built_in().get(name, {}), language)
        return found

    def article(self, name: str, language: str) -> Written | None:
        """Return the article `name`, once its day has come."""
        files = self._files(Kind.ARTICLE).get(name)
        found = self._best(Kind.ARTICLE, name, files, language) if files else None
        return found if found is not None and self._is_out(found) else None

    def articles(self, language: str) -> Sequence[Written]:
        """Return every article whose day has come, the newest first."""
        found = (self._best(Kind.ARTICLE, *each, language) for each in self._files(Kind.ARTICLE).items())
        out = [each for each in found if each is not None and self._is_out(each)]
        out.sort(key=lambda each: each.title.casefold())
        return sorted(out, key=lambda each: each.day or _NEVER, reverse=True)

    def latest(self, language: str, limit: int) -> Sequence[Written]:
        """Return the newest articles, for the home page."""
        return self.articles(language)[:limit]

    def footer_pages(self, language: str) -> Sequence[Written]:
        """Return the pages that the foot of every page leads to: those of every city, then the city's own by title."""
        files = self._files(Kind.PAGE)
        own = sorted(name for name in files if name not in ALWAYS_THERE)
        always, more = ([self._page(files, name, language) for name in names] for names in (ALWAYS_THERE, own))
        by_title = sorted((each for each in more if each is not None), key=lambda each: each.title.casefold())
        return [each for each in always if each is not None] + by_title

    def faults(self) -> Sequence[Fault]:
        """Return everything that is wrong in the city's own files, for who writes them."""
        found: list[Fault] = []
        for kind in Kind:
            for file in self._folder_files(kind):
                match = _FILE.fullmatch(file.name)
                if match is None:
                    found.append(Fault(file=file, line=1, message=f"{file.name!r} is not named like about.sl.md."))
                elif match[2] not in self._config.languages:
                    found.append(Fault(file=file, line=1, message=f"The city does not speak {match[2]!r}."))
                else:
                    found += self._read(kind, match[1], match[2], file, match[2], told=True).faults
        return found

    def lacking(self) -> Mapping[str, Sequence[str]]:
        """Return, for each of the city's own texts, the languages of the city in which it is not there."""
        found = {}
        for kind in Kind:
            for name, files in self._files(kind).items():
                found[f"{kind}/{name}"] = [tag for tag in self._config.languages if tag not in files]
        return {name: tags for name, tags in found.items() if tags}

    def _best(self, kind: Kind, name: str, files: Versions, language: str) -> Written | None:
        wanted = (language, self._config.default_language, "en", *files)
        for tag in dict.fromkeys(each for each in wanted if each in files):
            written = self._read(kind, name, tag, files[tag], language).written
            if written is not None:
                return written
        return None

    def _read(self, kind: Kind, name: str, tag: str, file: Path, visitor: str, *, told: bool = False) -> _Kept:
        """Return the text as it is now. Its faults go to the log when it is read, unless the caller has them `told`."""
        try:
            seen = file.stat()
            stamp = (seen.st_mtime_ns, seen.st_size)
            kept = self._kept.get((file, visitor))
            if (
                kept is None
                or kept.stamp != stamp
                or any(self.pictures.version(source) != version for source, version in kept.pictures.items())
            ):
                changed = datetime.fromtimestamp(seen.st_mtime, UTC)
                kept = self._rendered(stamp, changed, kind, name, tag, file, visitor)
                self._kept[file, visitor] = kept
                if not told:
                    _log_faults(kept.faults)
        except OSError as error:
            return _Kept((0, 0), None, (Fault(file=file, line=1, message=f"It cannot be read: {error.strerror}."),))
        return kept

    def _rendered(
        self, stamp: tuple[int, int], changed: datetime, kind: Kind, name: str, tag: str, file: Path, visitor: str
    ) -> _Kept:
        with file.open("rb") as opened:
            source = opened.read(front_matter.MAX_BYTES + 1)
        parsed = front_matter.parse(source, file=file, kind=kind)
        if isinstance(parsed, list):
            return _Kept(stamp, None, tuple(parsed))
        words = self._words.translator(tag)
        head, noted = parsed.head, list[Fault]()
        stated: dict[str, Fact | None] = {**facts(self._config, words)}
        stated["date"] = Fact(text=words.date_in_sentence(head.day, year=True)) if head.day else None

        def note(line: int, message: str) -> None:
            noted.append(Fault(file=file, line=parsed.first_line + line, message=message, fatal=False))

        pictures: dict[str, str | None] = {}

        def picture(source: str) -> Picture | str:
            pictures[source] = self.pictures.version(source)
            return self.pictures.picture(source)

        around = Surroundings(facts=stated, language=visitor, picture=picture, is_there=self._is_there)
        written = Written(
            kind=kind,
            name=name,
            language=tag,
            title=fill_in(head.title, stated),
            summary=fill_in(head.summary, stated),
            day=head.day,
            html=render(parsed.body, around, note=note),
            changed=changed,
        )
        return _Kept(stamp, written, tuple(noted), pictures)

    def _is_there(self, path: str) -> bool:
        """Tell whether a link within the portal leads somewhere, as far as it leads to a text."""
        folder, _, name = path.partition("/")
        if folder == "pages":
            return name in self._files(Kind.PAGE) or name in ALWAYS_THERE
        return folder != "blog" or not name or name in self._files(Kind.ARTICLE)

    def _files(self, kind: Kind) -> Mapping[str, Versions]:
        folder = self._config.content / kind if self._config.content else None
        if folder is None:
            return {}
        found = _versions(folder)
        spoken = self._config.languages
        ours = {name: {tag: each for tag, each in tags.items() if tag in spoken} for name, tags in found.items()}
        return {name: tags for name, tags in ours.items() if tags}

    def _folder_files(self, kind: Kind) -> Sequence[Path]:
        folder = self._config.content / kind if self._config.content else None
        return sorted(_files_in(folder)) if folder is not None else []

    def _is_out(self, written: Written) -> bool:
        today = self._clock.now().astimezone(ZoneInfo(self._config.timezone)).date()
        return written.day is not None and written.day <= today


_NEVER = date.min


def _versions(folder: Path) -> dict[str, dict[str, Path]]:
    """Return the files of `folder` by name and language."""
    found: dict[str, dict[str, Path]] = {}
    for file in _files_in(folder):
        match = _FILE.fullmatch(file.name)
        if match is not None:
            found.setdefault(match[1], {})[match[2]] = file
    return found


@cache
def _built_in() -> Mapping[str, Versions]:
    return _versions(_BUILT_IN)


def _files_in(folder: Path) -> Iterator[Path]:
    try:
        # Asked at every page: the listing says what is a file, so that none is looked at by itself.
        with os.scandir(folder) as listed:
            yield from (_path(each.path) for each in listed if not each.name.startswith(".") and each.is_file())
    except (FileNotFoundError, NotADirectoryError):
        return


def _log_faults(faults: Sequence[Fault]) -> None:
    for each in faults:
        _log.warning("content.fault", file=str(each.file), line=each.line, reason=each.message)

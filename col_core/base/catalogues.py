"""Find, read and merge gettext catalogues.

A folder of catalogues holds `<tag>/LC_MESSAGES/messages.po` and, where somebody compiled it, `messages.mo`. A `.mo`
that is at least as new as its `.po` is read; otherwise the `.po` is read itself, so that a city can change a word with
nothing but a text editor.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser

from col_core.base import mo_file, plurals
from col_core.base.errors import ConfigError
from col_core.base.plurals import PluralForms

DOMAIN = "messages"
MAX_BYTES = 5_000_000

Key = tuple[str | None, str]
Messages = Mapping[Key, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One message of a catalogue: `ids` are its source texts (singular, plural), `forms` its translations."""

    context: str | None
    ids: tuple[str, ...]
    forms: tuple[str, ...]
    flags: frozenset[str] = frozenset()

    @property
    def key(self) -> Key:
        return (self.context, self.ids[0])

    @property
    def fuzzy(self) -> bool:
        return "fuzzy" in self.flags


def core_translations() -> Path:
    """Return the folder of the core's own catalogues.

    An installed wheel carries it inside the package; a checkout (also an editable install, whose package is the
    checkout's) has it beside the package.
    """
    package = Path(__file__).parent.parent
    for folder in (package / "_translations", package.parent / "translations"):
        if folder.is_dir():
            return folder
    raise ConfigError("The core's translations are missing: install city-of-learning again.")


def find(folder: Path, tag: str) -> Path | None:
    """Return the catalogue of `tag` in `folder`: the `.mo` if it is fresh, else the `.po`, else None."""
    for name in dict.fromkeys((tag, tag.replace("-", "_"))):
        source = folder / name / "LC_MESSAGES" / f"{DOMAIN}.po"
        compiled = source.with_suffix(".mo")
        if compiled.is_file() and not (source.is_file() and _newer(source, compiled)):
            return compiled
        if source.is_file():
            return source
    return None


def load(path: Path, *, expected: PluralForms) -> Messages:
    """Read the usable translations of one catalogue.

    Fuzzy and incomplete entries are left out: the layer below, or the source text, then stands in. What several cities
    of a process share is read once, until the file changes. Raises `ConfigError` as `read` does.
    """
    try:
        state = path.stat()
    except OSError as problem:
        raise ConfigError(f"{path}: not a readable gettext catalogue: {problem}.") from problem
    return _usable(path, expected, state.st_ino, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=64)
def _usable(path: Path, expected: PluralForms, *_state: int) -> Messages:
    return MappingProxyType(
        {entry.key: entry.forms for entry in read(path, expected=expected) if not entry.fuzzy and all(entry.forms)}
    )


def read(path: Path, *, expected: PluralForms) -> tuple[Entry, ...]:
    """Read every message of a `.po` or `.mo` file, the header left out.

    Raises `ConfigError` for a file that is no catalogue, or whose `Plural-Forms` is no plural rule or not the
    language's. A file that says nothing about plurals is taken to follow the language.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError(f"{path}: a catalogue may have at most {MAX_BYTES} bytes.")
        return _read_mo(path, expected) if path.suffix == ".mo" else _read_po(path, expected)
    except plurals.BadPluralForms as problem:
        raise ConfigError(f"{path}: Plural-Forms cannot be used: {problem}.") from problem
    except (PoFileError, OSError, ValueError, IndexError) as problem:
        raise ConfigError(f"{path}: not a readable gettext catalogue: {problem}.") from problem


def merge(layers: Iterable[Messages]) -> Messages:
    """Lay catalogues over each other; a later one wins, entry by entry."""
    merged: dict[Key, tuple[str, ...]] = {}
    for layer in layers:
        merged.update(layer)
    return MappingProxyType(merged)


class _PoCatalogue(Catalog):
    """What the parser fills. Babel's own would believe the header's number of forms before anyone has checked it."""

    def __init__(self, expected: PluralForms) -> None:
        super().__init__(charset="utf-8")
        self._expected = expected

    @property
    def num_plurals(self) -> int:
        return self._expected.count

    def __setitem__(self, id: str | tuple[str, ...] | list[str], message: Message) -> None:
        if id == "":
            _check_header(str(message.string), self._expected)
        else:
            super().__setitem__(id, message)


def _read_po(path: Path, expected: PluralForms) -> tuple[Entry, ...]:
    catalogue = _PoCatalogue(expected)
    with path.open("rb") as file:
        PoFileParser(catalogue, ignore_obsolete=True, abort_invalid=True).parse(file)
    return tuple(
        Entry(
            context=message.context or None,
            ids=(message.id,) if isinstance(message.id, str) else tuple(message.id),
            forms=(message.string,) if isinstance(message.string, str) else tuple(message.string or ()),
            flags=frozenset(message.flags),
        )
        for message in catalogue
        if message.id
    )


def _read_mo(path: Path, expected: PluralForms) -> tuple[Entry, ...]:
    found = []
    for context, ids, forms in mo_file.entries(path.read_bytes()):
        if ids == ("",) and context is None:
            _check_header(forms[0], expected)
        elif len(forms) == (expected.count if len(ids) > 1 else 1):
            found.append(Entry(context=context, ids=ids, forms=forms))
    return tuple(found)


def _check_header(header: str, expected: PluralForms) -> None:
    for line in header.splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "plural-forms" and not plurals.parse(value).agrees(expected):
            raise plurals.BadPluralForms(f"it is {value.strip()!r}, but the language has {expected.text!r}")


def _newer(one: Path, other: Path) -> bool:
    return one.stat().st_mtime_ns > other.stat().st_mtime_ns

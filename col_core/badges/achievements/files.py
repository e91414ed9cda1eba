"""The badges that a city keeps as files, `content/badges/<id>.toml`: read into drafts, or into what is wrong there."""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from marshmallow import ValidationError

from col_core.badges.achievements import completeness
from col_core.badges.achievements.records import ID_PATTERN, Draft, MicroCredentialTerms, Picture
from col_core.badges.achievements.schemas import BadgeFileSchema
from col_core.base.config_words import flat, shown, toml_fault
from col_core.base.errors import InvalidInput
from col_core.base.faults import Fault
from col_core.base.images import reencode_square
from col_core.base.toml_faults import sentence
from col_core.base.toml_lines import Lines
from col_core.base.toml_lines import Path as KeyPath
from col_core.catalogue.records import Skill

FOLDER, ENDING = "badges", ".toml"
MAX_BYTES, MAX_PICTURE_BYTES = 100_000, 20_000_000
SIDE = 768
_ID = re.compile(ID_PATTERN)
# A line of `toml_fault` begins with the file and the line.
_AT_LINE = re.compile(r":(\d+)[: ]")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadBadge:
    """What a file says: the draft, who awards it by name (None: the city), and the PNG of a picture of its own.

    `draft` is None where `faults` keep it from being shown.
    """

    file: Path
    id: str
    draft: Draft | None
    organisation: str | None = None
    own_picture: bytes | None = None
    faults: tuple[Fault, ...] = ()


def badge_files(content: Path | None) -> list[Path]:
    """Return the files of badges in the city's `content/`, by name."""
    folder = content / FOLDER if content is not None else None
    if folder is None or not folder.is_dir():
        return []
    return sorted(each for each in folder.iterdir() if each.suffix == ENDING and not each.name.startswith("."))


def picture_key(png: bytes) -> str:
    """Return the key in the city's file store of a picture of its own, which its content alone decides."""
    return f"badges/{hashlib.sha256(png).hexdigest()[:32]}.png"


def read(file: Path, *, languages: tuple[str, ...], symbols: Mapping[str, object]) -> ReadBadge:
    """Return what `file` says. `languages` are the city's, `symbols` those that a badge may show."""
    return _Reader(file, languages, symbols).read()


class _Reader:
    def __init__(self, file: Path, languages: tuple[str, ...], symbols: Mapping[str, object]) -> None:
        self._file, self._languages, self._symbols = file, languages, symbols
        self._faults: list[Fault] = []
        self._lines = Lines("")

    def read(self) -> ReadBadge:
        id_ = self._file.stem
        if not _ID.fullmatch(id_):
            self._fault(1, f"{self._file.name!r} is not named like bike-repair{ENDING}: 3 to 60 of a-z, 0-9 and -.")
        data = self._data()
        loaded = self._checked(data) if data else None
        if loaded is None:
            return self._left_out(id_)
        picture, png = self._picture(loaded["picture"] or {})
        draft = _draft(id_, loaded, picture)
        for each in completeness.lacks(draft):
            line = self._lines.of(each.path)
            self._fault(line, f"{_named(each.path)}: {each.what} is missing; expected {each.expected}.")
        self._note_strange_languages(draft)
        if any(each.fatal for each in self._faults):
            return self._left_out(id_)
        return ReadBadge(
            file=self._file,
            id=id_,
            draft=draft,
            organisation=loaded["organisation"],
            own_picture=png,
            faults=tuple(self._faults),
        )

    def _data(self) -> Mapping[str, Any]:
        """Return the tables of the file; nothing, and a fault, where it cannot be read."""
        try:
            with self._file.open("rb") as opened:
                source = opened.read(MAX_BYTES + 1)
            text = source.decode("utf-8-sig")
            data = tomllib.loads(text) if len(source) <= MAX_BYTES else {}
        except OSError as error:
            self._fault(1, f"It cannot be read: {error.strerror}.")
            return {}
        except UnicodeDecodeError:
            self._fault(1, "This is not UTF-8; save the file as UTF-8.")
            return {}
        except tomllib.TOMLDecodeError as error:
            said = toml_fault(self._file, text, error).removeprefix(str(self._file))
            line = _AT_LINE.match(said)
            self._fault(int(line[1]) if line else 1, f"This {said[line.end() if line else 0 :]}")
            return {}
        if len(source) > MAX_BYTES:
            self._fault(1, f"The file is longer than {MAX_BYTES // 1000} kB.")
        elif not data:
            self._fault(1, "The file is empty; `col achievements new ID` writes one to begin with.")
        self._lines = Lines(text)
        return data

    def _checked(self, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
        schema = BadgeFileSchema()
        try:
            loaded: Mapping[str, Any] = schema.load(data)
        except ValidationError as error:
            for path, said in flat(error.messages):
                self._fault(self._lines.of(path), sentence(schema, path, said, data=data, where=_named(path)))
            return None
        return loaded

    def _picture(self, said: Mapping[str, Any]) -> tuple[Picture, bytes | None]:
        path: KeyPath = ("picture", "symbol")
        if said and said["symbol"] not in self._symbols:
            self._fault(
                self._lines.of(path),
                f"{_named(path)}: found {shown(said['symbol'])}; expected the name of a symbol, such as "
                '"star"; `col achievements symbols` lists them.',
            )
        png = self._own_picture(said["file"]) if said and said["file"] is not None else None
        if not said:
            return Picture(), None
        key = picture_key(png) if png is not None else None
        return Picture(colour=said["colour"], symbol=said["symbol"], own_key=key), png

    def _own_picture(self, name: str) -> bytes | None:
        path: KeyPath = ("picture", "file")
        folder = self._file.parent.resolve()
        chosen = (folder / PurePosixPath(name)).resolve()
        try:
            if not chosen.is_relative_to(folder) or chosen.stat().st_size > MAX_PICTURE_BYTES:
                raise FileNotFoundError
            return reencode_square(chosen.read_bytes(), side=SIDE)
        except InvalidInput as error:
            self._fault(self._lines.of(path), f"{_named(path)}: {shown(name)}: {error}")
        except (OSError, ValueError):
            self._fault(
                self._lines.of(path),
                f"{_named(path)}: found {shown(name)}, which is not there; "
                f"expected the name of a picture beside this file, of at most {MAX_PICTURE_BYTES // 1_000_000} MB.",
            )
        return None

    def _note_strange_languages(self, draft: Draft) -> None:
        for path, tag in _languages_of(draft):
            if tag not in self._languages:
                spoken = ", ".join(self._languages)
                self._fault(
                    self._lines.of((*path, tag)),
                    f"{_named((*path, tag))}: the city does not speak {tag!r}; it speaks {spoken}.",
                    fatal=False,
                )

    def _left_out(self, id_: str) -> ReadBadge:
        return ReadBadge(file=self._file, id=id_, draft=None, faults=tuple(self._faults))

    def _fault(self, line: int, message: str, *, fatal: bool = True) -> None:
        self._faults.append(Fault(file=self._file, line=line, message=message, fatal=fatal))


def _draft(id_: str, loaded: Mapping[str, Any], picture: Picture) -> Draft:
    terms = loaded["micro_credential"]
    return Draft(
        id=id_,
        name=loaded["name"],
        description=loaded["description"],
        criteria=loaded["criteria"],
        kind=loaded["kind"],
        level=loaded["level"],
        image_alt=loaded["image_alt"],
        abilities={tag: tuple(sentences) for tag, sentences in loaded["abilities"].items()},
        skills=tuple(Skill(uri=each["uri"], label=each["label"]) for each in loaded["skills"]),
        competences=tuple(loaded["competences"]),
        tags=tuple(loaded["tags"]),
        valid_months=loaded["valid_months"],
        picture=picture,
        micro_credential=MicroCredentialTerms(**terms) if terms is not None else None,
        example=loaded["example"],
    )


def _languages_of(draft: Draft) -> Iterator[tuple[KeyPath, str]]:
    for key in ("name", "description", "criteria", "abilities"):
        for tag in getattr(draft, key):
            yield (key,), tag


def _named(path: KeyPath) -> str:
    """Return a key as it is written in the file: `skills (number 2) uri`, `micro_credential.assessment.sl`."""
    words = ""
    for part in path:
        words += f" (number {part + 1})" if isinstance(part, int) else f"{'.' if words else ''}{part}"
    return words or "the file"

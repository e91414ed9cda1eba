"""The head of a text: lines `key: value` between two lines of three hyphens."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from col_core.base.faults import Fault
from col_core.base.html import visible
from col_core.content.records import Head, Kind

MAX_BYTES = 100_000
LONGEST_TITLE, LONGEST_SUMMARY = 150, 400
_FENCE = "---"
_LONGEST = {"title": LONGEST_TITLE, "summary": LONGEST_SUMMARY, "date": 10}
_LINE = re.compile(r"\s*([A-Za-z_-]+)\s*:(.*)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parsed:
    """A text taken apart. `first_line` is the number of the line on which `body` begins."""

    head: Head
    body: str
    first_line: int


def parse(source: bytes, *, file: Path, kind: Kind) -> Parsed | list[Fault]:
    """Return the text in `source`, or everything that is wrong with its head."""
    if len(source) > MAX_BYTES:
        return [
            Fault(file=file, line=1, message=f"The file is longer than {MAX_BYTES // 1000} kB; make several of it.")
        ]
    try:
        text = visible(source.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        return [Fault(file=file, line=line, message="This is not UTF-8; save the file as UTF-8.")]
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return [Fault(file=file, line=1, message='The first line must be "---", then "title: …".')]
    end = next((place for place in range(1, len(lines)) if lines[place].rstrip() == _FENCE), None)
    if end is None:
        return [Fault(file=file, line=1, message='The head has no end; put a line "---" after its last key.')]
    reader = _Head(file, kind)
    for place in range(1, end):
        reader.read(place + 1, lines[place])
    head = reader.finish()
    return Parsed(head=head, body="\n".join(lines[end + 1 :]), first_line=end + 2) if head else reader.faults


class _Head:
    def __init__(self, file: Path, kind: Kind) -> None:
        self._file, self._kind = file, kind
        self._values: dict[str, str] = {}
        self.faults: list[Fault] = []

    def read(self, number: int, line: str) -> None:
        if not line.strip() or line.lstrip().startswith("#"):
            return
        match = _LINE.fullmatch(line)
        if match is None:
            self._fault(number, f'{_short(line)} is not of the form "key: value".')
            return
        key, value = match[1].lower(), _unquoted(match[2].strip())
        if key not in _LONGEST:
            self._fault(number, f"{key!r} is not a key; known are: {', '.join(_LONGEST)}.")
        elif key in self._values:
            self._fault(number, f"{key!r} stands here a second time.")
        elif len(value) > _LONGEST[key] and key != "date":
            self._fault(number, f"{key!r} is longer than {_LONGEST[key]} characters.")
        elif key == "date" and _day(value) is None:
            self._fault(number, f"{_short(value)} is not a date; write it as 2026-05-17.")
        else:
            self._values[key] = value

    def finish(self) -> Head | None:
        if not self._values.get("title") and not self.faults:
            self._fault(1, 'The title is missing; write a line "title: …" between the two "---".')
        day = _day(self._values["date"]) if "date" in self._values else None
        if day is None and self._kind is Kind.ARTICLE and not self.faults:
            self._fault(1, 'An article needs its day; write a line "date: 2026-05-17" between the two "---".')
        if self.faults:
            return None
        return Head(title=self._values["title"], summary=self._values.get("summary", ""), day=day)

    def _fault(self, number: int, message: str) -> None:
        self.faults.append(Fault(file=self._file, line=number, message=message))


def _day(value: str) -> date | None:
    if not _DAY.fullmatch(value):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2999 else None


def _unquoted(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1].strip() if quoted else value


def _short(value: str) -> str:
    text = repr(value.strip())
    return text if len(text) <= 60 else text[:57] + "…"

"""Cutting a calendar into its events without understanding them, so that a broken one costs only itself."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

MAX_EVENTS = 50_000
MAX_EVENT_BYTES = 256_000
MAX_DEPTH = 8
MAX_UID = 500
_KEPT_OUTSIDE = (b"METHOD", b"X-WR-TIMEZONE")
_ESCAPED = re.compile(r"\\([,;\\])")


@dataclass(frozen=True, kw_only=True)
class Cut:
    """One VEVENT: its lines as they stand in the file, the line (from 1) where it begins, its UID.

    `heading` are the lines of its own calendar that concern it: a file may hold several calendars.
    """

    lines: tuple[bytes, ...]
    line: int
    uid: str
    heading: tuple[bytes, ...] = ()

    def value(self, name: bytes) -> str:
        """Return the first value of `name` as it is written."""
        return _value_of(self.lines, name)

    def cancelled(self) -> "Cut":
        """Return the same event as one that does not take place."""
        rest = tuple(line for line in self.lines if _name_and_value(line)[0] != b"STATUS")
        return replace(self, lines=(*rest, b"STATUS:CANCELLED"))


@dataclass(frozen=True, kw_only=True)
class Fault:
    """An event that could not be cut out."""

    line: int
    uid: str | None
    reason: str


@dataclass(kw_only=True)
class Calendar:
    """What was found in a file. `whole` is False where it breaks off before END:VCALENDAR."""

    events: list[Cut] = field(default_factory=list)
    zones: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    found: bool = False
    whole: bool = False


def cut(body: bytes) -> Calendar:
    """Return the events of `body`. Alarms are left out; a nesting deeper than `MAX_DEPTH` is not followed."""
    calendar = Calendar()
    stack: list[bytes] = []
    taken: list[bytes] = []
    heading: list[bytes] = []
    begun = 0
    for number, lines in _logical_lines(body):
        name, value = _name_and_value(lines[0])
        kind = value.upper()
        if name == b"BEGIN":
            if kind == b"VEVENT" and b"VEVENT" in stack:
                calendar.faults.append(_fault(begun, taken, "it is not closed before the next one begins"))
                del stack[stack.index(b"VEVENT") :]
            if len(stack) >= MAX_DEPTH:
                continue
            if kind == b"VCALENDAR":
                calendar.found, calendar.whole = True, False
                heading = []
            stack.append(kind)
            if kind in (b"VEVENT", b"VTIMEZONE"):
                taken, begun = [], number
        elif name == b"END" and kind in stack:
            closed = len(stack) - 1 - stack[::-1].index(kind)
            if b"VEVENT" in stack[closed + 1 :]:
                calendar.faults.append(_fault(begun, taken, "it is not closed"))
            del stack[closed:]
            if kind == b"VEVENT":
                _keep_event(calendar, taken, begun, tuple(heading))
            elif kind == b"VTIMEZONE":
                zone = _ESCAPED.sub(r"\1", _value_of(taken, b"TZID")).strip('"')
                if zone and len(taken) < 2_000:
                    calendar.zones[zone] = tuple(taken)
            elif kind == b"VCALENDAR":
                calendar.whole = True
            continue
        if b"VEVENT" in stack:
            if stack[-1] == b"VEVENT" and kind != b"VEVENT":
                taken.extend(lines)
        elif b"VTIMEZONE" in stack:
            taken.extend(lines)
        elif name in _KEPT_OUTSIDE:
            heading.extend(lines)
    if b"VEVENT" in stack:
        calendar.faults.append(_fault(begun, taken, "the file breaks off within it"))
    return calendar


def unfolded(lines: tuple[bytes, ...] | list[bytes]) -> list[bytes]:
    """Return logical lines: a line that begins with a space goes on with the one before (RFC 5545, 3.1)."""
    return [b"".join([first, *(each[1:] for each in rest)]) for _, (first, *rest) in _grouped(lines)]


def _logical_lines(body: bytes) -> Iterator[tuple[int, list[bytes]]]:
    return _grouped(body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))


def _grouped(lines: list[bytes] | tuple[bytes, ...]) -> Iterator[tuple[int, list[bytes]]]:
    group: list[bytes] = []
    begun = 0
    for number, line in enumerate(lines, start=1):
        if line[:1] in (b" ", b"\t") and group:
            group.append(line)
        elif line.strip():
            if group:
                yield begun, group
            group, begun = [line], number
    if group:
        yield begun, group


def _name_and_value(line: bytes) -> tuple[bytes, bytes]:
    head, _, value = line.partition(b":")
    return head.partition(b";")[0].strip().lstrip(b"\xef\xbb\xbf").upper(), value.strip()


def _value_of(lines: list[bytes] | tuple[bytes, ...], wanted: bytes) -> str:
    for line in unfolded(lines):
        name, value = _name_and_value(line)
        if name == wanted:
            return value.decode("utf-8", errors="replace").strip()
    return ""


def _keep_event(calendar: Calendar, taken: list[bytes], line: int, heading: tuple[bytes, ...]) -> None:
    if len(calendar.events) >= MAX_EVENTS:
        calendar.faults.append(_fault(line, taken, f"the calendar holds more than {MAX_EVENTS} events"))
    elif sum(len(each) for each in taken) > MAX_EVENT_BYTES:
        calendar.faults.append(_fault(line, taken, f"it is longer than {MAX_EVENT_BYTES} bytes"))
    else:
        calendar.events.append(Cut(lines=tuple(taken), line=line, uid=_uid(taken), heading=heading))


def short_uid(uid: str) -> str:
    """Return `uid`, a huge one as its digest: an id has to end somewhere."""
    return uid if len(uid) <= MAX_UID else f"long-uid-{hashlib.sha256(uid.encode()).hexdigest()}"


def _uid(taken: list[bytes]) -> str:
    """Return the UID; an event without one is known by its title and its first date."""
    if uid := _value_of(taken, b"UID"):
        return short_uid(uid)
    said = "\n".join(_value_of(taken, name) for name in (b"SUMMARY", b"DTSTART"))
    return f"no-uid-{hashlib.sha256(said.encode()).hexdigest()[:24]}"


def _fault(line: int, taken: list[bytes], reason: str) -> Fault:
    return Fault(line=line, uid=short_uid(_value_of(taken, b"UID")) or None, reason=reason)

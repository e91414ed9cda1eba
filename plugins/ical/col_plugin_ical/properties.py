"""The properties of one event: names, parameters and values, with dates as wall-clock times of one zone."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar.parser import Contentline

from col_plugin_ical.cutting import Cut, unfolded
from col_plugin_ical.zones import Zones

_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DATE_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?(Z?)", re.IGNORECASE)
_DURATION = re.compile(r"([+-]?)P(?:(\d{1,4})W|(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?)")
# A zone with a colon in its name has to stand in quotes; some programs leave them out.
_UNQUOTED = re.compile(r"([A-Z-]{5,20});TZID=([^;\"]{1,100}:[^;\"]{1,100}):(\d{8}(?:T\d{4,6}Z?)?)\s*", re.IGNORECASE)
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_LONGEST = timedelta(days=366 * 5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Property:
    """One line: `DTSTART;TZID=Europe/Vilnius:20260105T170000`. The value is unescaped."""

    name: str
    params: Mapping[str, str]
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A date or a date and time as it is written; `zone` is an IANA name, None for a floating time."""

    wall: datetime
    zone: str | None
    is_date: bool

    def wall_in(self, zone: str) -> datetime:
        """Return the wall-clock time in `zone`; dates and floating times are the same everywhere."""
        if self.zone is None or self.zone == zone or self.is_date:
            return self.wall
        return self.wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


class Properties:
    """What one VEVENT says. Raises ValueError, with the property's name, for what cannot be understood."""

    def __init__(self, cut: Cut, zones: Zones, definitions: Mapping[str, Sequence[str]]) -> None:
        self._zones, self._definitions = zones, definitions
        self._found: dict[str, list[Property]] = {}
        for line in unfolded(cut.lines):
            parsed = _parsed(line.decode("utf-8", errors="replace"))
            if parsed is not None:
                self._found.setdefault(parsed.name, []).append(parsed)

    def every(self, name: str) -> list[Property]:
        return self._found.get(name, [])

    def text(self, name: str) -> str | None:
        """Return the first value of `name`, None where it is missing or blank."""
        return next((each.value.strip() for each in self.every(name) if each.value.strip()), None)

    def moment(self, name: str) -> Moment | None:
        """Return the date or time of `name`, or None."""
        return next(iter(self.moments(name)), None)

    def moments(self, name: str) -> Iterator[Moment]:
        """Yield every date or time of `name`; of a period its start."""
        for each in self.every(name):
            for value in each.value.split(","):
                if value.strip():
                    yield self._moment(each, value.strip().partition("/")[0])

    def duration(self, name: str) -> timedelta | None:
        """Return the length that `name` states, or None."""
        text = self.text(name)
        if text is None:
            return None
        match = _DURATION.fullmatch(text.upper())
        if match is None or not any(match.groups()[1:]):
            raise ValueError(f"{name} {_short(text)} is not a length of time")
        weeks, days, hours, minutes, seconds = (int(each or 0) for each in match.groups()[1:])
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        if match[1] == "-" or length > _LONGEST:
            raise ValueError(f"{name} {_short(text)} is negative or longer than five years")
        return length

    def _moment(self, property_: Property, text: str) -> Moment:
        match = _DATE_TIME.fullmatch(text) or _DATE.fullmatch(text)
        if match is None:
            raise ValueError(f"{property_.name} {_short(text)} is not a date")
        year, month, day = (int(each) for each in match.groups()[:3])
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise ValueError(f"{property_.name} {_short(text)} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}")
        try:
            if match.re is _DATE:
                return Moment(wall=datetime.combine(date(year, month, day), time()), zone=None, is_date=True)
            # A leap second (60) is the last second that a clock can show.
            clock = time(int(match[4]), int(match[5]), min(int(match[6] or 0), 59))
            wall = datetime.combine(date(year, month, day), clock)
        except ValueError as error:
            raise ValueError(f"{property_.name} {_short(text)} is not a date: {error}") from error
        # Exchange writes a whole day as midnight to midnight and says so beside it.
        if wall.time() == time() and (self.text("X-MICROSOFT-CDO-ALLDAYEVENT") or "").upper() == "TRUE":
            return Moment(wall=wall, zone=None, is_date=True)
        return Moment(wall=wall, zone="UTC" if match[7] else self._zone(property_), is_date=False)

    def _zone(self, property_: Property) -> str | None:
        tzid = property_.params.get("TZID")
        if not tzid:
            return None
        found = self._zones.find(tzid, self._definitions)
        if found is None:
            raise ValueError(
                f"the time zone {_short(tzid)} of {property_.name} is not known, and the calendar does not define it"
            )
        return found


def _parsed(line: str) -> Property | None:
    """Read one logical line; one that is no property is passed over, as other programs do."""
    if unquoted := _UNQUOTED.fullmatch(line):
        return Property(name=unquoted[1].upper(), params={"TZID": unquoted[2]}, value=unquoted[3])
    try:
        name, params, value = Contentline(line).parts()  # type: ignore[no-untyped-call]  # the library leaves it open
    except (ValueError, IndexError):
        return None
    flat = {key.upper(): each if isinstance(each, str) else ",".join(each) for key, each in params.items()}
    return Property(name=name.upper(), params=flat, value=value)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}…")

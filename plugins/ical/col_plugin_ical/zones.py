"""From the name that a calendar gives a time zone to a name that every machine knows (IANA)."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
# "(UTC+01:00) Belgrade, Bratislava, Budapest, Ljubljana, Prague", as Windows shows a zone to people.
_SHOWN = re.compile(r"\((?:UTC|GMT)([+-])(\d{2}):(\d{2})\)\s*(.+)", re.IGNORECASE)
_TZ_OFFSET = re.compile(r"([+-])(\d{2})(\d{2})")
_WINTER, _SUMMER = datetime(2025, 1, 15, tzinfo=UTC), datetime(2025, 7, 15, tzinfo=UTC)
# Names beside which IANA keeps others only for old systems; a rule of offsets alone is matched with these first.
_CONTINENTS = ("Europe/", "America/", "Asia/", "Africa/", "Australia/", "Pacific/", "Atlantic/", "Etc/")


class Zones:
    """Time zones by name. `home` is the city's own, which wins where a calendar states offsets alone."""

    def __init__(self, home: str) -> None:
        self.home = home
        self._known = {name.lower(): name for name in available_timezones() if name not in ("Factory", "localtime")}
        self._windows = {name.lower(): olson for name, olson in WINDOWS_TO_OLSON.items()}

    def find(self, tzid: str, definitions: Mapping[str, Sequence[str]]) -> str | None:
        """Return the IANA name for `tzid`, or None.

        `definitions` maps a TZID to the lines of its VTIMEZONE. A name that is known wins over what the calendar
        says of it, because programs copy outdated rules for years.
        """
        plain = tzid.strip().strip('"')
        return (
            self.by_name(plain)
            or self._by_definition(definitions.get(tzid) or definitions.get(plain) or ())
            or self._by_cities(plain)
            or self._by_offset_in_name(plain)
        )

    def of_calendar(self, stated: str) -> str:
        """Return the zone of times that name none: what the calendar states (X-WR-TIMEZONE), else the city's.

        Calendars state UTC where nobody set a zone, so that counts as nothing.
        """
        found = self.by_name(stated.strip().strip('"')) if stated else None
        return self.home if found is None or found == "UTC" else found

    def by_name(self, tzid: str) -> str | None:
        """Return the IANA name that `tzid` is, contains at its end, or means on Windows."""
        name = tzid.lower()
        if name in ("z", "utc", "gmt"):
            return "UTC"
        if name in self._known:
            return self._known[name]
        if name in self._windows:
            return self._windows[name]
        # "/freeassociation.sourceforge.net/Tzfile/Europe/Vilnius", "/mozilla.org/20050126_1/Europe/Ljubljana"
        parts = name.split("/")
        for start in range(1, len(parts)):
            if "/".join(parts[start:]) in self._known and start < len(parts) - 1:
                return self._known["/".join(parts[start:])]
        return None

    def _by_definition(self, lines: Sequence[str]) -> str | None:
        values = [(line.partition(":")[0].partition(";")[0].upper(), line.partition(":")[2].strip()) for line in lines]
        for name, value in values:
            if name == "X-LIC-LOCATION" and (found := self.by_name(value)):
                return found
        winter, summer = _offsets(values)
        if winter is None:
            return None
        candidates = [self.home, *sorted(self._known.values(), key=_commonness)]
        return next((each for each in candidates if _has_offsets(each, winter, summer)), None)

    def _by_cities(self, tzid: str) -> str | None:
        """Return the zone of a city that a name for people lists, the home zone first; its winter offset must fit."""
        match = _SHOWN.fullmatch(tzid)
        if match is None:
            return None
        cities = {city.strip().lower().replace(" ", "_") for city in match[4].split(",")}
        offset = timedelta(hours=int(match[2]), minutes=int(match[3])) * (-1 if match[1] == "-" else 1)
        candidates = [self.home, *sorted(self._known.values(), key=_commonness)]
        return next(
            (
                each
                for each in candidates
                if each.rpartition("/")[2].lower() in cities
                and _WINTER.astimezone(ZoneInfo(each)).utcoffset() == offset
            ),
            None,
        )

    def _by_offset_in_name(self, tzid: str) -> str | None:
        match = _OFFSET.fullmatch(tzid)
        if match is None or int(match[3] or 0) != 0:
            return None
        # The sign of Etc/GMT-1 is the other way round: it is one hour east.
        return self._known.get(f"etc/gmt{'-' if match[1] == '+' else '+'}{int(match[2])}")


def _offsets(values: Sequence[tuple[str, str]]) -> tuple[timedelta | None, timedelta | None]:
    """Return the offset in standard time and in summer time that a VTIMEZONE states last."""
    kind, found = "", {}
    for name, value in values:
        if name == "BEGIN":
            kind = value.upper()
        match = _TZ_OFFSET.match(value) if name == "TZOFFSETTO" else None
        if match is not None:
            offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
            found[kind] = offset if match[1] == "+" else -offset
    standard = found.get("STANDARD", found.get("DAYLIGHT"))
    return standard, found.get("DAYLIGHT", standard)


def _has_offsets(name: str, winter: timedelta, summer: timedelta | None) -> bool:
    zone = ZoneInfo(name)
    stated = {winter, summer}
    real = {_WINTER.astimezone(zone).utcoffset(), _SUMMER.astimezone(zone).utcoffset()}
    return stated == real and (len(real) == 1 or _SUMMER.astimezone(zone).utcoffset() == summer)


def _commonness(name: str) -> tuple[int, str]:
    for index, continent in enumerate(_CONTINENTS):
        if name.startswith(continent):
            return index, name
    return len(_CONTINENTS), name

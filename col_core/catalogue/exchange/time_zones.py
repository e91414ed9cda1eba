"""A time zone written out for calendar programs (VTIMEZONE): since when which offset holds.

Programs that know the zone by its name ignore it; the others depend on it. Source: RFC 5545, section 3.6.5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FIRST_YEAR = 1970


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A clock change: at `wall` (the time shown until then) the offset `before` becomes `after`."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str

    @property
    def kind(self) -> str:
        return "DAYLIGHT" if self.after > self.before else "STANDARD"


def lines(zone: ZoneInfo, *, first_year: int, last_year: int) -> list[str]:
    """Return the lines of a VTIMEZONE that holds from `first_year` on, at least to the end of `last_year`.

    A zone that changes every year by one rule goes on by that rule; of others every change is named.
    """
    first_year = max(first_year - 1, _FIRST_YEAR)
    changes = [each for year in range(first_year, last_year + 2) for each in _changes(zone.key, year)]
    observances = _by_rule(changes, first_year, last_year + 1) or _one_by_one(zone, changes, first_year)
    return ["BEGIN:VTIMEZONE", f"TZID:{zone.key}", *observances, "END:VTIMEZONE"]


@lru_cache(maxsize=1000)
def _changes(key: str, year: int) -> tuple[Change, ...]:
    """Return the clock changes of one year, to the second."""
    zone = ZoneInfo(key)
    found = []
    day, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while day < end:
        following = day + timedelta(days=1)
        if _offset(day, zone) != _offset(following, zone):
            found.append(_change(day, following, zone))
        day = following
    return tuple(found)


def _change(early: datetime, late: datetime, zone: ZoneInfo) -> Change:
    before = _offset(early, zone)
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if _offset(middle, zone) == before:
            early = middle
        else:
            late = middle
    local = late.astimezone(zone)
    wall = (late + before).replace(tzinfo=None)
    return Change(wall=wall, before=before, after=_offset(late, zone), name=local.tzname() or "")


def _by_rule(changes: Sequence[Change], first_year: int, last_year: int) -> list[str]:
    """Return one observance a season where every year changes on the same weekday of the same month, else nothing."""
    written: list[str] = []
    for kind in ("DAYLIGHT", "STANDARD"):
        season = [each for each in changes if each.kind == kind]
        if [each.wall.year for each in season] != list(range(first_year, last_year + 1)):
            return []
        rules = set.intersection(*(_rules(each) for each in season))
        if not rules:
            return []
        written += _observance(season[0], rrule=min(rules))
    return written


def _rules(change: Change) -> set[str]:
    """Return the yearly rules that name the day of `change`, as long as the rest of it is the same."""
    wall = change.wall
    day, number = _DAYS[wall.weekday()], (wall.day - 1) // 7 + 1
    is_last = (wall + timedelta(days=7)).month != wall.month
    same = f"{wall:%H%M%S} {change.before} {change.after} {change.name}"
    named = [*([-1] if is_last else []), number]
    return {f"FREQ=YEARLY;BYMONTH={wall.month};BYDAY={each}{day}\n{same}" for each in named}


def _one_by_one(zone: ZoneInfo, changes: Sequence[Change], first_year: int) -> list[str]:
    begin = datetime(first_year, 1, 1, tzinfo=UTC)
    offset = _offset(begin, zone)
    wall = (begin + offset).replace(tzinfo=None)
    start = Change(wall=wall, before=offset, after=offset, name=begin.astimezone(zone).tzname() or "")
    return [line for each in (start, *changes) for line in _observance(each)]


def _observance(change: Change, *, rrule: str | None = None) -> list[str]:
    return [
        f"BEGIN:{change.kind}",
        f"DTSTART:{change.wall:%Y%m%dT%H%M%S}",
        *([f"RRULE:{rrule.partition(chr(10))[0]}"] if rrule else []),
        f"TZOFFSETFROM:{_written(change.before)}",
        f"TZOFFSETTO:{_written(change.after)}",
        f"TZNAME:{change.name}",
        f"END:{change.kind}",
    ]


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _written(offset: timedelta) -> str:
    seconds = int(abs(offset).total_seconds())
    sign = "-" if offset < timedelta() else "+"
    hours, rest = divmod(seconds, 3600)
    return f"{sign}{hours:02}{rest // 60:02}" + (f"{rest % 60:02}" if rest % 60 else "")

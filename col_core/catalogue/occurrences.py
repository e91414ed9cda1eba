"""From "Tuesdays at 17:00, eight times, not on the holiday" to real dates, in bounded time.

Rules run on the wall clock and are turned into instants afterwards, so 17:00 stays 17:00 across a clock change
(RFC 5545, section 3.3.10).
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice, takewhile
from zoneinfo import ZoneInfo, available_timezones

from dateutil.rrule import rrule, rrulestr

from col_core.base.errors import InvalidInput
from col_core.catalogue.records import Occurrence, Schedule

MOST_OCCURRENCES = 1000
MOST_YEARS = 10
_LONGEST_RULE = 500
_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY")
_PART = re.compile(r"(?P<name>[A-Z-]+)=(?P<value>[A-Z0-9,+\-]+)")
_PARTS = frozenset({"FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST", "BYSETPOS"}) | {
    f"BY{unit}" for unit in ("HOUR", "DAY", "MONTHDAY", "YEARDAY", "WEEKNO", "MONTH")
}
# Beyond these (RFC 5545, section 3.3.10) the library breaks down instead of refusing.
_RANGES = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366, "BYDAY": 53}
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
# dateutil looks at every day until the year 9999 when a rule gives no (more) dates, which takes seconds. The calendar
# repeats every 400 years, weekdays included, so rules are worked out 19 cycles later, where not much time is left.
_CYCLES = timedelta(days=19 * 146_097)
_EARLIEST, _LATEST = datetime(1900, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001


def expand(schedule: Schedule, *, until: datetime, limit: int = MOST_OCCURRENCES) -> tuple[Occurrence, ...]:
    """Return the occurrences that begin before `until` (aware), in order, at most `limit`.

    A time that a clock change leaves out is moved forward by the gap; of one that comes twice, the first is taken.
    Without an end, an occurrence ends when it begins; of an all-day one, at the end of its day. Raises InvalidInput
    for a rule that is not one, is more often than hourly, or would never end its work.
    """
    announced = starts(schedule, until=until, limit=limit)
    zone, length = zone_of(schedule.timezone), _length(schedule)
    last = _last(schedule, zone, until)
    overrides = {each.original_start: each for each in schedule.overrides}
    found = []
    for start in announced:
        override = overrides.pop(start, None)
        if override is None:
            found.append(_occurrence(start, start + length, zone))
        elif not override.cancelled:
            moved = override.start or start
            found.append(_occurrence(moved, override.end or moved + length, zone))
    # An edited date whose original is not in the rule (any more) was still announced.
    for override in overrides.values():
        if not override.cancelled and override.start is not None and schedule.rrule and override.start <= last:
            found.append(_occurrence(override.start, override.end or override.start + length, zone))
    return tuple(sorted(set(found), key=lambda each: (each.start, each.end))[:limit])


def starts(schedule: Schedule, *, until: datetime, limit: int = MOST_OCCURRENCES) -> set[datetime]:
    """Return the wall-clock starts up to `until` (aware) that are announced, before single dates are changed.

    Raises InvalidInput as `expand` does.
    """
    zone = zone_of(schedule.timezone)
    if not _EARLIEST <= schedule.start <= _LATEST:
        raise InvalidInput(f"The date {schedule.start:%d.%m.%Y} is out of all bounds.")
    if schedule.end is not None and schedule.end < schedule.start:
        raise InvalidInput("It ends before it begins.")
    last = _last(schedule, zone, until)
    excluded = set(schedule.exdates)
    found = set(islice(_starts(schedule, zone, last), limit + len(excluded)))
    return (found | {each for each in schedule.rdates if each <= last}) - excluded


def rule_parts(schedule: Schedule) -> dict[str, str] | None:
    """Return the parts of the rule by name, None where there is none. Raises InvalidInput."""
    if schedule.rrule is None:
        return None
    return {name: value for name, _, value in (part.partition("=") for part in check_rule(schedule.rrule).split(";"))}


def rule_end(schedule: Schedule) -> datetime | None:
    """Return UNTIL of the rule as wall-clock time of the schedule, None where it has none. Raises InvalidInput."""
    parts = rule_parts(schedule)
    if parts is None or "UNTIL" not in parts:
        return None
    return _until(parts["UNTIL"], schedule, zone_of(schedule.timezone))


def begins_by_its_rule(schedule: Schedule) -> bool:
    """Whether the first date is one that the rule gives too. Where not, programs differ in what they make of it."""
    if schedule.rrule is None:
        return True
    first = next(iter(_rule(check_rule(schedule.rrule), schedule, zone_of(schedule.timezone))), None)
    return first is not None and first - _CYCLES == schedule.start


def check_rule(text: str) -> str:
    """Return the recurrence rule in its normal form. Raises InvalidInput that says what is wrong with it."""
    rule = text.strip().upper().removeprefix("RRULE:").rstrip(";")
    if len(rule) > _LONGEST_RULE:
        raise InvalidInput("The recurrence rule is too long.")
    parts: dict[str, str] = {}
    for part in rule.split(";"):
        match = _PART.fullmatch(part)
        if match is None or match["name"] in parts:
            raise InvalidInput(f"The recurrence rule has a part that cannot be read: {part[:40]!r}.")
        parts[match["name"]] = match["value"]
    if parts.get("FREQ") not in _FREQUENCIES:
        raise InvalidInput("The recurrence rule needs FREQ: hourly, daily, weekly, monthly or yearly.")
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not (parts[name].isdigit() and 1 <= int(parts[name]) <= 10_000):
            raise InvalidInput(f"{name} of the recurrence rule must be a number from 1 to 10000.")
    for name, most in _RANGES.items():
        if any(not 1 <= int(each[:9]) <= most for each in re.findall(r"\d+", parts.get(name, ""))):
            raise InvalidInput(f"{name} of the recurrence rule holds a number that is not from 1 to {most}.")
    if unknown := parts.keys() - _PARTS:
        raise InvalidInput(f"The recurrence rule has a part that is not used here: {', '.join(sorted(unknown))[:60]}.")
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _last(schedule: Schedule, zone: ZoneInfo, until: datetime) -> datetime:
    return min(until.astimezone(zone).replace(tzinfo=None), schedule.start + timedelta(days=366 * MOST_YEARS))


def _starts(schedule: Schedule, zone: ZoneInfo, last: datetime) -> Iterator[datetime]:
    if schedule.start <= last:
        yield schedule.start
    if schedule.rrule is None:
        return
    rule = _rule(check_rule(schedule.rrule), schedule, zone)
    for late in takewhile(lambda each: each <= last + _CYCLES, rule):
        if (start := late - _CYCLES) > schedule.start:
            yield start


def _rule(text: str, schedule: Schedule, zone: ZoneInfo) -> rrule:
    match = re.search(r"UNTIL=([^;]+)", text)
    if match is not None:
        text = text.replace(match[0], f"UNTIL={_until(match[1], schedule, zone) + _CYCLES:%Y%m%dT%H%M%S}")
    try:
        made = rrulestr(text, dtstart=schedule.start + _CYCLES)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise InvalidInput(f"The recurrence rule cannot be read: {str(error)[:100]}.") from error
    assert isinstance(made, rrule)
    return made


def _until(text: str, schedule: Schedule, zone: ZoneInfo) -> datetime:
    """Return UNTIL as wall-clock time: feeds write it in UTC, as a bare day, or as local time."""
    match = _UNTIL.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        if match[2] is None:
            return datetime.strptime(match[1], "%Y%m%d") + timedelta(days=1, seconds=-1)  # noqa: DTZ007
        moment = datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S")  # noqa: DTZ007
        if match[3] == "Z" and not schedule.all_day and moment < _LATEST:
            moment = moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise InvalidInput(f"UNTIL of the recurrence rule is not a date: {text[:40]!r}.") from None
    # Some calendars write the year 9999 for "for ever".
    return min(max(moment, _EARLIEST), _LATEST)


def _length(schedule: Schedule) -> timedelta:
    if schedule.end is not None:
        return schedule.end - schedule.start
    return timedelta(days=1) if schedule.all_day else timedelta()


def _occurrence(start: datetime, end: datetime, zone: ZoneInfo) -> Occurrence:
    begins, ends = _instant(start, zone), _instant(end, zone)
    return Occurrence(start=begins, end=max(begins, ends))


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    # fold=0: of an hour that comes twice the first; a time in the gap comes out moved forward by it.
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone called `name`. Raises InvalidInput for one that is not known."""
    # By list: ZoneInfo("Europe") would try to read a folder, and a name may hold a path.
    if name not in _zones():
        raise InvalidInput(f"{name[:60]!r} is not a time zone that we know.")
    return ZoneInfo(name)

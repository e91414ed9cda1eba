"""From "Tuesdays at 17:00, eight times, not on the holiday" to real dates, in bounded time.

Rules run on the wall clock and are turned into instants afterwards, so 17:00 stays 17:00 across a clock change
(RFC 5545, section 3.3.10).
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from col_core.base import time_zones
from col_core.base.errors import InvalidInput
from col_core.catalogue.records import Occurrence, Schedule

MOST_OCCURRENCES = 1000
LOOK_BACK = timedelta(days=366)
# What a rule gives and lasts longer is known for so long: of 200 years, hourly, there would be no end of running ones.
_LONGEST = timedelta(days=4 * 366)
_LONGEST_RULE = 500
_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY")
_UNITS = {"DAILY": "days", "HOURLY": "hours"}
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PART = re.compile(r"(?P<name>[A-Z-]+)=(?P<value>[A-Z0-9,+\-]+)")
_PARTS = frozenset({"FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST", "BYSETPOS"}) | {
    f"BY{unit}" for unit in ("HOUR", "DAY", "MONTHDAY", "YEARDAY", "WEEKNO", "MONTH")
}
# Beyond these (RFC 5545, section 3.3.10) the library breaks down instead of refusing.
_RANGES = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366, "BYDAY": 53}
_WEEKS_OF_A_MONTH = 5
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
# dateutil looks at every day until the year 9999 when a rule gives no (more) dates, which takes seconds. The calendar
# repeats every 400 years, weekdays included, so rules are worked out 19 cycles later, where not much time is left.
_CYCLES = timedelta(days=19 * 146_097)
_EARLIEST, _LATEST = datetime(1900, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001


def expand(schedule: Schedule, *, now: datetime, until: datetime) -> tuple[Occurrence, ...]:
    """Return the occurrences from a year before `now` on that begin before `until` (both aware), in order.

    Of what was over before that, the last one is there: it is known to be over. At most `MOST_OCCURRENCES`: where there
    are more, first those that are over give way, the oldest first, then the last to come.

    A time that a clock change leaves out is moved forward by the gap; of one that comes twice, the first is taken.
    Without an end, an occurrence ends when it begins; of an all-day one, at the end of its day. Raises InvalidInput
    for a rule that is not one, is more often than hourly, or would never end its work.
    """
    zone = zone_of(schedule.timezone)
    since, last = now - LOOK_BACK, _wall(until, zone)
    dates = _changed(schedule, starts(schedule, now=now, until=until), zone, last)
    found = [each for each in dates if each.end > since] or _last_over(schedule, dates, zone, since)
    coming = [each for each in found if each.end > now][:MOST_OCCURRENCES]
    over = [each for each in found if each.end <= now]
    over = over[max(0, len(over) + len(coming) - MOST_OCCURRENCES) :]
    return tuple(sorted(over + coming, key=_in_order))


def starts(schedule: Schedule, *, now: datetime, until: datetime) -> set[datetime]:
    """Return the wall-clock starts up to `until` that are announced, before single dates are changed.

    Those that the rule gives begin a year before `now`, or longer ago where one lasts longer. Raises InvalidInput as
    `expand` does.
    """
    zone = zone_of(schedule.timezone)
    if not _EARLIEST <= schedule.start <= _LATEST:
        raise InvalidInput(f"The date {schedule.start:%d.%m.%Y} is out of all bounds.")
    if schedule.end is not None and schedule.end < schedule.start:
        raise InvalidInput("It ends before it begins.")
    present, last = _wall(now, zone), _wall(until, zone)
    rule = _by_rule(schedule, zone, present - LOOK_BACK - min(schedule.longest, _LONGEST), last)
    at_hand = [each for each in (schedule.start, *schedule.rdates) if each <= last]
    excluded = set(schedule.exdates)
    most = MOST_OCCURRENCES + len(excluded)
    over: deque[datetime] = deque(maxlen=most)
    for each in rule:
        if each >= present:
            at_hand.append(each)
            break
        over.append(each)
    return {*at_hand, *over, *islice(rule, most)} - excluded


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
    rule = _rule(check_rule(schedule.rrule), schedule, zone_of(schedule.timezone), schedule.start)
    first = next(iter(rule), None)
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
    if {"COUNT", "UNTIL"} <= parts.keys():
        raise InvalidInput("The recurrence rule may end by COUNT or by UNTIL, not by both.")
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not (parts[name].isdigit() and 1 <= int(parts[name]) <= 10_000):
            raise InvalidInput(f"{name} of the recurrence rule must be a number from 1 to 10000.")
    for name, most in _RANGES.items():
        if any(not 1 <= int(each[:9]) <= most for each in re.findall(r"\d+", parts.get(name, ""))):
            raise InvalidInput(f"{name} of the recurrence rule holds a number that is not from 1 to {most}.")
    in_a_month = parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts
    if in_a_month and any(int(each) > _WEEKS_OF_A_MONTH for each in re.findall(r"\d+", parts.get("BYDAY", ""))):
        raise InvalidInput("BYDAY of the recurrence rule names a weekday that no month has so often.")
    if parts["FREQ"] == "HOURLY" and "BYSETPOS" in parts:
        # Of the one time of each hour: the library would look at every hour until the year 9999.
        raise InvalidInput("The recurrence rule has a part that an hourly rule has no use for: BYSETPOS.")
    if unknown := parts.keys() - _PARTS:
        raise InvalidInput(f"The recurrence rule has a part that is not used here: {', '.join(sorted(unknown))[:60]}.")
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _changed(schedule: Schedule, announced: Iterable[datetime], zone: ZoneInfo, last: datetime) -> list[Occurrence]:
    """Return the announced dates in order, single ones as they were changed."""
    length = _length(schedule)
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
    return sorted(set(found), key=_in_order)


def _last_over(schedule: Schedule, known: Sequence[Occurrence], zone: ZoneInfo, before: datetime) -> list[Occurrence]:
    """Return the last date of what was over before `before`, `known` or given by the rule, if any."""
    last = _wall(before, zone)
    ended = min(last, rule_end(schedule) or last)
    dropped = {*schedule.exdates, *(each.original_start for each in schedule.overrides if each.cancelled)}
    given: deque[datetime] = deque(maxlen=1)
    # What gives nothing in its last year gives little in all, so that going through all of it is soon done. Of what has
    # not ended, the last year was looked through already.
    for since in (schedule.start,) if ended == last else (ended - LOOK_BACK, schedule.start):
        given.extend(each for each in _by_rule(schedule, zone, since, last) if each not in dropped)
        if given:
            break
    return sorted({*known, *_changed(schedule, given, zone, last)}, key=_in_order)[-1:]


def _by_rule(schedule: Schedule, zone: ZoneInfo, since: datetime, last: datetime) -> Iterator[datetime]:
    """Return, in order, the starts from `since` to `last` that the rule gives after the first date."""
    if schedule.rrule is None:
        return iter(())
    text = check_rule(schedule.rrule)
    parts = dict(part.split("=") for part in text.split(";"))
    if _is_even(parts, schedule.start):
        return _even(parts, schedule, zone, since, last)
    rule = _rule(text, schedule, zone, since)
    given = takewhile(lambda start: start <= last, (late - _CYCLES for late in rule))
    return (start for start in given if start > schedule.start and start >= since)


def _is_even(parts: Mapping[str, str], start: datetime) -> bool:
    """Whether a rule only says every how many days or weeks, as most do: that needs no library."""
    if start.microsecond or not parts.keys() <= {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY"}:
        return False
    if "BYDAY" in parts:
        return parts["FREQ"] == "WEEKLY" and parts["BYDAY"] == _WEEKDAYS[start.weekday()]
    return parts["FREQ"] in ("DAILY", "WEEKLY")


def _even(
    parts: Mapping[str, str], schedule: Schedule, zone: ZoneInfo, since: datetime, last: datetime
) -> Iterator[datetime]:
    """Return what `_by_rule` does, for a rule that is even."""
    every = int(parts.get("INTERVAL", "1"))
    step = timedelta(weeks=every) if parts["FREQ"] == "WEEKLY" else timedelta(days=every)
    end = min(last, _until(parts["UNTIL"], schedule, zone)) if "UNTIL" in parts else last
    number = (end - schedule.start) // step
    if "COUNT" in parts:
        number = min(number, int(parts["COUNT"]) - 1)
    first = max(1, -((schedule.start - since) // step))
    return (schedule.start + each * step for each in range(first, number + 1))


def _rule(text: str, schedule: Schedule, zone: ZoneInfo, since: datetime) -> rrule:
    """Return the rule `_CYCLES` later. What it gives before `since` may be left out."""
    match = re.search(r"UNTIL=([^;]+)", text)
    if match is not None:
        text = text.replace(match[0], f"UNTIL={_until(match[1], schedule, zone) + _CYCLES:%Y%m%dT%H%M%S}")
    try:
        made = rrulestr(text, dtstart=schedule.start + _CYCLES)
        assert isinstance(made, rrule)
        parts = dict(part.split("=") for part in text.split(";"))
        begin = _begin(parts, schedule.start, since)
        if begin <= schedule.start or "COUNT" in parts:
            return made
        return made.replace(dtstart=begin + _CYCLES, **_said_by_the_start(parts, schedule.start))
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise InvalidInput(f"The recurrence rule cannot be read: {str(error)[:100]}.") from error


def _begin(parts: Mapping[str, str], start: datetime, since: datetime) -> datetime:
    """Return a time up to `since` (the start's week, month or year, if later) where a rule from `start` is in step."""
    every = int(parts.get("INTERVAL", "1"))
    match parts["FREQ"]:
        case "YEARLY":
            years = max(0, since.year - start.year - 1)
            return start.replace(year=start.year + years // every * every, month=1, day=1)
        case "MONTHLY":
            months = max(0, (since.year - start.year) * 12 + since.month - start.month - 1)
            years, month = divmod(start.month - 1 + months // every * every, 12)
            return start.replace(year=start.year + years, month=month + 1, day=1)
        case "WEEKLY":
            week = start - timedelta(days=(start.weekday() - _WEEKDAYS.index(parts.get("WKST", "MO"))) % 7)
            return week + max(0, (since - week) // timedelta(weeks=every)) * timedelta(weeks=every)
        case frequency:
            step = every * timedelta(**{_UNITS[frequency]: 1})
            return start + max(0, (since - start) // step) * step


def _said_by_the_start(parts: Mapping[str, str], start: datetime) -> dict[str, Any]:
    """Return what a rule leaves to its first date (RFC 5545, section 3.3.10), in the words of the library."""
    if not parts.keys().isdisjoint({"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY"}):
        return {}
    match parts["FREQ"]:
        case "YEARLY":
            return {"bymonthday": start.day} | ({} if "BYMONTH" in parts else {"bymonth": start.month})
        case "MONTHLY":
            return {"bymonthday": start.day}
        case "WEEKLY":
            return {"byweekday": start.weekday()}
    return {}


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


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _in_order(each: Occurrence) -> tuple[datetime, datetime]:
    return each.start, each.end


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


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone called `name`. Raises InvalidInput for one that is not known."""
    # By list: ZoneInfo("Europe") would try to read a folder, and a name may hold a path.
    if name not in time_zones.names():
        raise InvalidInput(f"{name[:60]!r} is not a time zone that we know.")
    return ZoneInfo(name)

"""A recurrence rule in the words of schema.org, as far as these can say it; and read again from them.

Source: https://schema.org/Schedule.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from col_core.base.errors import InvalidInput
from col_core.catalogue.occurrences import rule_end, rule_parts, zone_of
from col_core.catalogue.records import Schedule

DAYS = {
    "MO": "https://schema.org/Monday",
    "TU": "https://schema.org/Tuesday",
    "WE": "https://schema.org/Wednesday",
    "TH": "https://schema.org/Thursday",
    "FR": "https://schema.org/Friday",
    "SA": "https://schema.org/Saturday",
    "SU": "https://schema.org/Sunday",
}
_UNITS = {"DAILY": "D", "WEEKLY": "W", "MONTHLY": "M", "YEARLY": "Y"}
_SAID = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH", "BYMONTHDAY", "WKST"})


def schedule_of(schedule: Schedule) -> dict[str, Any] | None:
    """Return `schedule` as a schema.org Schedule; None where it does not repeat, or there are no words for how."""
    try:
        parts, ends = rule_parts(schedule), rule_end(schedule)
    except InvalidInput:
        return None
    if parts is None or schedule.rdates or any(not each.cancelled for each in schedule.overrides):
        return None
    if parts.keys() - _SAID or parts["FREQ"] not in _UNITS:
        return None
    if parts.get("WKST", "MO") != "MO" and parts.get("INTERVAL", "1") != "1":
        return None
    length = schedule.end - schedule.start if schedule.end is not None else None
    left_out = sorted({*schedule.exdates, *(each.original_start for each in schedule.overrides)})
    said: dict[str, Any] = {
        "@type": "Schedule",
        "scheduleTimezone": schedule.timezone,
        "startDate": schedule.start.date().isoformat(),
        "repeatFrequency": f"P{parts.get('INTERVAL', '1')}{_UNITS[parts['FREQ']]}",
    }
    if not schedule.all_day:
        said["startTime"] = schedule.start.time().isoformat()
        if schedule.end is not None and length is not None:
            said |= {"endTime": schedule.end.time().isoformat(), "duration": _duration(length)}
    elif length is not None:
        said["duration"] = _duration(length)
    if "BYDAY" in parts:
        said["byDay"] = [DAYS.get(each, each) for each in parts["BYDAY"].split(",")]
    for ours, theirs in (("BYMONTH", "byMonth"), ("BYMONTHDAY", "byMonthDay")):
        if ours in parts:
            said[theirs] = [int(each) for each in parts[ours].split(",")]
    if "COUNT" in parts:
        said["repeatCount"] = int(parts["COUNT"])
    if ends is not None:
        said["endDate"] = _last_day(ends, schedule).isoformat()
    if left_out:
        said["exceptDate"] = [each.date().isoformat() if schedule.all_day else _aware(each, schedule)
                              for each in left_out]  # fmt: skip
    return said


def read_schedule(said: Mapping[str, Any], *, timezone: str) -> Schedule:
    """Return what a schema.org Schedule says; `timezone` is the one where it names none. Raises ValueError."""
    name = said.get("scheduleTimezone") or timezone
    try:
        zone = zone_of(str(name))
    except InvalidInput as error:
        raise ValueError(f"scheduleTimezone: {error}") from error
    day, _ = wall(said.get("startDate"), zone, "startDate")
    begins = _time(said, "startTime")
    start = day if begins is None else datetime.combine(day.date(), begins)
    length = _length(said.get("duration"))
    ends = _time(said, "endTime")
    end = start + length if length is not None else None
    if end is None and ends is not None and begins is not None:
        end = datetime.combine(day.date(), ends) + timedelta(days=ends < begins)
    all_day = begins is None and day.time() == time.min
    return Schedule(
        start=start,
        end=end if end is not None or not all_day else start + timedelta(days=1),
        timezone=zone.key,
        all_day=all_day,
        rrule=_rule(said, all_day=all_day, zone=zone),
        exdates=tuple(
            moment if not is_day or all_day else datetime.combine(moment.date(), start.time())
            for moment, is_day in (wall(each, zone, "exceptDate") for each in _several(said.get("exceptDate")))
        ),
    )


def wall(value: Any, zone: ZoneInfo, key: str) -> tuple[datetime, bool]:
    """Return a date or time of schema.org as wall-clock time in `zone`, and whether it is a whole day.

    Raises ValueError that names `key`.
    """
    try:
        moment = datetime.fromisoformat(value)
        on_the_wall = moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None, fold=0)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f'{key}: "{str(value)[:60]}" is not a date') from error
    return on_the_wall, len(value) <= len("2026-05-17")


def _rule(said: Mapping[str, Any], *, all_day: bool, zone: ZoneInfo) -> str | None:
    match = re.fullmatch(r"P(\d{1,4})([DWMY])", str(said.get("repeatFrequency") or ""))
    if match is None:
        return None
    names = {unit: name for name, unit in _UNITS.items()}
    days = {word: ours for ours, word in DAYS.items()} | {word.rpartition("/")[2]: ours for ours, word in DAYS.items()}
    parts = [f"FREQ={names[match[2]]}"]
    if match[1] != "1":
        parts.append(f"INTERVAL={int(match[1])}")
    if said.get("byDay"):
        parts.append("BYDAY=" + ",".join(days.get(str(each), str(each)) for each in _several(said["byDay"])))
    for ours, theirs in (("BYMONTH", "byMonth"), ("BYMONTHDAY", "byMonthDay")):
        if said.get(theirs):
            parts.append(f"{ours}=" + ",".join(str(each) for each in _several(said[theirs])))
    if said.get("repeatCount"):
        parts.append(f"COUNT={said['repeatCount']}")
    elif said.get("endDate"):
        last, is_day = wall(said["endDate"], zone, "endDate")
        parts.append(f"UNTIL={last:%Y%m%d}" if is_day or all_day else f"UNTIL={last:%Y%m%dT%H%M%S}")
    return ";".join(parts)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _time(said: Mapping[str, Any], key: str) -> time | None:
    if said.get(key) is None:
        return None
    try:
        return time.fromisoformat(said[key]).replace(tzinfo=None)
    except (TypeError, ValueError) as error:
        raise ValueError(f'{key}: "{str(said[key])[:60]}" is not a time of day') from error


def _length(value: Any) -> timedelta | None:
    match = re.fullmatch(r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?", str(value or ""))
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (int(each or 0) for each in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _last_day(ends: datetime, schedule: Schedule) -> date:
    """Return the last day on which it can begin: a rule ends at a time, a schema.org schedule at the end of a day."""
    before = not schedule.all_day and ends.time() < schedule.start.time()
    return ends.date() - timedelta(days=before)


def _aware(wall: datetime, schedule: Schedule) -> str:
    return wall.replace(tzinfo=ZoneInfo(schedule.timezone)).isoformat()


def _duration(length: timedelta) -> str:
    """Return an ISO 8601 duration: P1DT2H30M."""
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    pairs = ((hours, "H"), (minutes, "M"), (seconds, "S"))
    clock = "".join(f"{number}{unit}" for number, unit in pairs if number)
    days = f"{length.days}D" if length.days else ""
    return f"P{days}{'T' + clock if clock else ''}" if days or clock else "PT0S"

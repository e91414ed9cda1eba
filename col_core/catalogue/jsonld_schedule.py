"""A recurrence rule in the words of schema.org, as far as these can say it.

Source: https://schema.org/Schedule.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from col_core.base.errors import InvalidInput
from col_core.catalogue.occurrences import rule_end, rule_parts
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
    time = "".join(f"{number}{unit}" for number, unit in pairs if number)
    days = f"{length.days}D" if length.days else ""
    return f"P{days}{'T' + time if time else ''}" if days or time else "PT0S"

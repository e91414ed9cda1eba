"""A recurrence rule in the words of schema.org, as far as these can say it.

Source: https://schema.org/Schedule.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from col_core.base.errors import InvalidInput
from col_core.catalogue.occurrences import check_rule
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
    parts = _parts(schedule.rrule)
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
    if "UNTIL" in parts:
        last = _last_day(parts["UNTIL"], schedule)
        if last is None:
            return None
        said["endDate"] = last.isoformat()
    if left_out:
        said["exceptDate"] = [each.date().isoformat() if schedule.all_day else _aware(each, schedule)
                              for each in left_out]  # fmt: skip
    return said


def _parts(rrule: str | None) -> Mapping[str, str] | None:
    if rrule is None:
        return None
    try:
        return dict(part.split("=", 1) for part in check_rule(rrule).split(";"))
    except InvalidInput:
        return None


def _last_day(until: str, schedule: Schedule) -> date | None:
    """Return the last day on which it can begin: UNTIL names an instant, schema.org a day."""
    match = re.fullmatch(r"(\d{8})(?:T(\d{6})(Z?))?", until)
    if match is None:
        return None
    try:
        day = datetime.strptime(match[1], "%Y%m%d").date()  # noqa: DTZ007 (a calendar day)
        if match[2] is None or schedule.all_day:
            return day
        wall = datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S")  # noqa: DTZ007 (its zone is put on below)
        if match[3]:
            wall = wall.replace(tzinfo=UTC).astimezone(ZoneInfo(schedule.timezone)).replace(tzinfo=None)
        return wall.date() if wall.time() >= schedule.start.time() else wall.date() - timedelta(days=1)
    except (ValueError, OverflowError):
        return None


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

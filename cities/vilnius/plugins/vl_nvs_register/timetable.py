"""The register's timetable: days of the week with hours, first and last day, holidays between."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from col_core.plugin import Override, Schedule

_WEEKDAYS = {
    "pirmadienis": 0,
    "antradienis": 1,
    "trečiadienis": 2,
    "ketvirtadienis": 3,
    "penktadienis": 4,
    "šeštadienis": 5,
    "sekmadienis": 6,
}
_LONGEST = timedelta(days=5 * 366)
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

Slot = Mapping[str, str]


def read(
    slots: Sequence[Slot], first: str | None, last: str | None, holidays: Sequence[Slot], timezone: str
) -> Schedule | None:
    """Return the schedule of a programme, None where the register states no first day.

    Without slots the days from `first` to `last` are whole days. Where hours differ, those of the first
    meeting make the series, and the other days are exceptions from it at their own hours.

    Raises ValueError for a day or an hour that cannot be read.
    """
    if first is None:
        return None
    begin, finish = date.fromisoformat(first), date.fromisoformat(last or first)
    if finish < begin:
        raise ValueError(f"it ends on {finish} before it starts on {begin}")
    if finish - begin > _LONGEST:
        raise ValueError(f"it lasts from {begin} to {finish}, which is longer than five years")
    if not slots:
        midnight = datetime.combine(begin, time())
        end = datetime.combine(finish + timedelta(days=1), time())
        return Schedule(start=midnight, end=end, timezone=timezone, all_day=True)
    hours = {_weekday(slot["diena"]): _hours(slot) for slot in slots}
    days = [begin + timedelta(days=n) for n in range((finish - begin).days + 1)]
    meetings = [day for day in days if day.weekday() in hours]
    if not meetings:
        raise ValueError(f"none of its days of the week lies between {begin} and {finish}")
    opens, closes = hours[meetings[0].weekday()]
    off = {day for day in meetings if any(_within(day, holiday) for holiday in holidays)}
    return Schedule(
        start=datetime.combine(meetings[0], opens),
        end=datetime.combine(meetings[0], closes),
        timezone=timezone,
        rrule=_rule(sorted(hours), finish) if len(meetings) > 1 else None,
        exdates=tuple(datetime.combine(day, opens) for day in sorted(off)),
        overrides=tuple(
            Override(
                original_start=datetime.combine(day, opens),
                start=datetime.combine(day, hours[day.weekday()][0]),
                end=datetime.combine(day, hours[day.weekday()][1]),
            )
            for day in meetings
            if day not in off and hours[day.weekday()] != (opens, closes)
        ),
    )


def _rule(weekdays: Sequence[int], last: date) -> str:
    return f"FREQ=WEEKLY;BYDAY={','.join(_CODES[day] for day in weekdays)};UNTIL={last:%Y%m%d}T235959"


def _weekday(text: str) -> int:
    if text not in _WEEKDAYS:
        raise ValueError(f'"{text}" is not a day of the week')
    return _WEEKDAYS[text]


def _hours(slot: Slot) -> tuple[time, time]:
    opens, closes = time.fromisoformat(slot["nuo"]), time.fromisoformat(slot["iki"])
    if closes <= opens:
        raise ValueError(f"it ends at {slot['iki']} before it starts at {slot['nuo']}")
    return opens, closes


def _within(day: date, holiday: Slot) -> bool:
    return date.fromisoformat(holiday["nuo"]) <= day <= date.fromisoformat(holiday["iki"])

"""Reading when something happens, from the one line in which the centres write it:

    vsak torek 17.00–19.00, od 13. 1. 2026 do 26. 5. 2026, razen 28. 4. 2026
    vsako drugo sredo in petek 16.00–18.00, od 14. 1. 2026 do 27. 3. 2026
    vsak delavnik 14.00–19.00, od 7. 1. 2026 do 24. 6. 2026
    17. 1. 2026, 10.00–13.00
    16. 2. 2026–20. 2. 2026, 9.00–15.00        (each day, at these hours)
    24. 1. 2026                                (the whole day)
    po dogovoru                                (no date)

Hours are those of the city's wall clock.
"""

import re
from datetime import date, datetime, time, timedelta

from col_core.plugin import Schedule

_DATE = r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})"
_HOURS = r"(\d{1,2})[.:](\d{2}) ?[–-] ?(\d{1,2})[.:](\d{2})"
_SERIES = re.compile(
    rf"vsak[oa]? (?:(drug[oi]) )?(.+?) {_HOURS}, od {_DATE} do {_DATE}(?:,? razen (.+))?", re.IGNORECASE
)
_DAYS = re.compile(rf"{_DATE} ?[–-] ?{_DATE}, {_HOURS}")
_DAY = re.compile(rf"{_DATE}(?:, {_HOURS})?")
_ANY_DATE = re.compile(_DATE)

_WEEKDAYS = {
    "ponedeljek": 0,
    "torek": 1,
    "sredo": 2,
    "sreda": 2,
    "četrtek": 3,
    "petek": 4,
    "soboto": 5,
    "sobota": 5,
    "nedeljo": 6,
    "nedelja": 6,
}
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def read(text: str, timezone: str) -> Schedule | None:
    """Return the schedule that `text` states, None where it says "po dogovoru".

    Raises ValueError, with a sentence in English, for a line that cannot be understood.
    """
    line = " ".join(text.split()).rstrip(".")
    if line.lower() == "po dogovoru":
        return None
    if found := _SERIES.fullmatch(line):
        return _series(found, timezone)
    if found := _DAYS.fullmatch(line):
        first, last = _date(found.groups()[0:3]), _date(found.groups()[3:6])
        start, end = _hours(first, found.groups()[6:10])
        rule = f"FREQ=DAILY;COUNT={(last - first).days + 1}"
        return Schedule(start=start, end=end, timezone=timezone, rrule=rule)
    if found := _DAY.fullmatch(line):
        day = _date(found.groups()[0:3])
        if found[4] is None:
            midnight = datetime.combine(day, time())
            return Schedule(start=midnight, end=midnight + timedelta(days=1), timezone=timezone, all_day=True)
        start, end = _hours(day, found.groups()[3:7])
        return Schedule(start=start, end=end, timezone=timezone)
    raise ValueError(f'termin "{line}" is not understood')


def read_date(text: str) -> date:
    """Return the date in `text` ("9. 1. 2026"). Raises ValueError where there is none."""
    found = _ANY_DATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f'"{text}" is not a date like 9. 1. 2026')
    return _date(found.groups())


def _series(found: re.Match[str], timezone: str) -> Schedule:
    every_second, days, *numbers = found.groups()[:12]
    weekdays = _weekdays(days)
    first, last = _date(numbers[4:7]), _date(numbers[7:10])
    if last < first:
        raise ValueError(f"the series ends on {last} before it starts on {first}")
    while first.weekday() not in weekdays:
        first += timedelta(days=1)
    start, end = _hours(first, numbers[0:4])
    interval = "INTERVAL=2;" if every_second else ""
    rule = f"FREQ=WEEKLY;{interval}BYDAY={','.join(_CODES[day] for day in weekdays)}"
    without = tuple(
        datetime.combine(_date(each.groups()), start.time()) for each in _ANY_DATE.finditer(found[13] or "")
    )
    return Schedule(
        start=start,
        end=end,
        timezone=timezone,
        rrule=f"{rule};UNTIL={last:%Y%m%d}T235959",
        exdates=without,
    )


def _weekdays(text: str) -> list[int]:
    if text == "delavnik":
        return [0, 1, 2, 3, 4]
    if text == "dan":
        return [0, 1, 2, 3, 4, 5, 6]
    names = [name.removeprefix("vsako ").removeprefix("vsak ") for name in re.split(r", | in ", text)]
    unknown = [name for name in names if name not in _WEEKDAYS]
    if unknown:
        raise ValueError(f'"{unknown[0]}" is not a day of the week')
    return sorted({_WEEKDAYS[name] for name in names})


def _date(numbers: tuple[str | None, ...] | list[str | None]) -> date:
    day, month, year = (int(number or 0) for number in numbers)
    return date(year, month, day)


def _hours(day: date, numbers: tuple[str | None, ...] | list[str | None]) -> tuple[datetime, datetime]:
    hour, minute, end_hour, end_minute = (int(number or 0) for number in numbers)
    start = datetime.combine(day, time(hour, minute))
    end = datetime.combine(day, time(end_hour, end_minute))
    return start, end if end > start else end + timedelta(days=1)

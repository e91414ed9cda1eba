"""Say how a series repeats: "every Tuesday at 17:00", "every first Saturday of the month".

Only rules that people would say in one breath have words; for any other the dates themselves speak.
"""

from datetime import date, datetime
from typing import Protocol

from col_core.base.formats import Formats
from col_core.base.weekdays import DAYS, EVERY, EVERY_OTHER, IN_A_ROW, OF_THE_MONTH

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAYS = {0, 1, 2, 3, 4}
_A_ROW = 3
_KNOWN = {
    "FREQ",
    "INTERVAL",
    "BYDAY",
    "BYMONTHDAY",
    "BYMONTH",
    "UNTIL",
    "COUNT",
    "WKST",
    "BYHOUR",
    "BYMINUTE",
    "BYSECOND",
}


class Series(Protocol):
    """The part of a schedule that says how it repeats; the catalogue's `Schedule` is one."""

    @property
    def start(self) -> datetime: ...
    @property
    def all_day(self) -> bool: ...
    @property
    def rrule(self) -> str | None: ...


def series_words(words: Formats, schedule: Series, *, time: bool = True, until: bool = True) -> str | None:
    """Say when `schedule` repeats, None where it does not or has no simple words.

    `time` adds the time of the day, `until` the last day, where the rule names one.
    """
    parts = _parts(schedule.rrule or "")
    if parts is None:
        return None
    said = _rhythm(words, parts, schedule.start.date())
    if said is None:
        return None
    if time and not schedule.all_day:
        # translators: %(series)s is such as "every Tuesday"
        said = words.pgettext("series", "%(series)s at %(time)s", series=said, time=words.wall_time(schedule.start))
    last = _until(parts.get("UNTIL", ""))
    if until and last is not None:
        # translators: %(series)s is such as "every Tuesday at 17:00"
        said = words.pgettext(
            "series",
            "%(series)s, until %(date)s",
            series=said,
            date=words.date_in_sentence(last, year=last.year != schedule.start.year),
        )
    return said


def _parts(rrule: str) -> dict[str, str] | None:
    """Split a rule; None where it says more than these words can."""
    parts = {}
    for piece in rrule.removeprefix("RRULE:").upper().split(";"):
        name, mark, value = piece.partition("=")
        if mark:
            parts[name.strip()] = value.strip()
    fixed_time = all("," not in parts.get(name, "") for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    return parts if parts and parts.keys() <= _KNOWN and fixed_time else None


def _rhythm(words: Formats, parts: dict[str, str], start: date) -> str | None:
    interval = _number(parts.get("INTERVAL", "1"))
    if interval is None or not 1 <= interval <= 52:
        return None
    match parts.get("FREQ"):
        case "DAILY" if parts.keys().isdisjoint({"BYMONTHDAY", "BYMONTH"}):
            return _daily(words, parts, interval)
        case "WEEKLY" if parts.keys().isdisjoint({"BYMONTHDAY", "BYMONTH"}):
            return _weekly(words, _days(parts.get("BYDAY", _CODES[start.weekday()])), interval)
        case "MONTHLY" if interval == 1 and "BYMONTH" not in parts:
            return _monthly(words, parts, start)
        case "YEARLY" if interval == 1 and parts.keys().isdisjoint({"BYDAY", "BYMONTHDAY", "BYMONTH"}):
            # translators: a yearly series; %(date)s is such as "3 December"
            return words.pgettext("series", "every year on %(date)s", date=words.date_in_sentence(start, year=False))
    return None


def _daily(words: Formats, parts: dict[str, str], interval: int) -> str | None:
    if "BYDAY" in parts:
        return _weekly(words, _days(parts["BYDAY"]), 1) if interval == 1 else None
    if interval == 1:
        # translators: when a series takes place
        return words.pgettext("series", "every day")
    # translators: when a series takes place
    return words.npgettext("series", "every %(n)s day", "every %(n)s days", interval)


def _weekly(words: Formats, days: tuple[int, ...] | None, interval: int) -> str | None:
    if not days:
        return None
    if interval == 1 and len(days) == 7:
        # translators: when a series takes place
        return words.pgettext("series", "every day")
    if interval == 1 and set(days) == _WEEKDAYS:
        # translators: Monday to Friday; when a series takes place
        return words.pgettext("series", "every weekday")
    if len(days) == 1 and interval <= 2:
        return words.pgettext(*(EVERY, EVERY_OTHER)[interval - 1][days[0]])
    if interval == 1 and len(days) >= _A_ROW and days == tuple(range(days[0], days[-1] + 1)):
        first, last = (words.pgettext(*IN_A_ROW[day]) for day in (days[0], days[-1]))
        # translators: days in a row, such as "Tuesday to Friday"
        return words.pgettext("series", "%(first)s to %(last)s", first=first, last=last)
    names = words.listing([words.pgettext(*DAYS[day]) for day in days])
    # translators: %(days)s is such as "Mondays and Thursdays"
    said = words.pgettext("series", "on %(days)s", days=names)
    if interval == 1:
        return said
    # translators: %(on_days)s is such as "on Mondays and Thursdays"
    return words.npgettext(
        "series", "%(on_days)s, every %(n)s week", "%(on_days)s, every %(n)s weeks", interval, on_days=said
    )


def _monthly(words: Formats, parts: dict[str, str], start: date) -> str | None:
    by_day = parts.get("BYDAY")
    if by_day is not None:
        table = OF_THE_MONTH.get(_number(by_day[:-2]) or 0)
        if table is None or by_day[-2:] not in _CODES or "BYMONTHDAY" in parts:
            return None
        return words.pgettext(*table[_CODES.index(by_day[-2:])])
    day = _number(parts.get("BYMONTHDAY", str(start.day)))
    if day == -1:
        # translators: when a series takes place
        return words.pgettext("series", "every last day of the month")
    if day is None or not 1 <= day <= 31:
        return None
    # translators: when a series takes place; %(day)s is the number of a day, as in "every month on day 15"
    return words.pgettext("series", "every month on day %(day)s", day=day)


def _days(by_day: str) -> tuple[int, ...] | None:
    codes = by_day.split(",")
    return tuple(sorted({_CODES.index(code) for code in codes})) if set(codes) <= set(_CODES) else None


def _number(text: str) -> int | None:
    digits = text.removeprefix("+").removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None


def _until(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:8]}")
    except ValueError:
        return None

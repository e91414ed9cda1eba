"""Reading what people wrote down of an activity, and nothing more: what is not stated stays unknown."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from col_core.plugin import Ages, OpportunityType, Price, Schedule

_HOUR = r"(\d{1,2})[.:](\d{2})"
_ONE_TIME = re.compile(rf"(?:od |nuo )?{_HOUR}")
_TIME_RANGE = re.compile(rf"{_HOUR}\s*[–-]\s*{_HOUR}")
# Years standing alone or before a comma: "4–12 klasė" are school years, "18+; …" goes on to say who else.
_AGE_RANGE = re.compile(r"(\d{1,2})\s*[–-]\s*(\d{1,2})(\+?)(?:,.*)?")
_AGE_FROM = re.compile(r"(\d{1,2})\+(?:,.*)?")
_AGE_TO = re.compile(r"(?:do|up to|iki) (\d{1,2})(?:,.*)?")
_AMOUNT = re.compile(r"(\d+(?:[.,]\d{1,2})?) EUR(?!\w)")
_FREE = re.compile(r"(?:brezplačno|nemokamai|free|prost vstop|costs covered)\b")

# Something that opened on a day and says no end is taken as going on, not as over since that day.
_LASTING = (OpportunityType.OPEN_SPACE, OpportunityType.DIGITAL, OpportunityType.VOLUNTEERING)


def ages(text: str | None) -> Ages:
    """Return the years of age that `text` states ("14–29", "15+", "do 29"), else open ages."""
    if text is None:
        return Ages()
    if found := _AGE_RANGE.fullmatch(text):
        return Ages(min=int(found[1]), max=None if found[3] else int(found[2]))
    if found := _AGE_FROM.fullmatch(text):
        return Ages(min=int(found[1]))
    if found := _AGE_TO.fullmatch(text):
        return Ages(max=int(found[1]))
    return Ages()


def price(text: str | None, language: str) -> Price:
    """Return the price that `text` states. The text itself stays with it as a note."""
    if text is None:
        return Price()
    if _FREE.match(text):
        return Price(free=True, note={language: text})
    found = _AMOUNT.match(text)
    return Price(amount=Decimal(found[1].replace(",", ".")) if found else None, note={language: text})


def is_lasting(type_: OpportunityType, start: str | None, end: str | None) -> bool:
    """Whether only the day of its beginning is known of something that goes on."""
    return start is not None and end is None and type_ in _LASTING


def schedule(start: str | None, end: str | None, when: str | None, timezone: str) -> Schedule | None:
    """Return the dates as stated: days or whole months, with hours where one day and its hours are stated.

    `start` and `end` are YYYY-MM-DD or YYYY-MM; with an end alone, that day is the one day known.

    Raises ValueError for anything else.
    """
    if start is None and end is None:
        return None
    first = _first_day(start or end or "")
    last = _last_day(end or start or "")
    if last < first:
        raise ValueError(f"it ends on {last} before it starts on {first}")
    if first == last and when is not None:
        if found := _TIME_RANGE.fullmatch(when):
            return Schedule(
                start=datetime.combine(first, time(int(found[1]), int(found[2]))),
                end=datetime.combine(first, time(int(found[3]), int(found[4]))),
                timezone=timezone,
            )
        if found := _ONE_TIME.fullmatch(when):
            start_time = time(int(found[1]), int(found[2]))
            return Schedule(start=datetime.combine(first, start_time), timezone=timezone)
    return Schedule(
        start=datetime.combine(first, time()),
        end=datetime.combine(last + timedelta(days=1), time()),
        timezone=timezone,
        all_day=True,
    )


def _first_day(text: str) -> date:
    return date.fromisoformat(f"{text}-01" if len(text) == len("2019-12") else text)


def _last_day(text: str) -> date:
    first = _first_day(text)
    if len(text) == len("2019-12"):
        return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first

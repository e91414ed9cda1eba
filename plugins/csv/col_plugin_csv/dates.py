"""Dates as people write them in tables, in Slovenian, Lithuanian and English, and as Excel counts them."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

_MONTHS = (
    ("jan", "saus"), ("feb", "vas"), ("mar", "kov"), ("apr", "bal"), ("maj", "may", "geg"), ("jun", "birz"),
    ("jul", "liep"), ("avg", "aug", "rugpj"), ("sep", "rugs"), ("okt", "oct", "spal"), ("nov", "lapkr"),
    ("dec", "gruod"),
)  # fmt: skip
_SECOND = r"(?:[:.](?P<second>\d{2})(?:\.\d{1,6})?)?"
_TIME = rf"(?P<hour>\d{{1,2}})(?:[:.h](?P<minute>\d{{2}}))?{_SECOND}\s*(?P<half>[ap]\.?m\.?)?"
_OFFSET = r"(?P<offset>Z|[+-]\d{2}:?\d{2})?"
_CLOCK = rf"(?:[T,\s]\s*(?:ob|at|nuo|od|val\.?|um)?\s*{_TIME}\s*(?:h|uri|val\.?)?\s*{_OFFSET})?"
_FORMS = tuple(
    re.compile(form + _CLOCK, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})\s*[-./]\s*(?P<month>\d{1,2})\s*[-./]\s*(?P<day>\d{1,2})\.?",
        r"(?P<year>\d{4})\s(?P<month>\d{2})\s(?P<day>\d{2})",
        r"(?P<day>\d{1,2})\s*[./-]\s*(?P<month>\d{1,2})\s*[./-]\s*(?P<year>\d{4})\.?",
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{2})",
        r"(?P<day>\d{1,2})\.?\s+(?P<name>[a-z]{3,12})\.?,?\s+(?P<year>\d{4})",
        r"(?P<year>\d{4})\s*m\.?\s*(?P<name>[a-z]{3,12})\.?\s+(?P<day>\d{1,2})(?:\s*d\.?)?",
        r"(?P<name>[a-z]{3,12})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
    )
)
_NUMERIC = _FORMS[2]
_SPAN = re.compile(r"(.{5,60}\d[:.]\d{2}(?:\s*[ap]\.?m\.?)?)\s*[-–—]\s*(\d{1,2}[:.]\d{2}.{0,10})", re.IGNORECASE)
_WEEKDAY = re.compile(r"^[a-z]{3,14}\.?,\s+(?=\d)")
_TIME_ALONE = re.compile(rf"(?:ob|at|nuo|od|val\.?|iki|do)?\s*{_TIME}\s*(?:h|uri|val\.?)?", re.IGNORECASE)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
# Day 0 of Excel's calendar, which counts a 29 February 1900 that never was.
_EXCEL_EPOCH = datetime.combine(date(1899, 12, 30), time())
_FIRST_YEAR, _LAST_YEAR = 1970, 2200


def read(text: str, *, month_first: bool = False) -> tuple[datetime, bool]:
    """Return the date and time in `text`, and whether a time is stated; aware only where an offset is stated.

    `month_first` reads 12/3/2026 as 3 December. Raises ValueError for anything that is no date.
    """
    folded = _WEEKDAY.sub("", _folded(text))
    if _SERIAL.fullmatch(folded):
        return _from_excel(float(folded.replace(",", ".")))
    for form in _FORMS:
        match = form.fullmatch(folded)
        if match is not None:
            return _from_match(match, text, month_first=month_first and form is _NUMERIC)
    raise ValueError(f'"{text[:60]}" is not a date; write 2026-12-03 17:00 or 3. 12. 2026 17.00')


def cut(text: str) -> tuple[str, str] | None:
    """Return both ends of "3. 12. 2026 17.00–19.00", else None."""
    match = _SPAN.fullmatch(text)
    return None if match is None else (match[1], match[2])


def read_time(text: str) -> time | None:
    """Return the time of day where `text` holds nothing else ("19.00", "7 pm"), else None."""
    match = _TIME_ALONE.fullmatch(_folded(text))
    if match is None or (match["minute"] is None and match["half"] is None and not re.search(r"[a-z]", text)):
        return None
    try:
        return _clock(match)
    except ValueError:
        return None


def _from_match(match: re.Match[str], text: str, *, month_first: bool) -> tuple[datetime, bool]:
    found = match.groupdict()
    month = int(found["month"]) if found.get("month") else _month(found["name"], text)
    year, day = int(found["year"]), int(found["day"])
    if month_first:
        month, day = day, month
    elif match.re is _NUMERIC and month > 12 >= day:
        raise ValueError(f'"{text[:60]}" is not a date: if its month comes first, set dates = "month-first"')
    year += 2000 if len(found["year"]) == 2 else 0
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(f'"{text[:60]}" lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}')
    try:
        moment = datetime.combine(date(year, month, day), time())
        if found["hour"] is None:
            return moment, False
        if found["hour"] == "24" and not int(found["minute"] or 0):
            moment += timedelta(days=1)
        else:
            moment = datetime.combine(moment.date(), _clock(match))
        offset = found["offset"]
        if offset is None:
            return moment, True
        return datetime.fromisoformat(f"{moment.isoformat()}{offset.upper().replace('Z', '+00:00')}"), True
    except ValueError as error:
        raise ValueError(f'"{text[:60]}" is not a date: {error}') from error


def _clock(match: re.Match[str]) -> time:
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"][0].lower() == "p" else 0)
    return time(hour, int(match["minute"] or 0), int(match["second"] or 0))


def _month(name: str, text: str) -> int:
    for number, beginnings in enumerate(_MONTHS, start=1):
        if name.startswith(beginnings):
            return number
    raise ValueError(f'"{text[:60]}" names no month that is known')


def _from_excel(serial: float) -> tuple[datetime, bool]:
    if not 25_569 <= serial < 109_576:
        raise ValueError(f"{serial:g} is not a date of Excel")
    moment = _EXCEL_EPOCH + timedelta(minutes=round(serial * 24 * 60))
    return moment, not float(serial).is_integer()


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.strip().lower().replace("\u00a0", " "))
    return " ".join("".join(each for each in plain if not unicodedata.combining(each)).split())

"""Dates, times, numbers, money and order of one language, from CLDR and from the language's own catalogue.

CLDR's data cannot say everything natively: Slovenian needs the genitive of a month inside a sentence and writes 17.00.
Where the catalogue has a word for it (context "month in a date" and the like), that word wins; a language without one
gets CLDR's.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date as calendar_day
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

from col_core.base.catalogues import Messages
from col_core.base.languages import Language
from col_core.base.messages import NP_, MessageSource
from col_core.base.plurals import PluralForms

Zone = tzinfo | str
DateStyle = Literal["short", "medium", "long", "full", "day", "weekday", "month"]
SortKey = tuple[tuple[int, ...], str]

MONTHS_IN_A_DATE = (
    # translators: the form that stands in "3 December 2026" inside a sentence, e.g. the genitive
    NP_("month in a date", "January"),
    NP_("month in a date", "February"),
    NP_("month in a date", "March"),
    NP_("month in a date", "April"),
    NP_("month in a date", "May"),
    NP_("month in a date", "June"),
    NP_("month in a date", "July"),
    NP_("month in a date", "August"),
    NP_("month in a date", "September"),
    NP_("month in a date", "October"),
    NP_("month in a date", "November"),
    NP_("month in a date", "December"),
)
# translators: a CLDR time pattern, as in 17:00 or 17.00; HH is the hour with two digits, H without a leading zero
TIME_PATTERN = NP_("time pattern", "HH:mm")

_TIME_PATTERN = re.compile(r"(?:HH?|hh?)[:.]mm(?:\s?a)?")


class Formats(MessageSource):
    """A language's way to write what is not a sentence."""

    def __init__(self, language: Language, messages: Messages, plural_forms: PluralForms) -> None:
        super().__init__(messages, plural_forms, number=self.number)
        self.tag = language.tag
        self.direction = language.direction
        self._locale = Locale.parse((language.locale or language.tag).replace("-", "_"))
        said = self.pgettext(*TIME_PATTERN)
        self._time_pattern = said if self.has(*TIME_PATTERN) and is_time_pattern(said) else "short"
        self._alphabet = {letter: place for place, letter in enumerate(language.alphabet, start=1000)}

    def date(self, day: calendar_day, style: DateStyle = "long") -> str:
        """Write a day on its own.

        `short` "3. 12. 26", `medium` "3. dec. 2026", `long` "3. december 2026", `full` with the weekday, `day`
        without the year, `weekday` "torek, 3. december", `month` "december 2026".
        """
        if style == "day":
            return str(format_skeleton("MMMMd", day, locale=self._locale))
        if style == "month":
            return str(format_skeleton("yMMMM", day, locale=self._locale))
        if style == "weekday":
            # translators: a day on its own, such as "Tuesday, 3 December"
            return self.pgettext("date", "%(weekday)s, %(date)s", weekday=self.weekday(day), date=self.date(day, "day"))
        return str(format_date(day, style, locale=self._locale))

    def date_in_sentence(self, day: calendar_day, *, year: bool) -> str:
        """Write a day in the form that follows "until" or "on Tuesday,": "3. decembra", "gruodžio 3 d."."""
        month = self.month_in_date(day)
        if not year:
            # translators: inside a sentence; %(day)s is the number of the day, %(month)s the month in its right form
            pattern = NP_("date in a sentence", "%(day)s %(month)s")
            if not self.has(*pattern):
                return self.date(day, "day")
            return self.pgettext(*pattern, day=day.day, month=month)
        # translators: inside a sentence; %(day)s is the number of the day, %(month)s the month in its right form
        pattern = NP_("date in a sentence", "%(day)s %(month)s %(year)s")
        if not self.has(*pattern):
            return self.date(day, "long")
        return self.pgettext(*pattern, day=day.day, month=month, year=day.year)

    def month_in_date(self, day: calendar_day) -> str:
        """Return the month's name in the form that stands beside the number of a day."""
        name = MONTHS_IN_A_DATE[day.month - 1]
        return self.pgettext(*name) if self.has(*name) else str(self._locale.months["format"]["wide"][day.month])

    def weekday(self, day: calendar_day) -> str:
        """Return the day of the week on its own: "torek"."""
        return str(self._locale.days["stand-alone"]["wide"][day.weekday()])

    def time(self, instant: datetime, tz: Zone) -> str:
        """Write the wall-clock time of `instant` (aware) in `tz`: "17.00"."""
        return self.wall_time(local(instant, tz))

    def wall_time(self, moment: datetime) -> str:
        """Write the hour and minute of `moment` as they stand in it."""
        return str(format_time(moment.replace(tzinfo=None), self._time_pattern, locale=self._locale))

    def date_time(self, instant: datetime, tz: Zone) -> str:
        """Write date and time on their own, for lists and records."""
        moment = local(instant, tz)
        # translators: date and time on their own, such as "3 December 2026, 17:00"
        return self.pgettext(
            "date", "%(date)s, %(time)s", date=self.date(moment.date(), "long"), time=self.wall_time(moment)
        )

    def duration(self, length: timedelta) -> str:
        """Write how long something lasts, in its largest fitting unit: "2 uri"."""
        return str(format_timedelta(length, threshold=1.5, locale=self._locale))

    def days(self, count: int) -> str:
        """Write a number of days exactly, on its own: "365 dni"."""
        return str(format_unit(count, "duration-day", "long", locale=self._locale))

    def hours(self, count: float) -> str:
        """Write a number of hours exactly, on its own: "25 ur", "1,5 valandos"."""
        return str(format_unit(count, "duration-hour", "long", locale=self._locale))

    def number(self, value: float | Decimal) -> str:
        """Write a number: "1.234,5"."""
        return _number(value, self._locale)

    def money(self, amount: Decimal | int, currency: str) -> str:
        """Write an amount, whole amounts without decimals: "5 €", "4,50 €"."""
        if amount == int(amount):
            pattern = str(self._locale.currency_formats["standard"].pattern).replace(".00", "")
            return str(format_currency(amount, currency, pattern, locale=self._locale, currency_digits=False))
        return str(format_currency(amount, currency, locale=self._locale))

    def distance(self, metres: float) -> str:
        """Write how far something is, no more exact than useful: "350 m", "1,2 km", "14 km"."""
        if metres < 995:
            return _unit(round(metres / 10) * 10, "length-meter", self._locale)
        kilometres = round(metres / 1000, 1 if metres < 9950 else None)
        return _unit(kilometres, "length-kilometer", self._locale)

    def listing(self, items: Sequence[str]) -> str:
        """Join with commas and "and"."""
        return str(format_list(list(items), locale=self._locale)) if items else ""

    def country_name(self, code: str) -> str:
        """Return what the country with the ISO 3166-1 code is called; the code itself where CLDR does not know it."""
        return str(self._locale.territories.get(code.upper(), code))

    def months(self, count: int) -> str:
        """Write a number of months exactly, on its own, whole years as years: "2 leti", "18 mesecev"."""
        years, left = divmod(count, 12)
        unit = ("duration-month", count) if left else ("duration-year", years)
        return str(format_unit(unit[1], unit[0], "long", locale=self._locale))

    def language_name(self, tag: str) -> str:
        """Return what the language `tag` is called in this one; the tag itself where CLDR has no name."""
        names = self._locale.languages
        plain = tag.replace("-", "_")
        return str(names.get(plain) or names.get(plain.partition("_")[0]) or tag)

    def sort_key(self, text: str) -> SortKey:
        """Return a key that sorts by this language's alphabet, whatever the case; ties by the text itself.

        A letter that the alphabet lacks goes with its base letter (é with e), another script after all.
        """
        return (tuple(place for letter in text.lower() for place in self._places(letter)), text)

    def _places(self, letter: str) -> tuple[int, ...]:
        known = self._alphabet.get(letter)
        if known is not None:
            return (known,)
        base = _base_letter(letter)
        known = self._alphabet.get(base)
        if known is not None:
            return (known,)
        if base.isspace():
            return (0,)
        if base.isdigit():
            return (100 + unicodedata.digit(base, 0),)
        return (10_000 + ord(letter),) if letter.isalpha() else ()


def is_time_pattern(text: str) -> bool:
    """Whether `text` is a pattern that `wall_time` can use."""
    return _TIME_PATTERN.fullmatch(text) is not None


def local(instant: datetime, tz: Zone) -> datetime:
    """Return `instant` (aware) as the clock on the wall in `tz` shows it."""
    return instant.astimezone(ZoneInfo(tz) if isinstance(tz, str) else tz)


@lru_cache(maxsize=4096)
def _base_letter(letter: str) -> str:
    return unicodedata.normalize("NFKD", letter)[0]


# A page writes a hundred numbers, mostly the same small ones, and CLDR's patterns take long to apply.
@lru_cache(maxsize=4096)
def _number(value: float | Decimal, locale: Locale) -> str:
    return str(format_decimal(value, locale=locale))


@lru_cache(maxsize=4096)
def _unit(value: float, unit: str, locale: Locale) -> str:
    return str(format_unit(value, unit, "short", locale=locale))

"""Say when something happens as people say it: "today at 17:00", "on Tuesday 3 December at 17:00"."""

from datetime import date, datetime, timedelta

from col_core.base.formats import Formats, Zone, local
from col_core.base.weekdays import ON_DAY

NIGHT = timedelta(hours=12)


def day_words(words: Formats, instant: datetime, now: datetime, tz: Zone, *, all_day: bool = False) -> str:
    """Say when `instant` is, seen from `now` (both aware), on the wall clock of `tz`; `all_day` leaves out the time."""
    moment = local(instant, tz)
    day, today = moment.date(), local(now, tz).date()
    if all_day:
        return _day(words, day, today)
    time = words.wall_time(moment)
    match (day - today).days:
        case 0:
            # translators: when something takes place
            return words.pgettext("moment", "today at %(time)s", time=time)
        case 1:
            # translators: when something takes place
            return words.pgettext("moment", "tomorrow at %(time)s", time=time)
        case -1:
            # translators: when something took place
            return words.pgettext("moment", "yesterday at %(time)s", time=time)
    # translators: %(day)s is such as "on Tuesday 3 December"
    return words.pgettext("moment", "%(day)s at %(time)s", day=_day(words, day, today), time=time)


def span_words(
    words: Formats, start: datetime, end: datetime, now: datetime, tz: Zone, *, all_day: bool = False
) -> str:
    """Say from when to when: "today, 17:00–19:00", "from 3 to 6 December", or until when, if it is going on.

    `end` may equal `start` where nobody knows the end. An `all_day` end is the midnight after the last day.
    """
    first, last = local(start, tz), local(end, tz)
    if all_day:
        last = max(first, last - timedelta(microseconds=1))
    today = local(now, tz).date()
    if end <= start or (all_day and first.date() == last.date()):
        return day_words(words, start, now, tz, all_day=all_day)
    going_on = start <= now < end
    # However long a day is, it is one: from 8 to 22 has its times, and so has a night out.
    for_days = end - start > NIGHT and first.date() != (last - timedelta(microseconds=1)).date()
    if all_day or for_days:
        if going_on:
            until = words.date_in_sentence(last.date(), year=last.year != today.year)
            # translators: something that lasts for days and has begun
            return words.pgettext("moment", "until %(date)s", date=until)
        return date_range(words, first.date(), last.date(), today)
    if going_on:
        # translators: something that has begun and ends today
        return words.pgettext("moment", "now, until %(time)s", time=words.wall_time(last))
    # translators: %(day)s is such as "today" or "on Tuesday 3 December", the others are times
    return words.pgettext(
        "moment",
        "%(day)s, %(start)s–%(end)s",
        day=_day(words, first.date(), today),
        start=words.wall_time(first),
        end=words.wall_time(last),
    )


def date_range(words: Formats, first: date, last: date, today: date) -> str:
    """Say from which day to which; the year only where it is not this one."""
    if first == last:
        return _day(words, first, today)
    if first.year != last.year:
        return _from_to(words, first, last, year=True)
    if first.month == last.month:
        # translators: days of one month; %(first)s and %(last)s are numbers of days
        said = words.pgettext(
            "dates",
            "%(first)s to %(last)s %(month)s",
            first=first.day,
            last=last.day,
            month=words.month_in_date(first),
        )
    else:
        said = _from_to(words, first, last, year=False)
    if first.year == today.year:
        return said
    # translators: %(days)s is such as "3 to 6 December", all in the year %(year)s
    return words.pgettext("dates", "%(days)s %(year)s", days=said, year=first.year)


def _from_to(words: Formats, first: date, last: date, *, year: bool) -> str:
    # translators: %(first)s and %(last)s are such as "3 December"
    return words.pgettext(
        "dates",
        "%(first)s to %(last)s",
        first=words.date_in_sentence(first, year=year),
        last=words.date_in_sentence(last, year=year),
    )


def _day(words: Formats, day: date, today: date) -> str:
    match (day - today).days:
        case 0:
            # translators: the day on which something takes place
            return words.pgettext("moment", "today")
        case 1:
            # translators: the day on which something takes place
            return words.pgettext("moment", "tomorrow")
        case -1:
            # translators: the day on which something took place
            return words.pgettext("moment", "yesterday")
    # translators: %(weekday)s is such as "on Tuesday", %(date)s such as "3 December"
    return words.pgettext(
        "moment",
        "%(weekday)s %(date)s",
        weekday=words.pgettext(*ON_DAY[day.weekday()]),
        date=words.date_in_sentence(day, year=day.year != today.year),
    )

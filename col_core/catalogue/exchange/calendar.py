"""Opportunities as calendar files: for one's own calendar, and to subscribe to.

What is sent again keeps its UID, and a higher SEQUENCE replaces what a calendar holds.
Source: RFC 5545 (iCalendar), RFC 7986 (NAME, IMAGE, CONFERENCE, REFRESH-INTERVAL).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from col_core.base.errors import InvalidInput, NotFound
from col_core.base.html import plain_text, visible
from col_core.base.i18n import LocalText, pick
from col_core.base.settings import CityConfig
from col_core.catalogue import addresses, occurrences
from col_core.catalogue.exchange import time_zones
from col_core.catalogue.exchange.calendar_lines import folded, parameter, text
from col_core.catalogue.records import Opportunity, Override, Schedule, Texts
from col_core.catalogue.vocabulary import Status

MEDIA_TYPE = "text/calendar"
PRODUCT = "-//City of Learning//Opportunities//EN"
_AHEAD = timedelta(days=548)
_LONGEST_DESCRIPTION = 4_000
_UNIVERSAL = frozenset({"UTC", "Etc/UTC"})


def one(opportunity: Opportunity, *, config: CityConfig, now: datetime, language: str) -> bytes:
    """Return the calendar file of one opportunity. Raises NotFound where it has no dates."""
    events = _events(opportunity, config, now, language)
    if not events:
        raise NotFound("It has no dates, so there is no calendar file of it.")
    return _calendar([opportunity], events, config, now)


def many(opportunities: Iterable[Opportunity], *, config: CityConfig, now: datetime, language: str, name: str) -> bytes:
    """Return one calendar, called `name`, of those that have dates."""
    listed = list(opportunities)
    events = [line for each in listed for line in _events(each, config, now, language)]
    named = [
        f"NAME:{text(name)}",
        f"X-WR-CALNAME:{text(name)}",
        f"X-WR-TIMEZONE:{config.timezone}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        "X-PUBLISHED-TTL:PT12H",
    ]
    return _calendar(listed, events, config, now, named)


def has_dates(opportunity: Opportunity) -> bool:
    """Whether there is a calendar file of it."""
    return opportunity.content.schedule is not None and bool(opportunity.occurrences)


def _calendar(
    listed: Sequence[Opportunity],
    events: Sequence[str],
    config: CityConfig,
    now: datetime,
    heading: Sequence[str] = (),
) -> bytes:
    schedules = [each.content.schedule for each in listed if each.content.schedule and has_dates(each)]
    years = [each.start.year for each in schedules] or [now.year]
    # A calendar must hold something: where there is no event, the city's zone.
    zones = sorted({each.timezone for each in schedules if not each.all_day} - _UNIVERSAL) or [config.timezone]
    last_year = max(now.year, *years) + 3
    written = [
        line for each in zones for line in time_zones.lines(ZoneInfo(each), first_year=min(years), last_year=last_year)
    ]
    begin = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    return folded([*begin, *heading, *written, *events, "END:VCALENDAR"])


def _events(opportunity: Opportunity, config: CityConfig, now: datetime, language: str) -> list[str]:
    """Return the event, and one more for each date that differs; nothing where there are no dates."""
    schedule = opportunity.content.schedule
    if schedule is None or not opportunity.occurrences:
        return []
    try:
        series, changed = _series(schedule, now)
        master = _moments(series)
    except InvalidInput:
        return []
    facts = _facts(opportunity, config, language)
    found = ["BEGIN:VEVENT", *facts, *master, "END:VEVENT"]
    for each in changed:
        found += ["BEGIN:VEVENT", *facts, *_changed_moments(each, series), "END:VEVENT"]
    return found


def _facts(one: Opportunity, config: CityConfig, language: str) -> list[str]:
    content = one.content
    image = addresses.image(config, one)
    url = addresses.opportunity(config, one.id, language)
    place = one.place
    spot = [each for each in (place.name, place.address) if each] if place else []
    is_located = place is not None and place.lat_deg is not None
    # "digital" is a type and a category: said twice it is the type.
    words = [content.type.value, *(["digital"] if content.type.value == "digital" else [])]
    words += [each.value for each in content.categories]
    lines = [
        f"UID:{text(one.id)}@{config.id}",
        f"DTSTAMP:{_utc(one.updated)}",
        f"CREATED:{_utc(one.created)}",
        f"LAST-MODIFIED:{_utc(one.updated)}",
        f"SEQUENCE:{one.version}",
        f"STATUS:{'CANCELLED' if one.status is Status.CANCELLED else 'CONFIRMED'}",
        *_text("SUMMARY", _picked(content.title, config, language)),
        *_text("DESCRIPTION", _description(one, config, language, url)),
        f"URL:{url}",
        f"CATEGORIES:{','.join(map(text, words))}",
        *([f"LOCATION:{text(', '.join(spot) or content.online_url or '')}"] if spot or content.online_url else []),
        *([f"GEO:{place.lat_deg:.6f};{place.lon_deg:.6f}"] if place and is_located else []),
    ]
    if content.online_url:
        lines.append(f"CONFERENCE;VALUE=URI:{visible(content.online_url)}")
    if one.organiser is not None:
        address = addresses.organisation(config, one.organiser.slug, language)
        lines.append(f"ORGANIZER;CN={parameter(one.organiser.name)}:{address}")
    if image is not None:
        lines.append(f"IMAGE;VALUE=URI;DISPLAY=BADGE;FMTTYPE=image/webp:{image}")
    return lines


def _series(schedule: Schedule, now: datetime) -> tuple[Schedule, list[Override]]:
    """Return `schedule` in the form that all programs read alike, and the dates of it that differ.

    Where the first date is not one of the rule's own, programs differ, so every date is named. A changed date that the
    rule does not give is added to it, because a change must be of something.
    """
    announced = occurrences.starts(schedule, now=now, until=now + _AHEAD)
    changed = [
        each
        for each in schedule.overrides
        if not each.cancelled and (each.original_start in announced or (each.start is not None and schedule.rrule))
    ]
    added = {each.original_start for each in changed} - announced
    dropped = (set(schedule.exdates) | {each.original_start for each in schedule.overrides if each.cancelled}) - added
    if occurrences.begins_by_its_rule(schedule):
        rdates = set(schedule.rdates) | added - {schedule.start}
        return replace(schedule, exdates=tuple(sorted(dropped)), rdates=tuple(sorted(rdates))), changed
    rdates = (announced | added) - {schedule.start} - dropped
    kept = dropped & {schedule.start}
    return replace(schedule, rrule=None, exdates=tuple(kept), rdates=tuple(sorted(rdates))), changed


def _moments(schedule: Schedule) -> list[str]:
    lines = [_moment("DTSTART", schedule, [schedule.start])]
    if schedule.end is not None:
        lines.append(_moment("DTEND", schedule, [schedule.end]))
    rule = _rule(schedule)
    if rule is not None:
        lines.append(f"RRULE:{rule}")
    if schedule.exdates:
        lines.append(_moment("EXDATE", schedule, schedule.exdates))
    if schedule.rdates:
        lines.append(_moment("RDATE", schedule, schedule.rdates))
    return lines


def _changed_moments(change: Override, schedule: Schedule) -> list[str]:
    start = change.start or change.original_start
    length = schedule.end - schedule.start if schedule.end is not None else None
    end = change.end or (start + length if length is not None else None)
    return [
        _moment("RECURRENCE-ID", schedule, [change.original_start]),
        _moment("DTSTART", schedule, [start]),
        *([_moment("DTEND", schedule, [end])] if end is not None else []),
    ]


def _rule(schedule: Schedule) -> str | None:
    """Return the rule with UNTIL as the standard has it: a day for whole days, else an instant in UTC."""
    parts, ends = occurrences.rule_parts(schedule), occurrences.rule_end(schedule)
    if parts is None:
        return None
    if ends is not None:
        instant = ends.replace(tzinfo=ZoneInfo(schedule.timezone), fold=1)
        parts["UNTIL"] = f"{ends:%Y%m%d}" if schedule.all_day else _utc(instant)
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _moment(name: str, schedule: Schedule, walls: Iterable[datetime]) -> str:
    if schedule.all_day:
        return f"{name};VALUE=DATE:{','.join(f'{each:%Y%m%d}' for each in walls)}"
    written = ",".join(f"{each:%Y%m%dT%H%M%S}" for each in walls)
    if schedule.timezone in _UNIVERSAL:
        return f"{name}:{written.replace(',', 'Z,')}Z"
    return f"{name};TZID={schedule.timezone}:{written}"


def _description(one: Opportunity, config: CityConfig, language: str, url: str) -> LocalText | None:
    """Return the text and the address of the page, since many calendars do not show a URL."""
    found = _picked(one.content.description, config, language) or _picked(one.content.summary, config, language)
    if found is None:
        return LocalText(text=url, lang="")
    return LocalText(text=f"{plain_text(found.text)[:_LONGEST_DESCRIPTION]}\n\n{url}", lang=found.lang)


def _text(name: str, said: LocalText | None) -> list[str]:
    if said is None:
        return []
    language = f";LANGUAGE={said.lang}" if said.lang else ""
    return [f"{name}{language}:{text(said.text)}"]


def _picked(texts: Texts, config: CityConfig, language: str) -> LocalText | None:
    return pick(texts, (language, config.default_language, "en"))


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"

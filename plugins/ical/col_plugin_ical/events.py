"""The events of one UID as one draft."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from col_core.plugin import (
    Ages,
    Category,
    Draft,
    OpportunityType,
    Place,
    Price,
    clean_html,
    plain_line,
)
from col_plugin_ical.properties import Properties
from col_plugin_ical.schedules import is_cancelled, schedule

_LONGEST_TITLE = 300
_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_TYPES = frozenset(each.value for each in OpportunityType)
_CATEGORIES = frozenset(each.value for each in Category)


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What holds for every event of a source: the city's zone, the language of texts, the meaning of categories."""

    home: str
    language: str
    currency: str
    labels: Mapping[str, str]
    type: OpportunityType
    age_min: int | None
    age_max: int | None
    free: bool


def draft(events: Sequence[Properties], defaults: Defaults, *, withdrawn: bool) -> Draft:
    """Return what `events` say; `withdrawn` where the whole calendar is a cancellation. Raises ValueError."""
    master, changes = _master_and_changes(events)
    if (master.text("CLASS") or "PUBLIC").upper() in ("PRIVATE", "CONFIDENTIAL"):
        raise ValueError("it is marked as private (CLASS)")
    title = _texts(master, "SUMMARY", defaults.language)
    if not title:
        raise ValueError("it has no SUMMARY")
    labels = _labels(master, defaults.labels)
    types = _types(labels)
    place, online_url = _where(master)
    return Draft(
        title={tag: line for tag, text in title.items() if (line := plain_line(text, max_chars=_LONGEST_TITLE))},
        description=_description(master, defaults.language),
        type=types[0] if types else defaults.type,
        categories=tuple(dict.fromkeys(Category(each) for each in labels if each in _CATEGORIES)),
        organiser=_organiser(master),
        place=place,
        online=online_url is not None,
        online_url=online_url,
        schedule=schedule(master, changes, defaults.home),
        ages=Ages(min=defaults.age_min, max=defaults.age_max),
        price=Price(currency=defaults.currency, free=defaults.free),
        languages=tuple(title),
        url=_web_address(master.text("URL")),
        cancelled=withdrawn or is_cancelled(master),
    )


def _master_and_changes(events: Sequence[Properties]) -> tuple[Properties, list[Properties]]:
    """Tell the series from the changes of single dates; of what was sent twice the newest counts."""
    masters = [each for each in events if not each.every("RECURRENCE-ID")]
    changes: dict[str, Properties] = {}
    for each in sorted(events, key=_sequence):
        if each.every("RECURRENCE-ID"):
            changes[each.every("RECURRENCE-ID")[0].value] = each
    if masters:
        return max(masters, key=_sequence), list(changes.values())
    # The series itself was not published: its single date stands alone.
    first = min(events, key=lambda each: each.text("DTSTART") or "")
    return first, []


def _sequence(event: Properties) -> tuple[int, str]:
    text = event.text("SEQUENCE") or "0"
    return int(text) if text.isdecimal() and len(text) < 10 else 0, event.text("LAST-MODIFIED") or ""


def _texts(event: Properties, name: str, language: str) -> dict[str, str]:
    """Return the text per language; one that names no language is in `language`."""
    found: dict[str, str] = {}
    for each in event.every(name):
        tag = each.params.get("LANGUAGE", language)
        tag = tag.partition("-")[0].lower() if _TAG.fullmatch(tag.lower()) else language
        if each.value.strip():
            found.setdefault(tag, each.value)
    return found


def _description(event: Properties, language: str) -> dict[str, str]:
    texts = _texts(event, "DESCRIPTION", language)
    for each in event.every("X-ALT-DESC"):
        if each.params.get("FMTTYPE", "text/html").lower() == "text/html" and clean_html(each.value):
            texts[next(iter(texts), language)] = each.value
    return {tag: cleaned for tag, text in texts.items() if (cleaned := clean_html(text))}


def _labels(event: Properties, known: Mapping[str, str]) -> list[str]:
    words = [word.strip().casefold() for each in event.every("CATEGORIES") for word in each.value.split(",")]
    return [known[word] for word in words if word in known]


def _types(labels: Sequence[str]) -> list[OpportunityType]:
    """Return the types among `labels`. "digital" is a category as well: only said twice is it the type too."""
    return [
        OpportunityType(each)
        for each in labels
        if each in _TYPES and (each not in _CATEGORIES or labels.count(each) > 1)
    ]


def _organiser(event: Properties) -> str | None:
    for each in event.every("ORGANIZER"):
        name = plain_line(each.params.get("CN", ""), max_chars=200)
        if name and "@" not in name:
            return name
    return None


def _where(event: Properties) -> tuple[Place | None, str | None]:
    """Return the place and the online address. A location that is an address on the web is no place."""
    text = plain_line(event.text("LOCATION") or "", max_chars=500)
    conference = next((found for each in event.every("CONFERENCE") if (found := _web_address(each.value))), None)
    if link := _web_address(text):
        return None, conference or link
    lat_deg, lon_deg = _position(event.text("GEO"))
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        place = Place(lat_deg=lat_deg, lon_deg=lon_deg) if lat_deg is not None else None
        return place, conference
    # "Venue, Street 1, Town" begins with a name; "Street 1, Town" does not: its number is in the first part.
    is_named = len(parts) == 1 or any(re.search(r"\d", part) for part in parts[1:2]) or not re.search(r"\d", parts[0])
    is_address = len(parts) == 1 and re.search(r"[^\W\d_].*\s\d+\s?\w?$", parts[0]) is not None
    return (
        Place(
            name=parts[0] if is_named and not is_address else None,
            address=(", ".join(parts[1:] if is_named and not is_address else parts)) or None,
            lat_deg=lat_deg,
            lon_deg=lon_deg,
        ),
        conference,
    )


def _position(geo: str | None) -> tuple[float, float] | tuple[None, None]:
    match = re.fullmatch(r"([+-]?\d{1,3}(?:\.\d{1,15})?)\s*[;,]\s*([+-]?\d{1,3}(?:\.\d{1,15})?)", geo or "")
    if match is None:
        return None, None
    lat, lon = float(match[1]), float(match[2])
    return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 else (None, None)


def _web_address(text: str | None) -> str | None:
    found = re.fullmatch(r"https?://[^\s<>\"']{3,1990}", text or "")
    return found[0] if found else None

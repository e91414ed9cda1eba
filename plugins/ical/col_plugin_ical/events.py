"""The events of one UID as one draft."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

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
# Where programs put the address of a call: the standard's property first, then Google's and Microsoft's.
_CONFERENCES = ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL")
_ONLINE = re.compile(r"(?:microsoft teams(?: meeting)?|zoom|google meet|online|)", re.IGNORECASE)
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


class Private(ValueError):
    """The event is not for everybody."""


def draft(events: Sequence[Properties], defaults: Defaults, *, withdrawn: bool) -> Draft:
    """Return what `events` say; `withdrawn` where the whole calendar is a cancellation. Raises ValueError, Private."""
    master, changes, further = _master_and_changes(events)
    if (master.text("CLASS") or "PUBLIC").upper() in ("PRIVATE", "CONFIDENTIAL"):
        raise Private("it is marked as private (CLASS)")
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
        schedule=schedule(master, changes, further, defaults.home),
        ages=Ages(min=defaults.age_min, max=defaults.age_max),
        price=Price(currency=defaults.currency, free=defaults.free),
        languages=tuple(title),
        url=_web_address(master.text("URL")),
        cancelled=withdrawn or all(is_cancelled(each) for each in (master, *further)),
    )


def _master_and_changes(
    events: Sequence[Properties],
) -> tuple[Properties, list[Properties], list[Properties]]:
    """Tell the series, the changes of its dates, and further dates that stand as events of their own.

    Of what was sent twice the newest counts. Dates of their own are those of a series that was not published itself,
    and events to which a program gave one UID.
    """
    masters: dict[str, Properties] = {}
    changes: dict[str, Properties] = {}
    for each in sorted(events, key=_sequence):
        if original := each.text("RECURRENCE-ID"):
            changes[original] = each
        else:
            masters[each.text("DTSTART") or ""] = each
    alone = masters or changes
    first = min(alone.values(), key=lambda each: each.text("DTSTART") or "")
    newest = max(alone.values(), key=_sequence)
    if masters and (newest.every("RRULE") or _sequence(newest)[0] > _sequence(first)[0]):
        return newest, list(changes.values()), []
    further = [each for each in alone.values() if each is not first]
    return first, list(changes.values()) if masters else [], further


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
    found = []
    for each in event.every("CATEGORIES"):
        parts = each.value.split(",")
        while parts:
            # A comma may belong to the word itself ("Music, theatre"), which an escape in the file said.
            lengths = (length for length in (3, 2, 1) if ",".join(parts[:length]).strip().casefold() in known)
            length = next(lengths, 0)
            if length:
                found.append(known[",".join(parts[:length]).strip().casefold()])
            parts = parts[max(length, 1) :]
    return found


def _types(labels: Sequence[str]) -> list[OpportunityType]:
    """Return the types among `labels`. "digital" is a category as well: only said twice is it the type too."""
    return [
        OpportunityType(each)
        for each in labels
        if each in _TYPES and (each not in _CATEGORIES or labels.count(each) > 1)
    ]


def _organiser(event: Properties) -> str | None:
    for each in event.every("ORGANIZER"):
        name = each.params.get("CN", "")
        # The Events Calendar writes names as they stand in addresses: "Kino%20Krka".
        name = plain_line(unquote(name) if "%" in name and " " not in name else name, max_chars=200)
        if name and "@" not in name:
            return name
    return None


def _where(event: Properties) -> tuple[Place | None, str | None]:
    """Return the place and the online address. A location that is an address on the web is no place."""
    said = event.text("LOCATION") or ""
    conference = next(
        (found for name in _CONFERENCES for each in event.every(name) if (found := _web_address(each.value.strip()))),
        None,
    )
    if link := _web_address(said.strip()):
        return None, conference or link
    if conference is not None and _ONLINE.fullmatch(said.strip()):
        return None, conference
    lat_deg, lon_deg = _position(event.text("GEO"))
    if lat_deg is None:
        structured = event.text("X-APPLE-STRUCTURED-LOCATION") or ""
        lat_deg, lon_deg = _position(structured.partition("geo:")[2])
    name, address = _name_and_address(said)
    if name is None and address is None and lat_deg is None:
        return None, conference
    return Place(name=name, address=address, lat_deg=lat_deg, lon_deg=lon_deg), conference


def _name_and_address(location: str) -> tuple[str | None, str | None]:
    first, _, rest = (plain_line(each, max_chars=500) for each in location.strip().partition("\n"))
    if rest:
        # Apple writes the name of a place into a line of its own.
        return first or None, rest
    parts = [part.strip() for part in first.split(",") if part.strip()]
    if not parts:
        return None, None
    # "Venue, Street 1, Town" begins with a name; "Street 1, Town" does not: its number is in the first part.
    is_named = len(parts) == 1 or any(re.search(r"\d", part) for part in parts[1:2]) or not re.search(r"\d", parts[0])
    is_address = len(parts) == 1 and re.search(r"[^\W\d_].*\s\d+\s?\w?$", parts[0]) is not None
    if is_named and not is_address:
        return parts[0], ", ".join(parts[1:]) or None
    return None, ", ".join(parts)


def _position(geo: str | None) -> tuple[float, float] | tuple[None, None]:
    match = re.fullmatch(r"([+-]?\d{1,3}(?:\.\d{1,15})?)\s*[;,]\s*([+-]?\d{1,3}(?:\.\d{1,15})?)", geo or "")
    if match is None:
        return None, None
    lat, lon = float(match[1]), float(match[2])
    return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 else (None, None)


def _web_address(text: str | None) -> str | None:
    found = re.fullmatch(r"https?://[^\s<>\"']{3,1990}", text or "")
    return found[0] if found else None

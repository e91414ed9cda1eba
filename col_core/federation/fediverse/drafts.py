"""An event of another server as a draft: what Mobilizon, Gancio and others say, in our words.

Sources: Activity Vocabulary, section 3.3 (Event); FEP-8a8e; what Mobilizon 5 and Gancio 1 send. Terms go by their plain
names: no context of others is ever fetched, and none gives a name another meaning.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from col_core.base import time_zones
from col_core.base.fields import is_web_address
from col_core.base.html import MAX_CHARS, clean_html, plain_line
from col_core.catalogue.records import Draft, Host, Image, Place, Registration, Schedule
from col_core.catalogue.vocabulary import Category, RegistrationMode
from col_core.federation.fediverse.records import Document

_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_YEARS = range(1970, 2200)
_MOST = 50


def draft(event: Document, *, language: str, timezone: str) -> Draft:
    """Return what `event` says. `language` and `timezone` hold where it says none. Raises ValueError in plain words."""
    spoken = _language(event, language)
    title = _texts(event, "name", spoken, lambda text: plain_line(text, max_chars=300))
    if not title:
        raise ValueError("it has no name")
    if event.get("startTime") is None:
        raise ValueError("it does not say when it begins")
    places = [each for each in _list(event.get("location")) if each][:_MOST]
    online_url = next((_web(each.get("url")) for each in places if _is(each, "VirtualLocation")), None)
    joined = _web(event.get("externalParticipationUrl"))
    return Draft(
        title=title,
        summary=_texts(event, "summary", spoken, lambda text: plain_line(text, max_chars=1_000)),
        description=_texts(event, "content", spoken, lambda text: clean_html(text[:MAX_CHARS])),
        categories=_categories(event),
        hosts=_hosts(event),
        place=next((place for each in places if (place := _place(each)) is not None), None),
        online=event.get("isOnline") is True or online_url is not None,
        online_url=online_url,
        schedule=_schedule(event, timezone),
        languages=(spoken,) if isinstance(event.get("inLanguage"), str) else (),
        capacity=_whole(event.get("maximumAttendeeCapacity")),
        registration=Registration(mode=RegistrationMode.EXTERNAL, url=joined) if joined else Registration(),
        image=_image(event, title),
        url=_page(event),
        cancelled=any(
            isinstance(event.get(each), str) and event[each].upper().endswith("CANCELLED")
            for each in ("ical:status", "status", "eventStatus")
        ),
    )


def instant(value: Any) -> datetime | None:
    """Return an instant with its offset; None for what is none."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) < 50 else None
        if moment is None or moment.tzinfo is None or moment.year not in _YEARS:
            return None
        moment.utctimetuple()
    except (ValueError, OverflowError):
        return None
    return moment


def _language(event: Document, otherwise: str) -> str:
    said = event.get("inLanguage")
    if isinstance(said, str) and _TAG.fullmatch(said):
        return said
    texts = event.get("contentMap") or event.get("nameMap")
    if isinstance(texts, Mapping) and len(texts) == 1:
        tag = next(iter(texts))
        if isinstance(tag, str) and _TAG.fullmatch(tag):
            return tag
    return otherwise


def _texts(event: Document, name: str, spoken: str, tidy: Any) -> dict[str, str]:
    by_language = event.get(f"{name}Map")
    said = dict(by_language) if isinstance(by_language, Mapping) else {}
    if isinstance(event.get(name), str):
        said.setdefault(spoken, event[name])
    return {
        tag: text
        for tag, raw in list(said.items())[:20]
        if isinstance(raw, str) and _TAG.fullmatch(tag) and (text := tidy(raw[:MAX_CHARS]))
    }


def _schedule(event: Document, otherwise: str) -> Schedule:
    zone_name = event.get("timezone")
    timezone = zone_name if isinstance(zone_name, str) and zone_name in time_zones.names() else otherwise
    zone = ZoneInfo(timezone)
    start = _wall(event["startTime"], zone, "startTime")
    end = _wall(event["endTime"], zone, "endTime") if event.get("endTime") is not None else None
    return Schedule(start=start, end=end if end is None or end >= start else None, timezone=timezone)


def _wall(value: Any, zone: ZoneInfo, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        if moment.year not in _YEARS:
            raise ValueError
        if moment.tzinfo is not None:
            moment = moment.astimezone(zone)
        return moment.replace(tzinfo=None, fold=0, microsecond=0)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} is no date: {str(value)[:60]!r}") from None


def _place(said: Any) -> Place | None:
    if isinstance(said, str):
        return None if is_web_address(said) else Place(name=said)
    if not isinstance(said, Mapping) or _is(said, "VirtualLocation"):
        return None
    lat, lon = _degrees(said.get("latitude"), 90), _degrees(said.get("longitude"), 180)
    located = lat is not None and lon is not None
    made = Place(
        name=_line(said.get("name")),
        address=_address(said.get("address")),
        lat_deg=lat if located else None,
        lon_deg=lon if located else None,
    )
    return None if made == Place() else made


def _address(said: Any) -> str | None:
    if isinstance(said, Mapping):
        parts = [_line(said.get(each)) for each in ("streetAddress", "postalCode", "addressLocality")]
        return ", ".join(each for each in parts if each) or None
    return _line(said)


def _categories(event: Document) -> tuple[Category, ...]:
    known = {each.value.replace("-", ""): each for each in Category}
    names = [each.get("name") for each in _list(event.get("tag"))[:_MOST] if isinstance(each, Mapping)]
    said = [name.lstrip("#").lower() for name in names if isinstance(name, str)]
    return tuple(dict.fromkeys(known[each] for each in said if each in known))


def _hosts(event: Document) -> tuple[Host, ...]:
    named = [each for each in _list(event.get("organizers"))[:20] if isinstance(each, Mapping)]
    return tuple(Host(name=name, url=_web(each.get("url"))) for each in named if (name := _line(each.get("name"))))


def _image(event: Document, title: Mapping[str, str]) -> Image | None:
    for each in [*_list(event.get("image")), *_list(event.get("attachment"))][:_MOST]:
        if not isinstance(each, Mapping):
            continue
        kind = str(each.get("mediaType") or "")
        url = _web(each.get("url")) or _web(each.get("href"))
        if url is not None and (kind.startswith("image/") or _is(each, "Image")):
            alt = _line(each.get("name")) or _line(each.get("summary"))
            return Image(url=url, alt=dict.fromkeys(list(title)[:1], alt) if alt else {})
    return None


def _page(event: Document) -> str | None:
    links = _list(event.get("url"))[:_MOST]
    pages = [each.get("href") for each in links if isinstance(each, Mapping)
             if str(each.get("mediaType") or "text/html") == "text/html"]  # fmt: skip
    found = (_web(each) for each in [*[each for each in links if isinstance(each, str)], *pages, event.get("id")])
    return next((each for each in found if each is not None), None)


def _is(said: Any, kind: str) -> bool:
    return isinstance(said, Mapping) and kind in _list(said.get("type"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _line(value: Any) -> str | None:
    return plain_line(value[:MAX_CHARS], max_chars=300) or None if isinstance(value, str) else None


def _web(value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) <= 2_000 and is_web_address(value) else None


def _degrees(value: Any, most: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and abs(value) <= most else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1_000_000 else None

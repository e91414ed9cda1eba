"""An offer as other servers show it: an event, or an article where it has no date.

Sources: FEP-8a8e (events); what Mobilizon 5 and Gancio 1 read: coordinates that are floats, an `attachment` that is a
list, a location with an address, no `status` that is null.
"""

import html
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from col_core.base.html import plain_line, plain_text
from col_core.base.i18n import text_in
from col_core.base.settings import CityConfig
from col_core.catalogue import addresses
from col_core.catalogue.records import Opportunity, Place, Texts
from col_core.catalogue.vocabulary import RegistrationMode, Status
from col_core.federation.fediverse.activities import written
from col_core.federation.fediverse.identity import Identity
from col_core.federation.fediverse.records import PUBLIC

EVENT, ARTICLE = "Event", "Article"
_CATEGORY = "LEARNING"


def kind(one: Opportunity) -> str:
    """Return the type under which `one` goes."""
    return EVENT if one.occurrences else ARTICLE


def document(one: Opportunity, *, identity: Identity, config: CityConfig, now: datetime) -> dict[str, Any]:
    """Return `one` without a context, its texts in the city's first language and by language."""
    content, language = one.content, config.default_language
    page = addresses.opportunity(config, one.id)
    said: dict[str, Any] = {
        "id": identity.opportunity(one.id),
        "type": kind(one),
        "name": text_in(content.title, language),
        "nameMap": dict(content.title),
        "summary": text_in(content.summary, language) or plain_line(text_in(content.description, language),
                                                                    max_chars=500),
        "content": _content(content.description, content.summary, language),
        "url": page,
        "attributedTo": identity.actor,
        "to": [PUBLIC],
        "cc": [identity.followers],
        "attachment": _pictures(one, config),
        "tag": _tags(one, config),
        "published": written(one.created),
        "updated": written(one.updated),
    }  # fmt: skip
    if content.summary:
        said["summaryMap"] = dict(content.summary)
    if content.description:
        said["contentMap"] = dict(content.description)
    if content.languages:
        said["inLanguage"] = content.languages[0]
    if said["type"] == EVENT:
        said |= _of_event(one, said["id"], page, config, now)
    return said


def _of_event(one: Opportunity, id_: str, page: str, config: CityConfig, now: datetime) -> dict[str, Any]:
    content, schedule = one.content, one.content.schedule
    zone_name = schedule.timezone if schedule is not None else config.timezone
    zone = ZoneInfo(zone_name)
    shown = one.next_occurrence(now) or one.occurrences[-1]
    said: dict[str, Any] = {
        "startTime": shown.start.astimezone(zone).isoformat(),
        "timezone": zone_name,
        "category": _CATEGORY,
        "location": _location(one, id_, config),
        "isOnline": content.online or content.online_url is not None,
        "ical:status": "CANCELLED" if one.status is Status.CANCELLED else "CONFIRMED",
        **_joining(one, page),
    }
    if schedule is not None and schedule.end is not None:
        said["endTime"] = shown.end.astimezone(zone).isoformat()
    organizers = [{"type": "Organization", "name": each} for each in _organisers(one)]
    if organizers:
        said["organizers"] = organizers
    if content.capacity is not None:
        said["maximumAttendeeCapacity"] = content.capacity
    return said


def _organisers(one: Opportunity) -> list[str]:
    first = [one.organiser.name] if one.organiser is not None else []
    return [*first, *(each.name for each in one.content.hosts)]


def _content(description: Texts, summary: Texts, language: str) -> str:
    text = text_in(description, language)
    return text or "".join(f"<p>{html.escape(line)}</p>" for line in plain_text(text_in(summary, language)).split("\n")
                           if line)  # fmt: skip


def _location(one: Opportunity, id_: str, config: CityConfig) -> dict[str, Any]:
    place = one.place or Place()
    address: dict[str, Any] = {"type": "PostalAddress", "addressCountry": config.country}
    if one.place is not None:
        address |= {"addressLocality": config.city_name(config.default_language)}
    if place.address is not None:
        address |= {"streetAddress": place.address}
    said: dict[str, Any] = {
        "type": "Place",
        "id": f"{id_}#place",
        "name": place.name or place.address or place.district or ("Online" if one.place is None else config.city_name(
            config.default_language)),
        "address": address,
    }  # fmt: skip
    if place.lat_deg is not None and place.lon_deg is not None:
        said |= {"latitude": float(place.lat_deg), "longitude": float(place.lon_deg)}
    return said


def _joining(one: Opportunity, page: str) -> Mapping[str, str]:
    registration = one.content.registration
    if registration.mode is RegistrationMode.EXTERNAL:
        return {"joinMode": "external", "externalParticipationUrl": registration.url or page}
    if registration.mode is RegistrationMode.RESTRICTED:
        return {"joinMode": "invite"}
    if registration.mode is RegistrationMode.INTERNAL:
        return {"joinMode": "external", "externalParticipationUrl": page}
    return {"joinMode": "free"}


def _pictures(one: Opportunity, config: CityConfig) -> list[dict[str, Any]]:
    url = addresses.image(config, one)
    image = one.content.image
    if url is None or image is None:
        return []
    alt = text_in(image.alt, config.default_language)
    return [{"type": "Document", "mediaType": "image/webp", "url": url, "name": alt}]


def _tags(one: Opportunity, config: CityConfig) -> list[dict[str, str]]:
    base = f"{config.base_url}/{config.default_language}/opportunities?category="
    return [
        # A hashtag ends at a hyphen.
        {"type": "Hashtag", "name": f"#{each.value.replace('-', '')}", "href": base + each.value}
        for each in one.content.categories
    ]

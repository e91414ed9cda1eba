"""One opportunity in the words of schema.org, for search engines and other catalogues.

What is not known has no key: a reader must be able to tell "free" from "price not stated".
Source: https://schema.org/Event, /Course, /CourseInstance, /Schedule.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from markupsafe import Markup

from col_core.base.html import plain_text
from col_core.base.i18n import pick
from col_core.base.settings import CityConfig
from col_core.catalogue import addresses
from col_core.catalogue.exchange.jsonld_schedule import schedule_of
from col_core.catalogue.exchange.jsonld_words import (
    MODES,
    MOST_DATES,
    TYPES,
    amenities,
    course_instance,
    filled,
    for_whom,
    is_free,
    licence,
    skills_key,
)
from col_core.catalogue.records import Occurrence, Opportunity, Place, Texts
from col_core.catalogue.vocabulary import Format, OpportunityType, Status

MEDIA_TYPE = "application/ld+json"
CONTEXT = "https://schema.org"
LONGEST_DESCRIPTION = 5_000
# What ends a script or begins a comment in HTML, and the two line ends that JSON allows and scripts do not.
_ESCAPES = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}


def document(
    opportunity: Opportunity, *, config: CityConfig, now: datetime, language: str, context: bool = True
) -> dict[str, Any]:
    """Return `opportunity` as schema.org JSON-LD, its texts in `language` where there are such.

    `context` is False for an item of a list that names its context once.
    """
    content = opportunity.content
    is_course = content.type is OpportunityType.COURSE
    what = filled(
        {
            "@context": CONTEXT if context else None,
            "@type": TYPES.get(content.type, "Event"),
            "@id": addresses.opportunity(config, opportunity.id),
            "additionalType": content.type.value,
            "identifier": opportunity.id,
            "url": addresses.opportunity(config, opportunity.id, language),
            "name": _text(content.title, config, language),
            "description": _description(opportunity, config, language),
            "image": _image(opportunity, config, language),
            "keywords": [each.value for each in (*content.categories, *content.signals)],
            skills_key(content.type): [
                filled({"@type": "DefinedTerm", "@id": each.uri, "name": _text(each.label, config, language)})
                for each in content.skills
            ],
            "sameAs": content.url,
            "mainEntityOfPage": _page(opportunity, config, language),
        }
    )
    facts = _event_facts(opportunity, config, now, language)
    if not is_course:
        return what | facts
    offers = {"offers": facts.pop("offers")} if "offers" in facts else {}
    shared = {name: facts[name] for name in ("inLanguage", "isAccessibleForFree") if name in facts}
    provider = {"provider": facts["organizer"]} if "organizer" in facts else {}
    return what | shared | provider | offers | {"hasCourseInstance": course_instance(facts, opportunity)}


def script(value: Mapping[str, Any]) -> Markup:
    """Return `value` as JSON that can stand in a script element, whatever its texts hold."""
    return Markup(orjson.dumps(value).decode().translate(_ESCAPES))  # noqa: S704 (escaped in the line itself)


def _event_facts(one: Opportunity, config: CityConfig, now: datetime, language: str) -> dict[str, Any]:
    """Return what stands on an event, or on the one instance of a course."""
    content = one.content
    statuses = {Status.PUBLISHED: "EventScheduled", Status.CANCELLED: "EventCancelled"}
    return filled(
        {
            **_dates(one, now),
            "eventStatus": _word(statuses.get(one.status)),
            "eventAttendanceMode": _word(MODES[one.format][0] if one.format else None),
            "location": _single([*_place(one), *_online(one, config, language)]),
            "organizer": _single(_organisers(one, config, language)),
            "offers": _offers(one, config, language),
            "isAccessibleForFree": is_free(content.price),
            **for_whom(content.ages),
            "inLanguage": _single(list(content.languages)),
            "maximumAttendeeCapacity": content.capacity,
        }
    )


def _dates(one: Opportunity, now: datetime) -> dict[str, Any]:
    """Return the next date (of what is over, the last), and how it repeats."""
    schedule = one.content.schedule
    if schedule is None or not one.occurrences:
        return {}
    zone = ZoneInfo(schedule.timezone)
    shown = one.next_occurrence(now) or one.occurrences[-1]
    found = _date(shown, zone, all_day=schedule.all_day, has_end=schedule.end is not None)
    if len(one.occurrences) > 1:
        repeated = schedule_of(schedule)
        if repeated is not None:
            found["eventSchedule"] = repeated
        else:
            coming = [each for each in one.occurrences if each.end > now][:MOST_DATES]
            found["subEvent"] = [
                {
                    "@type": "Event",
                    **_date(each, zone, all_day=schedule.all_day, has_end=schedule.end is not None),
                }
                for each in coming
            ]
    return found


def _date(each: Occurrence, zone: ZoneInfo, *, all_day: bool, has_end: bool) -> dict[str, Any]:
    start, end = each.start.astimezone(zone), each.end.astimezone(zone)
    if all_day:
        # Our end is the midnight after the last day; schema.org's is the last day.
        last: date = max(start.date(), end.date() - timedelta(days=1))
        return {"startDate": start.date().isoformat(), "endDate": last.isoformat()}
    return {"startDate": start.isoformat()} | ({"endDate": end.isoformat()} if has_end else {})


def _place(one: Opportunity) -> list[dict[str, Any]]:
    place = one.place
    if place is None:
        return []
    # A spot without a name still needs one: consumers refuse a Place that has none.
    return [
        filled(
            {
                "@type": "Place",
                "name": place.name or place.address or place.district,
                "address": _address(place),
                "geo": {"@type": "GeoCoordinates", "latitude": place.lat_deg, "longitude": place.lon_deg}
                if place.lat_deg is not None
                else None,
                "amenityFeature": amenities(one.content.accessibility),
            }
        )
    ]


def _address(place: Place) -> dict[str, Any] | None:
    if place.address is None and place.district is None:
        return None
    said = {"@type": "PostalAddress", "streetAddress": place.address, "addressLocality": place.district}
    return filled(said)


def _online(one: Opportunity, config: CityConfig, language: str) -> list[dict[str, Any]]:
    if one.format not in (Format.ONLINE, Format.HYBRID):
        return []
    url = one.content.online_url or addresses.opportunity(config, one.id, language)
    return [{"@type": "VirtualLocation", "url": url}]


def _organisers(one: Opportunity, config: CityConfig, language: str) -> list[dict[str, Any]]:
    found = []
    if one.organiser is not None:
        url = addresses.organisation(config, one.organiser.slug, language)
        found.append({"@type": "Organization", "name": one.organiser.name, "url": url})
    return found + [filled({"@type": "Organization", "name": each.name, "url": each.url}) for each in one.content.hosts]


def _offers(one: Opportunity, config: CityConfig, language: str) -> list[dict[str, Any]]:
    """Return the price and its concessions; nothing where no price is stated."""
    price, registration = one.content.price, one.content.registration
    if price.amount is None and not price.free:
        return []
    shared = {
        "@type": "Offer",
        "priceCurrency": price.currency,
        "url": registration.url or addresses.opportunity(config, one.id, language),
        "validThrough": registration.deadline.isoformat() if registration.deadline else None,
    }
    amount = "0" if price.free or price.amount is None else f"{price.amount:f}"
    whole = {
        **shared,
        "price": amount,
        "category": "Free" if price.free else "Paid",
        "description": _text(price.note, config, language),
    }
    lower = [
        {**shared, "price": f"{each.amount:f}", "name": _text(each.label, config, language)}
        for each in price.concessions
    ]
    return [filled(each) for each in (whole, *lower)]


def _image(one: Opportunity, config: CityConfig, language: str) -> dict[str, Any] | None:
    url, image = addresses.image(config, one), one.content.image
    if url is None or image is None:
        return None
    return filled(
        {
            "@type": "ImageObject",
            "url": url,
            "caption": _text(image.alt, config, language),
            "creditText": image.credit,
            "license": licence(image.licence),
        }
    )


def _page(one: Opportunity, config: CityConfig, language: str) -> dict[str, Any]:
    """Return where this was read: our page, what it is based on, and under which licence."""
    source = one.source
    return filled(
        {
            "@type": "WebPage",
            "@id": addresses.opportunity(config, one.id, language),
            "inLanguage": language,
            "dateModified": one.updated.isoformat(),
            "isBasedOn": source.url if source else None,
            "license": licence(source.licence) if source else None,
            "publisher": {"@type": "Organization", "name": config.city_name(language), "url": config.base_url},
        }
    )


def _description(one: Opportunity, config: CityConfig, language: str) -> str | None:
    content = one.content
    whole, short = _text(content.description, config, language), _text(content.summary, config, language)
    return plain_text(whole)[:LONGEST_DESCRIPTION] if whole else short


def _text(texts: Texts, config: CityConfig, language: str) -> str | None:
    picked = pick(texts, (language, config.default_language, "en"))
    return picked.text if picked else None


def _word(name: str | None) -> str | None:
    return f"https://schema.org/{name}" if name else None


def _single(values: Sequence[Any]) -> Any:
    """Return one value bare, several as a list, none as nothing."""
    return values[0] if len(values) == 1 else list(values)

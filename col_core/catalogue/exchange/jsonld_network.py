"""One opportunity for other cities: in the words of schema.org in every language, with all that they may know of it.

What schema.org has no word for stands under terms of our own, which each document explains in its context, so that
nobody has to fetch one. Contacts never go along: whoever has a question asks the city whose offer it is.
Source: https://schema.org/Event, /Course, /CourseInstance, /Schedule; JSON-LD 1.1, sections 4.2.2 and 4.2.4.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from col_core.base.errors import InvalidInput
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
from col_core.catalogue.occurrences import zone_of
from col_core.catalogue.records import Opportunity, Place, Price, Registration, Schedule, Skill, Texts
from col_core.catalogue.vocabulary import Format, OpportunityType, Status

SCHEMA = "https://schema.org"
# Never to be changed: other cities know our terms by it.
NAMESPACE = "urn:x-city-of-learning:"
TERMS = (
    "outcome", "bring", "travel", "goals", "accessibility", "registrationMode", "state", "example", "online",
    "netAmount", "unnamed",
)  # fmt: skip
# One object, and no list with the address of schema.org's context in it: nobody has to fetch that, and OpenActive's
# validator (3.0) falls over a list that holds an object. The words of schema.org begin with http there, too.
CONTEXT = {
    "@vocab": "http://schema.org/",
    "col": NAMESPACE,
    **{each: f"col:{each}" for each in TERMS},
    "exactSchedule": {"@id": "col:exactSchedule", "@type": "@json"},
}


def document(one: Opportunity, *, config: CityConfig) -> dict[str, Any]:
    """Return `one` as JSON-LD. The same offer gives the same document, whenever it is asked for."""
    content = one.content
    page = addresses.opportunity(config, one.id)
    what = filled(
        {
            "@context": CONTEXT,
            "@type": TYPES.get(content.type, "Event"),
            "@id": page,
            "identifier": one.id,
            "url": page,
            "additionalType": content.type.value,
            "name": values(content.title),
            "disambiguatingDescription": values(content.summary),
            "description": values(content.description),
            "outcome": values(content.outcome),
            "bring": values(content.bring),
            "travel": values(content.travel),
            "image": _image(one, config),
            "keywords": [each.value for each in (*content.categories, *content.signals)],
            skills_key(content.type): [_skill(each) for each in content.skills],
            "educationalCredentialAwarded": [_badge(each, config) for each in content.badges],
            "sameAs": content.url,
            "goals": list(content.goals),
            "accessibility": [each.value for each in content.accessibility] if one.place is None else [],
            "registrationMode": content.registration.mode.value,
            "state": one.status.value,
            "example": content.example or None,
            "online": content.online or None,
            "exactSchedule": _exactly(content.schedule) if content.schedule else None,
            "mainEntityOfPage": _page(one, config, page),
        }
    )
    facts = _facts(one, config, page)
    if content.type is not OpportunityType.COURSE:
        return what | facts
    shared = {name: facts.pop(name) for name in ("inLanguage", "isAccessibleForFree", "offers") if name in facts}
    provider = {"provider": facts["organizer"]} if "organizer" in facts else {}
    return what | shared | provider | {"hasCourseInstance": course_instance(facts, one)}


def values(texts: Texts) -> list[dict[str, str]]:
    """Return texts as JSON-LD says them: each with its language."""
    return [{"@language": tag, "@value": text} for tag, text in texts.items()]


def _facts(one: Opportunity, config: CityConfig, page: str) -> dict[str, Any]:
    """Return what stands on an event, or on the one instance of a course."""
    content = one.content
    cancelled = one.status is Status.CANCELLED
    organiser = one.organiser.name if one.organiser is not None else content.organiser
    slug = one.organiser.slug if one.organiser is not None else None
    url = addresses.organisation(config, slug) if slug is not None else None
    return filled(
        {
            **(_dates(content.schedule) if content.schedule is not None else {}),
            "eventStatus": f"{SCHEMA}/{'EventCancelled' if cancelled else 'EventScheduled'}",
            "eventAttendanceMode": f"{SCHEMA}/{MODES[one.format][0]}" if one.format is not None else None,
            "location": [*_place(one, config), *_online(one, page)],
            "organizer": filled({"@type": "Organization", "name": organiser, "url": url}) if organiser else None,
            "contributor": [
                filled({"@type": "Organization", "name": each.name, "url": each.url}) for each in content.hosts
            ],
            "offers": _offers(content.price, content.registration, page),
            "isAccessibleForFree": is_free(content.price),
            **for_whom(content.ages),
            "inLanguage": list(content.languages),
            "maximumAttendeeCapacity": content.capacity,
        }
    )


def _dates(schedule: Schedule) -> dict[str, Any]:
    """Return the first date, and how it repeats where schema.org has words for that; nothing for what is no date."""
    try:
        zone = zone_of(schedule.timezone)
        found = _date(schedule, schedule.start, zone)
        repeated = schedule_of(schedule)
    except (InvalidInput, OverflowError, ValueError):
        return {}
    if repeated is not None:
        found["eventSchedule"] = repeated
    elif schedule.rrule is None and schedule.rdates:
        more = [each for each in schedule.rdates if each not in schedule.exdates][:MOST_DATES]
        found["subEvent"] = [{"@type": "Event", **_date(schedule, each, zone)} for each in more]
    return found


def _date(schedule: Schedule, start: datetime, zone: ZoneInfo) -> dict[str, Any]:
    length = schedule.end - schedule.start if schedule.end is not None else None
    if schedule.all_day:
        # Our end is the midnight after the last day; schema.org's is the last day.
        last = start.date() + ((length or timedelta(days=1)) - timedelta(days=1))
        return {"startDate": start.date().isoformat(), "endDate": max(start.date(), last).isoformat()}
    found = {"startDate": start.replace(tzinfo=zone).isoformat()}
    return found | ({"endDate": (start + length).replace(tzinfo=zone).isoformat()} if length is not None else {})


def _exactly(schedule: Schedule) -> dict[str, Any]:
    """Return a schedule as its organiser said it: wall-clock times, and the rule of RFC 5545."""
    return filled(
        {
            "start": schedule.start.isoformat(),
            "end": schedule.end.isoformat() if schedule.end else None,
            "timezone": schedule.timezone,
            "allDay": schedule.all_day or None,
            "rrule": schedule.rrule,
            "exdates": [each.isoformat() for each in schedule.exdates],
            "rdates": [each.isoformat() for each in schedule.rdates],
            "overrides": [
                filled(
                    {
                        "originalStart": each.original_start.isoformat(),
                        "start": each.start.isoformat() if each.start else None,
                        "end": each.end.isoformat() if each.end else None,
                        "cancelled": each.cancelled or None,
                    }
                )
                for each in schedule.overrides
            ],
        }
    )


def _place(one: Opportunity, config: CityConfig) -> list[dict[str, Any]]:
    place = one.place
    if place is None:
        return []
    return [
        filled(
            {
                "@type": "Place",
                # A spot without a name still needs one: readers of schema.org refuse a place that has none.
                "name": place.name or place.address or place.district or config.city_name(config.default_language),
                "unnamed": place.name is None or None,
                "address": _address(place, config),
                "geo": {"@type": "GeoCoordinates", "latitude": place.lat_deg, "longitude": place.lon_deg}
                if place.lat_deg is not None
                else None,
                "amenityFeature": amenities(one.content.accessibility),
            }
        )
    ]


def _address(place: Place, config: CityConfig) -> dict[str, Any]:
    return filled(
        {
            "@type": "PostalAddress",
            "streetAddress": place.address,
            "addressLocality": place.district,
            "addressCountry": config.country,
        }
    )


def _online(one: Opportunity, page: str) -> list[dict[str, Any]]:
    if one.format not in (Format.ONLINE, Format.HYBRID):
        return []
    return [{"@type": "VirtualLocation", "url": one.content.online_url or page}]


def _offers(price: Price, registration: Registration, page: str) -> list[dict[str, Any]]:
    """Return the price and its concessions. One registers at home, whatever happens there then."""
    until = registration.deadline.isoformat() if registration.deadline else None
    if price == Price() and until is None:
        return []
    shared = {"@type": "Offer", "priceCurrency": price.currency, "url": page, "validThrough": until}
    amount = "0" if price.free and price.amount is None else None if price.amount is None else f"{price.amount:f}"
    whole = {
        **shared,
        "price": amount,
        "category": "Free" if price.free else "Paid" if price.amount is not None else None,
        "description": values(price.note),
        "netAmount": None if price.net_amount is None else f"{price.net_amount:f}",
    }
    lower = [{**shared, "price": f"{each.amount:f}", "name": values(each.label)} for each in price.concessions]
    return [filled(whole), *({**filled(each), "name": each["name"]} for each in lower)]


def _skill(skill: Skill) -> dict[str, Any]:
    return filled({"@type": "DefinedTerm", "@id": skill.uri, "name": values(skill.label)})


def _badge(id_: str, config: CityConfig) -> dict[str, Any]:
    url = addresses.achievement(config, id_)
    return {"@type": "EducationalOccupationalCredential", "@id": url, "identifier": id_}


def _image(one: Opportunity, config: CityConfig) -> dict[str, Any] | None:
    url, image = addresses.image(config, one), one.content.image
    if url is None or image is None:
        return None
    said = {"@type": "ImageObject", "url": url, "caption": values(image.alt), "creditText": image.credit}
    return filled({**said, "license": licence(image.licence)})


def _page(one: Opportunity, config: CityConfig, page: str) -> dict[str, Any]:
    """Return where it is at home, which city publishes it, and what that took it from under which licence."""
    source = one.source
    return filled(
        {
            "@type": "WebPage",
            "@id": page,
            "dateModified": one.updated.isoformat(),
            "isBasedOn": filled(
                {"@type": "Dataset", "name": source.name, "url": source.url, "license": licence(source.licence)}
            )
            if source is not None
            else None,
            "license": licence(source.licence) if source is not None else None,
            "publisher": {"@type": "Organization", "name": values(config.name), "url": config.base_url},
        }
    )

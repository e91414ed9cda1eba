"""Opportunities as other programs read them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from col_core.base.settings import CityConfig
from col_core.catalogue import addresses
from col_core.catalogue.own import Own
from col_core.catalogue.records import Cluster, Opportunity, Override, Place, Price
from col_core.catalogue.vocabulary import Format, Reach


def item(one: Opportunity, *, config: CityConfig, now: datetime) -> dict[str, Any]:
    """Return `one` with every key that the API promises. Amounts are numbers in `price.currency`.

    `url` is its page here, also where it is of another city; `origin` says its city and its page there.

    `start` and `end` are the first date; `next_occurrence` is the start of the next date that is not over.
    """
    content, schedule = one.content, one.content.schedule
    zone = ZoneInfo(schedule.timezone if schedule else config.timezone)
    url = addresses.opportunity(config, one.id)
    image_url = addresses.image(config, one)
    upcoming = one.next_occurrence(now)
    contact = content.safeguarding
    return {
        "id": one.id,
        "url": url,
        "type": content.type.value,
        "title": dict(content.title),
        "summary": dict(content.summary),
        "description": dict(content.description),
        "outcome": dict(content.outcome),
        "bring": dict(content.bring),
        "travel": dict(content.travel),
        "categories": [each.value for each in content.categories],
        "skills": [{"uri": each.uri, "label": dict(each.label)} for each in content.skills],
        "organiser": _organiser(one, config),
        "place": _place(one.place),
        "online": one.format in (Format.ONLINE, Format.HYBRID),
        "online_url": content.online_url,
        "timezone": zone.key,
        "start": _wall(schedule.start, zone) if schedule else None,
        "end": _wall(schedule.end, zone) if schedule and schedule.end else None,
        "all_day": schedule.all_day if schedule else False,
        "rrule": schedule.rrule if schedule else None,
        "exdates": [_wall(each, zone) for each in schedule.exdates] if schedule else [],
        "rdates": [_wall(each, zone) for each in schedule.rdates] if schedule else [],
        "overrides": [_override(each, zone) for each in schedule.overrides] if schedule else [],
        "next_occurrence": upcoming.start.astimezone(zone).isoformat() if upcoming else None,
        "age": {"min": content.ages.min, "max": content.ages.max},
        "price": _price(content.price),
        "languages": list(content.languages),
        "accessibility": [each.value for each in content.accessibility],
        "capacity": content.capacity,
        "seats_left": None,
        "registration": {
            "mode": one.registration.mode.value,
            "url": one.registration.url,
            "deadline": one.registration.deadline.isoformat() if one.registration.deadline else None,
        },
        "image": {
            "url": image_url,
            "alt": dict(content.image.alt),
            "credit": content.image.credit,
            "licence": content.image.licence,
        }
        if content.image and image_url
        else None,
        "badges": [{"id": each, "url": addresses.achievement(config, each)} for each in one.badges],
        "hosts": [{"name": each.name, "url": each.url} for each in content.hosts],
        "signals": [each.value for each in content.signals],
        "safeguarding": {
            "name": contact.name,
            "email": contact.email,
            "phone": contact.phone,
            "note": dict(contact.note),
        }
        if contact
        else None,
        "website": content.url,
        "reach": (content.reach or Reach.LOCAL).value,
        "origin": {"city": one.origin.city, "url": one.origin.url} if one.origin else {"city": config.id, "url": url},
        "source": {"name": one.source.name, "url": one.source.url, "licence": one.source.licence}
        if one.source
        else None,
        "status": one.status.value,
        "updated": one.updated.isoformat(),
        "example": content.example,
    }


def _organiser(one: Opportunity, config: CityConfig) -> dict[str, Any] | None:
    """Return who offers it; one of another city has a name, and no page here."""
    if one.organiser is not None:
        slug = one.organiser.slug
        return {"id": slug, "name": one.organiser.name, "url": addresses.organisation(config, slug)}
    return {"id": None, "name": one.organiser_name, "url": None} if one.origin and one.organiser_name else None


def own_item(own: Own, *, config: CityConfig, now: datetime) -> dict[str, Any]:
    """Return the item as the organisation sees it whose it is: with its own id of it, and what review found."""
    findings = [
        {"code": each.code, "message": each.message, "severity": each.severity.value, "field": each.field}
        for each in own.opportunity.findings
    ]
    one = item(own.opportunity, config=config, now=now)
    return one | {"external_id": own.external_id, "findings": findings}


def feature(cluster: Cluster) -> Mapping[str, Any]:
    """Return what stands at one spot of the map as a GeoJSON feature (RFC 7946)."""
    properties: dict[str, Any] = {"count": cluster.count, "categories": dict(cluster.categories)}
    if cluster.id is not None:
        properties["id"] = cluster.id
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(cluster.lon_deg, 6), round(cluster.lat_deg, 6)]},
        "properties": properties,
    }


def _wall(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return None if moment is None else moment.replace(tzinfo=zone).isoformat()


def _override(each: Override, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "original_start": _wall(each.original_start, zone),
        "start": _wall(each.start, zone),
        "end": _wall(each.end, zone),
        "cancelled": each.cancelled,
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {
        "name": place.name,
        "address": place.address,
        "district": place.district,
        "lat": place.lat_deg,
        "lon": place.lon_deg,
    }


def _price(price: Price) -> dict[str, Any]:
    return {
        "amount": _number(price.amount),
        "currency": price.currency,
        "free": price.free,
        "note": dict(price.note),
        "net_amount": _number(price.net_amount),
        "concessions": [{"label": dict(each.label), "amount": _number(each.amount)} for each in price.concessions],
    }


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)

"""Opportunities as a table, in the columns that the import of tables knows."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from col_core.base.html import visible
from col_core.base.i18n import text_in
from col_core.base.settings import CityConfig
from col_core.catalogue import addresses
from col_core.catalogue.records import Opportunity, Price, Schedule, Texts

_TEXTS = ("title", "summary", "description", "outcome", "bring", "travel")
# A spreadsheet takes a cell that begins so for a formula and runs it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_table(opportunities: Iterable[Opportunity], *, config: CityConfig) -> bytes:
    """Return the table as CSV in UTF-8, with the mark by which spreadsheet programs know that.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows(opportunities, config=config))
    return out.getvalue().encode("utf-8-sig")


def rows(opportunities: Iterable[Opportunity], *, config: CityConfig) -> Iterator[list[str]]:
    """Give the rows of the table, the names of its columns first."""
    columns = _columns(config.languages)
    yield columns
    for each in opportunities:
        cells = _row(each, config)
        yield [cells.get(name, "") for name in columns]


def _columns(languages: Sequence[str]) -> list[str]:
    return [
        *("external_id", "type", "status"),
        *(f"{field}_{tag}" for field in _TEXTS for tag in languages),
        *(
            "categories",
            "skills",
            "badges",
            "start",
            "end",
            "timezone",
            "rrule",
            "exdates",
            "venue",
            "address",
            "district",
        ),
        *("lat", "lon", "online_url", "age_min", "age_max", "price", "net_price", "currency", "languages"),
        *("accessibility", "signals", "capacity", "registration_url", "registration_deadline", "organiser", "hosts"),
        *("image_url", "image_alt", "image_credit", "image_licence"),
        *("safeguarding_name", "safeguarding_email", "safeguarding_phone", "url", "page_url", "updated"),
    ]


def _row(one: Opportunity, config: CityConfig) -> dict[str, str]:
    content, place, image, contact = one.content, one.place, one.content.image, one.content.safeguarding
    texts: Mapping[str, Texts] = {field: getattr(content, field) for field in _TEXTS}
    said: dict[str, str | None] = {
        "external_id": one.id,
        "type": content.type.value,
        "status": one.status.value,
        **{f"{field}_{tag}": texts[field].get(tag) for field in _TEXTS for tag in config.languages},
        "categories": ", ".join(content.categories),
        "skills": "; ".join(each.uri or _first(each.label, config) for each in content.skills),
        "badges": ", ".join(content.badges),
        "venue": place.name if place else None,
        "address": place.address if place else None,
        "district": place.district if place else None,
        "online_url": content.online_url,
        "currency": content.price.currency,
        "languages": ", ".join(content.languages),
        "accessibility": ", ".join(content.accessibility),
        "signals": ", ".join(content.signals),
        "registration_url": content.registration.url,
        "organiser": one.organiser_name,
        "hosts": "; ".join(each.name for each in content.hosts),
        "image_url": addresses.image(config, one),
        "image_alt": _first(image.alt, config) if image else None,
        "image_credit": image.credit if image else None,
        "image_licence": image.licence if image else None,
        "safeguarding_name": contact.name if contact else None,
        "safeguarding_email": contact.email if contact else None,
        "safeguarding_phone": contact.phone if contact else None,
        "url": content.url,
        "page_url": addresses.opportunity(config, one.id),
    }
    numbers = {
        "lat": place.lat_deg if place else None,
        "lon": place.lon_deg if place else None,
        "age_min": content.ages.min,
        "age_max": content.ages.max,
        "capacity": content.capacity,
        "net_price": content.price.net_amount,
        "updated": one.updated.isoformat(),
        "price": _price(content.price),
        "registration_deadline": _local(content.registration.deadline, config),
        **_dates(content.schedule),
    }
    return {
        **{name: _cell(text) for name, text in said.items() if text},
        **{name: str(value) for name, value in numbers.items() if value is not None},
    }


def _dates(schedule: Schedule | None) -> dict[str, str | None]:
    if schedule is None:
        return {}
    end = schedule.end
    if end is not None and schedule.all_day:
        # The import takes a day as the end for the whole day; ours is the midnight after it.
        end = max(schedule.start, end - timedelta(days=1))
    left_out = {*schedule.exdates, *(each.original_start for each in schedule.overrides if each.cancelled)}
    return {
        "start": _wall(schedule.start, schedule),
        "end": _wall(end, schedule) if end is not None else None,
        "timezone": schedule.timezone,
        "rrule": schedule.rrule,
        "exdates": "; ".join(_wall(each, schedule) for each in sorted(left_out)),
    }


def _wall(moment: datetime, schedule: Schedule) -> str:
    return f"{moment:%Y-%m-%d}" if schedule.all_day else f"{moment:%Y-%m-%d %H:%M:%S}"


def _local(instant: datetime | None, config: CityConfig) -> str | None:
    return None if instant is None else f"{instant.astimezone(ZoneInfo(config.timezone)):%Y-%m-%d %H:%M}"


def _price(price: Price) -> str | None:
    return "0" if price.free else (None if price.amount is None else f"{price.amount:f}")


def _first(texts: Texts, config: CityConfig) -> str:
    return text_in(texts, config.default_language)


def _cell(said: str) -> str:
    plain = visible(said)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain

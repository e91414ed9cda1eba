"""Opportunities as RSS 2.0. Sources: https://www.rssboard.org/rss-specification, the RSS event module, GeoRSS."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from col_core.base.html import plain_text, visible
from col_core.base.i18n import pick
from col_core.base.settings import CityConfig
from col_core.catalogue import addresses
from col_core.catalogue.records import Opportunity, Texts

MEDIA_TYPE = "application/rss+xml"
_LONGEST_DESCRIPTION = 4_000
_NAMESPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:ev="http://purl.org/rss/1.0/modules/event/" '
    'xmlns:georss="http://www.georss.org/georss"'
)
# What XML 1.0 cannot hold, beside what `visible` takes out.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(
    opportunities: Iterable[Opportunity],
    *,
    config: CityConfig,
    now: datetime,
    language: str,
    title: str,
    description: str,
) -> bytes:
    """Return a channel of `opportunities`, its texts in `language` where there are such."""
    listed = list(opportunities)
    built = max((each.updated for each in listed), default=now)
    home = f"{config.base_url}/{language}/opportunities"
    itself = f"{config.base_url}/feeds/opportunities.rss"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<rss version="2.0" {_NAMESPACES}><channel>',
        _element("title", title),
        _element("link", home),
        _element("description", description),
        _element("language", language),
        _element("lastBuildDate", format_datetime(built)),
        f'<atom:link rel="self" type="{MEDIA_TYPE}" href={quoteattr(itself)}/>',
        *(line for each in listed for line in _item(each, config, now, language)),
        "</channel></rss>",
    ]
    return "\n".join(lines).encode()


def _item(one: Opportunity, config: CityConfig, now: datetime, language: str) -> Iterator[str]:
    content, place = one.content, one.place
    said = _text(content.description, config, language) or _text(content.summary, config, language)
    yield "<item>"
    yield _element("title", _text(content.title, config, language))
    yield _element("link", addresses.opportunity(config, one.id, language))
    yield _element("guid", addresses.opportunity(config, one.id))
    yield _element("pubDate", format_datetime(one.created))
    if said:
        yield _element("description", plain_text(said)[:_LONGEST_DESCRIPTION])
    for category in content.categories:
        yield _element("category", category.value)
    shown = one.next_occurrence(now) or (one.occurrences[-1] if one.occurrences else None)
    if shown is not None and content.schedule is not None:
        zone = ZoneInfo(content.schedule.timezone)
        yield _element("ev:startdate", shown.start.astimezone(zone).isoformat())
        yield _element("ev:enddate", shown.end.astimezone(zone).isoformat())
    where = ", ".join(each for each in (place.name, place.address) if each) if place else ""
    if where:
        yield _element("ev:location", where)
    if one.organiser_name is not None:
        yield _element("ev:organizer", one.organiser_name)
    if place is not None and place.lat_deg is not None:
        yield _element("georss:point", f"{place.lat_deg} {place.lon_deg}")
    yield "</item>"


def _element(name: str, said: str) -> str:
    return f"<{name}>{escape(_NOT_XML.sub('', visible(said)))}</{name}>"


def _text(texts: Texts, config: CityConfig, language: str) -> str:
    picked = pick(texts, (language, config.default_language, "en"))
    return picked.text if picked else ""

"""The articles of a city as RSS 2.0, one feed a language."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from email.utils import format_datetime
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from col_core.base.settings import CityConfig
from col_core.content.paths import path_of
from col_core.content.records import Written

_ATOM = "http://www.w3.org/2005/Atom"
ET.register_namespace("atom", _ATOM)


def rss(articles: Sequence[Written], config: CityConfig, *, language: str, title: str, description: str) -> bytes:
    """Return the feed of those of `articles` that are in `language`. Source: rssboard.org, RSS 2.0.11."""
    root = f"{config.base_url}/{language}"
    feed = ET.Element("rss", version="2.0")
    channel = ET.SubElement(feed, "channel")
    _add(channel, "title", title)
    _add(channel, "link", f"{root}/blog")
    _add(channel, "description", description)
    _add(channel, "language", language)
    ET.SubElement(
        channel, f"{{{_ATOM}}}link", {"href": f"{root}/blog.rss", "rel": "self", "type": "application/rss+xml"}
    )
    for each in articles:
        if each.language != language or each.day is None:
            continue
        item = ET.SubElement(channel, "item")
        address = f"{root}/{path_of(each.kind, each.name)}"
        _add(item, "title", each.title)
        _add(item, "link", address)
        _add(item, "guid", address)
        _add(item, "description", each.summary or each.title)
        # A day has no hour: noon stays the same day in every reader's zone near the city.
        noon = datetime.combine(each.day, time(12), ZoneInfo(config.timezone))
        _add(item, "pubDate", format_datetime(noon.astimezone(UTC)))
    text: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return text


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text

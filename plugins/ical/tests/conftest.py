from collections.abc import Callable
from pathlib import Path

import pytest

from col_core.plugin import Draft, OpportunitySource, Rejected
from col_core.testing.cities import a_city
from col_plugin_ical.source import IcalSource, SourceOptions

Calendar = Callable[..., OpportunitySource]
Normalised = Callable[..., Draft | Rejected]


@pytest.fixture
def calendar(tmp_path: Path) -> Calendar:
    """Return a source over a calendar that holds the given events."""

    def made(events: str | bytes, *, heading: str = "", **options: object) -> IcalSource:
        body = events if isinstance(events, bytes) else events.strip("\n").encode()
        lines = [b"BEGIN:VCALENDAR", b"VERSION:2.0", *heading.encode().split(), body, b"END:VCALENDAR", b""]
        (tmp_path / "feed.ics").write_bytes(b"\r\n".join(lines))
        loaded = SourceOptions().load(options)
        source = {"id": "calendar", "plugin": "ical", "url": "feed.ics", "language": "sl", "options": loaded}
        city = a_city(tmp_path, sources=[source], languages=("sl", "en"))
        return IcalSource(city, city.sources[0])

    return made


@pytest.fixture
def normalised(calendar: Calendar) -> Normalised:
    """Return what becomes of the one event whose lines are given, without BEGIN, END, UID and SUMMARY."""

    def made(lines: str, *, before: str = "", heading: str = "", **options: object) -> Draft | Rejected:
        event = f"{before}\nBEGIN:VEVENT\nUID:1\nSUMMARY:Čaj\n{lines.strip()}\nEND:VEVENT"
        source = calendar(event, heading=heading, **options)
        (item,) = source.fetch(since=None, cursor=None).items
        return source.normalise(item)

    return made

from collections.abc import Callable

import pytest

from col_core.plugin import OpportunitySource
from col_core.testing.contracts import SourceContract

SAMPLE = """
BEGIN:VEVENT
UID:1@example.org
DTSTART;TZID=Europe/Ljubljana:20260106T170000
DTEND;TZID=Europe/Ljubljana:20260106T190000
RRULE:FREQ=WEEKLY;COUNT=8
EXDATE;TZID=Europe/Ljubljana:20260113T170000
SUMMARY;LANGUAGE=sl:Torkova kuhinja
DESCRIPTION:Kuhamo <b>skupaj</b>.
LOCATION:Mladinski center\\, Vojkova cesta 73\\, 1000 Ljubljana
GEO:46.0757;14.5165
CATEGORIES:workshop,arts
ORGANIZER;CN="Mladi":mailto:info@example.org
URL:https://example.org/1
END:VEVENT
BEGIN:VEVENT
UID:2@example.org
DTSTART;VALUE=DATE:20260203
SUMMARY:Dan odprtih vrat
END:VEVENT
BEGIN:VEVENT
UID:3@example.org
DTSTART:nonsense
SUMMARY:Pokvarjen
END:VEVENT
"""


class TestIcalSource(SourceContract):
    @pytest.fixture
    def source(self, calendar: Callable[..., OpportunitySource]) -> OpportunitySource:
        return calendar(SAMPLE)

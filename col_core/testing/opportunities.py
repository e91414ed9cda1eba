"""An opportunity as it is stored, for tests of what writes opportunities out (feeds, formats, pages)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from col_core.catalogue import occurrences
from col_core.catalogue.records import (
    Ages,
    Concession,
    Contact,
    Draft,
    Host,
    Image,
    Opportunity,
    OrganiserRef,
    Place,
    Price,
    Registration,
    Schedule,
    Skill,
    SourceRef,
)
from col_core.catalogue.vocabulary import Access, Category, OpportunityType, RegistrationMode, Signal, Status
from col_core.testing.clock import START

# Eight Tuesdays at 17:00, with the change to summer time in between; one is left out.
TUESDAYS = Schedule(
    start=datetime(2026, 3, 3, 17, 0),  # noqa: DTZ001 (wall-clock time of its zone)
    end=datetime(2026, 3, 3, 19, 0),  # noqa: DTZ001
    timezone="Europe/Ljubljana",
    rrule="FREQ=WEEKLY;COUNT=8;BYDAY=TU",
    exdates=(datetime(2026, 3, 17, 17, 0),),  # noqa: DTZ001
)
FULL = Draft(
    title={"sl": "Delavnica grafitov", "en": "Graffiti workshop"},
    summary={"sl": "Od skice do stene.", "en": "From sketch to wall."},
    description={"en": "<p>Bring a <strong>friend</strong>; we bring the paint.</p>"},
    type=OpportunityType.WORKSHOP,
    categories=(Category.ARTS, Category.CRAFTS),
    skills=(Skill(uri="http://data.europa.eu/esco/skill/1", label={"en": "draw"}),),
    organiser="Mladi zmaji",
    hosts=(Host(name="Knjižnica", url="https://knjiznica.example"),),
    place=Place(name="Mladinski center", address="Dunajska 367, Ljubljana", lat_deg=46.05, lon_deg=14.55),
    schedule=TUESDAYS,
    ages=Ages(min=15, max=29),
    price=Price(amount=Decimal("12.50"), concessions=(Concession(label={"en": "students"}, amount=Decimal(5)),)),
    languages=("sl", "en"),
    accessibility=(Access.STEP_FREE,),
    signals=(Signal.COME_ALONE,),
    capacity=12,
    registration=Registration(
        mode=RegistrationMode.EXTERNAL,
        url="https://prijava.example/grafiti",
        deadline=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
    ),
    image=Image(
        url="https://slike.example/a.jpg",
        alt={"en": "A wall full of colour"},
        credit="A. Novak",
        licence="https://creativecommons.org/licenses/by/4.0/",
    ),
    safeguarding=Contact(name="Ana", email="varno@example.org"),
    url="https://zmaji.example/grafiti",
)


def an_opportunity(content: Draft = FULL, *, id_: str = "0123456789abcdef", **changes: Any) -> Opportunity:
    """Return an opportunity with `content`, its dates expanded; `changes` are fields of Opportunity."""
    until = START + timedelta(days=548)
    dates = occurrences.expand(content.schedule, now=START, until=until) if content.schedule is not None else ()
    made = Opportunity(
        id=id_,
        content=content,
        organiser=OrganiserRef(id="o1", slug="mladi-zmaji", name="Mladi zmaji"),
        source=SourceRef(id="zmaji", name="Program", url="https://zmaji.example", licence="CC BY 4.0"),
        place=content.place and replace(content.place, district="Bežigrad"),
        occurrences=dates,
        status=Status.CANCELLED if content.cancelled else Status.PUBLISHED,
        findings=(),
        version=3,
        created=START,
        updated=START,
        image_key="opportunities/ab/cdef",
    )
    return replace(made, **changes)

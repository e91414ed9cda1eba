"""What one city says of its offers, the other reads as it was said; and nothing of persons goes along."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.base.config import load_city
from col_core.catalogue.admission import admitted, packed
from col_core.catalogue.exchange import jsonld_network, jsonld_network_in
from col_core.catalogue.exchange.jsonld_in import Defaults
from col_core.catalogue.records import (
    Ages,
    Concession,
    Contact,
    Draft,
    Host,
    Image,
    Override,
    Place,
    Price,
    Registration,
    Schedule,
    Skill,
)
from col_core.catalogue.vocabulary import (
    Access,
    Category,
    OpportunityType,
    Reach,
    RegistrationMode,
    Signal,
    Status,
)
from col_core.testing.opportunities import FULL, an_opportunity
from col_core.testing.towns import write_town

DEFAULTS = Defaults(language="en", timezone="UTC", currency="EUR")
LINES = st.text("abcčšž ąė 'd", min_size=1, max_size=12).map(str.strip).filter(bool)
TEXTS = st.dictionaries(st.sampled_from(["sl", "lt", "en", "zh-Hant"]), LINES, max_size=3)
ADDRESSES = st.sampled_from(["https://zmaji.example/a", "http://b.example/?x=1&y=ž"])
MONEY = st.decimals(min_value=1, max_value=999, places=2)
WALLS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda each: each.replace(microsecond=0))
MAYBE = st.booleans()


def some(strategy):
    return st.none() | strategy


def few(strategy):
    return st.lists(strategy, max_size=3).map(tuple)


PLACES = st.builds(
    lambda where, **said: Place(**said, lat_deg=where and where[0], lon_deg=where and where[1]),
    where=some(st.sampled_from([(46.05, 14.5), (-33.5, 151.25)])),
    name=some(LINES),
    address=some(LINES),
    district=some(LINES),
)
SCHEDULES = st.builds(
    lambda start, length, timezone, rrule, **said: Schedule(
        start=start, end=None if length is None else start + length, timezone=timezone, rrule=rrule, **said
    ),
    start=WALLS,
    length=some(st.sampled_from([timedelta(hours=2), timedelta(days=3)])),
    timezone=st.sampled_from(["Europe/Ljubljana", "UTC", "Asia/Kathmandu"]),
    rrule=some(st.sampled_from(["FREQ=WEEKLY;COUNT=8", "FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=1", "FREQ=DAILY;INTERVAL=3"])),
    all_day=MAYBE,
    exdates=few(WALLS),
    rdates=few(WALLS),
    overrides=few(st.builds(Override, original_start=WALLS, start=some(WALLS), end=some(WALLS), cancelled=MAYBE)),
)
TRIED = {
    "title": TEXTS.filter(bool),
    "summary": TEXTS,
    "description": TEXTS,
    "outcome": TEXTS,
    "bring": TEXTS,
    "travel": TEXTS,
    "type": st.sampled_from(OpportunityType),
    "categories": few(st.sampled_from(Category)),
    "skills": few(st.builds(Skill, uri=some(ADDRESSES), label=TEXTS)),
    "badges": few(st.sampled_from(["first-steps", "maker"])),
    "organiser": some(LINES),
    "hosts": few(st.builds(Host, name=LINES, url=some(ADDRESSES))),
    "place": some(PLACES),
    "online_url": some(ADDRESSES),
    "online": MAYBE,
    "schedule": some(SCHEDULES),
    "ages": st.builds(Ages, min=some(st.integers(0, 120)), max=some(st.integers(0, 120))),
    "price": st.builds(
        Price,
        amount=some(MONEY),
        currency=st.sampled_from(["EUR", "CHF"]),
        free=MAYBE,
        note=TEXTS,
        net_amount=some(MONEY),
        concessions=few(st.builds(Concession, label=TEXTS, amount=MONEY)),
    ),
    "languages": few(st.sampled_from(["sl", "en", "lt"])),
    "accessibility": few(st.sampled_from(Access)),
    "signals": few(st.sampled_from(Signal)),
    "capacity": some(st.integers(1, 999)),
    "registration": st.builds(
        Registration,
        mode=st.sampled_from(RegistrationMode),
        url=some(ADDRESSES),
        deadline=some(WALLS.map(lambda each: each.replace(tzinfo=UTC))),
    ),
    "image": some(st.builds(Image, url=ADDRESSES, alt=TEXTS, credit=some(LINES), licence=some(LINES))),
    "safeguarding": some(st.just(Contact(name="Ana Secret", email="secret@example.org", phone="031 secret"))),
    "url": some(ADDRESSES),
    "goals": few(LINES),
    "reach": st.just(Reach.NETWORK),
    "cancelled": MAYBE,
    "example": MAYBE,
}
DRAFTS = st.builds(Draft, **TRIED)


@cache
def town():
    folder = Path(mkdtemp(prefix="col-jsonld-"))
    return load_city(write_town(folder), environ={"COL_VAR": str(folder)})


def let_in(draft):
    return admitted(packed(draft), currency="EUR")


def travelled(content):
    document = jsonld_network.document(an_opportunity(content, organiser=None, place=content.place), config=town())
    # Over the wire, and back.
    return json.loads(json.dumps(document)), jsonld_network_in.offered(json.loads(json.dumps(document)), DEFAULTS)


def what_a_partner_may_know(draft):
    """Return `draft` without contacts, with our copy of its picture, and to be registered for at home."""
    copy = "https://testville.example/media/opportunities/ab/cdef-960.webp"
    return replace(
        draft,
        safeguarding=None,
        registration=replace(draft.registration, url=None),
        image=replace(draft.image, url=copy) if draft.image is not None else None,
    )


@given(draft=DRAFTS)
def test_a_draft_comes_back_as_it_was_said(draft):
    draft = let_in(draft)
    document, read = travelled(draft)
    assert let_in(read.draft) == what_a_partner_may_know(draft)
    assert "secret" not in json.dumps(document).lower()


def test_every_part_of_a_draft_is_tried():
    # A part that is new must travel, or be left out on purpose.
    assert {each.name for each in fields(Draft)} == set(TRIED)


def test_an_offer_is_said_in_every_language_with_its_home_licence_and_source():
    said, read = travelled(FULL)
    assert said["name"] == [
        {"@language": "sl", "@value": "Delavnica grafitov"},
        {"@language": "en", "@value": "Graffiti workshop"},
    ]
    assert said["url"] == read.url == "https://testville.example/sl/opportunities/0123456789abcdef"
    page = said["mainEntityOfPage"]
    assert page["isBasedOn"]["license"] == {"@type": "CreativeWork", "name": "CC BY 4.0"}
    assert page["publisher"]["url"] == "https://testville.example"
    assert page["dateModified"]
    assert said["offers"][0]["url"] == read.url
    assert said["eventSchedule"]["exceptDate"] == ["2026-03-17T17:00:00+01:00"]
    assert [each["price"] for each in said["offers"]] == ["12.50", "5"]


def test_every_term_of_ours_is_explained_in_the_document():
    said, _ = travelled(replace(FULL, place=None, outcome={"en": "x"}, goals=("4",), example=True, online=True))
    context = said["@context"]
    assert context["col"] == "urn:x-city-of-learning:"
    assert {"outcome", "goals", "accessibility", "registrationMode", "state", "example", "exactSchedule"} <= set(said)
    assert all(each in context for each in said if each in jsonld_network.TERMS or each == "exactSchedule")


@pytest.mark.parametrize(
    ("status", "becomes"),
    [(Status.CANCELLED, Status.CANCELLED), (Status.CLOSED, Status.CLOSED), (Status.PUBLISHED, Status.PUBLISHED)],
)
def test_how_it_stands_at_home_is_how_it_stands_elsewhere(status, becomes):
    document = jsonld_network.document(an_opportunity(status=status), config=town())
    assert jsonld_network_in.offered(document, DEFAULTS).status is becomes


def test_an_offer_with_a_zone_that_is_none_is_said_without_a_first_date():
    odd = replace(an_opportunity(), content=replace(FULL, schedule=replace(FULL.schedule, timezone="Europe")))
    assert "startDate" not in jsonld_network.document(odd, config=town())


def test_plain_schema_org_of_a_stranger_is_read_too():
    read = jsonld_network_in.offered(
        {
            "@context": "https://schema.org",
            "@type": "Event",
            "url": "https://other.example/events/1",
            "name": {"lt": "Arbata"},
            "startDate": "2026-03-03T17:00:00+02:00",
            "outcome": "not our word",
        },
        DEFAULTS,
    )
    assert read.url == "https://other.example/events/1"
    assert read.draft.title == {"lt": "Arbata"}
    assert read.draft.outcome == {}
    assert read.draft.url is None
    assert read.draft.reach is Reach.NETWORK
    assert read.draft.schedule.start == datetime(2026, 3, 3, 15)


@pytest.mark.parametrize(
    "broken",
    [
        {"url": None, "@id": None},
        {"exactSchedule": {"start": "2026-99-01", "timezone": "UTC"}},
        {"exactSchedule": {"timezone": "UTC"}},
        {"exactSchedule": {"start": "2026-01-01", "timezone": "UTC", "overrides": [{}]}},
        {"name": []},
    ],
)
def test_what_cannot_be_read_says_why(broken):
    said, _ = travelled(FULL)
    with pytest.raises(ValueError, match=r"url|exactSchedule|name"):
        jsonld_network_in.offered({**said, **broken}, DEFAULTS)


def test_prices_keep_their_digits():
    _, read = travelled(replace(FULL, price=Price(amount=Decimal("0.10"), net_amount=Decimal("0.05"))))
    assert (read.draft.price.amount, read.draft.price.net_amount) == (Decimal("0.10"), Decimal("0.05"))

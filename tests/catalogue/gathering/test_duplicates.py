import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from col_core.base.errors import InvalidInput, NotFound
from col_core.catalogue.gathering import duplicates
from col_core.catalogue.gathering.preview import preview
from col_core.catalogue.records import Draft, Place, Schedule
from col_core.catalogue.tables import DuplicateRow
from col_core.testing.fakes import ListSource

HERE = Place(name="Kino Šiška", lat_deg=46.0689, lon_deg=14.4885)
CLOSE = replace(HERE, name="Center urbane kulture", lat_deg=46.0692)
FAR = replace(HERE, name="Fužine", lat_deg=46.0533, lon_deg=14.5617)


def offer(title="Večer družabnih iger", start="2026-01-20T18:00", place=HERE, organiser="Kino Šiška", **more):
    schedule = Schedule(start=datetime.fromisoformat(start), timezone="Europe/Ljubljana", **more) if start else None
    titles = title if isinstance(title, dict) else {"sl": title}
    return Draft(title=titles, schedule=schedule, place=place, organiser=organiser)


def proposals(house, *drafts):
    for number, draft in enumerate(drafts):
        house.source = ListSource(f"source-{number}")
        house.config = replace(house.config, id=f"source-{number}", name={"sl": "x"})
        house.sync(a=draft)
    number = duplicates.propose(house.database, clock=house.clock)
    with house.database.read() as session:
        assert number == len(duplicates.proposed(session))
        return duplicates.proposed(session)


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (offer(), offer(), ("same-title", "same-time", "same-place", "same-organiser")),
        (offer(), offer("VECER DRUZABNIH IGER", place=CLOSE, organiser="Zveza"),
         ("same-title", "same-time", "same-place")),
        (offer(), offer("Večer družabnih iger za mlade", start="2026-01-20T18:15"),
         ("similar-title", "same-time", "same-place", "same-organiser")),
        (offer(), offer(place=None), ("same-title", "same-time", "same-organiser")),
        (offer(start="2026-01-06T18:00", rrule="FREQ=WEEKLY"), offer(start="2026-01-13T18:00"),
         ("same-title", "same-time", "same-place", "same-organiser")),
        (offer(start=None), offer(start=None), ("same-title", "same-place", "same-organiser")),
        (offer(), offer({"en": "Board games night"}), ("same-time", "same-place", "same-organiser")),
    ],
)  # fmt: skip
def test_what_is_probably_one_offer_is_proposed_with_its_reasons(house, one, other, reasons):
    (double,) = proposals(house, one, other)
    assert double.reasons == reasons
    assert duplicates.PROPOSE_FROM <= double.score <= 1


@pytest.mark.parametrize(
    "other",
    [
        offer(start="2026-01-21T18:00"),
        offer(start="2026-01-20T20:00"),
        offer("Koncert godalnega kvarteta"),
        offer(place=FAR, organiser="Zveza"),
        offer("Turnir družabnih iger", organiser="Zveza", place=None),
        offer(start=None),
        offer({"en": "Board games night"}, organiser="Zveza"),
        offer(start="2025-12-01T18:00"),
    ],
)
def test_what_only_looks_alike_is_not(house, other):
    assert proposals(house, offer(), other) == []


def test_what_no_longer_holds_goes_and_what_still_does_was_found_when_it_was_first(house):
    assert len(proposals(house, offer(), offer())) == 1
    first = house.clock.now()
    house.clock.advance(hours=1)
    assert duplicates.propose(house.database, clock=house.clock) == 1
    with house.database.read() as session:
        assert session.scalars(select(DuplicateRow.found)).all() == [first]
    house.sync(a=offer("Nekaj čisto drugega"))
    assert duplicates.propose(house.database, clock=house.clock) == 0


@pytest.mark.parametrize("turned", [False, True])
def test_what_a_person_calls_different_is_never_proposed_again(house, turned):
    (double,) = proposals(house, offer(), offer(), offer("Kavarna"))
    ids = [double.first_id, double.second_id]
    with house.database.write() as session:
        duplicates.different(session, *(reversed(ids) if turned else ids), clock=house.clock)
        assert duplicates.proposed(session) == []
    assert duplicates.propose(house.database, clock=house.clock) == 0
    with house.database.write() as session:
        duplicates.different(session, *ids, clock=house.clock)
    assert duplicates.propose(house.database, clock=house.clock) == 0


def test_only_two_offers_that_are_there_can_be_different(house):
    (double,) = proposals(house, offer(), offer())
    with house.database.write() as session:
        with pytest.raises(NotFound, match="no opportunity 'nowhere'"):
            duplicates.different(session, double.first_id, "nowhere", clock=house.clock)
        with pytest.raises(InvalidInput, match="twice the same"):
            duplicates.different(session, double.first_id, double.first_id, clock=house.clock)
        assert duplicates.proposed(session) == [double]


def test_a_preview_tells_what_is_there_already(house):
    proposals(house, offer())
    source = ListSource("new")
    source.drafts = {"x": offer("Večer družabnih iger!"), "y": offer("Nekaj čisto drugega", start="2026-02-02T10:00")}
    config = replace(house.config, id="new")
    seen = preview(house.ingest, source, config, database=house.database, clock=house.clock)
    (double,) = seen.doubles
    assert (double.first_id, len(seen.new)) == ("x", 2)
    assert double.second_id in {each.id for each in house.stored().values()}


def test_many_offers_are_looked_through_in_a_short_time(house):
    """Blocks keep it from comparing all with all: 4,000 offers would be 8 million pairs."""
    words = [f"beseda{number}" for number in range(200)]
    drafts = {
        str(number): offer(
            f"{words[number % 200]} {words[number * 7 % 199]} delavnica",
            start=(datetime(2026, 1, 20, 9) + timedelta(days=number % 60, hours=number % 9)).isoformat(),
            place=replace(HERE, lat_deg=46.0 + number % 97 / 1000, lon_deg=14.4 + number % 89 / 500),
            organiser=None,
        )
        for number in range(4000)
    }
    house.sync(**drafts)
    begun = time.process_time()
    duplicates.propose(house.database, clock=house.clock)
    assert time.process_time() - begun < 8

import zlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from col_core.base.errors import FetchError
from col_core.catalogue.gathering import raw_items, runs
from col_core.catalogue.gathering.preview import preview
from col_core.catalogue.gathering.runs import Outcome
from col_core.catalogue.records import Ages, Draft, Image, Place, Rejected, Schedule
from col_core.catalogue.tables import OpportunityRow, RawItemRow
from col_core.catalogue.vocabulary import Status


def a_draft(title="Šahovski večer", **more):
    return Draft(title={"sl": title}, place=Place(lat_deg=46.05, lon_deg=14.45), **more)


def test_a_new_item_is_stored_reviewed_indexed_and_told(house):
    run = house.sync(a=a_draft(organiser="Knjižnica"))
    assert (run.outcome, run.new) == (Outcome.DONE, 1)
    one = house.stored()["Šahovski večer"]
    assert (one.status, one.place.district, one.organiser.slug) == (Status.PUBLISHED, "West", "knjiznica")
    assert one.source.name == "Knjižnica"
    assert [each.id for each in house.index.items.values()] == [one.id]
    assert house.events() == ["opportunity.published"]
    with house.database.read() as session:
        assert zlib.decompress(session.get(RawItemRow, ("library", "a")).body) == b"a"


def test_an_unchanged_item_is_left_alone_and_a_changed_one_keeps_its_id(house):
    house.sync(a=a_draft())
    first = house.stored()["Šahovski večer"]
    assert house.sync(a=a_draft()).unchanged == 1
    assert house.stored()["Šahovski večer"] == first
    house.clock.advance(hours=1)
    assert house.sync(a=a_draft("Šah na prostem")).changed == 1
    assert (house.stored()["Šah na prostem"].id, house.stored()["Šah na prostem"].version) == (first.id, 2)
    assert house.events() == ["opportunity.published", "opportunity.changed"]


def test_what_a_person_edited_survives_the_next_fetch(house):
    house.sync(a=a_draft())
    with house.database.write() as session:
        row = session.scalar(select(OpportunityRow))
        row.document = row.document.replace("Šahovski večer", "Šah za vse")
        row.provenance = '{"title": "person"}'
    house.sync(a=a_draft("Šah popoldne", ages=Ages(min=15, max=29)))
    (one,) = house.stored().values()
    assert one.content.title == {"sl": "Šah za vse"}
    assert one.content.ages == Ages(min=15, max=29)


def test_a_vanished_item_closes_only_after_enough_complete_fetches_and_reopens(house):
    house.sync(a=a_draft(), b=a_draft("Ostane"))
    house.sync(b=a_draft("Ostane"))
    assert house.statuses()["Šahovski večer"] == "published"
    house.source.complete = False
    house.sync(b=a_draft("Ostane"))
    assert house.statuses()["Šahovski večer"] == "published", "an incomplete fetch proves nothing"
    house.source.complete = True
    assert house.sync(b=a_draft("Ostane")).closed == 1
    assert house.statuses() == {"Šahovski večer": "closed", "Ostane": "published"}
    assert "opportunity.closed" in house.events()
    house.sync(a=a_draft(), b=a_draft("Ostane"))
    assert house.statuses()["Šahovski večer"] == "published"


def test_a_fault_that_names_no_item_may_be_any_and_closes_nothing_however_often_nothing_changed(house):
    house.sync(a=a_draft(), b=a_draft("Ostane"))
    house.source.errors = (Rejected(external_id=None, reason="It has more cells than the header.", where="row 2"),)
    assert house.sync(b=a_draft("Ostane")).vanished == 0
    house.source.unchanged = True
    for _ in range(3):
        assert house.sync().closed == 0
    assert house.statuses() == {"Šahovski večer": "published", "Ostane": "published"}


def test_an_item_that_was_missing_once_and_came_back_begins_to_count_anew(house):
    house.sync(a=a_draft(), b=a_draft("B"))
    house.sync(b=a_draft("B"))
    house.sync(a=a_draft(), b=a_draft("B"))
    house.sync(b=a_draft("B"))
    assert house.statuses()["Šahovski večer"] == "published"


def test_a_feed_that_collapses_closes_nothing_and_raises_an_alert(house):
    many = {f"i{n}": a_draft(f"Dogodek {n}") for n in range(10)}
    house.sync(**many)
    for _ in range(3):
        assert house.sync(i0=many["i0"]).outcome is Outcome.COLLAPSED
    assert set(house.statuses().values()) == {"published"}
    assert house.state().alert == "It brought 1 offers instead of about 10; nothing was closed."
    assert house.events().count("source.broken") == 1
    house.sync(**many)
    assert house.state().alert is None


def test_a_source_that_fails_keeps_what_is_there_and_alerts_after_three_times(house):
    house.sync(a=a_draft())
    house.source.error = FetchError("library.example.org did not answer.")
    for number in range(1, 4):
        run = house.sync()
        assert (run.outcome, run.message) == (Outcome.FAILED, "library.example.org did not answer.")
        assert (house.state().alert is not None) == (number == 3)
    assert house.statuses() == {"Šahovski večer": "published"}
    house.source.error = None
    house.sync(a=a_draft())
    assert (house.state().failures, house.state().alert) == (0, None)


def test_a_plugin_that_raises_costs_only_its_run(house):
    house.source.error = ZeroDivisionError("oops")
    assert "ZeroDivisionError" in house.sync().message


def test_an_item_that_cannot_become_an_offer_is_told_and_the_others_pass(house):
    run = house.sync(a=Rejected(external_id="a", reason="It has no title.", where="row 2"), b=a_draft(), c="nonsense")
    assert (run.new, run.rejected) == (1, 2)
    with house.database.read() as session:
        kept = runs.latest(session, "library")
    assert {each.reason for each in kept.errors} == {
        "It has no title.",
        "The plugin returned str instead of a draft.",
    }


def test_what_a_source_takes_back_is_no_longer_shown_and_comes_back_when_it_is_public_again(house):
    house.sync(a=a_draft(), b=a_draft("Drugo"))
    run = house.sync(a=Rejected(external_id="a", reason="It is private.", taken_back=True), b=a_draft("Drugo"))
    assert run.rejected == 1
    assert house.statuses() == {"Šahovski večer": "draft", "Drugo": "published"}
    assert house.events()[-1] == "opportunity.withdrawn"
    house.sync(a=Rejected(external_id="a", reason="It is private.", taken_back=True), b=a_draft("Drugo"))
    assert house.events().count("opportunity.withdrawn") == 1
    house.sync(a=a_draft(), b=a_draft("Drugo"))
    assert house.statuses() == {"Šahovski večer": "published", "Drugo": "published"}
    assert house.events()[-1] == "opportunity.published"


def test_what_needs_a_person_waits(house):
    house.sync(a=replace(a_draft(), place=Place(lat_deg=14.45, lon_deg=46.05)))
    (one,) = house.stored().values()
    assert one.status is Status.REVIEW
    assert [each.code for each in one.findings] == ["swapped-coordinates"]
    assert one.place.district == "West", "turned round, so that the person sees where it would be"
    house.sync(a=replace(a_draft(), place=Place(lat_deg=14.45, lon_deg=46.05), cancelled=True))
    assert house.statuses() == {"Šahovski večer": "review"}, "also where it does not take place"


def test_what_was_public_without_a_person_and_looks_doubtful_now_waits_until_it_is_mended(house):
    house.sync(a=a_draft())
    house.sync(a=replace(a_draft(), place=Place(lat_deg=48.2, lon_deg=16.4)))
    assert house.statuses() == {"Šahovski večer": "review"}
    assert house.events()[-1] == "opportunity.withdrawn"
    house.sync(a=a_draft())
    assert house.statuses() == {"Šahovski večer": "published"}


def test_a_cancellation_reaches_everybody_whatever_review_finds(house):
    house.sync(a=a_draft())
    vienna = Place(lat_deg=48.2, lon_deg=16.4)
    house.sync(a=replace(a_draft(), place=vienna, cancelled=True))
    assert house.statuses() == {"Šahovski večer": "cancelled"}
    house.sync(a=replace(a_draft(), place=vienna))
    assert house.statuses() == {"Šahovski večer": "review"}


def test_a_source_under_review_publishes_nothing_by_itself(house):
    house.config = replace(house.config, publish="review")
    house.sync(a=a_draft())
    assert house.statuses() == {"Šahovski večer": "review"}
    assert house.events() == []


def test_what_a_person_withdrew_stays_withdrawn(house):
    house.sync(a=a_draft())
    with house.database.write() as session:
        session.execute(update(OpportunityRow).values(status="withdrawn"))
    house.sync(a=a_draft("Drugače"))
    assert house.statuses() == {"Drugače": "withdrawn"}


def test_a_cancelled_item_is_cancelled_for_everybody(house):
    house.sync(a=a_draft())
    house.sync(a=a_draft(cancelled=True))
    assert house.statuses() == {"Šahovski večer": "cancelled"}
    assert house.events()[-1] == "opportunity.cancelled"


@pytest.mark.parametrize(
    ("place", "codes", "point"),
    [
        (Place(name="mladinski center crnuce"), [], (46.05, 14.55)),
        (Place(address="Dunajska 367, 1000 Ljubljana"), [], (46.05, 14.55)),
        (Place(name="Neznani kraj"), ["no-coordinates"], (None, None)),
        (Place(lat_deg=48.2, lon_deg=16.4), ["outside-city"], (48.2, 16.4)),
        (Place(lat_deg=0.0, lon_deg=0.0), ["outside-city"], (None, None)),
        (Place(name="Mladinski center Črnuče", lat_deg=0.0, lon_deg=0.0), ["zero-coordinates"], (46.05, 14.55)),
    ],
)
def test_a_place_gets_its_coordinates_and_a_wrong_one_is_flagged(house, place, codes, point):
    house.sync(a=replace(a_draft(), place=place))
    (one,) = house.stored().values()
    assert [each.code for each in one.findings] == codes
    assert (one.place.lat_deg, one.place.lon_deg) == point
    assert one.place.district == ("East" if point == (46.05, 14.55) else None)


def test_dates_that_cannot_be_meant_hold_the_offer(house):
    start = datetime(2026, 3, 3, 17, 0)
    schedule = Schedule(start=start, timezone="Europe/Ljubljana", rrule="FREQ=SECONDLY")
    house.sync(a=a_draft(schedule=schedule, image=Image(url="https://example.org/x.jpg")))
    (one,) = house.stored().values()
    assert one.status is Status.REVIEW
    assert {each.code for each in one.findings} == {"unusable-dates", "image-without-alt"}


def test_what_ends_before_it_begins_is_said_once(house):
    start = datetime(2026, 3, 3, 17, 0)
    house.sync(a=a_draft(schedule=Schedule(start=start, end=datetime(2026, 3, 3, 16, 0), timezone="Europe/Ljubljana")))
    (one,) = house.stored().values()
    assert one.status is Status.REVIEW
    assert [each.message for each in one.findings] == ["It ends before it begins."]


def test_a_series_is_stored_with_its_dates(house):
    schedule = Schedule(start=datetime(2026, 3, 24, 17, 0), timezone="Europe/Ljubljana", rrule="FREQ=WEEKLY;COUNT=2")
    house.sync(a=a_draft(schedule=schedule))
    (one,) = house.stored().values()
    assert [each.start for each in one.occurrences] == [
        datetime(2026, 3, 24, 16, 0, tzinfo=UTC),
        datetime(2026, 3, 31, 15, 0, tzinfo=UTC),
    ]


def test_a_preview_says_what_would_happen_and_writes_nothing(house):
    house.sync(a=a_draft(), b=a_draft("B"), c=a_draft("C"))
    house.source.drafts = {
        "a": a_draft(),
        "b": a_draft("B2"),
        "d": a_draft("D"),
        "e": Rejected(external_id="e", reason="It has no title."),
    }
    seen = preview(house.ingest, house.source, house.config, database=house.database, clock=house.clock)
    assert ([each.title["sl"] for each in seen.new], [each.title["sl"] for each in seen.changed]) == (["D"], ["B2"])
    assert (seen.unchanged, seen.vanished, len(seen.errors)) == (1, 1, 1)
    assert set(house.stored()) == {"Šahovski večer", "B", "C"}


def test_a_preview_finds_what_the_run_finds_also_of_what_a_person_edited(house):
    house.sync(a=a_draft())
    with house.database.write() as session:
        session.execute(update(OpportunityRow).values(provenance='{"place": "person"}'))
    elsewhere = replace(a_draft("Nov naslov"), place=Place(lat_deg=48.2, lon_deg=16.37))
    house.source.drafts = {"a": elsewhere}
    seen = preview(house.ingest, house.source, house.config, database=house.database, clock=house.clock)
    house.sync(a=elsewhere)
    (one,) = house.stored().values()
    assert seen.changed == [one.content]
    assert [finding for _, finding in seen.findings] == list(one.findings)


def test_a_source_that_goes_quiet_is_noticed(house):
    house.sync(a=a_draft())
    house.clock.advance(hours=4)
    with house.database.write() as session:
        assert runs.quiet(session, [house.config], clock=house.clock) == []
    house.clock.advance(hours=2)
    with house.database.write() as session:
        assert runs.quiet(session, [house.config], clock=house.clock) == ["library"]
    assert house.state().alert.startswith("There was no good run since 2026-01-07 12:00")


def kept_raw(house):
    with house.database.write() as session:
        raw_items.forget_old(session, days=90, clock=house.clock)
    with house.database.read() as session:
        return {each for each in "ab" if session.get(RawItemRow, ("library", each)) is not None}


def test_raw_items_of_closed_offers_are_forgotten_in_time_counted_from_their_closing(house):
    house.sync(a=a_draft(), b=a_draft("B"))
    house.clock.advance(days=200)
    house.sync(b=a_draft("B"))
    house.sync(b=a_draft("B"))
    assert kept_raw(house) == {"a", "b"}
    house.clock.advance(days=89)
    assert kept_raw(house) == {"a", "b"}
    house.clock.advance(days=2)
    assert kept_raw(house) == {"b"}


def test_what_a_source_says_of_what_it_took_back_is_not_kept(house):
    house.sync(a=a_draft(), b=a_draft("B"))
    house.sync(a=Rejected(external_id="a", reason="It is private.", taken_back=True), b=a_draft("B"))
    assert kept_raw(house) == {"b"}

from dataclasses import replace

import pytest

from col_core.catalogue.publishing import moderation
from col_core.catalogue.records import Ages, Place
from col_core.catalogue.vocabulary import Status
from col_core.testing.opportunities import FULL


def a_draft(title="Šahovski večer", **changes):
    return replace(FULL, title={"sl": title}, image=None, **changes)


@pytest.fixture
def waiting(house):
    """A source under review has brought two offers."""
    house.config = replace(house.config, publish="review")
    house.sync(a=a_draft(), b=a_draft("Drugo"))
    return {title: one.id for title, one in house.stored().items()}


def decide(house, how, *ids):
    with house.database.write() as session:
        return how(session, ids, index=house.index, clock=house.clock)


def test_what_waits_is_listed_in_the_order_in_which_it_came(house, waiting):
    with house.database.read() as session:
        found, total = moderation.waiting(session, limit=1)
        nothing, _ = moderation.waiting(session, source_id="other")
    assert [each.content.title["sl"] for each in found] == ["Šahovski večer"]
    assert total == 2
    assert nothing == []


def test_what_a_person_publishes_is_public_told_and_stays_when_the_source_says_it_anew(house, waiting):
    done = decide(house, moderation.publish, waiting["Drugo"])
    assert [each.id for each in done.moved] == [waiting["Drugo"]]
    assert house.statuses() == {"Šahovski večer": "review", "Drugo": "published"}
    assert house.events() == ["opportunity.published"]
    house.sync(a=a_draft(), b=a_draft("Drugo ime"))
    assert house.statuses()["Drugo ime"] == "published"


def test_what_was_published_by_a_person_is_cancelled_with_its_source(house, waiting):
    decide(house, moderation.publish, waiting["Drugo"])
    house.sync(a=a_draft(), b=a_draft("Drugo", cancelled=True))
    assert house.statuses()["Drugo"] == "cancelled"


def test_what_a_person_withdraws_is_gone_whatever_the_source_says_later(house, waiting):
    decide(house, moderation.publish, waiting["Drugo"])
    decide(house, moderation.withdraw, waiting["Drugo"])
    assert house.events()[-1] == "opportunity.withdrawn"
    house.sync(a=a_draft(), b=a_draft("Drugo ime"))
    assert house.statuses()["Drugo ime"] == "withdrawn"


def test_what_its_source_cancelled_while_it_waited_is_published_as_cancelled(house):
    house.config = replace(house.config, publish="review")
    house.sync(a=a_draft(cancelled=True), b=a_draft("Drugo"))
    ids = [each.id for each in house.stored().values()]
    done = decide(house, moderation.publish, *ids)
    assert {each.id for each in done.moved} == set(ids)
    assert house.statuses() == {"Šahovski večer": "cancelled", "Drugo": "published"}
    assert sorted(house.events()) == ["opportunity.cancelled", "opportunity.published"]
    house.sync(a=a_draft(), b=a_draft("Drugo"))
    assert house.statuses()["Šahovski večer"] == "published", "a person has let it in"


def test_what_a_person_published_closes_with_its_source_and_comes_back_with_it(house, waiting):
    decide(house, moderation.publish, waiting["Drugo"])
    for _ in range(house.config.close_after):
        house.sync(a=a_draft())
    assert house.statuses()["Drugo"] == "closed"
    house.sync(a=a_draft(), b=a_draft("Drugo"))
    assert house.statuses()["Drugo"] == "published"


def test_what_a_person_published_with_a_finding_waits_again_only_for_what_they_did_not_see(house):
    vienna = Place(lat_deg=48.2, lon_deg=16.4)
    house.sync(a=a_draft(place=vienna))
    (one,) = house.stored().values()
    decide(house, moderation.publish, one.id)
    house.sync(a=a_draft("Izlet", place=vienna))
    assert house.statuses() == {"Izlet": "published"}
    house.sync(a=a_draft("Izlet", place=vienna, ages=Ages(min=30, max=15)))
    assert house.statuses() == {"Izlet": "review"}
    house.sync(a=a_draft("Izlet 2", place=vienna, ages=Ages(min=30, max=15)))
    assert house.statuses() == {"Izlet 2": "review"}, "nobody has looked yet"
    decide(house, moderation.publish, one.id)
    house.sync(a=a_draft("Izlet 3", place=vienna, ages=Ages(min=30, max=15)))
    assert house.statuses() == {"Izlet 3": "published"}


def test_what_is_not_there_or_decided_already_is_named_and_told_to_nobody(house, waiting):
    decide(house, moderation.publish, waiting["Drugo"])
    before = house.events()
    done = decide(house, moderation.publish, "nowhere", waiting["Drugo"], waiting["Drugo"])
    assert done.moved == ()
    assert done.left == ("nowhere", waiting["Drugo"])
    assert house.events() == before
    assert house.stored()["Drugo"].status is Status.PUBLISHED

"""What a card says of dates. The clock stands at Wednesday, 7 January 2026, 13:00 in Ljubljana."""

from dataclasses import replace
from datetime import datetime

import pytest

from col_core.catalogue.pages.cards import Cards
from col_core.catalogue.records import Schedule
from col_core.testing.clock import START
from col_core.testing.opportunities import FULL, an_opportunity


@pytest.fixture
def cards(ljubljana):
    return Cards(ljubljana.house.i18n.translator("sl"), ljubljana.house.config, START)


def on(day, *, hour=17, rrule=None):
    start = datetime(2026, 1, day, hour)
    schedule = Schedule(start=start, end=start.replace(hour=hour + 2), timezone="Europe/Ljubljana", rrule=rrule)
    return an_opportunity(replace(FULL, schedule=schedule))


def test_a_card_of_a_series_says_the_next_date_and_how_it_repeats(cards):
    card = cards.card(on(6, rrule="FREQ=WEEKLY;BYDAY=TU"))
    assert card.when == "v\N{NO-BREAK SPACE}torek, 13.\N{NO-BREAK SPACE}januarja, 17.00–19.00"
    assert card.rhythm == "vsak torek"


def test_a_card_of_a_single_date_says_no_rhythm(cards):
    card = cards.card(on(7))
    assert card.when == "danes, 17.00–19.00"
    assert card.rhythm is None


def test_a_card_of_what_is_over_says_when_it_was(cards):
    card = cards.card(on(2, rrule="FREQ=DAILY;COUNT=2"))
    assert card.when == "v\N{NO-BREAK SPACE}soboto, 3.\N{NO-BREAK SPACE}januarja, 17.00–19.00"
    assert card.rhythm is None
    assert card.is_over


def test_a_series_that_no_one_would_say_in_one_breath_has_its_next_date_only(cards):
    card = cards.card(on(7, rrule="FREQ=MONTHLY;BYDAY=1MO,2TU,3WE,4TH"))
    assert card.when is not None
    assert card.rhythm is None


def test_an_offer_without_a_date_says_none(cards):
    card = cards.card(an_opportunity(replace(FULL, schedule=None)))
    assert card.when is None
    assert card.rhythm is None


def test_a_card_says_the_date_that_was_asked_for(cards):
    one = on(6, rrule="FREQ=WEEKLY;BYDAY=TU")
    later = next(each for each in one.occurrences if each.start.day == 20)
    card = cards.card(one, date=later)
    assert card.when == "v\N{NO-BREAK SPACE}torek, 20.\N{NO-BREAK SPACE}januarja, 17.00–19.00"
    assert (card.notice, card.rhythm, card.starts) == (None, "vsak torek", later.start)


def test_a_date_that_was_asked_for_and_is_over_is_said_to_be_over_and_the_series_goes_on(cards):
    one = on(7, hour=9, rrule="FREQ=WEEKLY;BYDAY=WE")
    card = cards.card(one, date=one.occurrences[0])
    assert card.when == "danes, 9.00–11.00"
    assert (card.notice, card.rhythm) == ("Že mimo", "vsako sredo")

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.plugin import Ages, OpportunityType
from col_plugin_researched import facts

ZONE = "Europe/Vilnius"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("14–29", Ages(min=14, max=29)),
        ("15+", Ages(min=15)),
        ("do 29", Ages(max=29)),
        ("up to 29, unemployed", Ages(max=29)),
        ("6–18+", Ages(min=6)),
        (None, Ages()),
        ("dijaki", Ages()),
        ("18+; nepilnamečiai – jaunieji maltiečiai", Ages()),
    ],
)
def test_ages_are_read_where_they_are_stated_in_years(text: str | None, ages: Ages) -> None:
    assert facts.ages(text) == ages


def test_school_years_are_not_ages() -> None:
    assert facts.ages("4–12 klasė") == Ages()


@pytest.mark.parametrize("text", ["brezplačno", "free", "nemokamai", "prost vstop", "brezplačno, prehrana se plača"])
def test_what_is_free_is_known_as_free_and_keeps_its_words(text: str) -> None:
    price = facts.price(text, "sl")
    assert price.free
    assert price.note == {"sl": text}


def test_an_amount_is_read() -> None:
    assert facts.price("2.50 EUR", "en").amount == Decimal("2.50")
    assert facts.price("15 EUR/mėn.", "lt").amount == Decimal(15)


def test_a_range_of_prices_and_an_entrance_ticket_stay_words() -> None:
    for text in ("30–66 EUR/mėn.", "nemokama su lankytojo bilietu"):
        price = facts.price(text, "lt")
        assert price.amount is None
        assert not price.free
        assert price.note == {"lt": text}


def test_a_day_with_hours_is_a_meeting_at_these_hours() -> None:
    schedule = facts.schedule("2022-05-18", "2022-05-18", "14:30–16:00", ZONE)
    assert schedule is not None
    assert (schedule.start, schedule.end) == (at("2022-05-18T14:30"), at("2022-05-18T16:00"))
    assert not schedule.all_day


def test_hours_of_several_days_are_not_applied_to_them() -> None:
    schedule = facts.schedule("2017-03-24", "2017-06-02", "17.00–20.00", ZONE)
    assert schedule is not None
    assert schedule.all_day
    assert schedule.rrule is None
    assert (schedule.start, schedule.end) == (at("2017-03-24T00:00"), at("2017-06-03T00:00"))


def test_months_are_taken_whole() -> None:
    schedule = facts.schedule("2019-12", "2020-02", None, ZONE)
    assert schedule is not None
    assert (schedule.start, schedule.end) == (at("2019-12-01T00:00"), at("2020-03-01T00:00"))


def test_without_a_date_there_is_none() -> None:
    assert facts.schedule(None, None, "vsak torek", ZONE) is None


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="ends on"):
        facts.schedule("2022-05-18", "2022-05-17", None, ZONE)


def test_a_place_that_opened_once_goes_on() -> None:
    assert facts.is_lasting(OpportunityType.OPEN_SPACE, "2019-02-07", None)
    assert not facts.is_lasting(OpportunityType.EVENT, "2019-02-07", None)
    assert not facts.is_lasting(OpportunityType.OPEN_SPACE, "2019-02-07", "2019-03-01")


WORDS = st.text(max_size=60) | st.sampled_from(
    ["15–29", "od 15 let", "5 €", "nemokamai", "free", "9999-99", "2026-13-01"]
)


@given(first=WORDS, second=WORDS)
def test_any_words_are_facts_or_a_reason(first: str, second: str) -> None:
    facts.ages(first)
    facts.price(first, "sl")
    try:
        facts.schedule(first, second, second, "Europe/Ljubljana")
    except ValueError:
        return

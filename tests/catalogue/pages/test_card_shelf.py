"""Cards that are kept: another visitor gets the same, and they change with the offer and with the clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from col_core.app import create_app
from col_core.catalogue.pages.card_shelf import CardShelf
from col_core.catalogue.reading import Listed
from col_core.catalogue.vocabulary import Status
from col_core.testing.opportunities import an_opportunity
from col_core.web.assets import Assets
from col_core.web.site import Site

# A Tuesday of the series, from 17:00 to 19:00 in Ljubljana.
BEGINS = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(medina):
    return create_app(medina)


@pytest.fixture
def shown(app, medina, clock):
    house = replace(medina.house, clock=clock)
    shelf = CardShelf(Site(house, Assets(house.config), language_names={}), medina.federation.translating.shown)

    def print_(one, *, at, language="en", distance_m=None, date=None):
        clock.advance(seconds=(at - clock.now()).total_seconds())
        with app.test_request_context(f"/{language}/"):
            (html,) = shelf.of([Listed(opportunity=one, distance_m=distance_m, date=date)], level=2)
        return html

    return print_


def test_a_card_says_what_time_makes_of_it(shown):
    one = an_opportunity()
    said = [
        shown(one, at=BEGINS + after)
        for after in (
            timedelta(days=-1),
            timedelta(hours=-6),
            timedelta(hours=-5, minutes=-59),
            timedelta(minutes=1),
            timedelta(hours=2),
            timedelta(days=-1),
        )
    ]
    assert "tomorrow" in said[0]
    assert "today" in said[1]
    assert said[2] is said[1]
    assert "now, until" in said[3]
    assert "now, until" not in said[4]
    assert said[5] == said[0]


def test_a_card_follows_its_offer_its_language_and_where_one_stands(shown):
    one, at = an_opportunity(), BEGINS - timedelta(hours=6)
    first = shown(one, at=at)
    assert shown(one, at=at) is first
    assert shown(one, at=at, distance_m=1_200) != first
    assert shown(one, at=at, language="ar") != first
    assert "Cancelled" in shown(replace(one, status=Status.CANCELLED), at=at)
    assert "Murals" in shown(replace(one, version=9, content=replace(one.content, title={"en": "Murals"})), at=at)
    assert shown(one, at=at, date=one.occurrences[0]) != first

"""Items that are kept: the same as made anew, and made anew after a change and when a date is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from col_core.catalogue.api.item_shelf import ItemShelf
from col_core.catalogue.exchange import wire
from col_core.catalogue.reading import Listed, Results
from col_core.testing.opportunities import FULL, an_opportunity

# The end of a Tuesday of the series, in Ljubljana at 19:00.
ENDS = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)


@pytest.fixture
def shown(medina, clock):
    config = medina.house.config
    shelf = ItemShelf(config, clock)

    def item(one, *, change=1, at=ENDS - timedelta(hours=1), distance_m=None):
        clock.advance(seconds=(at - clock.now()).total_seconds())
        listed = Listed(opportunity=one, distance_m=distance_m)
        (kept,) = shelf.of(Results(items=(listed,), total=1, facets={}, change=change))
        return orjson.loads(orjson.dumps(kept)), orjson.loads(orjson.dumps(wire.item(one, config=config, now=at)))

    return item


def test_what_is_kept_is_what_would_be_said_anew(shown):
    one = an_opportunity()
    for at in (ENDS - timedelta(hours=1), ENDS - timedelta(seconds=1), ENDS, ENDS - timedelta(hours=2)):
        kept, anew = shown(one, at=at)
        assert kept == anew
    assert shown(one, at=ENDS - timedelta(hours=1))[0] != shown(one, at=ENDS)[0]


def test_after_a_change_it_is_said_anew(shown):
    one = an_opportunity()
    other = an_opportunity(replace(FULL, title={"en": "Murals"}))
    assert shown(one, change=1)[0]["title"]["en"] == "Graffiti workshop"
    assert shown(other, change=1)[0]["title"]["en"] == "Graffiti workshop"
    assert shown(other, change=2)[0]["title"]["en"] == "Murals"


def test_the_distance_is_of_who_asks(shown):
    one = an_opportunity()
    assert [shown(one, distance_m=far)[0].get("distance_m") for far in (1200.4, 8.0, None)] == [1200, 8, None]


@pytest.mark.parametrize(
    "changed", [{"licence": "CC0-1.0"}, {"homepage": "https://new.example"}, {"name": {"sl": "N"}}]
)
def test_what_is_said_of_a_source_is_said_anew_in_lists_too(town, changed):
    town.offer(tea=FULL)
    items = "/api/v1/opportunities?from=2026-01-01"
    (before,) = town.client.get(items).json["items"]
    town.config = replace(town.config, **changed)
    town.offer(tea=FULL)
    (after,) = town.client.get(items).json["items"]
    assert after["source"] != before["source"]
    assert after["source"] == town.client.get(f"/api/v1/opportunities/{after['id']}").json["source"]
    tag = town.client.get(items).headers["ETag"]
    town.offer(tea=FULL)
    assert town.client.get(items, headers={"If-None-Match": tag}).status_code == 304

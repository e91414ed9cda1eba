"""The shipped cities, opened as they are: their own sources through every part to a search."""

from pathlib import Path

import pytest

from col_core.base import outbox
from col_core.base.config import load_city
from col_core.base.errors import ConfigError
from col_core.catalogue.gathering.runs import Outcome
from col_core.catalogue.records import Query
from col_core.house import open_city

pytestmark = pytest.mark.long

CITIES = Path(__file__).parents[1] / "cities"


def opened(name, tmp_path, database):
    url = database.url.render_as_string(hide_password=False)
    return open_city(load_city(CITIES / name, environ={"COL_VAR": str(tmp_path), "COL_DATABASE_URL": url}))


@pytest.mark.parametrize("name", ["ljubljana", "vilnius"])
def test_a_city_gathers_its_sources_and_finds_them(name, tmp_path, database):
    with opened(name, tmp_path, database) as city:
        runs = [city.gathering.sync(each) for each in city.gathering.sources]
        again = [city.gathering.sync(each) for each in city.gathering.sources]
        found = city.catalogue.find(Query(per_page=50))
        free = city.catalogue.find(Query(free=True))
    assert [each.outcome for each in runs] == [Outcome.DONE] * len(runs)
    assert sum(each.new + each.changed + each.closed for each in again) == 0
    assert found.total > 100
    assert len(found.items) == 50
    assert free.total == found.facets["free"]["true"]
    assert sum(found.facets["type"].values()) == found.total


def test_what_the_worker_does_at_its_start_fills_the_city(tmp_path, database):
    with opened("vilnius", tmp_path, database) as city:
        city.worker().drain(rounds=20)
        assert city.catalogue.find(Query()).total > 100
        with database.read() as session:
            counts = outbox.counts(session)
    assert counts.get("dead", 0) == 0


def test_a_language_that_no_plugin_brings_is_named(tmp_path):
    (tmp_path / "city.toml").write_text(
        """
[city]
id = "testville"
name = "Testville"
country = "SI"
timezone = "Europe/Ljubljana"
languages = ["de"]
bbox = [14.38, 45.95, 14.83, 46.15]
age_of_consent = 15
base_url = "http://localhost:8001"
""",
        encoding="utf-8",
    )
    config = load_city(tmp_path, environ={"COL_VAR": str(tmp_path)})
    with pytest.raises(ConfigError, match="names de, and no enabled plugin brings it"), open_city(config):
        pass

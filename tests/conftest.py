"""A shipped city for tests in the browser: opened once, filled from its own sources, served on a real socket."""

from pathlib import Path

import pytest

from col_core.app import create_app
from col_core.base.config import load_city
from col_core.house import open_city
from col_core.testing.clock import FixedClock
from col_core.testing.web_server import app_server

TOWN = Path(__file__).parent / "towns" / "medina"
CITIES = Path(__file__).parents[1] / "cities"


@pytest.fixture(scope="session")
def ljubljana(tmp_path_factory):
    config = load_city(CITIES / "ljubljana", environ={"COL_VAR": str(tmp_path_factory.mktemp("var"))})
    with open_city(config) as city:
        for each in city.gathering.sources:
            city.gathering.sync(each)
        yield city


@pytest.fixture(scope="session")
def ljubljana_address(ljubljana):
    with app_server(create_app(ljubljana)) as address:
        yield address


@pytest.fixture(scope="session")
def medina(tmp_path_factory):
    """A town in Arabic and English, whose own plugins implement every hook; filled, on the day that tests begin."""
    config = load_city(TOWN, environ={"COL_VAR": str(tmp_path_factory.mktemp("medina"))})
    with open_city(config, clock=FixedClock()) as town:
        for each in town.gathering.sources:
            town.gathering.sync(each)
        yield town


@pytest.fixture(scope="session")
def medina_client(medina):
    return create_app(medina).test_client()


def pytest_collection_modifyitems(items):
    """Begin with the files that take longest, so that no process is left alone with one in the end."""
    items.sort(key=lambda each: [each.get_closest_marker(name) is None for name in ("long", "browser")])

"""A shipped city for tests in the browser: opened once, filled from its own sources, served on a real socket."""

from pathlib import Path

import pytest

from col_core.app import create_app
from col_core.base.config import load_city
from col_core.house import open_city
from col_core.testing.web_server import app_server

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

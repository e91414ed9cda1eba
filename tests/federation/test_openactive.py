"""Programs of other hands read the feed of a served city: OpenActive's validator and its harvester."""

import json
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from col_core.app import create_app
from col_core.base.config import load_city
from col_core.base.settings import SourceConfig
from col_core.catalogue import sharing
from col_core.catalogue.records import Draft
from col_core.catalogue.vocabulary import Reach
from col_core.house import open_city
from col_core.testing.clock import FixedClock
from col_core.testing.fakes import ListSource
from col_core.testing.opportunities import FULL
from col_core.testing.towns import write_town
from col_core.testing.web_server import app_server
from col_core.testing.wires import wire

FOLDER = Path(__file__).parent / "openactive"
SOURCE = SourceConfig(id="library", plugin="list", name={"en": "Library"}, publish="auto", close_after=1)
NUMBER = 1_100

pytestmark = pytest.mark.foreign("openactive")


@contextmanager
def a_city(folder):
    with wire() as line:
        config = load_city(write_town(folder, base_url=line.url), environ={"COL_VAR": str(folder / "var")})
        with open_city(config, clock=FixedClock()) as city, app_server(create_app(city)) as address:
            line.target = int(address.rpartition(":")[2])
            yield city, line.url + sharing.FEED_PATH


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A city with three pages of offers, some changed since, some taken back, one with everything in it."""
    with a_city(tmp_path_factory.mktemp("city")) as (city, url):
        source = ListSource("library")
        source.drafts = {
            str(number): Draft(title={"en": f"Offer {number}"}, reach=Reach.NETWORK) for number in range(NUMBER)
        }
        sync = city.gathering.ingest.sync
        sync(source, SOURCE, default_language="en")
        source.drafts |= {
            "0": replace(source.drafts["0"], title={"en": "Later"}),
            "1": replace(FULL, reach=Reach.NETWORK),
        }
        source.drafts |= {str(number): replace(source.drafts[str(number)], reach=Reach.LOCAL) for number in range(2, 9)}
        sync(source, SOURCE, default_language="en")
        yield url


def run(node, script, url):
    done = subprocess.run(
        [node, FOLDER / script], input=json.dumps({"url": url}), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# Said of the last page before it is known that it is the last, and of offers that are no bookable sessions of sport.
EXPECTED = {"missing_cache_control", "no_modelling_data", "minimum_items_per_page"}


def test_the_validator_finds_nothing_wrong(node, served):
    said = run(node, "validate.mjs", served)
    assert said["pages"] >= 4
    failures = [each for each in said["found"] if each["severity"] == "failure"]
    assert failures == []
    assert {each["type"] for each in said["found"]} <= EXPECTED, said["found"]


def test_the_harvester_reads_everything_and_ends_with_what_is_offered(node, served):
    said = run(node, "harvest.mjs", served)
    assert said["seen"] == NUMBER
    titles = set(said["held"].values())
    assert len(said["held"]) == NUMBER - 7
    assert {"Later", "Delavnica grafitov"} <= titles
    assert "Offer 2" not in titles


def test_a_part_of_the_feed_holds_for_them_too(node, served):
    assert [
        each for each in run(node, "validate.mjs", f"{served}?language=sl")["found"] if each["severity"] == "failure"
    ] == []
    assert list(run(node, "harvest.mjs", f"{served}?language=sl")["held"].values()) == ["Delavnica grafitov"]

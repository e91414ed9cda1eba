"""The examples of docs/api.md, run as they stand there."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from col_core.accounts import tokens
from col_core.accounts.records import Scope
from col_core.app import create_app
from col_core.base.config import load_city
from col_core.catalogue.records import Query
from col_core.house import open_city
from col_core.testing.web_server import app_server

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
CITY = Path(__file__).parents[2] / "cities" / "ljubljana"


@pytest.fixture
def city(tmp_path):
    with open_city(load_city(CITY, environ={"COL_VAR": str(tmp_path)})) as opened:
        opened.gathering.sync(opened.gathering.sources[0])
        yield opened


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_the_examples_of_the_guide_work_as_they_stand_there(city):
    examples = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    (one,) = city.catalogue.find(Query(per_page=1)).items
    with city.house.database.write() as session:
        organisation_id = one.opportunity.organiser.id
        _, secret = tokens.issue(session, organisation_id=organisation_id, scopes=list(Scope), clock=city.house.clock)
    with app_server(create_app(city)) as base:
        known = {"BASE": base, "TOKEN": secret, "ID": one.opportunity.id}

        def run(example, *, more=""):
            script = example.replace("curl -s", f"curl -s {more}")
            done = subprocess.run(["bash", "-c", script], env={**os.environ, **known}, capture_output=True, check=True)
            return done.stdout.decode()

        search, read, elsewhere, unchanged, hand_in, faulty, cancel, withdraw, mine, earn, check = examples
        assert set(json.loads(run(search))) == {"items", "total", "facets", "next"}
        assert json.loads(run(read))["id"] == known["ID"]
        assert json.loads(run(elsewhere))["total"] == 0
        known["ETAG"] = _tag(run(read, more="-D -"))
        assert run(unchanged) == "304\n"
        offered = json.loads(run(hand_in))
        assert offered["status"] == "published"
        assert [each["pointer"] for each in json.loads(run(faulty))["errors"]] == ["#/age/max"]
        known["ID"] = offered["id"]
        known["ETAG"] = _tag(run(read, more="-D -"))
        assert json.loads(run(cancel))["status"] == "cancelled"
        assert json.loads(run(cancel))["status"] == 412
        assert run(withdraw) == ""
        assert json.loads(run(read))["status"] == 404
        assert json.loads(run(mine))["items"] == []
        assert all("digital" in each["competences"] for each in json.loads(run(earn))["items"])
        # Nobody stands behind an address that ends in .example (RFC 2606).
        assert json.loads(run(check))["verdict"] == "unknown"


def _tag(head):
    return re.search(r"(?im)^etag: (\S+)", head)[1]

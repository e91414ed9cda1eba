"""A server and a worker as real processes: told to stop, killed in the middle, watched while somebody visits."""

import json
import threading
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import func, select

from col_core.base.config import load_city
from col_core.base.database import Database
from col_core.base.outbox import OutboxRow
from col_core.catalogue.tables import OpportunityRow
from col_core.content import feedback
from col_core.house import open_city
from col_core.testing.clock import FixedClock
from col_core.testing.processes import running, until
from col_core.testing.towns import write_town

pytestmark = pytest.mark.long

SLOW = """
import time
from pathlib import Path

from flask import Blueprint
from col_core.plugin import WebParts, hookimpl

@hookimpl
def col_web_parts(city):
    views = Blueprint("slow", __name__)

    @views.get("/slow")
    def slow():
        (city.dir / "begun").touch()
        while not (city.dir / "go").exists():
            time.sleep(0.02)
        return "finished"

    @views.get("/broken/<who>")
    def broken(who):
        raise ValueError("broken by jaz.novak@example.org from 193.2.1.66")

    return WebParts(blueprints=[views])
"""
# Notes each event that it hears of; the source's rows come slowly enough to be killed in between.
WATCHING = """
import json
from pathlib import Path
from col_core.plugin import hookimpl

@hookimpl
def col_observe(event):
    with (Path(__file__).parents[2] / "heard").open("a") as file:
        file.write(json.dumps([event.name, event.subject]) + "\\n")
"""
OFFERS = 400
SOURCE = """
[[sources]]
id = "table"
plugin = "csv"
url = "offers.csv"
publish = "auto"
"""


def environ(tmp_path, database_url):
    return {"COL_VAR": str(tmp_path / "var"), "COL_DATABASE_URL": database_url}


def test_a_server_that_is_told_to_stop_finishes_what_it_has_begun_and_takes_nothing_new(tmp_path):
    folder = write_town(tmp_path / "town", own_plugins={"slow": SLOW})
    answers = []
    with running(folder, "serve", environ={"COL_VAR": str(tmp_path / "var")}) as server:
        asking = threading.Thread(target=lambda: answers.append(httpx.get(server.url("/slow"), timeout=60)))
        asking.start()
        until((folder / "begun").exists)
        server.process.terminate()

        def refuses():
            try:
                httpx.get(server.url("/healthz"), timeout=1)
            except httpx.TransportError:
                return True
            return False

        until(refuses)
        (folder / "go").touch()
        asking.join(60)
        assert server.process.wait(60) == 0
    assert [(each.status_code, each.text) for each in answers] == [(200, "finished")]


def test_a_visit_leaves_no_trace_of_who_it_was_and_nothing_that_was_taken_is_lost_by_a_kill(tmp_path, database_url):
    folder = write_town(tmp_path / "town", own_plugins={"slow": SLOW})
    written = {"kind": "idea", "message": "Manj Vetrnic prosim", "email": "jaz.novak@example.org"}
    with (
        running(folder, "serve", environ=environ(tmp_path, database_url)) as server,
        httpx.Client(base_url=server.url(""), timeout=60) as visitor,
    ):
        own = {"X-Request-ID": "visit-0123456789", "X-Forwarded-For": "193.2.1.66"}
        searched = visitor.get("/sl/opportunities?q=Ana+Novakova&near=46.0512,14.5067", headers=own)
        broken = visitor.get("/broken/Novakova?token=topsecret", headers={"X-Request-ID": "jaz@novak.example"})
        lost = visitor.get("/sl/p/Novakova")
        taken = visitor.post("/sl/feedback", data=written)
        # The line of a request is written when its answer has gone.
        until(lambda: "feedback" in server.said())
        server.kill()
        log = server.said()
    assert (searched.status_code, broken.status_code, lost.status_code, taken.status_code) == (200, 500, 404, 303)
    assert searched.headers["X-Request-ID"] == own["X-Request-ID"]
    assert broken.headers["X-Request-ID"] != "jaz@novak.example"
    database = Database(database_url)
    with database.read() as session:
        (kept,) = feedback.listing(session)
        mails = session.scalar(select(func.count()).where(OutboxRow.job == feedback.MAIL_JOB))
    database.dispose()
    assert (kept.message, kept.email, mails) == (written["message"], written["email"], 1)
    lines = [json.loads(line) for line in log.splitlines()]
    # A clock and a duration may show any digits, so they are left out of the search for a place.
    told = json.dumps([{key: each[key] for key in each.keys() - {"timestamp", "duration_ms"}} for each in lines])
    for personal in ("Novak", "novak", "Vetrnic", "46.05", "topsecret", "193.2.1.66", "127.0.0.1", "feedback?"):
        assert personal not in told.replace("http://127.0.0.1", ""), personal
    requests = [each for each in lines if each["event"] == "request"]
    assert [(each["route"], each["status"]) for each in requests if each["method"] == "POST"] == [
        ("/<language:language>/feedback", 303)
    ]
    assert requests[0]["request"] == own["X-Request-ID"]
    assert all(each["duration_ms"] >= 0 for each in requests)
    (crash,) = [each for each in lines if "exception" in each]
    assert crash["event"] == "request.crashed"
    assert crash["exception"].splitlines()[-1].startswith("ValueError: ")
    assert crash["request"] == broken.headers["X-Request-ID"]


def test_a_worker_that_is_killed_in_the_middle_of_an_import_loses_nothing_and_repeats_nothing(tmp_path, database_url):
    folder = write_town(tmp_path / "town", more=SOURCE, own_plugins={"watching": WATCHING})
    rows = [f"{number},Delavnica {number},46.05,14.5" for number in range(OFFERS)]
    (folder / "offers.csv").write_text("\n".join(["external_id,title_sl,lat,lon", *rows]), encoding="utf-8")
    database = Database(database_url)

    def stored():
        with database.read() as session:
            return session.scalar(select(func.count()).select_from(OpportunityRow))

    with running(folder, "db", "upgrade", environ=environ(tmp_path, database_url)) as upgrading:
        assert upgrading.process.wait(90) == 0
    with running(folder, "worker", environ=environ(tmp_path, database_url)) as worker:
        until(lambda: stored() > 0)
        worker.kill()
    before = stored()
    # Later, when the leases of the dead worker have run out, another one goes on.
    clock = FixedClock(datetime.now(UTC) + timedelta(hours=2))
    with open_city(load_city(folder, environ=environ(tmp_path, database_url)), clock=clock) as city:
        city.worker().drain(rounds=100_000)
    with database.read() as session:
        found = session.execute(select(OpportunityRow.id, OpportunityRow.external_id, OpportunityRow.version)).all()
        left = session.scalar(select(func.count()).select_from(OutboxRow))
    database.dispose()
    assert 0 < before <= OFFERS
    assert sorted(int(each.external_id) for each in found) == list(range(OFFERS))
    assert {each.version for each in found} == {1}, "what was stored already was not written again"
    heard = [json.loads(line) for line in (folder / "heard").read_text(encoding="utf-8").splitlines()]
    assert {subject for name, subject in heard if name == "opportunity.published"} == {each.id for each in found}
    assert left == 0

"""Is the city ready? What keeps it from working is said in plain words."""

import re
import threading

import pytest

from col_core.app import create_app
from col_core.base import heartbeats
from col_core.base.config import load_city
from col_core.house import open_city
from col_core.testing.towns import write_town
from col_core.web.health import unready


@pytest.fixture
def open_town(tmp_path, clock):
    def opened(database=None, more=""):
        environ = {"COL_VAR": str(tmp_path / "var")}
        if database is not None:
            environ["COL_DATABASE_URL"] = database.url.render_as_string(hide_password=False)
        return open_city(load_city(write_town(tmp_path / "town", more=more), environ=environ), clock=clock)

    return opened


def test_a_server_that_just_began_does_not_miss_a_worker(open_town):
    with open_town() as city:
        answer = create_app(city).test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready", "reasons": []})


def test_after_its_first_minute_it_says_that_no_worker_is_there(open_town, database, clock):
    with open_town(database) as city:
        assert unready(city.house, uptime_s=61) == [
            "No worker has been seen for a day: nothing is gathered or sent. Run `col worker`."
        ]
        with database.write() as session:
            heartbeats.beat(session, "one", started=clock.now(), now=clock.now())
        clock.advance(seconds=119)
        assert unready(city.house, uptime_s=61) == []
        clock.advance(minutes=5)
        assert unready(city.house, uptime_s=61) == [
            "No worker has been seen for 6 minutes: nothing is gathered or sent. Run `col worker`."
        ]


def test_a_clock_that_was_set_back_does_not_make_a_worker_missed(open_town, clock):
    with open_town() as city:
        with city.house.database.write() as session:
            heartbeats.beat(session, "one", started=clock.now(), now=clock.now())
        clock.advance(days=-400)
        assert unready(city.house, uptime_s=61) == []


def test_a_worker_that_runs_is_seen(open_town, clock):
    with open_town() as city:
        stop = threading.Event()
        worker = city.worker()
        thread = threading.Thread(target=worker.run, args=(stop,))
        thread.start()
        for _ in range(500):
            if not (reasons := unready(city.house, uptime_s=61)):
                break
            stop.wait(0.02)
        stop.set()
        thread.join(30)
        assert reasons == []


def test_a_database_that_lacks_a_migration_says_which(open_town, database):
    with open_town(database) as city:
        with database.write() as session:
            session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0010'")
        (reason,) = unready(city.house, uptime_s=0)
    assert reason.startswith("The database lacks migrations: 0020 ")
    assert reason.endswith("Run `col db upgrade`.")


def test_a_disk_that_is_nearly_full_is_said(open_town):
    with open_town(more="[limits]\nfree_disk_mb = 1000000\n") as city:
        (reason,) = unready(city.house, uptime_s=0)
        answer = create_app(city).test_client().get("/readyz")
    # How much is free may have changed between the two.
    said = re.sub(r"\d+ MB are left", "… MB are left", reason)
    assert "MB are left on the disk of" in said
    assert answer.status_code == 503
    assert [re.sub(r"\d+ MB are left", "… MB are left", each) for each in answer.json["reasons"]] == [said]
    assert answer.headers["Retry-After"] == "5"


def test_a_folder_of_files_that_cannot_be_written_is_said(open_town, tmp_path):
    with open_town() as city:
        files = tmp_path / "var" / "testville" / "files"
        if files.exists():
            files.rename(files.with_name("elsewhere"))
        files.write_text("a file where the folder should be", encoding="utf-8")
        (reason,) = unready(city.house, uptime_s=0)
    assert reason.startswith("Files cannot be kept: ")


def test_a_process_that_answers_is_alive_whatever_else_is_amiss(open_town):
    with open_town(more="[limits]\nfree_disk_mb = 1000000\n") as city:
        answer = create_app(city).test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})

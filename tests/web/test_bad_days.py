"""What visitors get on a bad day of the database: a plain answer with a time to come back; and reading goes on."""

import threading

import pytest
from sqlalchemy import event, text

from col_core.app import create_app
from col_core.base.config import load_city
from col_core.house import open_city
from col_core.testing.towns import write_town

WRITTEN = {"kind": "idea", "message": "Več koncertov!"}


@pytest.fixture
def city(tmp_path, clock):
    folder = write_town(tmp_path / "town", more="[limits]\nforms_per_hour = 1000\n")
    with open_city(load_city(folder, environ={"COL_VAR": str(tmp_path / "var")}), clock=clock) as opened:
        yield opened


def prepared(city, pragma):
    """The application, whose connections begin with `pragma`."""
    client = create_app(city).test_client()
    city.house.database.dispose()
    event.listen(city.house.database.engine, "connect", lambda raw, _: raw.execute(f"PRAGMA {pragma}"))
    return client


def reads_on(client):
    paths = ("/sl/", "/sl/opportunities", "/sl/feedback", "/api/v1/opportunities")
    return {client.get(path).status_code for path in paths} == {200}


def test_while_somebody_else_writes_for_too_long_a_form_asks_to_come_back(city):
    client, let_go, begun = prepared(city, "busy_timeout = 50"), threading.Event(), threading.Event()

    def hold():
        with city.house.database.write() as session:
            session.execute(text("SELECT 1"))
            begun.set()
            let_go.wait(30)

    holding = threading.Thread(target=hold)
    holding.start()
    assert begun.wait(20)
    answer = client.post("/sl/feedback", data=WRITTEN)
    assert (answer.status_code, answer.mimetype, answer.headers["Retry-After"]) == (503, "text/html", "2")
    assert reads_on(client)
    let_go.set()
    holding.join()
    assert client.post("/sl/feedback", data=WRITTEN).status_code == 303


def test_on_a_full_disk_a_form_is_refused_and_pages_are_shown(city):
    client = prepared(city, "max_page_count = 1")
    long = {**WRITTEN, "message": "Ž" * 4000}
    # What is free in the file is used up first.
    for _ in range(100):
        answer = client.post("/sl/feedback", data=long)
        if answer.status_code != 303:
            break
    assert (answer.status_code, answer.mimetype, answer.headers["Retry-After"]) == (507, "text/html", "60")
    assert reads_on(client)


def test_a_program_reads_of_it_in_a_problem_document(city):
    client = create_app(city).test_client()
    with city.house.database.write() as session:
        session.execute(text("SELECT 1"))
    city.house.database.dispose()
    event.listen(city.house.database.engine, "do_connect", _away)
    answer = client.get("/api/v1/opportunities")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.json["detail"] == "The database cannot be reached."
    assert answer.headers["Retry-After"] == "10"
    assert client.get("/sl/").status_code == 503
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json["reasons"][0] == "The database cannot be used: The database cannot be reached."


def _away(_dialect, _record, arguments, _keywords):
    """Look for the database where there is none."""
    arguments[0] = "/nowhere/at/all/city.db"

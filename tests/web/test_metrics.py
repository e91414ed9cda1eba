"""`/metrics`, read by the parser of Prometheus' own client."""

from contextlib import contextmanager

import httpx
from prometheus_client.parser import text_string_to_metric_families

from col_core.app import create_app
from col_core.base import outbox
from col_core.base.config import load_city
from col_core.house import open_city
from col_core.testing.processes import running
from col_core.testing.towns import write_town

TOKEN = "a-word-for-the-scraper"
GIVEN = {"Authorization": f"Bearer {TOKEN}"}
FEED = """external_id,title_sl,lat,lon
1,Šahovski večer,46.05,14.5
2,Delavnica,46.05,14.5
"""
SOURCES = f"""
[metrics]
token = "{TOKEN}"

[[sources]]
id = "table"
plugin = "csv"
url = "offers.csv"
publish = "auto"

[[sources]]
id = "gone"
plugin = "csv"
url = "https://127.0.0.1:1/offers.csv"
"""
FAULTY = """
from col_core.plugin import Block, WebParts, hookimpl

def broken(language, shown):
    raise ZeroDivisionError("on purpose")

@hookimpl
def col_web_parts(city):
    return WebParts(blocks=[Block(slot="home", render=broken)])
"""


@contextmanager
def opened(folder, clock, *, database=None, more=SOURCES, **rest):
    environ = {"COL_VAR": str(folder / "var")}
    if database is not None:
        environ["COL_DATABASE_URL"] = database.url.render_as_string(hide_password=False)
    with open_city(load_city(write_town(folder, more=more, **rest), environ=environ), clock=clock) as city:
        yield city


def scrape(client):
    answer = client.get("/metrics", headers=GIVEN)
    assert answer.status_code == 200
    return samples_of(answer.text)


def samples_of(text):
    samples = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation
        for each in family.samples:
            samples[each.name, *sorted(each.labels.items())] = each.value
    return samples


def test_requests_are_counted_by_the_pattern_of_their_address(tmp_path, clock):
    with opened(tmp_path / "town", clock) as city:
        client = create_app(city).test_client()
        for path in ("/sl/opportunities/one", "/en/opportunities/two?q=secret", "/nowhere/at/all", "/sl/"):
            client.get(path, buffered=True)
        client.open("/sl/", method="BREW", buffered=True)
        for _ in range(2):
            client.get("/api/v1/organisations", buffered=True)  # the second time it is given again
        samples = scrape(client)
    offer = ("method", "GET"), ("route", "/<language:language>/opportunities/<id_>")
    assert samples["col_requests_total", *offer, ("status", "404")] == 2
    assert samples["col_requests_total", ("method", "GET"), ("route", "-"), ("status", "404")] == 1
    assert samples["col_requests_total", ("method", "other"), ("route", "-"), ("status", "405")] == 1
    given = ("method", "GET"), ("route", "/api/v1/organisations"), ("status", "200")
    assert samples["col_requests_total", *given] == 2
    assert samples["col_request_duration_seconds_count", *offer] == 2
    assert samples["col_request_duration_seconds_bucket", ("le", "+Inf"), *offer] == 2
    assert not any("secret" in str(each) for each in samples)


def test_how_offers_and_sources_stand_is_told(tmp_path, database, clock):
    folder = tmp_path / "town"
    with opened(folder, clock, database=database) as city:
        (folder / "offers.csv").write_text(FEED, encoding="utf-8")
        table, gone = city.gathering.sources
        city.gathering.sync(table)
        clock.advance(hours=2)
        for _ in range(3):
            city.gathering.sync(gone)
        samples = scrape(create_app(city).test_client())
    assert samples["col_opportunities", ("status", "published")] == 2
    assert samples["col_opportunities", ("status", "draft")] == 0
    assert samples["col_source_last_good_run_age_seconds", ("source", "table")] == 7200
    assert ("col_source_last_good_run_age_seconds", ("source", "gone")) not in samples
    assert samples["col_source_last_run", ("outcome", "done"), ("source", "table")] == 1
    assert samples["col_source_last_run", ("outcome", "failed"), ("source", "gone")] == 1
    assert samples["col_source_failures", ("source", "gone")] == 3
    assert samples["col_source_alert", ("source", "gone")] == 1
    assert samples["col_source_alert", ("source", "table")] == 0


def test_how_background_work_stands_is_told(tmp_path, database, clock):
    with opened(tmp_path / "town", clock, database=database) as city:
        with database.write() as session:
            outbox.enqueue(session, "nobody's", {}, clock=clock)
        city.worker().run_once()
        clock.advance(minutes=10)
        with database.write() as session:
            outbox.enqueue(session, "due", {}, clock=clock)
            outbox.enqueue(session, "later", {}, clock=clock, not_before=clock.now().replace(year=2027))
        clock.advance(seconds=30)
        samples = scrape(create_app(city).test_client())
    assert samples["col_outbox_tasks", ("state", "due")] == 1
    assert samples["col_outbox_tasks", ("state", "later")] == 1
    assert samples["col_outbox_tasks", ("state", "dead")] == 1
    assert samples["col_outbox_tasks", ("state", "running")] == 0
    assert samples["col_outbox_oldest_age_seconds", ("state", "due")] == 30
    assert samples["col_outbox_oldest_age_seconds", ("state", "dead")] == 630
    assert samples["col_outbox_dead_tasks", ("job", "nobody's")] == 1


def test_a_plugin_that_fails_is_told_and_that_it_was_taken_out(tmp_path, clock):
    with opened(tmp_path / "town", clock, own_plugins={"faulty": FAULTY}) as city:
        client = create_app(city).test_client()
        plugin = ("hook", "block home"), ("plugin", "faulty")
        client.get("/sl/", buffered=True)
        samples = scrape(client)
        assert (samples["col_plugin_faults", *plugin], samples["col_plugin_out", *plugin]) == (1, 0)
        for _ in range(4):
            # A page is kept for a moment.
            clock.advance(minutes=2)
            assert client.get("/sl/", buffered=True).status_code == 200
        samples = scrape(client)
        assert (samples["col_plugin_faults", *plugin], samples["col_plugin_out", *plugin]) == (5, 1)


def test_without_the_token_there_is_nothing(tmp_path, clock):
    wrong = [
        "",
        "Bearer ",
        "Bearer wrong-word-for-the-scraper",
        f"Basic {TOKEN}",
        TOKEN,
        "Bearer č".encode().decode("latin-1"),
    ]
    with opened(tmp_path / "town", clock) as city:
        client = create_app(city).test_client()
        assert client.get("/metrics").status_code == 404
        assert {client.get("/metrics", headers={"Authorization": each}).status_code for each in wrong} == {404}


def test_a_city_that_sets_no_token_has_no_metrics(tmp_path, clock):
    with opened(tmp_path / "town", clock, more="") as city:
        client = create_app(city).test_client()
        assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_where_the_database_is_away_only_that_is_told(tmp_path, clock):
    folder = write_town(tmp_path / "town", more=SOURCES)
    with open_city(load_city(folder, environ={"COL_VAR": str(tmp_path / "var")}), clock=clock) as city:
        client = create_app(city).test_client()
        with city.house.database.write() as session:
            session.connection().exec_driver_sql("DROP TABLE outbox")
        samples = scrape(client)
    assert samples[("col_database_up",)] == 0
    assert not any(name.startswith("col_outbox") for name, *_ in samples)


def test_several_server_processes_count_together(tmp_path):
    folder = write_town(tmp_path / "town", more=SOURCES, base_url="http://localhost:8001")
    with (
        running(folder, "serve", "--workers", "2", environ={"COL_VAR": str(tmp_path / "var")}) as server,
        # A connection of its own each time, so that both processes get some.
        httpx.Client(limits=httpx.Limits(max_keepalive_connections=0), timeout=30) as client,
    ):
        for _ in range(20):
            client.get(server.url("/robots.txt"))
        answers = [client.get(server.url("/metrics"), headers=GIVEN) for _ in range(6)]
    name = "col_requests_total", ("method", "GET"), ("route", "/robots.txt"), ("status", "200")
    assert [samples_of(each.text)[name] for each in answers] == [20] * 6

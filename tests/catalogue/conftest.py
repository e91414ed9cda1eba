import json
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from col_core.app import create_app
from col_core.base.config import load_city
from col_core.base.outbox import OutboxRow
from col_core.base.settings import SourceConfig
from col_core.catalogue import store
from col_core.catalogue.gathering import runs
from col_core.catalogue.gathering.districts import load_districts
from col_core.catalogue.gathering.gazetteer import load_gazetteer
from col_core.catalogue.gathering.ingest import Ingest
from col_core.catalogue.gathering.review import Reviewer
from col_core.house import open_city
from col_core.testing.fakes import ListSource, RememberingIndex

CITY = """
[city]
id = "testville"
name = "Testville"
country = "SI"
timezone = "Europe/Ljubljana"
languages = ["sl"]
bbox = [14.38, 45.95, 14.83, 46.15]
districts = "districts.geojson"
gazetteer = ["venues.json"]
age_of_consent = 15
base_url = "http://localhost:8001"
"""
DISTRICTS = """{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"name": "West"}, "geometry": {"type": "Polygon",
 "coordinates": [[[14.4, 46.0], [14.5, 46.0], [14.5, 46.1], [14.4, 46.1], [14.4, 46.0]]]}},
{"type": "Feature", "properties": {"name": "East"}, "geometry": {"type": "Polygon",
 "coordinates": [[[14.5, 46.0], [14.6, 46.0], [14.6, 46.1], [14.5, 46.1], [14.5, 46.0]]]}}]}"""
VENUES = """{"venues": [{"name": "Mladinski center Črnuče", "address": "Dunajska 367, Ljubljana",
 "lat": 46.05, "lon": 14.55}]}"""
CONFIG = SourceConfig(id="library", plugin="list", name={"sl": "Knjižnica"}, publish="auto", close_after=2)


class House:
    def __init__(self, database, clock, folder):
        (folder / "city.toml").write_text(CITY, encoding="utf-8")
        (folder / "districts.geojson").write_text(DISTRICTS, encoding="utf-8")
        (folder / "venues.json").write_text(VENUES, encoding="utf-8")
        self.database, self.clock = database, clock
        self.index = RememberingIndex()
        self.source = ListSource("library")
        self.config = CONFIG
        city = load_city(folder, environ={"COL_VAR": str(folder)})
        self.reviewer = Reviewer(city, load_districts(city.districts), load_gazetteer(city.gazetteer), None)
        self.ingest = self.an_ingest(deadline_s=20)

    def an_ingest(self, *, deadline_s):
        return Ingest(
            database=self.database,
            clock=self.clock,
            index=self.index,
            reviewer=self.reviewer,
            deadline_s=deadline_s,
        )

    def sync(self, **drafts):
        self.source.drafts = drafts
        return self.ingest.sync(self.source, self.config, default_language="sl")

    def stored(self):
        with self.database.read() as session:
            return {each.content.title["sl"]: each for _, each in store.all_of(session)}

    def statuses(self):
        return {title: each.status.value for title, each in self.stored().items()}

    def events(self):
        with self.database.read() as session:
            payloads = session.scalars(select(OutboxRow.payload).where(OutboxRow.job == "event").order_by(OutboxRow.id))
            return [json.loads(each)["name"] for each in payloads]

    def jobs(self):
        with self.database.read() as session:
            rows = session.execute(
                select(OutboxRow.job, OutboxRow.payload).where(OutboxRow.job != "event").order_by(OutboxRow.id)
            )
            return [(row.job, json.loads(row.payload)) for row in rows]

    def state(self):
        with self.database.read() as session:
            return runs.states(session)["library"]


@pytest.fixture
def house(database, clock, tmp_path):
    return House(database, clock, tmp_path)


class Town:
    """A small whole city with its application; `offer` stores drafts as a source would."""

    def __init__(self, city):
        self.city = city
        self.database = city.house.database
        self.source, self.config = ListSource("library"), CONFIG
        self.app = create_app(city)
        self.client = self.app.test_client()

    def offer(self, **drafts):
        self.source.drafts = drafts
        self.city.gathering.ingest.sync(self.source, self.config, default_language="sl")
        return self.stored()

    def stored(self):
        with self.database.read() as session:
            return [each for _, each in store.all_of(session)]

    def events(self):
        with self.database.read() as session:
            payloads = session.scalars(select(OutboxRow.payload).where(OutboxRow.job == "event").order_by(OutboxRow.id))
            return [json.loads(each)["name"] for each in payloads]


TOWN = """
[plugins]
enabled = ["lang_sl", "lang_en", "csv", "ical"%s]
"""


@contextmanager
def a_town(folder, url, *, clock, more="", plugins=(), base_url="https://testville.example"):
    folder.mkdir(exist_ok=True)
    city = CITY.replace('languages = ["sl"]', 'languages = ["sl", "en"]').replace("http://localhost:8001", base_url)
    (folder / "city.toml").write_text(city + TOWN % "".join(f', "{each}"' for each in plugins) + more, encoding="utf-8")
    (folder / "districts.geojson").write_text(DISTRICTS, encoding="utf-8")
    (folder / "venues.json").write_text(VENUES, encoding="utf-8")
    config = load_city(folder, environ={"COL_VAR": str(folder / "var"), "COL_DATABASE_URL": url})
    with open_city(config, clock=clock) as city:
        yield Town(city)


@pytest.fixture
def open_town():
    return a_town


@pytest.fixture
def town(database_url, clock, tmp_path):
    with a_town(tmp_path / "town", database_url, clock=clock) as made:
        yield made

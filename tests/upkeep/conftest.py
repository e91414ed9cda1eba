from dataclasses import replace

import pytest
from sqlalchemy import insert

from col_core.base.config import load_city
from col_core.base.keys import secret_key
from col_core.base.settings import SourceConfig
from col_core.catalogue import store
from col_core.catalogue.records import Query
from col_core.catalogue.tables import RawItemRow
from col_core.content import feedback
from col_core.content.records import FeedbackKind
from col_core.house import open_city
from col_core.testing import servers
from col_core.testing.fakes import ListSource
from col_core.testing.opportunities import FULL
from col_core.upkeep.backup import back_up
from col_core.upkeep.restore import restore

CITY = """
[city]
id = "testville"
name = "Testville"
country = "SI"
timezone = "Europe/Ljubljana"
languages = ["en"]
bbox = [14.38, 45.95, 14.83, 46.15]
age_of_consent = 15
base_url = "http://localhost:8001"
[plugins]
enabled = ["lang_en"]
"""
SOURCE = SourceConfig(id="library", plugin="list", name={"en": "Library"}, publish="auto")
PICTURE = "opportunities/ab/cdef-480.webp"


class Town:
    """A city in a folder of its own, with its database where `url` says. `environ` is what its commands see."""

    def __init__(self, folder, url, clock, settings=CITY, files=None):
        folder.mkdir()
        for name, content in (files or {}).items():
            (folder / name).write_text(content, encoding="utf-8")
        (folder / "city.toml").write_text(settings, encoding="utf-8")
        self.environ = {"COL_VAR": str(folder / "var"), "COL_DATABASE_URL": url}
        self.folder, self.clock = folder, clock
        self.config = load_city(folder, environ=self.environ)

    def open(self):
        return open_city(self.config, clock=self.clock)

    def fill(self):
        """Two offers, one picture, one message that is to be mailed, and the secret."""
        with self.open() as city:
            source = ListSource("library")
            source.drafts = {"graffiti": FULL, "chess": replace(FULL, title={"en": "Chess for beginners"})}
            city.gathering.ingest.sync(source, SOURCE, default_language="en")
            city.house.files.put(PICTURE, b"a picture", "image/webp")
            with city.house.database.write() as session:
                feedback.receive(
                    session,
                    kind=FeedbackKind.IDEA,
                    message="Več koncertov! 😀\n",
                    language="en",
                    clock=self.clock,
                    email="jaz@example.org",
                )
        secret_key(self.config)
        return self

    def back_up(self, target, **options):
        return back_up(self.config, target, clock=self.clock, **options)

    def restore(self, file, **options):
        return restore(self.config, file, clock=self.clock, **options)

    def offers(self):
        with self.open() as city, city.house.database.read() as session:
            return [each for _, each in store.all_of(session)]

    def messages(self):
        with self.open() as city, city.house.database.read() as session:
            return feedback.listing(session)

    def found(self, words):
        with self.open() as city:
            return [each.opportunity.content.title["en"] for each in city.catalogue.find(Query(q=words)).items]

    def files(self):
        with self.open() as city:
            found = {}
            for key in city.house.files.listing():
                with city.house.files.open(key) as file:
                    found[key] = file.read()
            return found

    def raw_items(self, number, size):
        with self.open() as city, city.house.database.write() as session:
            for at in range(0, number, 100):
                rows = [
                    {
                        "source_id": "library",
                        "external_id": f"raw-{each}",
                        "body": each.to_bytes(4, "big") * (size // 4),
                        "media_type": "text/plain",
                        "address": "x",
                        "fetched": self.clock.now(),
                    }
                    for each in range(at, min(at + 100, number))
                ]
                session.execute(insert(RawItemRow), rows)


@pytest.fixture
def new_town(tmp_path, clock):
    """Make an empty city in a folder of that name; on SQLite unless `url` says otherwise."""

    def make(name, *, url=None, settings=CITY, files=None):
        return Town(tmp_path / name, url or f"sqlite:///{tmp_path / name}.db", clock, settings, files)

    return make


@pytest.fixture
def town(tmp_path, database_url, clock):
    """A filled city, once on each engine."""
    return Town(tmp_path / "town", database_url, clock).fill()


@pytest.fixture
def a_town(tmp_path, sqlite_files, clock):
    """A filled city on SQLite, for what no engine changes."""
    return Town(tmp_path / "town", sqlite_files.copy(tmp_path / "town.db"), clock).fill()


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request, tmp_path, clock):
    """An empty city of the same settings on another machine, once on each engine."""
    if request.param == "sqlite":
        yield Town(tmp_path / "elsewhere", f"sqlite:///{tmp_path / 'elsewhere.db'}", clock)
        return
    server = request.getfixturevalue("postgres_server")
    url = servers.new_database(server)
    yield Town(tmp_path / "elsewhere", url, clock)
    servers.drop_database(server, url)


@pytest.fixture
def beside(tmp_path, clock):
    """An empty city of the same settings beside the first, on SQLite."""
    return Town(tmp_path / "beside", f"sqlite:///{tmp_path / 'beside.db'}", clock)

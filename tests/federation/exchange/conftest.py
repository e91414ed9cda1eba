"""Cities on real sockets, each reached over a wire that can be cut; they trust each other without a network."""

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from col_core.app import create_app
from col_core.base.config import load_city
from col_core.base.settings import SourceConfig
from col_core.catalogue import store
from col_core.catalogue.records import Draft, Query
from col_core.catalogue.vocabulary import Reach
from col_core.federation.exchange import subscriptions, twins
from col_core.house import open_city
from col_core.testing.fakes import ListSource
from col_core.testing.towns import write_town
from col_core.testing.web_server import app_server
from col_core.testing.wires import Wire, wire

EVERYTHING = Query()
SOURCE = SourceConfig(id="library", plugin="list", name={"en": "Library"}, licence="CC BY 4.0", publish="auto")


def an_offer(title, **said):
    return Draft(title={"en": title}, reach=Reach.NETWORK, **said)


@dataclass(frozen=True, kw_only=True)
class Town:
    """A city with its application and worker. `wire` leads to its server."""

    city: Any
    wire: Wire
    app: Any

    @property
    def database(self):
        return self.city.house.database

    @property
    def exchange(self):
        return self.city.federation.exchange

    @property
    def host(self):
        return self.wire.host

    def offer(self, drafts, *, source="library"):
        """Store what a source of the city brings now, by name; what is no longer there is closed."""
        listed = ListSource(source)
        listed.drafts = drafts
        config = replace(SOURCE, id=source, close_after=1)
        self.city.gathering.ingest.sync(listed, config, default_language="en", accept_fewer=True)
        return {each.content.title["en"]: each for each in self.stored()}

    def stored(self):
        with self.database.read() as session:
            return [each for _, each in store.all_of(session)]

    def shown(self):
        """The titles of what is public here and of another city, with how it stands."""
        return {
            each.content.title["en"]: each.status.value
            for each in self.stored()
            if each.origin is not None and each.status.is_public
        }

    def follow(self, other, asked=EVERYTHING):
        house = self.city.house
        with self.database.write() as session:
            subscriptions.follow(session, other.wire.url, asked=asked, config=house.config, clock=house.clock)

    def read(self, other, **how):
        """Read the feed of `other` on, and what follows from that."""
        done = self.exchange.harvest.run(other.host, **how)
        twins.settle(self.city.federation.ground)
        return done

    def subscription(self, other):
        with self.database.read() as session:
            return subscriptions.get(session, other.host)

    def work(self):
        """Do what the worker has to do now."""
        self.city.worker().drain(rounds=30)


@contextmanager
def a_town(folder, url, *, clock, trusts=(), reaches=(), more="", line=None):
    """Open a city on a socket. `trusts` are hosts that it exchanges with, `reaches` others that it may speak with."""
    with ExitStack() as stack:
        line = line or stack.enter_context(wire())
        reached, allowed = (", ".join(f'"{each}"' for each in hosts) for hosts in ((*trusts, *reaches), trusts))
        settings = f"\n[http]\nallow_hosts = [{reached}]\n\n[federation]\nallow = [{allowed}]\n{more}"
        write_town(folder, base_url=line.url, more=settings)
        config = load_city(folder, environ={"COL_VAR": str(folder / "var"), "COL_DATABASE_URL": url})
        city = stack.enter_context(open_city(config, clock=clock))
        app = create_app(city)
        address = stack.enter_context(app_server(app))
        line.target = int(address.rpartition(":")[2])
        yield Town(city=city, wire=line, app=app)


@pytest.fixture
def home(database_url, clock, tmp_path):
    """A city that offers something, once on each engine."""
    with a_town(tmp_path / "home", database_url, clock=clock) as made:
        yield made


@pytest.fixture
def pair(clock, tmp_path, sqlite_files):
    """Two cities on SQLite: one that offers something, and a partner that shows it."""
    for name in ("home", "away"):
        sqlite_files.copy(tmp_path / f"{name}.db")
    with a_pair(tmp_path, clock) as made:
        yield made


@contextmanager
def a_pair(folder, clock, *, away_url=None, follows=True):
    with wire() as one, wire() as other:
        home_url = f"sqlite:///{folder / 'home.db'}"
        away_url = away_url or f"sqlite:///{folder / 'away.db'}"
        with (
            a_town(folder / "home", home_url, clock=clock, trusts=(other.host,), line=one) as home,
            a_town(folder / "away", away_url, clock=clock, trusts=(one.host,), line=other) as away,
        ):
            if follows:
                away.follow(home)
            yield home, away

"""The push lane as a city runs it: a real server and a real worker, which is killed while it delivers."""

import time
from contextlib import ExitStack

from sqlalchemy import update

from col_core.base.clock import SystemClock
from col_core.base.config import load_city
from col_core.base.database import Database
from col_core.base.outbox import OutboxRow
from col_core.catalogue import store
from col_core.cli.main import main
from col_core.federation.fediverse.tables import LaneRow
from col_core.house import open_city
from col_core.testing.fakes import ListSource
from col_core.testing.processes import running, until
from col_core.testing.servers import free_port
from col_core.testing.towns import write_town
from col_core.testing.web_server import web_server

from .conftest import LIBRARY, Peer, a_draft

NUMBER = 12


class Served:
    """The city as a peer sees it: an address."""

    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"

    def url(self, path):
        return self.base + path


def offered(config):
    """Have a source bring some offers, and return their ids."""
    with open_city(config) as city:
        source = ListSource("library")
        source.drafts = {str(number): a_draft(f"Delavnica {number}") for number in range(NUMBER)}
        city.gathering.bring(source, LIBRARY)
        with city.house.database.read() as session:
            return {each.id for _, each in store.all_of(session)}


def test_what_is_published_reaches_a_follower_though_the_worker_is_killed_in_the_middle(tmp_path, monkeypatch, capsys):
    database_url = f"sqlite:///{tmp_path / 'town.db'}"
    clock, served, database = SystemClock(), Served(free_port()), Database(database_url)
    with web_server() as web, ExitStack() as stack:
        peer = Peer(web, clock)
        more = f'[http]\nallow_hosts = ["{peer.host}"]\n'
        folder = write_town(tmp_path / "town", base_url=served.base, more=more)
        environ = {"COL_VAR": str(tmp_path / "var"), "COL_DATABASE_URL": database_url}
        config = load_city(folder, environ=environ)
        port = int(served.base.rpartition(":")[2])
        stack.callback(database.dispose)
        stack.enter_context(running(folder, "serve", environ=environ, port=port))
        with running(folder, "worker", environ=environ) as worker:
            assert peer.send(served, peer.says("Follow", served.url("/ap/actor"))).status_code == 202
            until(lambda: peer.got("Accept"))
            # Each takes a moment, so that something is under way when the worker ends.
            asked = []

            def takes_its_time(_headers):
                asked.append(True)
                time.sleep(0.2)

            peer.refuses = takes_its_time
            ids = offered(config)
            until(lambda: len(asked) >= 3)
            worker.kill()
        assert len(asked) < NUMBER
        # Its time runs out, after which whoever had something in hand counts as dead.
        with database.write() as session:
            session.execute(update(LaneRow).values(busy_until=clock.now()))
            session.execute(update(OutboxRow).values(lease_until=None))
        peer.refuses = lambda _headers: None
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        assert main(["--city", str(folder), "peers", "followers"]) == 0
        assert peer.actor in capsys.readouterr().out
        stack.enter_context(running(folder, "worker", environ=environ))
        until(lambda: {each["object"]["id"].rpartition("/")[2] for each in peer.got("Create")} == ids)
        # What was under way may come twice, and is the same then.
        assert len({each["id"] for each in peer.got("Create")}) == NUMBER
        until(lambda: len({each["id"] for each in peer.got("Announce")}) == NUMBER)

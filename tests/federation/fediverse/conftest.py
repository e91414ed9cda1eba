"""A city served on loopback, and a server that is not ours: with keys, an actor, and an inbox that does as told."""

import json
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import cache

import httpx
import pytest
from sqlalchemy import func, select

from col_core.app import create_app
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.records import KeyKind
from col_core.base.config import load_city
from col_core.base.outbox import OutboxRow
from col_core.base.settings import SourceConfig
from col_core.catalogue import store
from col_core.catalogue.records import Draft, Place, Schedule
from col_core.catalogue.vocabulary import Reach
from col_core.federation import peers
from col_core.federation.fediverse import cavage
from col_core.house import open_city
from col_core.testing.clock import FixedClock
from col_core.testing.fakes import ListSource
from col_core.testing.towns import write_town
from col_core.testing.web_server import app_server, web_server
from col_core.testing.wires import wire

AS = "https://www.w3.org/ns/activitystreams"
PUBLIC = f"{AS}#Public"
LIBRARY = SourceConfig(id="library", plugin="list", name={"sl": "Knjižnica"}, publish="auto")


@cache
def key(kind=KeyKind.RSA, number=0):
    """A key for a test server; the same one for the same number, since making one takes long."""
    return PrivateKey.made(kind)


def a_draft(title="Delavnica", **changes):
    said = {
        "title": {"sl": title, "en": "Workshop"},
        "description": {"sl": "<p>Pridi.</p>"},
        "place": Place(name="Center", address="Dunajska 1", lat_deg=46.05, lon_deg=14.55),
        "schedule": Schedule(
            start=datetime(2026, 3, 3, 17, 0), end=datetime(2026, 3, 3, 19, 0), timezone="Europe/Ljubljana"
        ),
        "reach": Reach.NETWORK,
    }
    return Draft(**said | changes)


class Peer:
    """A server of somebody else, on loopback. `status` is what its inbox answers."""

    def __init__(self, web, clock, *, number=0):
        self.web, self.clock, self.host = web, clock, web.host
        self.actor, self.inbox = web.url("/actor"), web.url("/inbox")
        self.key_id = f"{self.actor}#main-key"
        self.proof_id = f"{self.actor}#ed25519-key"
        self.rsa, self.ed25519 = key(KeyKind.RSA, number), key(KeyKind.ED25519, number)
        self.status, self.answers = 202, {}
        self.refuses = lambda headers: None
        self.serve_actor()
        web.answer("/inbox", self._answer)
        self.counter = 0

    def document(self, **changes):
        return {
            "@context": AS,
            "id": self.actor,
            "type": "Application",
            "preferredUsername": "them",
            "inbox": self.inbox,
            "outbox": self.web.url("/outbox"),
            "endpoints": {"sharedInbox": self.inbox},
            "publicKey": {"id": self.key_id, "owner": self.actor, "publicKeyPem": self.rsa.public.pem()},
            "assertionMethod": [
                {
                    "id": self.proof_id,
                    "type": "Multikey",
                    "controller": self.actor,
                    "publicKeyMultibase": self.ed25519.public.multibase(),
                }
            ],
        } | changes

    def serve(self, path, document, *, content_type="application/activity+json", status=200):
        body = json.dumps(document).encode()
        return self.web.put(path, body, status=status, Content_Type=content_type)

    def serve_actor(self, **changes):
        self.serve("/actor", self.document(**changes))

    def _answer(self, request):
        headers = {name.lower(): value for name, value in request.headers.items()}
        status = self.refuses(headers) or self.status
        request.send_response(status)
        for name, value in self.answers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def got(self, kind=None):
        """The activities that its inbox got."""
        pairs = zip(self.web.requests, self.web.bodies, strict=False)
        found = [json.loads(body) for (path, _), body in pairs if path == "/inbox" and body]
        return [each for each in found if kind in (None, each["type"])]

    def asked(self, path):
        return sum(each == path for each, _ in self.web.requests)

    def says(self, kind, object_, **changes):
        self.counter += 1
        return {
            "@context": AS,
            "id": self.web.url(f"/activities/{self.counter}"),
            "type": kind,
            "actor": self.actor,
            "object": object_,
        } | changes

    def event(self, path="/events/1", **changes):
        return {
            "id": self.web.url(path),
            "type": "Event",
            "name": "Open rehearsal",
            "content": "<p>Come and listen.</p>",
            "startTime": "2026-03-05T18:00:00+01:00",
            "endTime": "2026-03-05T20:00:00+01:00",
            "timezone": "Europe/Ljubljana",
            "attributedTo": self.actor,
            "to": [PUBLIC],
            "updated": "2026-01-05T10:00:00Z",
            "location": {"type": "Place", "name": "Hall", "latitude": 46.05, "longitude": 14.55},
        } | changes

    def headers(self, url, body, *, how=cavage, signer=None, now=None):
        signer = signer or self.rsa.signer(self.key_id)
        return {
            **how.sign("POST", url, body, signer, now=now or self.clock.now()),
            "Content-Type": "application/activity+json",
        }

    def send(self, town, activity, *, how=cavage, headers=None, path="/ap/inbox", **options):
        """Send an activity, signed; `headers` stand in the place of those that were made."""
        body = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
        made = self.headers(town.url(path), body, how=how, **options)
        for name, value in (headers or {}).items():
            made.pop(name, None)
            if value is not None:
                made[name] = value
        return httpx.post(town.url(path), content=body, headers=made, timeout=60)


class Town:
    """A small city that others reach."""

    def __init__(self, city, wire_, clock):
        self.city, self.wire, self.clock = city, wire_, clock
        self.database, self.lane = city.house.database, city.federation.fediverse
        self.app = create_app(city)
        self.source = ListSource("library")
        self.host = wire_.host

    def url(self, path):
        return self.wire.url + path

    def get(self, path, accept="application/activity+json", **headers):
        return httpx.get(self.url(path), headers={"Accept": accept, **headers}, timeout=60)

    def offer(self, **drafts):
        self.source.drafts = drafts
        self.city.gathering.bring(self.source, LIBRARY)
        return self.by_external(LIBRARY.id, *drafts)

    def by_external(self, source, *external):
        with self.database.read() as session:
            known = store.known(session, source, external)
            return [store.get(session, known[each].id) if each in known else None for each in external]

    def work(self):
        self.city.worker().drain()

    def jobs(self, name):
        with self.database.read() as session:
            rows = session.scalars(select(OutboxRow.payload).where(OutboxRow.job == name).order_by(OutboxRow.id))
            return [json.loads(each) for each in rows]

    def count(self, row):
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(row))

    def make_partner(self, peer):
        with self.database.write() as session:
            peers.remember(session, f"http://{peer.host}", clock=self.clock)
            far = self.clock.now().replace(year=2030)
            peers.update(session, peer.host, clock=self.clock, actor_id=peer.actor, member_until=far)

    def deny(self, host):
        with self.database.write() as session:
            peers.remember(session, f"http://{host}", clock=self.clock)
            peers.deny(session, host, reason="spam", clock=self.clock)


@contextmanager
def a_town(folder, database_url, clock, *, hosts=(), more="", on=None):
    with ExitStack() as stack:
        wire_ = on or stack.enter_context(wire())
        allowed = ", ".join(f'"{each}"' for each in (*hosts, wire_.host))
        write_town(folder, base_url=wire_.url, more=f"[http]\nallow_hosts = [{allowed}]\n{more}")
        config = load_city(folder, environ={"COL_VAR": str(folder / "var"), "COL_DATABASE_URL": database_url})
        town = Town(stack.enter_context(open_city(config, clock=clock)), wire_, clock)
        address = stack.enter_context(app_server(town.app))
        wire_.target = int(address.rpartition(":")[2])
        yield town


@pytest.fixture
def peer(clock):
    with web_server() as web:
        yield Peer(web, clock)


@pytest.fixture
def town(database_url, clock, tmp_path, peer):
    """A city on each engine, and its `peer`."""
    with a_town(tmp_path / "town", database_url, clock, hosts=[peer.host]) as made:
        yield made


@pytest.fixture(scope="module")
def quiet_clock():
    return FixedClock()


@pytest.fixture(scope="module")
def quiet_peer(quiet_clock):
    with web_server() as web:
        yield Peer(web, quiet_clock)


@pytest.fixture(scope="module")
def quiet_town(quiet_clock, quiet_peer, tmp_path_factory):
    """One city for all tests of a module that change nothing in it."""
    folder = tmp_path_factory.mktemp("quiet")
    with a_town(folder / "town", f"sqlite:///{folder / 'city.db'}", quiet_clock, hosts=[quiet_peer.host]) as made:
        yield made

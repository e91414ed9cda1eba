"""A network on loopback: its anchor as it is served for real, a city that looks around, and another that may lie."""

import json
import shutil
from contextlib import contextmanager
from datetime import timedelta

import pytest

from col_core.badges.credentials import dids
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.records import KeyKind
from col_core.badges.keyring.keyring import Keyring
from col_core.badges.keyring.sealing import Box
from col_core.base.config import load_city
from col_core.base.database import Database
from col_core.base.fetch import HttpClient
from col_core.base.migrate import upgrade
from col_core.federation import peers
from col_core.federation.ground import Ground
from col_core.federation.trust import admitting, anchor_keys, hosting, key_sets, signing, statements
from col_core.federation.trust.asking import Asking
from col_core.federation.trust.folder import Network, NetworkFolder
from col_core.federation.trust.records import MarkKind, Rules
from col_core.federation.trust.trust import Trust
from col_core.testing.clock import FixedClock
from col_core.testing.servers import free_port
from col_core.testing.towns import write_town
from col_core.testing.web_server import app_server, web_server

WELL_KNOWN = "/.well-known/openid-federation"
TYPE = "application/entity-statement+jwt"


class Elsewhere:
    """Another city, on a real socket, that says of itself whatever a test lets it say."""

    def __init__(self, web, anchor, clock):
        self.web, self.anchor, self.clock = web, anchor, clock
        self.entity = web.url("")
        self.keys = [PrivateKey.made(KeyKind.P256)]
        self.marks = {}
        self.city = {
            "city_id": "vilnius",
            "names": {"lt": "Vilnius", "en": "Vilnius"},
            "country": "LT",
            "languages": ["lt", "en"],
            "actor": f"{self.entity}/ap/actor",
            "feed": f"{self.entity}/feeds/opportunities.rpde",
            "did": dids.web_did(self.entity),
        }

    def statement(self, *, entity=None, jwks=None, issued=None, signer=None, more=()):
        key = signer or self.keys[0]
        issued = issued or self.clock.now()
        entity = entity or self.entity
        shown = [{"trust_mark_type": name, "trust_mark": mark} for name, mark in self.marks.items()]
        return statements.sign(
            issuer=entity,
            subject=entity,
            issued=issued,
            expires=issued + timedelta(days=2),
            jwks=jwks or key_sets.written(each.public for each in self.keys),
            signer=key.signer(key.public.thumbprint()),
            more={
                "metadata": {"federation_entity": {}, "city_of_learning": self.city},
                "authority_hints": [self.anchor],
                "trust_marks": shown,
                **dict(more),
            },
        )

    def show(self, **options):
        """Answer from now on with a statement made of `options`."""
        self.web.put(WELL_KNOWN, self.statement(**options).encode(), Content_Type=TYPE)


class Net:
    """The network: its folder, its keys, and the address at which it is served."""

    def __init__(self, path, url, clock):
        self.folder, self.url, self.clock = NetworkFolder(path), url, clock
        self.folder.begin(Network(url=url, name="Network of Tests", days=7, created=clock.now()))
        self.keys = anchor_keys.made(clock.now())
        self.sign()

    def sign(self):
        return signing.sign(self.folder, self.keys, now=self.clock.now())

    def rules(self):
        return Rules(now=self.clock.now(), plain_hosts=self.hosts)

    def admit(self, city, *, issuer=True, **options):
        """Admit a city that answers, sign, and hand it its marks."""
        met = admitting.met(self.asking, city.entity, anchor=self.url, rules=self.rules())
        member = admitting.admit(self.folder, met, issuer=issuer, now=self.clock.now(), **options)
        self.sign()
        self.hand_over(city)
        return member

    def hand_over(self, city):
        app = hosting.create_app(self.folder).test_client()
        city.marks = {}
        for kind in MarkKind:
            answer = app.get(
                "/trust_mark", query_string={"trust_mark_type": kind.type_of(self.url), "sub": city.entity}
            )
            if answer.status_code == 200:
                city.marks[kind.type_of(self.url)] = answer.text
        city.show()


@contextmanager
def serving(folder, port):
    with app_server(hosting.create_app(folder), port=port):
        yield


@pytest.fixture
def clock():
    return FixedClock()


@pytest.fixture
def other():
    with web_server() as web:
        yield web


@pytest.fixture
def net(tmp_path, clock, other):
    """The network, served; `net.stop()` takes it off the air."""
    port = free_port()
    made = Net(tmp_path / "network", f"http://127.0.0.1:{port}", clock)
    made.hosts = (f"127.0.0.1:{port}", other.host)
    made.asking = Asking(HttpClient(allow_hosts=made.hosts, user_agent="test"), deadline_s=1)
    served = serving(made.folder, port)
    served.__enter__()
    stopped = []

    def stop():
        if not stopped:
            stopped.append(True)
            served.__exit__(None, None, None)

    made.stop = stop
    yield made
    stop()


@pytest.fixture
def vilnius(other, net, clock):
    city = Elsewhere(other, net.url, clock)
    city.show()
    return city


class Here:
    """The city that looks around. Its own configuration is not served here: nobody looks at it."""

    def __init__(self, trust, ground):
        self.trust, self.ground = trust, ground

    def look(self, city):
        """Look at `city` once, and return it with its standing."""
        host = peers.host_of(city.entity)
        with self.ground.database.write() as session:
            peers.remember(session, city.entity, clock=self.ground.clock)
        self.trust.anchors.meet()
        self.trust.discovery.look(host)
        return self.known(city)

    def known(self, city):
        with self.ground.database.read() as session:
            peer = peers.get(session, peers.host_of(city.entity))
        return peer, peers.standing(peer, self.ground.config.federation, now=self.ground.clock.now())


@pytest.fixture(scope="session")
def empty(tmp_path_factory):
    """A database file with every migration applied, to be copied: most of these tests are about what servers say."""
    file = tmp_path_factory.mktemp("empty") / "city.db"
    made = Database(f"sqlite:///{file}")
    upgrade(made)
    made.dispose()
    return file


@pytest.fixture
def quick(tmp_path, empty):
    shutil.copy(empty, tmp_path / "quick.db")
    made = Database(f"sqlite:///{tmp_path / 'quick.db'}")
    yield made
    made.dispose()


@pytest.fixture
def here(tmp_path, quick, net, clock):
    return make_here(tmp_path / "town", quick, net, clock)


@pytest.fixture
def here_on_both(tmp_path, database, net, clock):
    """The same, once on each engine."""
    return make_here(tmp_path / "town", database, net, clock)


def make_here(folder, database, net, clock, *, network="", base_url="https://ljubljana.example", hosts=()):
    more = f'\n[network]\nanchor = "{net.url}"\n{network}[http]\nallow_hosts = {json.dumps([*net.hosts, *hosts])}\n'
    config = load_city(write_town(folder, more=more, base_url=base_url), environ={"COL_VAR": str(folder / "var")})
    http = HttpClient(allow_hosts=config.http_allow_hosts, user_agent="test")
    ground = Ground(
        config=config,
        database=database,
        clock=clock,
        i18n=None,
        http=http,
        index=None,
        keyring=Keyring(Box("s" * 40), clock=clock),
        gathering=None,
    )
    return Here(Trust(ground, deadline_s=1), ground)


@pytest.fixture
def town(tmp_path, quick, net, clock):
    """Make a city with further settings: `town(network=…)`."""
    return lambda **options: make_here(tmp_path / "town", quick, net, clock, **options)

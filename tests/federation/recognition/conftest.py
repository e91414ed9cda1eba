"""Two cities on real sockets that know each other: one gives badges, the other one checks them."""

from contextlib import ExitStack, contextmanager
from datetime import timedelta

import orjson
import pytest

from col_core.app import create_app
from col_core.badges.achievements import defining
from col_core.badges.achievements.records import Draft, KeyCompetence, Origin
from col_core.badges.awards import ending, store
from col_core.badges.awards.records import Order, Recipient
from col_core.badges.credentials.records import Evidence, KeyKind
from col_core.base.config import load_city
from col_core.federation import peers
from col_core.house import open_city
from col_core.organisers import directory
from col_core.testing.towns import write_town
from col_core.testing.web_server import app_server
from col_core.testing.wires import wire

PHOTO = Evidence(name="Fotografija", url="https://photos.example/1")
LIBRARY = "Mestna knjižnica"
PLUGINS = ("lang_sl", "lang_en", "lang_lt", "ob3", "vc_jwt")


class Town:
    """A city with its address. Its badge `tea` is the city's own, `books` that of a library."""

    def __init__(self, city, line):
        self.city, self.line, self.url, self.host = city, line, line.url, line.host
        self.clock, self.database, self.office = city.house.clock, city.house.database, city.office
        self.app = create_app(city)
        with self.database.write() as session:
            library = directory.find_or_create(session, [LIBRARY], clock=self.clock)[LIBRARY]
            for id_, giver in (("tea", None), ("books", library.id)):
                draft = Draft(
                    id=id_,
                    name={"sl": f"Značka {id_}", "en": f"Badge {id_}"},
                    description={"sl": "Kdor ima to značko, nekaj zna.", "en": "Whoever has it knows something."},
                    criteria={"sl": "Nauči se.", "en": "Learn."},
                    image_alt={"sl": "Slika", "en": "A picture"},
                    competences=(KeyCompetence.PERSONAL,),
                    organiser_id=giver,
                )
                defining.define(session, draft, origin=Origin.DATABASE, clock=self.clock)
        self.slug = library.slug

    def give(self, badge="tea", *, name="Ana", email="ana@example.org"):
        """Issue a badge; return its award and its signed form."""
        issuing, occasion = self.office.issuing, f"{badge} {name} {self.clock.now()}"
        run = issuing.order(
            Order(
                achievement_id=badge,
                recipients=[Recipient(name=name, email=email, evidence=(PHOTO,))],
                language="sl",
                occasion=occasion,
            )
        )
        while run.finished is None:
            run = issuing.advance(run.id)
        (given,) = issuing.given(run.id)
        with self.database.read() as session:
            bodies = {each.media_type: each.body for each in store.documents(session, given.award.id)}
        return given, bodies["application/vc"]

    def revoke(self, award):
        with self.database.write() as session:
            ending.revoke(session, award.id, reason="A mistake", clock=self.clock)

    def rotate(self, issuer="city"):
        with self.database.write() as session:
            self.office.keyring.rotate(session, issuer=issuer, kind=KeyKind.ED25519)

    def compromise(self, issuer="city"):
        with self.database.write() as session:
            key = self.office.keyring.current(session, issuer=issuer, kind=KeyKind.ED25519)
            self.office.keyring.compromise(session, key.id)

    def check(self, body):
        return self.city.checking.check(body)

    def api(self, body):
        """Return what the address for programs answers about a badge."""
        answer = self.app.test_client().post(
            "/api/v1/verify", json={"credential": orjson.loads(body)}, base_url=self.url
        )
        assert answer.status_code == 200, answer.data
        return answer.json

    def page(self, body, language="sl"):
        answer = self.app.test_client().post(
            f"/{language}/verify",
            data={"credential": body.decode()},
            base_url=self.url,
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def know(self, host, **said):
        with self.database.write() as session:
            return peers.update(session, host, clock=self.clock, **said)

    def meet(self, other, **said):
        """Note down that `other` is a member whose badges are recognised, for a month."""
        now = self.clock.now()
        with self.database.write() as session:
            peers.remember(session, other.url, clock=self.clock)
        marks = {
            "names": {"sl": "Ljubljana", "lt": "Liubliana", "en": "Ljubljana"},
            "member_since": now - timedelta(days=300),
            "member_until": now + timedelta(days=30),
            "recognised_until": now + timedelta(days=30),
        }
        return self.know(other.host, **marks | said)

    def mirror(self, other, **how):
        return self.city.federation.mirroring.mirror(other.host, at_once=True, **how)


@contextmanager
def _opened(folder, line, other, clock, *, name, database_url):
    more = f'\n[http]\nallow_hosts = ["{line.host}", "{other.host}"]\n'
    folder = write_town(folder, base_url=line.url, plugins=PLUGINS, more=more)
    said = (folder / "city.toml").read_text(encoding="utf-8")
    said = said.replace("testville", name.lower()).replace("Testville", name).replace('"sl", "en"', '"sl", "en", "lt"')
    (folder / "city.toml").write_text(said, encoding="utf-8")
    environ = {"COL_VAR": str(folder / "var"), "COL_DATABASE_URL": database_url}
    with open_city(load_city(folder, environ=environ), clock=clock) as city:
        yield Town(city, line)


@pytest.fixture
def towns(tmp_path, clock, database_url, sqlite_files):
    """Ljubljana, which gives badges, Vilnius, which checks them, and what turns Ljubljana off for good."""
    with ExitStack() as stack:
        lines = [stack.enter_context(wire()) for _ in range(2)]
        url = sqlite_files.copy(tmp_path / "lj.db")
        ours = stack.enter_context(
            _opened(tmp_path / "lj", lines[0], lines[1], clock, name="Ljubljana", database_url=url)
        )
        theirs = stack.enter_context(
            _opened(tmp_path / "vn", lines[1], lines[0], clock, name="Vilnius", database_url=database_url)
        )
        off = stack.enter_context(ExitStack())
        lines[0].target = int(off.enter_context(app_server(ours.app)).rpartition(":")[2])
        lines[1].target = int(stack.enter_context(app_server(theirs.app)).rpartition(":")[2])

        def turn_off():
            off.close()
            lines[0].end()

        yield ours, theirs, turn_off

"""A town that issues badges, and phones on which somebody claims, keeps and shows them."""

import itertools
import re
from datetime import timedelta

import pytest

from col_core.app import create_app
from col_core.badges.achievements import defining
from col_core.badges.achievements.records import Draft, KeyCompetence, Level, Origin
from col_core.badges.awards import codes, links
from col_core.badges.awards.records import LinkKind, Order, Recipient
from col_core.base.config import load_city
from col_core.house import open_city
from col_core.testing.towns import BASE_URL, write_town

PLUGINS = ("lang_sl", "lang_en", "ob3", "vc_jwt")
TEA = Draft(
    id="tea",
    name={"sl": "Čaj za začetnike", "en": "Tea for beginners"},
    description={"sl": "Kdor ima to značko, zna skuhati čaj.", "en": "Whoever has this badge can make tea."},
    criteria={"sl": "- Skuhaj čaj.\n- Postrezi ga.", "en": "- Make tea.\n- Serve it."},
    image_alt={"sl": "Skodelica", "en": "A cup"},
    abilities={"sl": ("Znam skuhati čaj.",), "en": ("I can make tea.",)},
    competences=(KeyCompetence.PERSONAL,),
    valid_months=24,
)
CAKE = Draft(
    id="cake",
    name={"sl": "Torta", "en": "Cake"},
    description={"sl": "Kdor ima to značko, zna speči torto.", "en": "Whoever has this badge can bake a cake."},
    criteria={"sl": "Speci torto.", "en": "Bake a cake."},
    image_alt={"sl": "Torta", "en": "A cake"},
    competences=(KeyCompetence.CULTURE,),
    level=Level.SKILL,
)


class Phone:
    """A device of somebody, as a browser on it asks. `answer` is the last answer."""

    def __init__(self, app, base_url):
        self.client, self._base_url = app.test_client(), base_url
        self.answer = None

    def get(self, path, **options):
        self.answer = self.client.get(path, base_url=self._base_url, buffered=True, **options)
        return self.answer

    def post(self, path, data=None, **options):
        headers = {"Sec-Fetch-Site": "same-origin", **options.pop("headers", {})}
        self.answer = self.client.post(
            path, data=data or {}, base_url=self._base_url, headers=headers, buffered=True, **options
        )
        return self.answer

    @property
    def text(self):
        return self.answer.get_data(as_text=True)

    @property
    def place(self):
        """Where the last answer leads to."""
        return self.answer.headers.get("Location")

    def claim(self, code):
        """Keep what a code opens; return the id under which it is kept."""
        self.post(f"/en/claim/{code}")
        assert self.answer.status_code == 303, self.text
        return re.search(r"/passport/(\w+)", self.place)[1]

    def recovery(self):
        self.get("/en/passport/recovery")
        return re.search(r"data-copy-source>([0-9A-Z-]{19})<", self.text)[1]

    def share(self, *held, days=30, title=""):
        """Open a page with those badges; return its id."""
        self.post("/en/passport/share", {"badge": list(held), "days": str(days), "title": title})
        assert self.answer.status_code == 303, self.text
        return self.place.partition("new=")[2]


class Room:
    """A room of the town in which badges are given."""

    def __init__(self, city, base_url=BASE_URL):
        self.city, self.office, self.clock = city, city.office, city.house.clock
        self.database, self.base_url = city.house.database, base_url
        self.app = create_app(city)
        self._lessons = itertools.count()
        with self.database.write() as session:
            for each in (TEA, CAKE):
                defining.define(session, each, origin=Origin.DATABASE, clock=self.clock)

    def phone(self):
        return Phone(self.app, self.base_url)

    def codes(self, number=1, *, badge="tea", **who):
        """Issue badges and return the codes that claim them."""
        recipients = [Recipient(name=f"Ana {each}", email=f"ana{each}@example.org", **who) for each in range(number)]
        run = self.office.issuing.order(
            Order(achievement_id=badge, recipients=recipients, language="sl", occasion=f"Lesson {next(self._lessons)}")
        )
        while run.finished is None:
            run = self.office.issuing.advance(run.id)
        return [codes.written(each.code) for each in self.office.issuing.given(run.id)]

    def code(self, **options):
        return self.codes(**options)[0]

    def link(self, kind=LinkKind.OPEN, *, most=2, hours=5):
        from col_core.badges.achievements import reading

        with self.database.write() as session:
            return links.make(
                session,
                reading.current(session, "tea"),
                kind=kind,
                issuer="city",
                language="sl",
                most=most,
                expires=self.clock.now() + timedelta(hours=hours),
                known=self.office.codes,
                clock=self.clock,
            )

    def secret(self, link):
        """Return the code of an open link, or the address of a screen."""
        return codes.written(self.office.codes.of_link(link.id))

    def on_screen(self, link):
        return codes.written(self.office.codes.on_screen(link.id, self.clock.now()))

    def count(self, row):
        from sqlalchemy import func, select

        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(row))

    def award_of(self, held_id):
        from col_core.passport.tables import HeldRow

        with self.database.read() as session:
            return session.get(HeldRow, held_id).award_id


@pytest.fixture(scope="session")
def room_in():
    """What makes a room of a city that is open."""
    return Room


@pytest.fixture
def room(tmp_path, database_url, clock):
    folder = write_town(tmp_path / "town", plugins=PLUGINS)
    config = load_city(folder, environ={"COL_VAR": str(tmp_path / "var"), "COL_DATABASE_URL": database_url})
    with open_city(config, clock=clock) as city:
        yield Room(city)


@pytest.fixture
def phone(room):
    return room.phone()

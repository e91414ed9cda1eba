"""A town that issues Open Badges 3.0 on each engine, with one achievement."""

import pytest

from col_core.badges.achievements import defining
from col_core.badges.achievements.records import Draft, Origin
from col_core.badges.awards.records import Order, Recipient
from col_core.base.config import load_city
from col_core.house import open_city
from col_core.testing.towns import write_town

TEA = Draft(
    id="tea",
    name={"sl": "Čaj za začetnike", "en": "Tea for beginners"},
    description={"sl": "Kdor ima to značko, zna skuhati čaj.", "en": "Whoever has this badge can make tea."},
    criteria={"sl": "Skuhaj čaj.", "en": "Make tea."},
    image_alt={"sl": "Skodelica", "en": "A cup"},
    abilities={"sl": ("Znam skuhati čaj.",), "en": ("I can make tea.",)},
    valid_months=24,
)


class Desk:
    """What tests do with the badges of the town."""

    def __init__(self, city):
        self.city, self.office, self.clock = city, city.office, city.house.clock
        self.database = city.house.database
        with self.database.write() as session:
            self.achievement = defining.define(session, TEA, origin=Origin.DATABASE, clock=self.clock)

    def order(self, *recipients, run=True, **options):
        """Issue to everybody and return what came of each."""
        order = Order(achievement_id="tea", recipients=recipients, language="sl", **options)
        begun = self.office.issuing.order(order)
        while run and begun.finished is None:
            begun = self.office.issuing.advance(begun.id)
        return self.office.issuing.given(begun.id) if run else begun

    def one(self, **who):
        """Issue one badge and return it with its code."""
        (given,) = self.order(Recipient(**who), occasion="once")
        return given.award, given.code


@pytest.fixture
def town(tmp_path, database_url, clock):
    folder = write_town(tmp_path / "town", plugins=("lang_sl", "lang_en", "ob3", "vc_jwt"))
    config = load_city(folder, environ={"COL_VAR": str(tmp_path / "var"), "COL_DATABASE_URL": database_url})
    with open_city(config, clock=clock) as city:
        yield city


@pytest.fixture
def desk(town):
    return Desk(town)

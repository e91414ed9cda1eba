"""A town with an organisation, its badge, and a program that has its token."""

import pytest

from col_core.accounts import tokens
from col_core.accounts.records import Scope
from col_core.app import create_app
from col_core.badges.achievements import defining
from col_core.badges.achievements.records import Draft, Origin
from col_core.base.config import load_city
from col_core.house import open_city
from col_core.organisers import directory
from col_core.testing.towns import write_town

WORDS = {"sl": "Čaj", "en": "Tea"}


class Program:
    """What an organisation's program says to the city, and what anyone may ask."""

    def __init__(self, city):
        self.city, self.office = city, city.office
        self.database, self.clock = city.house.database, city.house.clock
        self.client = create_app(city).test_client()
        with self.database.write() as session:
            self.organiser = directory.find_or_create(session, ["Čajnica"], clock=self.clock)["Čajnica"]
            other = directory.find_or_create(session, ["Kavarna"], clock=self.clock)["Kavarna"]
            for id_, owner in (("tea", self.organiser.id), ("coffee", other.id), ("city-walk", None)):
                draft = Draft(
                    id=id_, name=WORDS, description=WORDS, criteria=WORDS, image_alt=WORDS, organiser_id=owner
                )
                defining.define(session, draft, origin=Origin.DATABASE, clock=self.clock)
            self.tokens = {
                scopes: tokens.issue(session, organisation_id=self.organiser.id, scopes=scopes, clock=self.clock)[1]
                for scopes in ((Scope.BADGES_READ, Scope.BADGES_ISSUE), (Scope.BADGES_READ,))
            }

    def ask(self, method, path, json=None, *, may_issue=True):
        scopes = (Scope.BADGES_READ, Scope.BADGES_ISSUE) if may_issue else (Scope.BADGES_READ,)
        headers = {"Authorization": f"Bearer {self.tokens[scopes]}"}
        return self.client.open(f"/api/v1{path}", method=method, json=json, headers=headers)

    def issue(self, *recipients, achievement="tea", **more):
        return self.ask("POST", "/awards", {"achievement": achievement, "recipients": recipients, **more})

    def issued(self, **recipient):
        (result,) = self.issue(recipient).json["results"]
        return result


@pytest.fixture
def program(tmp_path, database_url, clock):
    folder = write_town(tmp_path / "town", plugins=("lang_sl", "lang_en", "ob3", "vc_jwt"))
    config = load_city(folder, environ={"COL_VAR": str(tmp_path / "var"), "COL_DATABASE_URL": database_url})
    with open_city(config, clock=clock) as city:
        yield Program(city)

import json

import pytest

from col_core.app import create_app
from col_core.badges.achievements import defining
from col_core.badges.achievements.records import Draft, Origin
from col_core.badges.awards import ending, store
from col_core.badges.awards.records import Order, Recipient
from col_core.badges.credentials import verify
from col_core.badges.credentials.records import Got, NotThere, Verdict
from col_core.base.config import load_city
from col_core.house import open_city
from col_core.organisers import directory
from col_core.testing.towns import BASE_URL, write_town

WORDS = {"sl": "Čaj", "en": "Tea"}


class Shelf:
    """The badges of a town, and what anybody gets who asks for them."""

    def __init__(self, city):
        self.city, self.office = city, city.office
        self.database, self.clock = city.house.database, city.house.clock
        self.client = create_app(city).test_client()
        with self.database.write() as session:
            organiser = directory.find_or_create(session, ["Čajnica"], clock=self.clock)["Čajnica"]
            for id_, owner in (("tea", organiser.id), ("city-walk", None)):
                self.define(session, id_, owner, WORDS)

    def define(self, session, id_, owner, words):
        draft = Draft(id=id_, name=words, description=words, criteria=words, image_alt=words, organiser_id=owner)
        defining.define(session, draft, origin=Origin.DATABASE, clock=self.clock)

    def one(self, achievement="tea", *, public=True):
        order = Order(
            achievement_id=achievement, recipients=[Recipient(narrative="Pridna.")], language="sl", occasion=achievement
        )
        run = self.office.issuing.order(order)
        while run.finished is None:
            run = self.office.issuing.advance(run.id)
        (given,) = self.office.issuing.given(run.id)
        with self.database.write() as session:
            store.locked(session, given.award.id).public = public
        return given.award

    def end(self, how, award, **more):
        with self.database.write() as session:
            how(session, award.id, clock=self.clock, **more)

    def asked(self, path, **headers):
        return self.client.get(path.removeprefix(BASE_URL), headers={each.title(): v for each, v in headers.items()})

    def get(self, url, *, accept):
        answer = self.asked(url, accept=accept)
        if answer.status_code != 200:
            raise NotThere(url)
        return Got(body=answer.data, media_type=answer.mimetype)

    def verdict(self, given):
        return verify.verify(given, documents=self, now=self.clock.now()).verdict


@pytest.fixture
def shelf(tmp_path, database_url, clock):
    folder = write_town(tmp_path / "town", plugins=("lang_sl", "lang_en", "ob3", "ob2"))
    config = load_city(folder, environ={"COL_VAR": str(tmp_path / "var"), "COL_DATABASE_URL": database_url})
    with open_city(config, clock=clock) as city:
        yield Shelf(city)


def address(award):
    return f"{BASE_URL}/ob2/assertions/{award.id}"


@pytest.mark.parametrize("achievement", ["tea", "city-walk"])
def test_a_badge_that_its_holder_opened_verifies_by_its_address_alone(shelf, achievement):
    award = shelf.one(achievement)
    assert shelf.verdict(address(award)) is Verdict.VALID
    assertion = shelf.asked(address(award)).json
    assert shelf.verdict(json.dumps(assertion)) is Verdict.VALID
    assert assertion["related"] == [{"id": f"{BASE_URL}/credentials/{award.id}"}]
    badge_class = shelf.asked(assertion["badge"]).json
    profile = shelf.asked(badge_class["issuer"]).json
    assert [assertion["badge"], badge_class["issuer"]] == [badge_class["id"], profile["id"]]
    assert profile["email"] == "portal@testville.example"
    assert shelf.asked(profile["related"][0]["id"]).status_code == 200


@pytest.mark.parametrize(("achievement", "other"), [("tea", "city-walk"), ("city-walk", "tea")])
def test_the_city_checks_its_own_badges_of_this_version_without_asking_itself_over_the_network(
    shelf, achievement, other
):
    award, hidden = shelf.one(achievement), shelf.one(other, public=False)
    copy = shelf.asked(address(award)).data
    for given in (address(award), copy):
        assert shelf.city.checking.check(given).verdict is Verdict.VALID
    assert shelf.city.checking.check(address(hidden)).reason == "address_empty"
    shelf.end(ending.revoke, award, reason="Goljufija.")
    assert shelf.city.checking.check(copy).verdict is Verdict.REVOKED


def test_what_its_holder_shows_to_nobody_is_not_there(shelf):
    award = shelf.one(public=False)
    for path in (address(award), f"{address(award)}?secret=guess", f"{address(award)}x"):
        assert shelf.asked(path).status_code == 404
    assert "Pridna" not in shelf.asked(address(award)).text


def test_a_revoked_badge_is_gone_and_only_its_id_is_said(shelf):
    award, held_back = shelf.one(), shelf.one("city-walk", public=False)
    copy = shelf.asked(address(award)).data
    for each in (award, held_back):
        shelf.end(ending.revoke, each, reason="Goljufija.")
        answer = shelf.asked(address(each))
        assert answer.status_code == 410
        assert answer.mimetype == "application/ld+json"
        assert answer.json == {
            "@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": address(each), "revoked": True,
        }  # fmt: skip
    assert shelf.verdict(copy) is not Verdict.VALID


def test_a_suspended_badge_is_not_there_until_it_holds_again(shelf):
    award = shelf.one()
    shelf.end(ending.suspend, award)
    assert shelf.asked(address(award)).status_code == 404
    shelf.end(ending.suspend, award, suspended=False)
    assert shelf.verdict(address(award)) is Verdict.VALID


def test_of_a_badge_that_its_holder_removed_nothing_is_left(shelf):
    award = shelf.one()
    shelf.end(ending.erase, award)
    assert shelf.asked(address(award)).status_code == 404


def test_what_a_badge_stands_for_stays_in_its_version_and_language(shelf):
    award = shelf.one()
    there = shelf.asked(address(award)).json["badge"]
    before = shelf.asked(there).data
    with shelf.database.write() as session:
        owner = directory.by_slug(session, "cajnica")
        shelf.define(session, "tea", owner.id, {"sl": "Kava", "en": "Coffee"})
    assert shelf.asked(there).data == before
    assert shelf.asked(there.replace("/1/sl", "/2/en")).json["name"] == "Coffee"
    for nowhere in ("/3/sl", "/0/sl", "/1/xx", "/99999999999999999999/sl"):
        assert shelf.asked(there.replace("/1/sl", nowhere)).status_code == 404
    assert shelf.asked("/ob2/issuers/nobody").status_code == 404


def test_programs_get_the_media_type_that_they_ask_for_and_nothing_is_kept_of_a_badge(shelf):
    award = shelf.one()
    for accept, said in [("*/*", "application/ld+json"), ("application/json", "application/json")]:
        answer = shelf.asked(address(award), accept=accept)
        assert answer.mimetype == said
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "Accept" in answer.headers["Vary"]
    etag = {"if-none-match": answer.headers["ETag"], "accept": "application/json"}
    assert shelf.asked(address(award), **etag).status_code == 304
    public = shelf.asked(shelf.asked(address(award)).json["badge"])
    assert public.headers["Cache-Control"] == "public, max-age=300"


def test_a_city_without_the_plugin_has_no_such_addresses(tmp_path, database_url, clock):
    folder = write_town(tmp_path / "other", plugins=("lang_sl", "lang_en", "ob3"))
    config = load_city(folder, environ={"COL_VAR": str(tmp_path / "var"), "COL_DATABASE_URL": database_url})
    with open_city(config, clock=clock) as city:
        assert create_app(city).test_client().get("/ob2/issuers/_city").status_code == 404

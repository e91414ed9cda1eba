import json

import pytest

from col_core.app import create_app
from col_core.badges.awards import ending, store
from col_core.badges.awards.records import Recipient
from col_core.base.config import load_city
from col_core.base.errors import Unavailable
from col_core.house import open_city
from col_core.testing.badge_service import TOKEN, badge_service
from col_core.testing.towns import write_town

from .conftest import Desk

SETTINGS = """
[plugins.vc_api]
url = "{url}"
issuer = "{did}"
token = "${{SERVICE_TOKEN}}"
"""
REASON = "Pomota."


@pytest.fixture
def service():
    with badge_service() as made:
        yield made


@pytest.fixture
def town(tmp_path, database_url, clock, service):
    more = SETTINGS.format(url=service.url, did=service.did)
    # The outside service stands first, and is still nobody's to wait for.
    folder = write_town(tmp_path / "town", plugins=("lang_sl", "lang_en", "vc_api", "ob3"), more=more)
    environ = {
        "COL_VAR": str(tmp_path / "var"), "COL_DATABASE_URL": database_url, "SERVICE_TOKEN": TOKEN,
        "COL_HTTP_ALLOW_HOSTS": service.web.host,
    }  # fmt: skip
    with open_city(load_city(folder, environ=environ), clock=clock) as city:
        yield city


@pytest.fixture
def desk(town):
    return Desk(town)


def work(desk):
    desk.city.worker().drain(rounds=200)


def formats(desk, award):
    with desk.database.read() as session:
        return {each.format for each in store.documents(session, award.id)}


def end(desk, how, award, **more):
    with desk.database.write() as session:
        how(session, award.id, clock=desk.clock, **more)


def issuer_of(answer):
    return json.loads(answer.data)["issuer"]["id"]


def test_an_award_asks_nobody_and_a_job_has_it_made_afterwards(desk, service):
    award, _ = desk.one(narrative="Pridna.")
    assert service.number_asked == 0
    assert formats(desk, award) == {"ob3-eddsa"}
    work(desk)
    assert formats(desk, award) == {"ob3-eddsa", "vc-api"}
    work(desk)
    assert service.number_asked == 1
    assert list(service.issued) == [f"https://testville.example/credentials/{award.id}"]


def test_an_outage_stops_no_award_and_what_is_missing_is_made_when_the_service_is_back(desk, service):
    service.status = 503
    awards = [each.award for each in desk.order(Recipient(name="Ana"), Recipient(name="Bor"), occasion="x")]
    work(desk)
    assert all(formats(desk, each) == {"ob3-eddsa"} for each in awards)
    service.status = None
    desk.clock.advance(minutes=10)
    work(desk)
    assert all(formats(desk, each) == {"ob3-eddsa", "vc-api"} for each in awards)
    assert len(service.issued) == 2


def test_after_an_outage_of_days_it_is_asked_again(desk, service):
    service.status = 503
    award, _ = desk.one()
    for _ in range(12):
        work(desk)
        desk.clock.advance(hours=13)
    asked = service.number_asked
    service.status = None
    desk.clock.advance(days=2)
    work(desk)
    assert service.number_asked > asked
    assert formats(desk, award) == {"ob3-eddsa", "vc-api"}


def test_an_answer_that_got_lost_gives_no_second_badge(desk, service):
    service.loses_answers = True
    award, _ = desk.one()
    work(desk)
    service.loses_answers = False
    desk.clock.advance(minutes=1)
    work(desk)
    assert formats(desk, award) == {"ob3-eddsa", "vc-api"}
    assert len(service.issued) == 1


def test_what_was_refused_for_good_is_left_and_the_city_s_own_badge_stays(desk, service):
    service.status = 400
    award, _ = desk.one()
    work(desk)
    desk.clock.advance(hours=1)
    work(desk)
    assert service.number_asked == 1
    assert formats(desk, award) == {"ob3-eddsa"}


@pytest.mark.parametrize("how", [ending.revoke, ending.undo, ending.recall])
def test_the_service_is_told_of_what_does_not_hold_any_more(desk, service, how):
    award, _ = desk.one()
    work(desk)
    end(desk, how, award, **({"reason": REASON} if how is ending.revoke else {}))
    service.status = 500
    work(desk)
    service.status = None
    desk.clock.advance(minutes=1)
    work(desk)
    (told,) = service.revoked
    assert told["credentialId"] == f"https://testville.example/credentials/{award.id}"
    assert (told["status"], told["credentialStatus"]["statusPurpose"]) == (True, "revocation")
    assert REASON not in json.dumps(told)


def test_what_ended_before_the_service_was_asked_is_never_issued_there(desk, service):
    award, _ = desk.one()
    end(desk, ending.undo, award)
    work(desk)
    assert service.number_asked == 0


def test_what_ends_while_the_service_thinks_is_taken_back_there(desk, service):
    award, _ = desk.one()
    service.meanwhile = lambda: end(desk, ending.revoke, award, reason=REASON)
    work(desk)
    assert formats(desk, award) == {"ob3-eddsa"}
    assert [each["credentialId"] for each in service.revoked] == [f"https://testville.example/credentials/{award.id}"]


def test_a_badge_signed_again_keeps_what_the_service_made(desk, service):
    award, _ = desk.one()
    work(desk)
    with desk.database.write() as session:
        before = store.document(session, award.id, "vc-api")
        desk.office.making.sign_again(session, [award])
    assert formats(desk, award) == {"ob3-eddsa", "vc-api"}
    with desk.database.read() as session:
        assert store.document(session, award.id, "vc-api") == before


def test_its_address_gives_each_form_and_the_city_s_own_first(desk, service):
    award, _ = desk.one()
    with desk.database.write() as session:
        store.locked(session, award.id).public = True
    client = create_app(desk.city).test_client()
    own = client.get(f"/credentials/{award.id}.json")
    assert issuer_of(own) == "did:web:testville.example"
    waiting = client.get(f"/credentials/{award.id}.json?format=vc-api")
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (503, "60")
    with pytest.raises(Unavailable):
        desk.city.exporting.exported(award, "json", format_="vc-api")
    work(desk)
    assert service.number_asked == 1, "whoever asks does not ask twice"
    assert issuer_of(client.get(f"/credentials/{award.id}.json?format=vc-api")) == service.did
    assert client.get(f"/credentials/{award.id}.json").data == own.data
    assert client.get(f"/credentials/{award.id}.json?format=other").status_code == 404

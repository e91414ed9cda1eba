import json

from col_core.badges.awards import ending, endorsing, store
from col_core.badges.credentials import verify
from col_core.badges.credentials.records import Aspect, Got, NotThere, Outcome, Verdict

BASE = "https://testville.example"


class Served:
    """What this very city serves, as anyone who verifies its badges gets it."""

    def __init__(self, client):
        self._client = client

    def get(self, url, *, accept):
        answer = self._client.get(url.removeprefix(BASE), headers={"Accept": accept})
        if answer.status_code != 200:
            raise NotThere(url)
        return Got(body=answer.data, media_type=answer.mimetype)


def test_the_city_checks_its_own_badges_without_asking_itself_over_the_network(program):
    id_ = opened(program, name="Ana")
    body = program.client.get(f"/credentials/{id_}.json").data
    answer = program.client.post("/api/v1/verify", json={"credential": json.loads(body)}).json
    assert (answer["verdict"], answer["badge"]["name"]) == ("valid", "Čaj")
    with program.database.write() as session:
        ending.revoke(session, id_, reason="Pomota.", clock=program.clock)
    assert program.client.post("/api/v1/verify", json={"credential": json.loads(body)}).json["verdict"] == "revoked"


def test_the_city_finds_its_own_badges_at_every_address_at_which_it_shows_them(program):
    shown, hidden = opened(program, name="Ana"), program.issued(name="Bor")["credential_id"]
    check = program.city.checking.check
    for path in ("credentials/{}", *(f"credentials/{{}}.{each}" for each in ("json", "jwt", "png", "svg"))):
        assert check(f"{BASE}/{path.format(shown)}").verdict is Verdict.VALID, path
        assert check(f"{BASE}/{path.format(hidden)}").reason == "address_empty", path
    for language in ("sl", "en"):
        assert check(f"{BASE}/{language}/credentials/{shown}").verdict is Verdict.VALID
        assert check(f"{BASE}/{language}/credentials/{hidden}").reason == "address_empty"
    for nowhere in (f"xx/credentials/{shown}", f"credentials/{shown}.exe", f"ob2/assertions/{shown}"):
        assert check(f"{BASE}/{nowhere}").reason == "address_empty", nowhere
    with program.database.write() as session:
        ending.erase(session, shown, clock=program.clock)
    assert check(f"{BASE}/credentials/{shown}.png").reason == "address_empty"


def verdict_of(program, body):
    return verify.verify(body, documents=Served(program.client), now=program.clock.now()).verdict


def opened(program, **recipient):
    """Issue a badge that its holder shows to everybody."""
    id_ = program.issued(**recipient)["credential_id"]
    with program.database.write() as session:
        store.locked(session, id_).public = True
    return id_


def test_nothing_is_served_that_its_holder_did_not_open(program):
    id_ = program.issued(name="Ana")["credential_id"]
    for suffix in ("", ".json", ".jwt", ".png", ".svg", ".pdf", ".exe"):
        assert program.client.get(f"/credentials/{id_}{suffix}").status_code == 404
    assert program.client.get(f"/credentials/{id_}.json?secret=guess").status_code == 404


def test_a_badge_has_every_form_and_each_is_valid(program):
    id_ = opened(program, name="Ana", narrative="Skuhala je čaj.")
    types = {}
    for suffix in ("json", "jwt", "png", "svg", "pdf"):
        answer = program.client.get(f"/credentials/{id_}.{suffix}")
        assert answer.status_code == 200, suffix
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        types[suffix] = answer.mimetype
        if suffix != "pdf":
            assert verdict_of(program, answer.data) is Verdict.VALID, suffix
    assert types["json"] == "application/vc"
    assert types["jwt"] == "application/vc+jwt"
    assert "sandbox" in program.client.get(f"/credentials/{id_}.svg").headers["Content-Security-Policy"]


def test_people_are_led_to_the_page_and_programs_get_what_they_ask_for(program):
    id_ = opened(program, name="Ana")
    page = program.client.get(f"/credentials/{id_}", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.headers["Location"]) == (303, f"/sl/credentials/{id_}")
    for asked, given in (
        ("application/vc", "application/vc"),
        ("application/vc+ld+json", "application/vc"),
        ("application/json", "application/vc"),
        ("application/vc+jwt", "application/vc+jwt"),
        ("image/png", "image/png"),
    ):
        answer = program.client.get(f"/credentials/{id_}", headers={"Accept": asked})
        assert (answer.status_code, answer.mimetype, answer.headers["Vary"]) == (200, given, "Accept")


def test_a_revoked_badge_is_revoked_for_everybody_and_a_suspended_one_meanwhile(program):
    id_ = opened(program, name="Ana")
    body = program.client.get(f"/credentials/{id_}.json").data
    with program.database.write() as session:
        ending.suspend(session, id_, clock=program.clock)
    assert verdict_of(program, body) is Verdict.REVOKED
    with program.database.write() as session:
        ending.suspend(session, id_, suspended=False, clock=program.clock)
    assert verdict_of(program, body) is Verdict.VALID
    with program.database.write() as session:
        ending.revoke(session, id_, reason="Pomota.", clock=program.clock)
    assert verdict_of(program, body) is Verdict.REVOKED


def test_a_badge_of_a_rotated_key_holds_and_of_one_that_was_given_up_it_does_not_until_it_is_signed_again(program):
    id_ = opened(program, name="Ana")
    body = program.client.get(f"/credentials/{id_}.json").data
    program.clock.advance(hours=1)
    keyring, issuer = program.office.keyring, program.organiser.id
    with program.database.write() as session:
        (key,) = [each for each in keyring.listing(session, issuer=issuer) if each.kind == "Ed25519"]
        keyring.rotate(session, issuer=issuer, kind=key.kind)
    assert verdict_of(program, body) is Verdict.VALID
    with program.database.write() as session:
        keyring.compromise(session, key.id)
    assert verdict_of(program, body) is Verdict.INVALID
    (job,) = [each for each in program.office.jobs() if each.name == "badges.sign_again"]
    job.run({"key": key.id})
    again = program.client.get(f"/credentials/{id_}.json").data
    assert again != body
    assert verdict_of(program, again) is Verdict.VALID


def test_an_erased_badge_says_so_and_a_recalled_one_is_not_there(program):
    erased, recalled = opened(program, name="Ana"), opened(program, name="Bor")
    with program.database.write() as session:
        ending.erase(session, erased, clock=program.clock)
        ending.recall(session, recalled, clock=program.clock)
    assert program.client.get(f"/credentials/{erased}.json").status_code == 410
    assert "removed by its holder" in program.client.get(f"/credentials/{erased}.json").json["detail"]
    assert program.client.get(f"/credentials/{recalled}.json").status_code == 404


def test_status_lists_may_be_kept_by_anyone_and_name_no_visitor(program):
    opened(program, name="Ana")
    with program.database.read() as session:
        (award,) = store.of_issuer(session, program.organiser.id)
    for path in (f"/status/{award.place.list_id}", f"/status/{award.place.list_id}/suspension", "/revocations/cajnica"):
        answer = program.client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"].startswith("public, max-age=")
        assert "Set-Cookie" not in answer.headers
        kept = program.client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert kept.status_code == 304
    assert program.client.get("/status/none").status_code == 404
    assert program.client.get("/revocations/none").status_code == 404


def test_an_issuer_says_who_it_is_to_people_and_programs(program):
    program.issued(name="Ana")
    document = json.loads(program.client.get("/organisations/cajnica/did.json").data)
    assert document["id"] == "did:web:testville.example:organisations:cajnica"
    assert document["assertionMethod"]
    profile = program.client.get("/organisations/cajnica", headers={"Accept": "application/json"})
    assert profile.get_json(force=True)["id"] == document["id"]
    page = program.client.get("/organisations/cajnica", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Location"]) == (303, "/sl/organisations/cajnica")
    assert program.client.get("/.well-known/did.json").get_json(force=True)["id"] == "did:web:testville.example"
    assert program.client.get("/organisations/nobody/did.json").status_code == 404


def test_what_the_city_vouches_for_travels_in_the_badge_and_is_checked_with_it(program):
    office, house = program.office, program.city.house
    with program.database.write() as session:
        made = endorsing.endorse(
            session,
            subject_kind=endorsing.ORGANISATION,
            subject_id="cajnica",
            comment="Poznamo jih.",
            language="sl",
            config=house.config,
            keyring=office.keyring,
            clock=program.clock,
        )
    id_ = opened(program, name="Ana")
    body = program.client.get(f"/credentials/{id_}.json").data
    found = verify.verify(body, documents=Served(program.client), now=program.clock.now())
    assert (found.verdict, found.checks[Aspect.ENDORSEMENTS].outcome) == (Verdict.VALID, Outcome.PASSED)
    assert [(each.issuer_name, each.comment, each.outcome) for each in found.told.endorsements] == [
        ("Testville", "Poznamo jih.", Outcome.PASSED)
    ]
    (job,) = [each for each in office.jobs() if each.name == "badges.sign_again"]
    with program.database.write() as session:
        (key,) = office.keyring.listing(session, issuer="city")
        office.keyring.compromise(session, key.id)
        assert endorsing.about(session, achievement_id="tea", organiser_id=program.organiser.id) == []
    job.run({"key": key.id})
    with program.database.read() as session:
        assert endorsing.about(session, achievement_id="tea", organiser_id=program.organiser.id)
    served = json.loads(program.client.get(f"/endorsements/{made.id}").data)
    assert served["credentialSubject"]["id"] == "did:web:testville.example:organisations:cajnica"
    profile = program.client.get("/organisations/cajnica/profile.json").get_json(force=True)
    assert profile["endorsement"] == [served]
    assert "endorsement" not in program.client.get("/organisations/_city/profile.json").get_json(force=True)
    page = program.client.get("/sl/badges/tea").text
    assert "Poznamo jih." in page
    assert f"/endorsements/{made.id}" in page
    with program.database.write() as session:
        endorsing.withdraw(session, made.id, clock=program.clock)
    assert "endorsement" not in program.client.get("/organisations/cajnica/profile.json").get_json(force=True)
    again = verify.verify(body, documents=Served(program.client), now=program.clock.now())
    assert again.checks[Aspect.ENDORSEMENTS].outcome is Outcome.FAILED
    assert endorsing.address(BASE, made.id) in program.office.lists.revocations("_city").decode()

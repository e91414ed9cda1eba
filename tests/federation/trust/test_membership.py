"""How the anchor hands out what it signed, and how a city comes by its own papers and keeps them young."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from col_core.badges.credentials.records import KeyKind
from col_core.cli.main import main
from col_core.federation.ground import NETWORK_KEYS
from col_core.federation.trust import admitting, folder, hosting, marks, statements
from col_core.federation.trust.checks import MembershipCheck
from col_core.federation.trust.records import MarkKind, Rules, Status


@pytest.fixture
def anchor(net):
    return hosting.create_app(net.folder).test_client()


@pytest.fixture
def joined(here, net):
    """The city that looks around, made a member by what it says of itself."""
    join(here, net)
    return here


def join(here, net):
    rules = Rules(now=net.clock.now(), plain_hosts=net.hosts)
    said = statements.configuration(
        here.trust.membership.configuration(), entity=here.ground.config.base_url, rules=rules
    )
    return admitting.admit(net.folder, said, issuer=True, now=net.clock.now()) and net.sign()


def kinds(here):
    with here.ground.database.read() as session:
        return {each.kind: each for each in here.trust.membership.papers(session)}


def test_every_address_of_the_anchor_answers_as_the_standard_says(net, anchor, vilnius):
    net.admit(vilnius)
    member = MarkKind.MEMBER.type_of(net.url)
    got = anchor.get("/fetch", query_string={"sub": vilnius.entity})
    assert (got.status_code, got.content_type) == (200, "application/entity-statement+jwt")
    assert anchor.get("/list").json == [vilnius.entity]
    assert anchor.get("/list?intermediate=true").json == []
    assert anchor.get("/list?entity_type=x").json["error"] == "unsupported_parameter"
    assert anchor.get("/trust_marked", query_string={"trust_mark_type": member}).json == [vilnius.entity]
    assert anchor.get("/fetch").status_code == 400
    assert anchor.get("/fetch", query_string={"sub": net.url}).json["error"] == "invalid_request"
    assert anchor.get("/fetch?sub=../../network.json").json["error"] == "not_found"
    asked = {"trust_mark_type": member, "sub": vilnius.entity}
    mark = anchor.get("/trust_mark", query_string=asked)
    assert mark.content_type == "application/trust-mark+jwt"
    status = anchor.post("/trust_mark_status", data={"trust_mark": mark.text})
    assert status.content_type == "application/trust-mark-status-response+jwt"
    assert anchor.post("/trust_mark_status", data={"trust_mark": "x"}).status_code == 404
    assert anchor.post("/trust_mark_status").status_code == 400
    assert anchor.get("/trust_mark_status").status_code == 405
    assert anchor.get("/nowhere").json["error"] == "not_found"
    page = anchor.get("/", headers={"Accept-Language": "sl"})
    assert (page.status_code, page.headers["Content-Language"]) == (200, "sl")
    assert "Vilnius" in page.text


def test_what_is_served_needs_no_key_and_no_key_is_served(net, anchor):
    served = [each.read_text() for each in net.folder.public.rglob("*") if each.is_file()]
    assert served
    assert not any('"d"' in each or "private" in each.lower() for each in served)


def test_a_mark_that_was_revoked_stays_so_after_the_city_was_let_in_again(net, anchor, vilnius, clock):
    net.admit(vilnius)
    (type_, text), *_ = vilnius.marks.items()
    member = net.folder.member(vilnius.entity)
    net.folder.put(folder.suspended(member, reason="spam", now=clock.now()))
    net.sign()
    assert anchor.get("/trust_mark", query_string={"trust_mark_type": type_, "sub": vilnius.entity}).status_code == 404
    net.folder.put(folder.readmitted(member))
    net.sign()
    top = statements.configuration(anchor.get("/.well-known/openid-federation").data, entity=net.url, rules=net.rules())
    held = marks.verified(text, type=type_, subject=vilnius.entity, anchor=top, rules=net.rules())
    told = anchor.post("/trust_mark_status", data={"trust_mark": text}).data
    assert marks.verified_status(told, mark=held, anchor=top, rules=net.rules()) is Status.REVOKED


def test_a_city_gets_its_papers_shows_them_and_renews_them_at_half_of_their_life(joined, net, clock):
    joined.trust.membership.renew()
    first = kinds(joined)
    assert set(first) == {"member", "recognised-issuer", "endorsement"}
    rules = Rules(now=clock.now(), plain_hosts=net.hosts)
    said = statements.configuration(
        joined.trust.membership.configuration(), entity=joined.ground.config.base_url, rules=rules
    )
    assert set(statements.marks_of(said)) == {each.type_of(net.url) for each in MarkKind}
    assert json.loads(first["endorsement"].body)["credentialSubject"]["id"] == "did:web:ljubljana.example"
    clock.advance(days=3)
    net.sign()
    joined.trust.membership.renew()
    assert kinds(joined)["member"].issued == first["member"].issued
    clock.advance(days=1)
    joined.trust.membership.renew()
    assert kinds(joined)["member"].expires == clock.now() + timedelta(days=6)


def test_papers_hold_to_their_end_while_the_anchor_is_away(joined, net, clock):
    joined.trust.membership.renew()
    net.stop()
    clock.advance(days=6)
    joined.trust.membership.renew()
    assert "member" in kinds(joined)
    check = MembershipCheck(config=joined.ground.config, database=joined.ground.database, clock=clock)
    said = " ".join(each.what for each in check.look())
    assert all(each in said for each in ("not pinned", "does not answer", "was not renewed"))
    clock.advance(days=2)
    assert not kinds(joined)


def test_a_new_key_signs_once_the_anchor_has_taken_it_over(joined, net, clock):
    ground, membership = joined.ground, joined.trust.membership
    membership.renew()
    clock.advance(hours=1)
    with ground.database.write() as session:
        new = membership.announce_key(session)
    assert not membership.switch_key()
    join(joined, net)
    clock.advance(hours=1)
    membership.renew()
    assert membership.switch_key()
    with ground.database.read() as session:
        assert ground.keyring.current(session, issuer=NETWORK_KEYS, kind=KeyKind.P256).id == new.id


def test_anybody_checks_a_city_by_a_command_without_an_account(net, vilnius, monkeypatch, capsys, tmp_path, clock):
    monkeypatch.setenv("COL_HTTP_ALLOW_HOSTS", ",".join(net.hosts))
    # The command goes by the clock of the machine.
    clock.advance(seconds=(datetime.now(UTC) - clock.now()).total_seconds())
    net.sign()
    vilnius.show()
    words = ["network", "check", vilnius.entity, "--anchor", net.url]
    assert main(words) == 1
    assert "knows no member" in capsys.readouterr().out
    net.admit(vilnius)
    folder.write_json(tmp_path / "keys.json", net.keys.jwks)
    assert main([*words, "--keys", str(tmp_path / "keys.json"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["recognised_issuer"] is True
    net.stop()
    assert main(words) == 3

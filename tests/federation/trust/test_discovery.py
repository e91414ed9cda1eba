"""How a city finds out, over real sockets, how another one stands; and what lies, silence and new keys change."""

import time
from datetime import timedelta

import pytest

from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.records import KeyKind
from col_core.base.outbox import Event
from col_core.federation import peers
from col_core.federation.records import Standing
from col_core.federation.trust import admitting, anchor_keys, folder, key_sets

WELL_KNOWN = "/.well-known/openid-federation"
TYPE = "application/entity-statement+jwt"


@pytest.fixture
def member(net, vilnius):
    net.admit(vilnius)
    return vilnius


def test_a_member_is_known_by_its_marks_with_all_that_it_says_of_itself(here_on_both, net, member, clock):
    clock.advance(hours=1)
    net.sign()
    net.hand_over(member)
    peer, standing = here_on_both.look(member)
    assert standing is Standing.MEMBER
    assert (peer.city_id, peer.key, peer.country, peer.names["lt"]) == ("vilnius", "vilnius", "LT", "Vilnius")
    assert (peer.actor_id, peer.feed_url, peer.did) == (
        member.city["actor"],
        member.city["feed"],
        member.city["did"],
    )
    assert peer.member_since == clock.now() - timedelta(hours=1)
    assert peer.member_until == peer.recognised_until == clock.now() + timedelta(days=7)
    assert (peer.error, peer.suspended, peer.seen) == (None, None, clock.now())


def test_a_member_whose_badges_are_not_recognised_is_a_member_all_the_same(here, net, vilnius):
    net.admit(vilnius, issuer=False)
    peer, standing = here.look(vilnius)
    assert (standing, peer.recognised_until) == (Standing.MEMBER, None)


def test_a_city_that_is_no_member_is_a_stranger(here, vilnius):
    peer, standing = here.look(vilnius)
    assert standing is Standing.STRANGER
    assert (peer.city_id, peer.error) == ("vilnius", "The network knows no such member.")


def test_a_mark_that_the_anchor_did_not_sign_is_worth_nothing(here, member):
    member.marks = {kind: f"{mark[:-8]}AAAAAAAA" for kind, mark in member.marks.items()}
    member.show()
    peer, standing = here.look(member)
    assert (standing, peer.member_until) == (Standing.STRANGER, None)
    assert "mark does not hold" in peer.error


def test_a_suspension_takes_effect_at_the_next_look_and_ends_with_a_new_mark(here_on_both, net, member, clock):
    here_on_both.look(member)
    suspended = folder.suspended(net.folder.member(member.entity), reason="no answer", now=clock.now())
    net.folder.put(suspended)
    net.sign()
    peer, standing = here_on_both.look(member)
    assert (standing, peer.suspended) == (Standing.SUSPENDED, clock.now())
    net.folder.put(folder.readmitted(suspended))
    net.sign()
    # A mark that was revoked stays so: it needs a new one.
    assert here_on_both.look(member)[1] is Standing.SUSPENDED
    net.hand_over(member)
    assert here_on_both.look(member)[1] is Standing.MEMBER


def test_a_suspended_city_gains_nothing_by_silence_nor_by_hiding_its_mark(here, net, member, clock, other):
    here.look(member)
    net.folder.put(folder.suspended(net.folder.member(member.entity), reason="spam", now=clock.now()))
    net.sign()
    other.put(WELL_KNOWN, b"", status=503)
    assert here.look(member)[1] is Standing.SUSPENDED
    with here.ground.database.write() as session:
        peers.update(session, peers.host_of(member.entity), clock=clock, suspended=None)
    member.marks = {}
    member.show()
    assert here.look(member)[1] is Standing.EXPIRED


def test_while_the_anchor_is_away_members_stay_members_until_their_marks_end(here, net, member, clock):
    here.look(member)
    net.stop()
    clock.advance(days=6)
    member.show()
    peer, standing = here.look(member)
    assert standing is Standing.MEMBER
    assert "could not be asked" in peer.error
    clock.advance(days=1)
    member.show()
    assert here.look(member)[1] is Standing.EXPIRED


def test_a_city_that_does_not_answer_stays_what_it_was_until_its_mark_ends(here, member, clock, other):
    here.look(member)
    other.put(WELL_KNOWN, b"down", status=503)
    clock.advance(minutes=20)
    peer, standing = here.look(member)
    assert standing is Standing.MEMBER
    assert "503" in peer.error
    assert peer.asked == clock.now() > peer.seen


def test_a_city_that_stalls_costs_no_more_than_its_time(here, member, other):
    other.answer(WELL_KNOWN, lambda _: time.sleep(3))
    peer, standing = here.look(member)
    assert (standing, peer.seen) == (Standing.STRANGER, None)
    assert "did not answer within" in peer.error


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"did": "did:web:ljubljana.example"}, "not that of"),
        ({"actor": "https://ljubljana.example/ap/actor"}, "not at"),
        ({"feed": "http://127.0.0.1:1/feed"}, "not at"),
        ({"city_id": "../x"}, "no city_id"),
        ({"names": {"en": 7}}, "no text"),
        ({"names": ["Vilnius"]}, "no object"),
        ({"country": "Lithuania"}, "not written as"),
        ({"languages": ["lt"] * 60}, "no list"),
    ],
)
def test_a_city_that_claims_what_is_not_its_own_is_not_believed(here, net, member, said, error):
    member.city = member.city | said
    member.show()
    peer, standing = here.look(member)
    assert error in peer.error
    assert (standing, peer.did, peer.actor_id) == (Standing.STRANGER, None, None)


@pytest.mark.parametrize(
    ("body", "headers", "error"),
    [
        (b"x" * 300_000, {"Content_Type": TYPE}, "larger than"),
        (b"<html>", {"Content_Type": "text/html"}, "text/html"),
        (b"a.b.c", {"Content_Type": TYPE}, "token"),
        (b"", {"Content_Type": TYPE}, "token"),
    ],
)
def test_an_answer_that_is_no_statement_changes_nothing_but_the_note(here, member, other, body, headers, error):
    assert here.look(member)[1] is Standing.MEMBER
    other.put(WELL_KNOWN, body, **headers)
    peer, standing = here.look(member)
    assert standing is Standing.MEMBER
    assert error in peer.error


def test_a_clock_that_is_a_little_wrong_is_let_be_and_one_that_is_far_off_is_not(here, member, clock):
    member.show(issued=clock.now() + timedelta(seconds=100))
    assert here.look(member)[1] is Standing.MEMBER
    member.show(issued=clock.now() + timedelta(hours=1))
    assert "clocks" in here.look(member)[0].error
    member.show(issued=clock.now() - timedelta(days=3))
    peer, standing = here.look(member)
    assert "ended" in peer.error
    assert standing is Standing.MEMBER


def test_a_new_key_that_was_announced_under_the_old_one_is_taken(here, member):
    here.look(member)
    old, new = member.keys[0], PrivateKey.made(KeyKind.P256)
    member.keys = [old, new]
    member.show()
    assert here.look(member)[1] is Standing.MEMBER
    member.keys = [new]
    member.show()
    peer, standing = here.look(member)
    # The anchor has not heard of it yet, so that the chain waits; the city is no impostor for it.
    assert standing is Standing.MEMBER
    assert peer.quarantined is None


def test_a_new_key_that_the_anchor_tells_is_taken(here, net, member):
    here.look(member)
    member.keys = [PrivateKey.made(KeyKind.P256)]
    member.show()
    met = admitting.met(net.asking, member.entity, anchor=net.url, rules=net.rules())
    admitting.admit(net.folder, met, issuer=True, new_keys=True, now=net.clock.now())
    net.sign()
    peer, standing = here.look(member)
    assert (standing, peer.error) == (Standing.MEMBER, None)
    assert member.keys[0].public.thumbprint() in peer.keys


def test_a_key_that_nobody_announced_waits_for_a_person_who_then_takes_it(here, net, member, clock):
    here.look(member)
    member.keys = [PrivateKey.made(KeyKind.P256)]
    member.show()
    peer, standing = here.look(member)
    assert standing is Standing.QUARANTINED
    assert "keys that nobody announced" in peer.quarantined_because
    since = peer.quarantined
    clock.advance(hours=1)
    assert here.look(member)[0].quarantined == since, "it is not asked again"
    with here.ground.database.write() as session:
        peers.admit(session, peer.host, clock=clock)
    peer, standing = here.look(member)
    assert standing is not Standing.QUARANTINED
    assert member.keys[0].public.thumbprint() in peer.keys


def test_a_city_that_answers_as_another_is_put_into_quarantine(here, member):
    here.look(member)
    member.show(entity="https://moved.example")
    peer, standing = here.look(member)
    assert standing is Standing.QUARANTINED
    assert "https://moved.example" in peer.quarantined_because


def test_a_city_that_leads_elsewhere_is_put_into_quarantine(here, member, other):
    here.look(member)
    other.put("/new", member.statement().encode(), Content_Type=TYPE)
    other.put(WELL_KNOWN, b"", status=301, Location="/new")
    peer, standing = here.look(member)
    assert standing is Standing.QUARANTINED
    assert "elsewhere" in peer.quarantined_because


def test_a_stranger_that_answers_as_another_is_only_noted_down(here, vilnius):
    vilnius.show(entity="https://ljubljana.example")
    peer, standing = here.look(vilnius)
    assert (standing, peer.city_id) == (Standing.STRANGER, None)
    assert "answers as another" in peer.error


def test_whoever_was_shut_out_is_not_asked_at_all(here, member, other):
    host = peers.host_of(member.entity)
    with here.ground.database.write() as session:
        peers.deny(session, host, reason="spam", clock=here.ground.clock)
    asked = len(other.requests)
    assert here.look(member)[1] is Standing.DENIED
    assert len(other.requests) == asked


def test_every_member_is_found_by_the_list_of_the_anchor_and_looked_at_in_time(here_on_both, net, member, clock):
    for each in here_on_both.trust.periodics():
        each.run()
    host = peers.host_of(member.entity)
    (job,) = here_on_both.trust.jobs()
    job.run({"host": host})
    assert here_on_both.known(member)[1] is Standing.MEMBER
    here_on_both.trust.discovery.ask_for_looks()
    with here_on_both.ground.database.read() as session:
        assert [each.host for each in peers.listing(session)] == [host]


def test_a_city_that_is_followed_is_looked_at_at_once(here, member):
    with here.ground.database.write() as session:
        peers.remember(session, member.entity, clock=here.ground.clock)
    here.trust.anchors.meet()
    (listener,) = here.trust.listeners()
    listener.hear(Event(name="peer.followed", subject=peers.host_of(member.entity)))
    assert here.known(member)[1] is Standing.MEMBER


def test_an_anchor_with_other_keys_than_those_handed_over_is_not_believed(town, net, member, tmp_path):
    (tmp_path / "town").mkdir()
    wrong = key_sets.written([PrivateKey.made(KeyKind.P256).public])
    write(tmp_path / "town" / "keys.json", wrong)
    here = town(network='trust = "keys.json"\n')
    peer, standing = here.look(member)
    assert (standing, peer.city_id) == (Standing.STRANGER, "vilnius")
    with here.ground.database.read() as session:
        state = here.trust.anchors.state(session)
    assert "is none of" in state.error
    write(tmp_path / "town" / "keys.json", net.keys.jwks)
    assert here.look(member)[1] is Standing.MEMBER
    with here.ground.database.read() as session:
        assert here.trust.anchors.state(session).given


def test_the_keys_of_the_anchor_change_only_as_it_announces(here, net, member, clock):
    here.look(member)
    net.keys = net.keys.announced(clock.now())
    net.sign()
    here.look(member)
    net.keys = net.keys.switched().dropped()
    net.sign()
    net.hand_over(member)
    peer, standing = here.look(member)
    assert (standing, peer.error) == (Standing.MEMBER, None)
    net.keys = anchor_keys.made(clock.now())
    net.sign()
    net.hand_over(member)
    peer, standing = here.look(member)
    assert standing is Standing.MEMBER, "what a stranger says in the anchor's place changes nothing"
    with here.ground.database.read() as session:
        assert "not believed" in here.trust.anchors.state(session).error


def write(file, value):
    folder.write_json(file, value)

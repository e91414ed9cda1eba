"""What followers hear of the city's offers."""

from dataclasses import replace

from col_core.catalogue.vocabulary import Reach
from col_core.federation.fediverse import proofs
from col_core.federation.fediverse.actors import actor_of
from col_core.federation.fediverse.tables import DeliveryRow, FollowerRow, LetterRow

from .conftest import a_draft


def follow(town, peer):
    assert peer.send(town, peer.says("Follow", town.url("/ap/actor"))).status_code == 202
    town.work()


def test_whoever_follows_is_heard_and_told_what_is_new_changes_and_goes(town, peer):
    follow(town, peer)
    (accepted,) = peer.got("Accept")
    assert accepted["object"]["actor"] == peer.actor
    (offer,) = town.offer(a=a_draft())
    town.work()
    (created,), (announced,) = peer.got("Create"), peer.got("Announce")
    assert created["object"]["name"] == "Delavnica"
    assert announced["object"] == created["object"]["id"] == town.url(f"/ap/opportunities/{offer.id}")
    town.offer(a=a_draft("Nova delavnica"))
    town.work()
    assert [each["object"]["name"] for each in peer.got("Update")] == ["Nova delavnica"]
    town.offer(a=replace(a_draft("Nova delavnica"), reach=Reach.LOCAL))
    town.work()
    (deleted,) = peer.got("Delete")
    assert deleted["object"]["type"] == "Tombstone"
    assert deleted["object"]["formerType"] == "Event"
    assert deleted["object"]["id"] == created["object"]["id"]
    assert town.count(DeliveryRow) == 0


def test_what_is_not_shared_is_told_to_nobody(town, peer):
    follow(town, peer)
    town.offer(a=a_draft(reach=Reach.LOCAL))
    town.work()
    assert not peer.got("Create")
    assert town.get(f"/ap/opportunities/{town.by_external('library', 'a')[0].id}").status_code == 404


def test_hearing_of_the_same_thing_twice_tells_it_as_new_once(town, peer):
    follow(town, peer)
    (offer,) = town.offer(a=a_draft())
    town.work()
    from col_core.base.outbox import Event

    town.lane.telling.hear(Event(name="opportunity.published", subject=offer.id))
    town.work()
    assert len(peer.got("Create")) == 1
    assert len(peer.got("Update")) == 1


def test_what_was_gone_and_comes_back_is_new_again_under_another_id(town, peer):
    follow(town, peer)
    town.offer(a=a_draft())
    town.work()
    town.offer(a=a_draft(reach=Reach.LOCAL))
    town.work()
    town.offer(a=a_draft())
    town.work()
    first, second = peer.got("Create")
    assert first["id"] != second["id"]
    assert town.get(second["id"].removeprefix(town.url(""))).json()["id"] == second["id"]


def test_everything_that_is_said_carries_a_proof_by_the_key_of_the_actor(town, peer):
    follow(town, peer)
    town.offer(a=a_draft())
    town.work()
    (created,) = peer.got("Create")
    actor = actor_of(town.get("/ap/actor").json())
    assert proofs.holds(created, actor.methods, now=town.clock.now()) is True
    assert proofs.holds({**created, "actor": "x"}, actor.methods, now=town.clock.now()) is False


def test_a_follower_who_leaves_hears_nothing_more(town, peer):
    follow(town, peer)
    asked = {"type": "Follow", "actor": peer.actor, "object": town.url("/ap/actor")}
    assert peer.send(town, peer.says("Undo", asked)).status_code == 202
    assert town.count(FollowerRow) == 0
    town.offer(a=a_draft())
    town.work()
    assert not peer.got("Create")
    assert town.count(LetterRow) == 1  # the Accept of the beginning


def test_a_server_that_is_shut_out_is_told_nothing_more(town, peer):
    follow(town, peer)
    town.deny(peer.host)
    town.work()
    assert town.count(FollowerRow) == 0
    town.offer(a=a_draft())
    town.work()
    assert not peer.got("Create")
    assert peer.send(town, peer.says("Follow", town.url("/ap/actor"))).status_code == 403

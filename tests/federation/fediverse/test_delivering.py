"""What happens to deliveries where the other server is slow, dead, gone or speaks another kind of signature."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from col_core.base.outbox import OutboxRow
from col_core.cli.main import main
from col_core.federation.fediverse import letters
from col_core.federation.fediverse.checks import FediverseCheck
from col_core.federation.fediverse.figures import of_fediverse
from col_core.federation.fediverse.tables import DeliveryRow, FollowerRow, LaneRow
from col_core.testing.web_server import web_server

from .conftest import Peer, a_draft, a_town


@pytest.fixture(scope="module")
def place(quiet_clock, tmp_path_factory):
    folder = tmp_path_factory.mktemp("delivering")
    with web_server() as web, web_server() as other:
        one, two = Peer(web, quiet_clock), Peer(other, quiet_clock, number=0)
        with a_town(folder / "town", f"sqlite:///{folder / 'c.db'}", quiet_clock, hosts=[one.host, two.host]) as town:
            yield town, one, two


@pytest.fixture
def town(place):
    """The city, followed by two servers, with nothing on its way."""
    made, *others = place
    with made.database.write() as session:
        for row in (DeliveryRow, LaneRow, FollowerRow):
            session.query(row).delete()
        session.query(OutboxRow).delete()
    for each in others:
        each.status, each.answers, each.refuses = 202, {}, lambda headers: None
        with made.database.write() as session:
            session.add(
                FollowerRow(
                    actor=each.actor, host=each.host, inbox=each.web.url("/own"), shared_inbox=each.inbox, follow="x",
                    created=made.clock.now(),
                )
            )  # fmt: skip
        each.web.requests.clear()
        each.web.bodies.clear()
    return made


def counted(place):
    counted.number += 1
    return f"d{counted.number}"


counted.number = 0


def tell(town, title="Delavnica"):
    town.offer(**{counted(town): a_draft(title)})
    town.work()


def lane(town, peer):
    with town.database.read() as session:
        row = session.get(LaneRow, peer.host)
        session.expunge(row)
        return row


def due(town, peer):
    with town.database.read() as session:
        return session.scalar(select(OutboxRow.next_attempt).where(OutboxRow.key == letters.deliver_key(peer.host)))


def test_a_server_that_fails_is_asked_again_later_by_one_letter_and_the_others_hear_at_once(town, place):
    _, dead, well = place
    dead.status = 502
    tell(town)
    assert len(well.got("Create")) == 1
    assert len(dead.got()) == 2  # both kinds of signature, once
    first = due(town, dead) - town.clock.now()
    assert timedelta(seconds=24) <= first <= timedelta(seconds=36)
    tell(town)
    assert len(dead.got()) == 2
    assert len(well.got("Create")) == 2
    town.clock.advance(seconds=40)
    town.work()
    assert len(dead.got()) == 4
    assert due(town, dead) - town.clock.now() > timedelta(seconds=90)
    dead.status = 202
    town.clock.advance(minutes=5)
    town.work()
    assert [each["type"] for each in dead.got()[4:]] == ["Create", "Announce", "Create", "Announce"]
    assert town.count(DeliveryRow) == 0
    assert lane(town, dead).failures == 0


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_names_a_time_is_left_alone_until_then(town, place, status):
    _, busy, _ = place
    busy.status, busy.answers = status, {"Retry-After": "1800"}
    tell(town)
    assert len(busy.got()) == 1
    assert due(town, busy) - town.clock.now() == timedelta(minutes=30)


def test_a_server_that_is_gone_for_good_is_no_follower_any_more(town, place):
    _, gone, well = place
    gone.status = 410
    tell(town)
    with town.database.read() as session:
        assert list(session.scalars(select(FollowerRow.host))) == [well.host]
    assert town.count(DeliveryRow) == 0


def test_a_server_that_takes_the_other_kind_of_signature_gets_that_from_then_on(town, place):
    _, modern, _ = place
    modern.refuses = lambda headers: None if "signature-input" in headers else 500
    tell(town)
    assert lane(town, modern).signature == "rfc9421"
    before = len(modern.got())
    tell(town)
    assert len(modern.got()) == before + 2
    modern.refuses = lambda headers: 401 if "signature-input" in headers else None
    tell(town)
    assert lane(town, modern).signature == "cavage"
    assert town.count(DeliveryRow) == 0


def test_what_is_refused_is_kept_with_its_reason_and_sent_again_by_hand(town, place):
    _, strict, _ = place
    strict.status = 404
    tell(town)
    with town.database.write() as session:
        dead = letters.given_up(session, host=strict.host)
        assert [(each.kind, each.error) for each in dead] == [
            ("Announce", "It answered with status 404."),
            ("Create", "It answered with status 404."),
        ]
        strict.status = 202
        assert letters.retry(session, host=strict.host, clock=town.clock) == 2
    town.work()
    assert town.count(DeliveryRow) == 0


def test_what_waited_for_days_is_given_up_and_who_is_away_for_weeks_is_no_follower(town, place):
    _, dead, _ = place
    dead.status = 500
    tell(town)
    town.clock.advance(days=4)
    town.work()
    with town.database.read() as session:
        assert set(session.scalars(select(DeliveryRow.state))) == {"dead"}
    town.clock.advance(days=15)
    tell(town)
    with town.database.read() as session:
        assert dead.host not in list(session.scalars(select(FollowerRow.host)))


def test_many_changes_of_one_offer_wait_as_one(town, place):
    _, dead, _ = place
    dead.status = 500
    name = counted(town)
    for number in range(4):
        town.offer(**{name: a_draft(f"Delavnica {number}")})
        town.work()
    with town.database.read() as session:
        assert session.query(DeliveryRow).filter(DeliveryRow.host == dead.host).count() == 3


def test_a_lane_is_never_used_by_two_at_once(town, place):
    _, slow, _ = place
    at_once, most, lock = [0], [0], threading.Lock()

    def count(headers):
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        threading.Event().wait(0.05)
        with lock:
            at_once[0] -= 1

    slow.refuses = count
    for number in range(3):
        town.offer(**{counted(town): a_draft(f"Delavnica {number}")})
    threads = [threading.Thread(target=town.work) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert most[0] == 1
    assert len(slow.got("Create")) == 3


def test_the_key_of_the_city_signs_what_is_sent(town, place):
    _, peer, _ = place
    tell(town)
    headers = next(headers for path, headers in peer.web.requests if path == "/inbox")
    assert headers["content-type"] == "application/activity+json"
    assert f'keyId="{town.url("/ap/actor")}#' in headers["signature"]
    assert headers["digest"].startswith("SHA-256=")
    assert headers["host"] == peer.host


def test_metrics_the_doctor_and_the_command_tell_what_does_not_arrive(town, place, monkeypatch, capsys):
    _, strict, well = place
    strict.status = 404
    tell(town)
    with town.database.read() as session:
        figures = {each.name: dict(each.samples) for each in of_fediverse(session, town.clock.now())}
    assert figures["col_fediverse_deliveries"] == {("waiting",): 0, ("dead",): 2}
    assert figures["col_fediverse_sent"] == {("taken",): 2, ("refused",): 2, ("failed",): 0}
    assert figures["col_fediverse_followers"] == {(): 2}
    strict.status = 500
    tell(town)
    town.clock.advance(hours=7)
    config = town.city.house.config
    found = list(FediverseCheck(config=config, database=town.database, clock=town.clock).look())
    assert [strict.host in each.what for each in found] == [True, False]
    monkeypatch.setenv("COL_DATABASE_URL", config.database_url)
    monkeypatch.setenv("COL_VAR", str(config.var))
    command = ["--city", str(config.dir), "peers"]
    assert main([*command, "deliveries", "list", strict.host]) == 0
    assert "It answered with status 404." in capsys.readouterr().out
    assert main([*command, "deliveries", "retry"]) == 0
    assert main([*command, "followers"]) == 0
    assert well.actor in capsys.readouterr().out
    assert main([*command, "follow-actor", "no address"]) == 1
    assert main([*command, "follow-actor", well.actor]) == 0
    assert main([*command, "unfollow-actor", "https://unknown.example/a"]) == 1
    assert main([*command, "following"]) == 0
    assert "follows nobody" in capsys.readouterr().out

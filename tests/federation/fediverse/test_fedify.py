"""A server of another hand (Fedify) follows the city, believes what it says, and is followed by it; by both kinds of
signature."""

import os
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from col_core.base.clock import SystemClock
from col_core.catalogue.vocabulary import Reach
from col_core.federation.fediverse import subscriptions
from col_core.federation.fediverse.delivering import CAVAGE, RFC_9421
from col_core.federation.fediverse.records import Following
from col_core.federation.fediverse.tables import DeliveryRow, FollowerRow, LaneRow
from col_core.testing.processes import until
from col_core.testing.servers import free_port

from .conftest import a_draft, a_town

pytestmark = pytest.mark.foreign("../fedify")
PROGRAM = Path(__file__).parents[1] / "fedify" / "peer.mjs"


class Fedify:
    def __init__(self, port):
        self.host = f"127.0.0.1:{port}"
        self.actor = f"http://{self.host}/users/them"

    def got(self, kind):
        return [each for each in httpx.get(f"http://{self.host}/got").json() if each["type"] == kind]

    def follow(self, actor):
        answer = httpx.post(f"http://{self.host}/follow", params={"whom": actor}, timeout=60)
        assert answer.status_code == 200, answer.text


@contextmanager
def fedify(node, first_knock, folder):
    port = free_port()
    with (folder / "fedify.log").open("wb") as log:
        process = subprocess.Popen(
            [node, str(PROGRAM), str(port), first_knock],
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=PROGRAM.parent,
            start_new_session=True,
        )
    try:
        assert process.stdout.readline() == b"ready\n", (folder / "fedify.log").read_text()
        yield Fedify(port)
    finally:
        # What runs may be a program that began Node, and that goes with it.
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
        process.stdout.close()


@pytest.mark.parametrize(("first_knock", "ours"), [("draft-cavage-http-signatures-12", RFC_9421), ("rfc9421", CAVAGE)])
def test_it_follows_hears_what_is_new_changes_and_goes_and_accepts_our_follow(node, tmp_path, first_knock, ours):
    url = f"sqlite:///{tmp_path / 'city.db'}"
    with (
        fedify(node, first_knock, tmp_path) as them,
        a_town(tmp_path / "town", url, SystemClock(), hosts=[them.host]) as town,
    ):
        with town.database.write() as session:
            session.add(LaneRow(host=them.host, signature=ours, failures=0, taken=0, refused=0, failed=0))
        them.follow(town.url("/ap/actor"))
        until(lambda: town.count(FollowerRow) == 1, within_s=30)
        town.work()
        until(lambda: them.got("Accept"), within_s=30)
        town.offer(a=a_draft())
        town.work()
        town.offer(a=a_draft("Nova delavnica"))
        town.work()
        town.offer(a=a_draft("Nova delavnica", reach=Reach.LOCAL))
        town.work()
        until(lambda: them.got("Delete"), within_s=30)
        assert [each["name"] for each in them.got("Create")] == ["Delavnica"]
        assert len(them.got("Announce")) == 1
        assert [each["name"] for each in them.got("Update")] == ["Nova delavnica"]
        assert not them.got("Error")
        assert town.count(DeliveryRow) == 0
        with town.database.read() as session:
            assert session.get(LaneRow, them.host).signature == ours
        with town.database.write() as session:
            subscriptions.follow(session, them.actor, clock=town.clock)
        town.work()

        def is_accepted():
            with town.database.read() as session:
                return [each.state for each in subscriptions.followed(session)] == [Following.ACCEPTED]

        until(is_accepted, within_s=30)
        assert them.got("Follow")

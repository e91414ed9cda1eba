"""Two cities of ours over sockets: one follows the other, and hears that there is something to read."""

from col_core.base import outbox
from col_core.base.outbox import Event
from col_core.catalogue.vocabulary import Reach
from col_core.federation import peers
from col_core.federation.fediverse import subscriptions
from col_core.federation.fediverse.tables import FollowerRow, FollowingRow, ItemRow
from col_core.federation.ground import FOLLOWED, UNFOLLOWED
from col_core.testing.clock import FixedClock
from col_core.testing.wires import wire

from .conftest import a_draft, a_town


def tell(town, name, host):
    with town.database.write() as session:
        outbox.publish(session, Event(name=name, subject=host), clock=town.clock)
    town.work()


def partner(town, other):
    with town.database.write() as session:
        peers.remember(session, other.url("/"), clock=town.clock)
        far = town.clock.now().replace(year=2030)
        peers.update(session, other.host, clock=town.clock, member_until=far)


def test_what_one_publishes_has_the_other_read_its_feed(tmp_path):
    clock = FixedClock()
    with (
        wire() as here,
        wire() as there,
        a_town(tmp_path / "one", f"sqlite:///{tmp_path / 'one.db'}", clock, on=here, hosts=[there.host]) as one,
        a_town(tmp_path / "two", f"sqlite:///{tmp_path / 'two.db'}", clock, on=there, hosts=[here.host]) as two,
    ):
        partner(one, two)
        partner(two, one)
        tell(two, FOLLOWED, one.host)
        one.work()
        two.work()
        assert one.count(FollowerRow) == 1
        with two.database.read() as session:
            assert [each.state for each in subscriptions.followed(session)] == ["accepted"]
        (offer,) = one.offer(a=a_draft())
        one.work()
        assert two.jobs("exchange.harvest") == [{"host": one.host}]
        one.offer(a=a_draft(reach=Reach.LOCAL))
        one.work()
        assert one.get(f"/ap/opportunities/{offer.id}").status_code == 410
        assert two.jobs("exchange.harvest") == [{"host": one.host}]
        assert two.count(ItemRow) == 0
        tell(two, UNFOLLOWED, one.host)
        assert two.count(FollowingRow) == 0
        assert one.count(FollowerRow) == 0

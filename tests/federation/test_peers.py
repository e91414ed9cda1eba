from datetime import timedelta

import pytest
from sqlalchemy import func, select

from col_core.base.errors import InvalidInput, NotFound
from col_core.base.outbox import OutboxRow
from col_core.base.settings import FederationConfig
from col_core.federation import peers
from col_core.federation.records import Standing

NOBODY = FederationConfig()


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Learning.Example.org/", "learning.example.org"),
        ("https://learning.example.org:443", "learning.example.org"),
        ("http://localhost:8002/x", "localhost:8002"),
        ("https://learning.example.org.", "learning.example.org"),
    ],
)
def test_a_server_has_one_name_however_its_address_is_written(url, host):
    assert peers.host_of(url) == host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "learning.example.org",
        "ftp://a.org",
        "https://",
        "https://a b",
        "https://u@a.org",
        "https://a:99999",
        "https://a.org\n",
        "https://[::1",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address_of_a_server_is_refused(url):
    with pytest.raises(InvalidInput, match="no address"):
        peers.host_of(url)


def test_a_server_is_noted_down_once(session, clock):
    one = peers.remember(session, "https://vilnius.example.org", clock=clock)
    assert peers.remember(session, "https://VILNIUS.example.org/", clock=clock) == one
    assert [each.host for each in peers.listing(session)] == ["vilnius.example.org"]


def test_cities_of_one_id_get_short_names_of_their_own(session, clock):
    for host in ("a.org", "b.org"):
        peers.remember(session, f"https://{host}", clock=clock, own_key="springfield")
        peers.update(session, host, clock=clock, own_key="springfield", city_id="springfield")
    assert [each.key for each in peers.listing(session)] == ["springfield-2", "springfield-3"]


def test_how_a_server_stands_follows_from_its_marks_and_what_people_decided(session, clock):
    now = clock.now()

    def stands(config=NOBODY, **said):
        return peers.standing(peers.update(session, "a.org", clock=clock, **said), config, now=now)

    peers.remember(session, "https://a.org", clock=clock)
    assert stands() is Standing.STRANGER
    assert stands(FederationConfig(allow=("a.org",))) is Standing.ALLOWED
    assert stands(member_until=now + timedelta(days=1)) is Standing.MEMBER
    assert stands(FederationConfig(deny=("a.org",))) is Standing.DENIED
    assert stands(suspended=now) is Standing.SUSPENDED
    assert stands(suspended=None, member_until=now) is Standing.EXPIRED
    assert peers.standing(peers.quarantine(session, "a.org", reason="keys", clock=clock), NOBODY, now=now) == (
        Standing.QUARANTINED
    )
    assert peers.standing(peers.deny(session, "a.org", reason="spam", clock=clock), NOBODY, now=now) is Standing.DENIED
    assert peers.standing(peers.admit(session, "a.org", clock=clock), NOBODY, now=now) is Standing.EXPIRED


def test_a_server_is_shut_out_before_it_was_ever_met(session, clock):
    assert peers.deny(session, "bad.example", reason="spam", clock=clock).denied_because == "spam"
    with pytest.raises(InvalidInput):
        peers.deny(session, "no host", reason="spam", clock=clock)
    with pytest.raises(NotFound):
        peers.admit(session, "unknown.example", clock=clock)


def test_only_what_changes_how_it_stands_is_told(session, clock):
    peers.remember(session, "https://a.org", clock=clock)
    told = select(func.count()).select_from(OutboxRow)
    peers.update(session, "a.org", clock=clock, seen=clock.now(), error="x")
    assert session.scalar(told) == 0
    peers.update(session, "a.org", clock=clock, names={"lt": "A"})
    peers.update(session, "a.org", clock=clock, names={"lt": "A"})
    assert session.scalar(told) == 1

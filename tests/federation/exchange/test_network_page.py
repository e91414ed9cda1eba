"""How the exchange with each city goes, on the page of the network and for programs."""

from datetime import timedelta

import pytest

from col_core.federation import peers
from col_core.federation.exchange import followers
from col_core.testing.wires import Fault

from .conftest import an_offer

DRAFTS = {str(number): an_offer(f"Offer {number}") for number in range(3)}


@pytest.fixture
def client(pair):
    return pair[1].app.test_client()


def of_partner(client):
    here, partner = client.get("/api/v1/network").json["cities"]
    assert (here["here"], here["exchange"], here["reads_ours"]) == (True, None, False)
    return partner


def page(client):
    answer = client.get("/en/network")
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_a_partner_of_which_nothing_was_read_yet_says_so(client):
    assert of_partner(client)["exchange"] == {
        "offers": 0,
        "refused": 0,
        "synced": None,
        "lag_s": None,
        "whole_synced": None,
        "compared": None,
        "equal": None,
        "failures": 0,
        "error": None,
    }
    assert page(client).count("<dd>not yet</dd>") == 3


def test_what_was_read_is_counted_with_when_and_whether_both_sides_agree(pair, client, clock):
    home, away = pair
    home.offer(DRAFTS)
    away.read(home)
    read_at = clock.now()
    clock.advance(minutes=5)
    stands = of_partner(client)["exchange"]
    assert (stands["offers"], stands["lag_s"], stands["equal"], stands["failures"]) == (3, 300.0, True, 0)
    assert stands["synced"] == stands["whole_synced"] == stands["compared"] == read_at.isoformat()
    shown = page(client)
    assert "<dd>the same</dd>" in shown
    assert shown.count(f'<time datetime="{read_at.isoformat()}">') == 2
    address = shown.partition("Its offers shown here</dt><dd><a href=")[2].split('"')[1]
    assert client.get(address).text.count("Offer ") >= 3


def test_a_partner_that_cannot_be_read_is_said_with_the_reason_and_since_when(pair, client, clock):
    home, away = pair
    home.offer(DRAFTS)
    away.read(home)
    read_at = clock.now()
    home.wire.suffer(Fault.CUT)
    clock.advance(hours=2)
    for _ in range(2):
        away.read(home, at_once=True)
    stands = of_partner(client)["exchange"]
    assert (stands["failures"], stands["lag_s"]) == (2, timedelta(hours=2).total_seconds())
    assert stands["synced"] == read_at.isoformat()
    assert "could not be read" in stands["error"]
    shown = page(client)
    assert "The last 2 readings failed" in shown
    assert stands["error"] in shown


def test_a_city_that_only_reads_is_shown_as_one_that_shows_our_offers(pair, clock):
    home, away = pair
    with home.database.write() as session:
        peers.remember(session, away.wire.url, clock=clock)
    followers.refresh(home.city.federation.ground, away.host)
    partner = of_partner(home.app.test_client())
    assert (partner["reads_ours"], partner["exchange"]) == (True, None)
    assert "Shows offers of this city" in page(home.app.test_client())

"""Partners that lie, drip, never end or send nonsense: each costs its own reading, and one bad item only itself."""

import json
from contextlib import contextmanager

import pytest

from col_core.catalogue import sharing
from col_core.catalogue.exchange import jsonld_network
from col_core.federation import peers
from col_core.federation.exchange import harvest, status, subscriptions, taking
from col_core.federation.exchange.harvest import Ended, Harvest
from col_core.federation.exchange.taking import Taker
from col_core.testing.opportunities import an_opportunity
from col_core.testing.web_server import web_server

from .conftest import EVERYTHING, a_town, an_offer

HTML = "<script>alert(1)</script><p onclick=x>Safe</p>"


class Liar:
    """A server that calls itself a city. `pages` are what it answers, by path and query."""

    def __init__(self, server, away, clock):
        self.server, self.away, self.host, self.clock = server, away, server.host, clock

    def item(self, name="1", /, *, modified=1, url=None, state="updated", **more):
        home = url or self.server.url(f"/en/opportunities/{name}")
        offer = an_opportunity(an_offer(f"Offer {name}"), id_=name)
        data = json.loads(json.dumps(jsonld_network.document(offer, config=self.away.city.house.config)))
        said = {"state": state, "kind": "Opportunity", "id": name, "modified": modified}
        return said | ({"data": data | {"url": home, "@id": home} | more} if state == "updated" else {})

    def page(self, path, items, following, **headers):
        body = {"items": items, "next": self.server.url(following) if following[:1] == "/" else following}
        return self.put(path, json.dumps({**body, "license": "x"}).encode(), **headers)

    def put(self, path, body, **more):
        return self.server.put(path, body, **{"Content_Type": "application/json", **more})

    def feed(self, items, *, path=sharing.FEED_PATH, last="/feeds/opportunities.rpde?after=end"):
        """One page of items, and the last one."""
        self.page(path, items, last)
        self.page(last, [], last)

    def read(self, **how):
        self.clock.advance(minutes=2)
        return self.away.exchange.harvest.run(self.host, **how)

    def refused(self):
        with self.away.database.read() as session:
            return {each.id: each.reason for each in status.refusals(session, self.host)}

    @property
    def path(self):
        return sharing.FEED_PATH


@contextmanager
def a_liar(folder, clock, url):
    with web_server() as server, a_town(folder, url, clock=clock, trusts=(server.host,)) as away:
        with away.database.write() as session:
            house = away.city.house
            peers.remember(session, server.url(""), clock=clock)
            subscriptions.follow(session, server.url(""), asked=EVERYTHING, config=house.config, clock=clock)
        yield Liar(server, away, clock)


@pytest.fixture
def liar(clock, tmp_path):
    with a_liar(tmp_path / "away", clock, f"sqlite:///{tmp_path / 'away.db'}") as made:
        yield made


@pytest.fixture
def careful_liar(clock, tmp_path, database_url):
    """The same on each engine: what cannot be stored differs between them."""
    with a_liar(tmp_path / "away", clock, database_url) as made:
        yield made


def test_one_bad_item_costs_only_itself_and_says_why(careful_liar):
    liar = careful_liar
    liar.feed(
        [
            liar.item("good"),
            liar.item("elsewhere", url="https://bank.example/offer"),
            liar.item("other-name", **{"@id": "https://bank.example/x"}),
            liar.item("nameless", name=[]),
            liar.item("control", name=[{"@language": "en", "@value": "a"}], sameAs="https://x.example/\u0001"),
            liar.item("nul", name=[{"@language": "en", "@value": "a\u0000b"}]),
            liar.item("half", name=[{"@language": "en", "@value": "a\ud800"}]),
            liar.item("year", exactSchedule={"start": "9999-12-31T23:59:59", "timezone": "Europe/Vilnius"}),
            liar.item("zone", exactSchedule={"start": "2026-03-03T10:00:00", "timezone": "../etc/passwd"}),
            liar.item("rule", exactSchedule={"start": "2026-03-03", "timezone": "UTC", "rrule": "FREQ=SECONDLY"}),
            liar.item("aware", exactSchedule={"start": "2026-03-03T10:00:00+02:00", "timezone": "UTC"}),
            liar.item("html", description=[{"@language": "en", "@value": HTML}]),
            liar.item("long", description=[{"@language": "en", "@value": "<div>" * 100_000}]),
            liar.item("many", keywords=["music"] * 10_000, inLanguage=[f"x{n}" for n in range(500)]),
            {"state": "updated", "id": "no-number", "data": {}},
            {"state": "updated", "id": "", "modified": 1, "data": {}},
            {"state": "odd", "id": "odd", "modified": 1},
            {"id": "x" * 300, "modified": 1, "state": "deleted"},
            "no object",
            None,
            {"state": "deleted", "id": "never-known", "modified": 1},
            liar.item("last", modified=2),
        ]
    )
    done = liar.read()
    assert done.ended is Ended.UP_TO_DATE
    assert {"Offer good", "Offer html", "Offer last"} <= set(liar.away.shown())
    refused = liar.refused()
    assert "another server" in refused["elsewhere"]
    assert "another server" in refused["other-name"]
    assert {"nameless", "aware"} <= set(refused)
    assert done.refused >= 11
    assert "'nul': a text holds a NUL" in done.error
    (html,) = (each for each in liar.away.stored() if each.content.title["en"] == "Offer html")
    assert html.content.description == {"en": "<p>Safe</p>"}
    # What has no dates that can be worked out waits for a person.
    assert {"Offer rule", "Offer zone", "Offer year"}.isdisjoint(liar.away.shown())


def test_an_item_that_the_database_does_not_take_costs_only_itself(careful_liar, monkeypatch):
    liar = careful_liar
    liar.feed([liar.item("a"), liar.item("b"), liar.item("c")])
    write = taking.store.write_many

    def breaks(session, items, **how):
        if any(each.external_id == "b" for each in items):
            raise RuntimeError("cannot be written")
        return write(session, items, **how)

    monkeypatch.setattr(taking.store, "write_many", breaks)
    assert liar.read().ended is Ended.UP_TO_DATE
    assert set(liar.away.shown()) == {"Offer a", "Offer c"}
    assert "could not be stored" in liar.refused()["b"]


LIES = {
    "no JSON": (b"<html>", "cannot be read"),
    "no object": (b"[]", "no object"),
    "no page": (b'{"items": {}}', "no page"),
    "doubled keys": (b'{"items": [], "items": [], "next": ""}', "stands twice"),
    "too deep": (b'{"items": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "nested deeper"),
    "too large a number": (b'{"items": [{"id": "1", "modified": 1180591620717411303424}], "next": ""}', "64 bits"),
    "not UTF-8": (b'{"items": [], "next": "\xff"}', "not UTF-8"),
}


def test_what_is_no_feed_is_an_error_that_says_what_is_wrong(liar):
    for body, reason in LIES.values():
        liar.put(liar.path, body)
        done = liar.read()
        assert done.ended is Ended.FAILED
        assert reason in done.error
    liar.put(liar.path, b"{}", Content_Type="text/html")
    assert "instead of JSON" in liar.read().error


def test_pages_that_lead_astray_are_not_followed(liar):
    items = [liar.item()]
    for following, reason in (
        ("https://bank.example/feeds/opportunities.rpde", "another server"),
        ("http://127.0.0.1:1/feeds/opportunities.rpde", "another server"),
        ("javascript:alert(1)", "another server"),
        (liar.path, "never end"),
        ("/x?" + "x" * 2_000, "2000 characters"),
    ):
        liar.page(liar.path, items, following)
        done = liar.read()
        assert (done.ended, liar.away.shown()) == (Ended.FAILED, {})
        assert reason in done.error
    liar.page(liar.path, [liar.item("2", modified=2), liar.item("1", modified=1)], "/next")
    assert "order of their changes" in liar.read().error
    liar.page(liar.path, items, "/a")
    liar.page("/a", items, "/b")
    liar.page("/b", items, "/a")
    assert "in a circle" in liar.read().error


def test_a_redirect_to_another_server_is_not_believed(liar):
    with web_server() as other:
        other.put(
            "/feed", json.dumps({"items": [], "next": other.url("/feed")}).encode(), Content_Type="application/json"
        )
        liar.put(liar.path, b"", status=302, Location=other.url("/feed"))
        assert liar.read().ended is Ended.FAILED


def test_a_feed_without_an_end_is_read_in_portions_and_then_no_more(liar, monkeypatch):
    for number in range(12):
        items = [liar.item(f"{number}x{each}", modified=number) for each in range(3)]
        liar.page(liar.path if number == 0 else f"/p{number}", items, f"/p{number + 1}")
    ground = liar.away.city.federation.ground
    few = Harvest(ground, most_pages=4)
    assert (few.run(liar.host).ended, few.run(liar.host).pages) == (Ended.MORE, 4)
    monkeypatch.setattr(harvest, "MOST_ITEMS", 5)
    done = few.run(liar.host)
    assert done.ended is Ended.FAILED
    assert "more than 5 items" in done.error


def test_nobody_has_more_offers_here_than_can_be(liar):
    liar.feed([liar.item(str(number)) for number in range(5)])
    house = liar.away.city.house
    ground = liar.away.city.federation.ground
    liar.away.exchange.harvest._taker = Taker(
        house.config, clock=house.clock, index=ground.index, reviewer=ground.gathering.reviewer, most=3
    )
    liar.read()
    assert len(liar.away.shown()) == 3
    assert all("more than 3 offers" in each for each in liar.refused().values())


def test_a_late_change_does_not_resurrect_what_was_taken_back(liar):
    liar.feed([liar.item(modified=5)])
    liar.read()
    gone = {"state": "deleted", "kind": "Opportunity", "id": "1", "modified": 7}
    end = "/feeds/opportunities.rpde?after=end"
    liar.page(end, [gone], "/feeds/opportunities.rpde?after=late")
    late = "/feeds/opportunities.rpde?after=late"
    liar.page(late, [], late)
    liar.read()
    assert liar.away.shown() == {}
    # Somebody plays the old page once more.
    liar.page(late, [liar.item(modified=7) | {"modified": 6}], "/feeds/opportunities.rpde?after=x")
    liar.read()
    assert liar.away.shown() == {}


def test_who_says_when_to_come_back_is_left_alone_until_then(liar, clock):
    liar.put(liar.path, b"", status=503, Retry_After="1800")
    assert liar.read().ended is Ended.FAILED
    asked = len(liar.server.requests)
    clock.advance(minutes=20)
    assert liar.read().ended is Ended.NOT_NOW
    assert len(liar.server.requests) == asked
    # Nobody is told to wait for ever.
    liar.put(liar.path, b"", status=503, Retry_After="99999999")
    clock.advance(minutes=20)
    assert liar.read().ended is Ended.FAILED
    clock.advance(minutes=61)
    assert liar.read().ended is Ended.FAILED


def test_a_partner_with_another_time_is_read_all_the_same(liar):
    liar.feed([liar.item(mainEntityOfPage={"dateModified": "2199-01-01T00:00:00Z"})])
    liar.put(f"{liar.path}/digest", b"[]")
    # A digest that is none is a fault, and the offers are here all the same.
    assert liar.read().ended is Ended.FAILED
    assert list(liar.away.shown()) == ["Offer 1"]

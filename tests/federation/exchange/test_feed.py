"""The feed as other programs read it: in order, each once, with tombstones, and never a place twice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from col_core.app import create_app
from col_core.catalogue import sharing, store
from col_core.catalogue.records import Ages, Place
from col_core.catalogue.vocabulary import Category, Reach, Status
from col_core.federation.exchange import digests, feed
from col_core.federation.exchange.tables import FeedEpochRow

from .conftest import an_offer


@pytest.fixture
def read(home):
    client = home.app.test_client()

    def pages(path=sharing.FEED_PATH):
        found = []
        while True:
            answer = client.get(path.removeprefix(home.wire.url))
            assert answer.status_code == 200, answer.data
            assert answer.headers["Content-Type"] == "application/json"
            found.append((answer, answer.json))
            if not answer.json["items"]:
                assert answer.json["next"].endswith(path.removeprefix(home.wire.url))
                return found
            path = answer.json["next"]

    return pages


def items(pages):
    return [each for _, page in pages for each in page["items"]]


def said(found):
    return {each["data"]["name"][0]["@value"]: each for each in found if each["state"] == "updated"}


def few(monkeypatch, number=2):
    monkeypatch.setattr(feed, "MOST_ITEMS", number)


def test_a_feed_of_nothing_is_its_own_last_page(read):
    ((answer, page),) = read()
    assert page["items"] == []
    assert page["license"] == sharing.LICENCE
    assert answer.headers["Cache-Control"] == "public, max-age=8"


def test_only_what_is_for_the_network_goes_out(home, read):
    home.offer({"a": an_offer("Shared"), "b": replace(an_offer("Ours"), reach=Reach.LOCAL)})
    assert list(said(items(read()))) == ["Shared"]


def test_pages_are_in_the_order_of_changes_and_each_item_stands_once(home, read, monkeypatch):
    few(monkeypatch)
    drafts = {str(number): an_offer(f"Offer {number}") for number in range(7)}
    home.offer(drafts)
    home.offer({**drafts, "0": an_offer("Offer 0, later")})
    pages = read()
    found = items(pages)
    order = [(each["modified"], each["id"]) for each in found]
    assert order == sorted(order)
    assert len({each["id"] for each in found}) == len(found) == 7
    assert list(said(found))[-1] == "Offer 0, later"
    assert all("max-age=3600" in answer.headers["Cache-Control"] for answer, _ in pages[:-1])


def test_a_month_later_what_is_gone_is_forgotten_and_what_is_shared_is_not(home, read, clock):
    local = replace(an_offer("Becomes local"), reach=Reach.LOCAL)
    home.offer({"a": an_offer("Stays"), "b": an_offer("Goes"), "c": replace(local, reach=Reach.NETWORK)})
    home.offer({"a": an_offer("Stays"), "c": local})
    assert [each["state"] for each in items(read())].count("deleted") == 1
    asked = digests.FeedDigests()
    with home.database.read() as session:
        assert asked.digest(session, feed.Query(), epoch="x").count == 2
    clock.advance(days=31)
    home.offer({"a": an_offer("Stays"), "c": local, "d": replace(an_offer("Late"), reach=Reach.NETWORK)})
    with home.database.write() as session:
        sharing.forget_gone(session, before=clock.now() - timedelta(days=30))
    assert [each["state"] for each in items(read())] == ["updated"] * 3


def test_what_is_no_longer_shared_is_a_tombstone_in_its_order(home, read):
    drafts = {"a": an_offer("Stays"), "b": an_offer("Goes"), "c": an_offer("Becomes local")}
    home.offer(drafts)
    (_, page), _ = read()
    place = page["next"]
    gone = {each.content.title["en"]: each.id for each in home.stored()}
    with home.database.write() as session:
        store.set_status(session, [gone["Goes"]], Status.WITHDRAWN, index=home.city.index, clock=home.city.house.clock)
    home.offer({**drafts, "c": replace(drafts["c"], reach=Reach.LOCAL)})
    later = items(read(place))
    assert {each["id"]: each["state"] for each in later} == {
        gone["Goes"]: "deleted",
        gone["Becomes local"]: "deleted",
    }
    assert all("data" not in each for each in later)


def test_who_asks_for_a_part_gets_that_part_and_hears_when_something_leaves_it(home, read):
    music = an_offer("Choir", categories=(Category.MUSIC,), languages=("en",), ages=Ages(min=15, max=20))
    drafts = {"a": music, "b": an_offer("Chess"), "c": replace(music, title={"en": "Band"}, ages=Ages(min=30))}
    home.offer(drafts)
    pages = read(f"{sharing.FEED_PATH}?category=music&age=16&language=en")
    # What was never for them is not told to who begins.
    assert list(said(items(pages))) == ["Choir"]
    assert len(items(pages)) == 1
    home.offer({**drafts, "a": replace(music, categories=(Category.ARTS,))})
    (told,) = items(read(pages[-1][1]["next"]))
    assert told["state"] == "deleted"


def test_a_part_can_be_what_is_near(home, read):
    here = Place(name="Here", lat_deg=46.05, lon_deg=14.5)
    home.offer(
        {
            "a": an_offer("Near", place=here),
            "b": an_offer("Far", place=replace(here, lat_deg=46.12)),
            "c": an_offer("Online", online=True),
        }
    )
    assert list(said(items(read(f"{sharing.FEED_PATH}?near=46.05,14.51&radius_m=2000")))) == ["Near"]
    assert list(said(items(read(f"{sharing.FEED_PATH}?format=online")))) == ["Online"]


def test_what_was_looked_through_in_vain_is_not_looked_through_again(home, read, monkeypatch):
    few(monkeypatch)
    home.offer({str(number): an_offer(f"Offer {number}") for number in range(9)})
    pages = read(f"{sharing.FEED_PATH}?category=music")
    assert [each["state"] for each in items(pages)] == ["deleted"]


def test_a_place_of_a_database_that_is_no_more_leads_to_the_beginning(home, read):
    home.offer({"a": an_offer("A"), "b": an_offer("B")})
    last = read()[-1][1]["next"]
    with home.database.write() as session:
        session.query(FeedEpochRow).update({"epoch": "another"})
    pages = read_on(home, last)
    assert len(pages["items"]) == 2
    assert "epoch=another" in pages["next"]
    ahead = pages["next"].replace("afterTimestamp=", "afterTimestamp=99")
    assert len(read_on(home, ahead)["items"]) == 2


def read_on(home, url):
    # A restored city is another process.
    return create_app(home.city).test_client().get(url.removeprefix(home.wire.url)).json


def test_who_has_a_page_is_told_that_nothing_changed(home, read):
    home.offer({"a": an_offer("A")})
    client = home.app.test_client()
    etag = client.get(sharing.FEED_PATH).headers["ETag"]
    assert client.get(sharing.FEED_PATH, headers={"If-None-Match": etag}).status_code == 304


WRONG = (
    "nonsense=1",
    "afterTimestamp=1",
    "afterId=x",
    "afterTimestamp=-1&afterId=",
    "afterTimestamp=99999999999999999999&afterId=",
    "afterTimestamp=1&afterId=a%00b",
    "epoch=../x",
    "age=abc",
    "near=46,14",
    "radius_m=5",
    "category=x",
    "afterTimestamp=1&afterTimestamp=2&afterId=x",
    "begun=x",
    "page=2",
    "q=x",
)


def test_a_parameter_that_cannot_be_used_is_a_problem_with_its_name(home):
    client = home.app.test_client()
    for wrong in WRONG:
        answer = client.get(f"{sharing.FEED_PATH}?{wrong}")
        assert answer.status_code == 422, wrong
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert client.get(f"{sharing.FEED_PATH}/digest?{wrong}").status_code == 422, wrong


def test_both_sides_can_tell_in_few_bytes_whether_they_hold_the_same(home):
    home.offer({str(number): an_offer(f"Offer {number}", categories=(Category.MUSIC,)) for number in range(5)})
    client = home.app.test_client()
    whole = client.get(f"{sharing.FEED_PATH}/digest").json
    page = client.get(sharing.FEED_PATH).json
    counted = digests.sums([(each["id"], each["modified"]) for each in page["items"]])
    assert (whole["count"], whole["buckets"], whole["digest"]) == (5, counted, digests.whole(counted))
    assert whole["place"] == page["items"][-1]["modified"]
    number = digests.bucket_of(page["items"][0]["id"])
    bucket = client.get(f"{sharing.FEED_PATH}/digest?bucket={number}").json
    assert bucket["items"][page["items"][0]["id"]] == page["items"][0]["modified"]
    assert client.get(f"{sharing.FEED_PATH}/digest?category=sport-movement").json["count"] == 0
    assert client.get(f"{sharing.FEED_PATH}/digest?bucket=64").status_code == 422
    home.offer({"0": an_offer("Offer 0")})
    assert client.get(f"{sharing.FEED_PATH}/digest").json["digest"] != whole["digest"]
    assert client.get(f"{sharing.FEED_PATH}/digest?category=music").json["count"] == 4


def test_one_item_can_be_asked_for(home):
    home.offer({"a": an_offer("Shared"), "b": replace(an_offer("Ours"), reach=Reach.LOCAL)})
    ids = {each.content.title["en"]: each.id for each in home.stored()}
    client = home.app.test_client()
    assert client.get(f"{sharing.FEED_PATH}/items/{ids['Shared']}").json["state"] == "updated"
    assert client.get(f"{sharing.FEED_PATH}/items/{ids['Shared']}?category=music").json["state"] == "deleted"
    assert client.get(f"{sharing.FEED_PATH}/items/{ids['Ours']}").status_code == 404
    assert client.get(f"{sharing.FEED_PATH}/items/%00").status_code == 404


def test_the_catalogue_of_open_data_names_the_feed(home):
    catalogue = home.app.test_client().get("/feeds/catalog.jsonld").json
    addresses = [each["dcat:downloadURL"]["@id"] for each in catalogue["dcat:dataset"][0]["dcat:distribution"]]
    assert f"{home.wire.url}{sharing.FEED_PATH}" in addresses

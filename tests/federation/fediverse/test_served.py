"""The addresses of the push lane, over real sockets."""

import pytest

from .conftest import a_draft


@pytest.fixture(scope="module")
def offers(quiet_town):
    return quiet_town.offer(**{f"n{number}": a_draft(f"Delavnica {number}") for number in range(23)})


def test_the_city_is_found_by_its_name_and_by_its_server(quiet_town):
    host = quiet_town.host
    for resource in (f"acct:city@{host}", quiet_town.url("/ap/actor")):
        found = quiet_town.get(f"/.well-known/webfinger?resource={resource}", accept="*/*")
        assert found.headers["content-type"] == "application/jrd+json"
        assert found.headers["access-control-allow-origin"] == "*"
        assert found.json()["subject"] == f"acct:city@{host}"
    assert quiet_town.get("/.well-known/webfinger?resource=acct:x@y").status_code == 404
    assert quiet_town.get("/.well-known/webfinger").status_code == 422
    links = {each["rel"]: each["href"] for each in quiet_town.get("/.well-known/nodeinfo").json()["links"]}
    assert links["https://www.w3.org/ns/activitystreams#Application"] == quiet_town.url("/ap/actor")
    described = quiet_town.get("/nodeinfo/2.1").json()
    assert (described["version"], described["protocols"]) == ("2.1", ["activitypub"])


def test_the_actor_says_all_that_others_need(quiet_town):
    answer = quiet_town.get("/ap/actor")
    said = answer.json()
    assert answer.headers["content-type"] == "application/activity+json"
    assert said["id"] == quiet_town.url("/ap/actor")
    assert said["type"] == "Application"
    assert said["preferredUsername"] != "relay"
    assert said["publicKey"]["owner"] == said["assertionMethod"][0]["controller"] == said["id"]
    assert said["publicKey"]["publicKeyPem"].startswith("-----BEGIN PUBLIC KEY-----")
    assert said["endpoints"]["sharedInbox"] == said["inbox"]
    assert set(said["summaryMap"]) == {"sl", "en"}
    again = quiet_town.get("/ap/actor", **{"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/activity+json", 200),
        ('application/ld+json; profile="https://www.w3.org/ns/activitystreams"', 200),
        ("application/json", 200),
        ("*/*", 200),
        ("", 200),
        ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", 303),
    ],
)
def test_an_offer_is_a_document_for_servers_and_a_page_for_people(quiet_town, offers, accept, status):
    answer = quiet_town.get(f"/ap/opportunities/{offers[0].id}", accept=accept)
    assert answer.status_code == status
    assert "Accept" in answer.headers["vary"]
    if status == 303:
        assert answer.headers["location"] == quiet_town.url(f"/sl/opportunities/{offers[0].id}")


def test_an_event_is_said_as_mobilizon_and_gancio_read_it(quiet_town, offers):
    said = quiet_town.get(f"/ap/opportunities/{offers[0].id}").json()
    assert said["type"] == "Event"
    assert said["startTime"] == "2026-03-03T17:00:00+01:00"
    assert said["endTime"] == "2026-03-03T19:00:00+01:00"
    assert said["timezone"] == "Europe/Ljubljana"
    assert said["category"] == "LEARNING"
    assert said["attachment"] == []
    assert "status" not in said
    assert said["joinMode"] in ("free", "external", "restricted", "invite")
    location = said["location"]
    assert location["address"]["type"] == "PostalAddress"
    assert isinstance(location["latitude"], float)
    assert isinstance(location["longitude"], float)
    assert said["attributedTo"] == quiet_town.url("/ap/actor")
    assert said["to"] == ["https://www.w3.org/ns/activitystreams#Public"]


def test_the_outbox_is_read_page_by_page_the_newest_first(quiet_town, offers):
    whole = quiet_town.get("/ap/outbox").json()
    assert (whole["type"], whole["totalItems"]) == ("OrderedCollection", 46)
    items, url = [], whole["first"]
    while url is not None:
        page = quiet_town.get(url.removeprefix(quiet_town.url(""))).json()
        items += page["orderedItems"]
        url = page.get("next")
    created = [each for each in items if each["type"] == "Create"]
    assert [each["object"]["id"].rpartition("/")[2] for each in created] == [each.id for each in reversed(offers)]
    assert len([each for each in items if each["type"] == "Announce"]) == 23
    assert sum(each["type"] == "Create" for each in items[:10]) == 5
    for each in items[:2]:
        assert quiet_town.get(each["id"].removeprefix(quiet_town.url(""))).json()["id"] == each["id"]
    assert quiet_town.get("/ap/outbox?page=x").status_code == 422
    assert quiet_town.get("/ap/outbox?page=" + "9" * 18).json()["orderedItems"]


def test_what_is_not_there_is_not_found(quiet_town):
    for path in ("/ap/opportunities/none", "/ap/activities/create-none-1", "/ap/activities/x", "/ap/nothing"):
        assert quiet_town.get(path).status_code == 404
    followers = quiet_town.get("/ap/followers").json()
    assert (followers["totalItems"], "items" in followers) == (0, False)


def test_what_is_shared_no_longer_leaves_a_tombstone(quiet_town, offers):
    from col_core.catalogue.vocabulary import Reach

    (one,) = quiet_town.offer(n0=a_draft("Delavnica 0", reach=Reach.LOCAL))
    answer = quiet_town.get(f"/ap/opportunities/{one.id}")
    assert answer.status_code == 410
    assert (answer.json()["type"], answer.json()["formerType"]) == ("Tombstone", "Event")

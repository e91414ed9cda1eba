"""Events of servers that are no cities: they wait for a person, and follow what their own server says later."""

import pytest

from col_core.catalogue.vocabulary import Status
from col_core.federation.fediverse import drafts, subscriptions
from col_core.federation.fediverse.tables import FollowingRow, ItemRow

from .conftest import PUBLIC


@pytest.fixture
def followed(town, peer):
    """The city follows its peer, which has accepted."""
    with town.database.write() as session:
        subscriptions.follow(session, peer.actor, clock=town.clock)
    town.work()
    (asked,) = peer.got("Follow")
    assert peer.send(town, peer.says("Accept", asked)).status_code == 202
    with town.database.read() as session:
        assert [each.state for each in subscriptions.followed(session)] == ["accepted"]
    return town


def stored(town, peer, name="/events/1"):
    return town.by_external(f"fediverse:{peer.host}", peer.web.url(name))[0]


def send(town, peer, kind, object_, **changes):
    assert peer.send(town, peer.says(kind, object_, **changes)).status_code == 202
    town.work()


def test_an_event_waits_for_a_person_changes_and_goes_and_does_not_come_back(followed, peer):
    town = followed
    send(town, peer, "Create", peer.event(content="<p>Come</p><script>alert(1)</script>"))
    one = stored(town, peer)
    assert one.status is Status.REVIEW
    assert one.content.title == {"sl": "Open rehearsal"}
    assert one.content.description == {"sl": "<p>Come</p>"}
    assert one.content.schedule.start.isoformat() == "2026-03-05T18:00:00"
    send(town, peer, "Update", peer.event(name="Later", updated="2026-01-06T10:00:00Z"))
    assert stored(town, peer).content.title == {"sl": "Later"}
    send(town, peer, "Update", peer.event(name="Older", updated="2026-01-04T10:00:00Z"))
    assert stored(town, peer).content.title == {"sl": "Later"}
    send(town, peer, "Delete", {"type": "Tombstone", "id": peer.web.url("/events/1"), "formerType": "Event"})
    assert stored(town, peer).status is Status.WITHDRAWN
    send(town, peer, "Create", peer.event(updated="2026-01-07T10:00:00Z"))
    assert stored(town, peer).status is Status.WITHDRAWN


def test_what_is_announced_is_fetched_and_a_late_create_of_what_is_gone_is_left(followed, peer):
    town = followed
    person = peer.web.url("/people/1")
    peer.serve("/events/2", peer.event("/events/2", attributedTo=person))
    send(town, peer, "Announce", peer.web.url("/events/2"))
    assert stored(town, peer, "/events/2").status is Status.REVIEW
    # Not its owner: the one who announced it changes and deletes nothing.
    send(town, peer, "Update", peer.event("/events/2", name="Mine", attributedTo=person))
    send(town, peer, "Delete", peer.web.url("/events/2"))
    assert stored(town, peer, "/events/2").content.title == {"sl": "Open rehearsal"}
    assert stored(town, peer, "/events/2").status is Status.REVIEW
    # Gone before it came.
    send(town, peer, "Delete", peer.web.url("/events/3"))
    send(town, peer, "Create", peer.event("/events/3"))
    assert stored(town, peer, "/events/3") is None
    # A change of what never came is read where it is.
    peer.serve("/events/4", peer.event("/events/4", name="As it is"))
    send(town, peer, "Update", peer.event("/events/4", name="As it is said"))
    assert stored(town, peer, "/events/4").content.title == {"sl": "As it is"}
    # What is fetched must be what was asked for.
    for path, changes, options in (
        ("/events/5", {"id": peer.web.url("/events/other")}, {}),
        ("/events/6", {"attributedTo": "https://elsewhere.example/a"}, {}),
        ("/events/7", {}, {"content_type": "text/plain"}),
        ("/events/8", {"type": "Note"}, {}),
    ):
        peer.serve(path, peer.event(path, **changes), **options)
        send(town, peer, "Announce", peer.web.url(path))
        assert stored(town, peer, path) is None


def test_a_server_that_is_shut_out_is_hidden_and_refused(followed, peer):
    town = followed
    send(town, peer, "Create", peer.event())
    town.deny(peer.host)
    town.work()
    assert stored(town, peer).status is Status.DRAFT
    assert town.count(FollowingRow) == 0
    assert peer.send(town, peer.says("Update", peer.event(updated="2026-01-07T10:00:00Z"))).status_code == 403
    assert town.count(ItemRow) == 1


def event(**changes):
    return {"id": "https://e.example/1", "type": "Event", "name": "N", "startTime": "2026-03-05T18:00:00Z"} | changes


def draft(**changes):
    return drafts.draft(event(**changes), language="sl", timezone="Europe/Ljubljana")


def test_what_mobilizon_says_is_read():
    made = draft(
        name="Kino",
        nameMap={"lt": "Kinas", "x y": "no"},
        content="<p>Film</p>",
        inLanguage="sl",
        timezone="Europe/Vilnius",
        endTime="2026-03-05T20:00:00Z",
        location=[{"type": "Place", "name": "Dvor", "address": {"streetAddress": "Ulica 1", "addressLocality": "Kranj"},
                   "latitude": 46.2, "longitude": 14.3}],
        tag=[{"type": "Hashtag", "name": "#Music"}, {"type": "Hashtag", "name": "#other"}],
        attachment=[{"type": "Document", "mediaType": "image/png", "url": "https://e.example/a.png", "name": "Platno"}],
        externalParticipationUrl="https://e.example/join",
        to=[PUBLIC],
        **{"ical:status": "CANCELLED"},
    )  # fmt: skip
    assert made.title == {"sl": "Kino", "lt": "Kinas"}
    assert made.schedule.start.isoformat() == "2026-03-05T20:00:00"
    assert made.schedule.timezone == "Europe/Vilnius"
    assert made.place.address == "Ulica 1, Kranj"
    assert [each.value for each in made.categories] == ["music"]
    assert made.image.url == "https://e.example/a.png"
    assert made.registration.url == "https://e.example/join"
    assert made.cancelled
    assert made.languages == ("sl",)


@pytest.mark.parametrize(
    "changes",
    [
        {"timezone": "Nowhere/None"},
        {"timezone": "../../etc/passwd"},
        {"location": {"type": "Place", "latitude": 1e999, "longitude": True}},
        {"location": "https://e.example/place"},
        {"location": [[["x"]]]},
        {"tag": "x", "attachment": {"type": "Image", "url": ["x"]}},
        {"nameMap": ["x"], "contentMap": 5},
        {"content": "<div>" * 200_000},
        {"url": [{"type": "Link", "href": "javascript:alert(1)"}]},
        {"endTime": "2026-03-05T10:00:00Z"},
    ],
)
def test_odd_things_are_left_out(changes):
    made = draft(**changes)
    assert made.title == {"sl": "N"}
    assert made.schedule.timezone == "Europe/Ljubljana"
    assert made.url == "https://e.example/1"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": 5},
        {"startTime": None},
        {"startTime": "tomorrow"},
        {"startTime": "0001-01-01T00:00:00Z"},
        {"startTime": "9999-12-31T23:59:59-12:00"},
        {"startTime": 5},
        {"endTime": ["x"]},
    ],
)
def test_what_makes_it_no_event_is_a_reason_in_words(changes):
    with pytest.raises(ValueError, match=r"it has|it does|is no date"):
        draft(**changes)

"""Two cities on sockets: what one offers is shown by the other, as it is now, whatever happens in between."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from col_core.catalogue import sharing, store
from col_core.catalogue.publishing import moderation
from col_core.catalogue.records import Ages, Contact, Place, Query, Registration, Schedule
from col_core.catalogue.vocabulary import Category, Reach, RegistrationMode, Status
from col_core.federation import peers
from col_core.federation.exchange import feed, filters, followers, harvest, openings, showing, status, subscriptions
from col_core.federation.exchange.harvest import Ended
from col_core.federation.exchange.tables import FeedEpochRow, RemoteOfferRow
from col_core.testing.opportunities import FULL
from col_core.testing.wires import Fault

from .conftest import a_pair, an_offer

DRAFTS = {str(number): an_offer(f"Offer {number}") for number in range(7)}


def small_pages(monkeypatch, number=2):
    monkeypatch.setattr(feed, "MOST_ITEMS", number)


def test_an_offer_is_shown_elsewhere_labelled_and_leads_home(database_url, clock, tmp_path):
    with a_pair(tmp_path, clock, away_url=database_url) as (home, away):
        full = replace(
            FULL,
            reach=Reach.NETWORK,
            safeguarding=Contact(name="Ana", email="varno@example.org"),
            registration=Registration(mode=RegistrationMode.INTERNAL),
        )
        own = home.offer({"a": full, **DRAFTS})["Graffiti workshop"]
        done = away.read(home)
        assert (done.ended, done.changed, done.refused) == (Ended.UP_TO_DATE, 8, 0)
        assert len(away.shown()) == 8
        (one,) = (each for each in away.stored() if each.content.title["en"] == "Graffiti workshop")
        page = f"{home.wire.url}/sl/opportunities/{own.id}"
        assert (one.origin.host, one.origin.url) == (home.host, page)
        assert one.content.registration == Registration(mode=RegistrationMode.EXTERNAL, url=page)
        assert one.content.safeguarding is None
        assert one.content.title == FULL.title
        assert one.content.schedule == FULL.schedule
        assert (one.organiser, one.content.organiser) == (None, "Mladi zmaji")
        assert one.source.licence == sharing.LICENCE
        subscription = away.subscription(home)
        assert (subscription.equal, subscription.whole, subscription.failures) == (True, False, 0)
        # Nothing is read twice, and nothing written that did not change.
        versions = {each.id: each.version for each in away.stored()}
        assert away.read(home).changed == 0
        assert {each.id: each.version for each in away.stored()} == versions
        # It is no offer of the other city: nobody gets it from there once more.
        assert away.app.test_client().get(sharing.FEED_PATH).json["items"] == []
        home.offer({"a": replace(full, title={"en": "Graffiti, later"})})
        assert away.read(home).ended is Ended.UP_TO_DATE
        assert {"Graffiti, later": "published"}.items() <= away.shown().items()
        assert set(away.shown().values()) == {"published", "closed"}


def test_what_is_cancelled_or_taken_back_at_home_is_so_elsewhere_after_one_reading(pair):
    home, away = pair
    home.offer(DRAFTS)
    away.read(home)
    home.offer(
        {
            **DRAFTS,
            "0": replace(DRAFTS["0"], cancelled=True),
            "1": replace(DRAFTS["1"], reach=Reach.LOCAL),
        }
    )
    assert away.read(home).ended is Ended.UP_TO_DATE
    shown = away.shown()
    assert shown["Offer 0"] == "cancelled"
    assert "Offer 1" not in shown
    assert len(shown) == 6
    assert away.subscription(home).equal is True
    # Somebody who comes late with an older change resurrects nothing; a newer one does.
    home.offer(DRAFTS)
    away.read(home)
    assert away.shown()["Offer 1"] == "published"


def test_a_reader_that_dies_in_the_middle_goes_on_from_the_page_that_was_stored(pair, monkeypatch):
    home, away = pair
    small_pages(monkeypatch)
    home.offer(DRAFTS)
    fetch = harvest.fetching.page
    asked = []

    def dies(*given, **more):
        asked.append(given[2])
        if len(asked) == 3:
            raise SystemExit
        return fetch(*given, **more)

    monkeypatch.setattr(harvest.fetching, "page", dies)
    with pytest.raises(SystemExit):
        away.read(home)
    assert len(away.shown()) == 4
    assert away.read(home).ended is Ended.UP_TO_DATE
    assert asked[3] == asked[2]
    assert len(away.shown()) == 7
    assert away.subscription(home).equal is True


def test_a_cut_wire_costs_time_and_nothing_else(pair, clock):
    home, away = pair
    home.offer(DRAFTS)
    away.read(home)
    home.wire.suffer(Fault.CUT)
    for _ in range(harvest.BREAKS_AFTER + 1):
        assert away.read(home, at_once=True).ended is Ended.FAILED
    broken = away.subscription(home)
    assert broken.failures == harvest.BREAKS_AFTER + 1
    assert timedelta() < broken.retry - clock.now() <= timedelta(minutes=1)
    assert "could not be read" in broken.error
    assert len(away.shown()) == 7
    assert away.read(home).ended is Ended.NOT_NOW
    home.offer({**DRAFTS, "0": an_offer("Offer 0, while it was cut")})
    home.wire.heal()
    clock.advance(minutes=2)
    assert away.read(home).ended is Ended.UP_TO_DATE
    assert "Offer 0, while it was cut" in away.shown()
    healed = away.subscription(home)
    assert (healed.failures, healed.error, healed.equal) == (0, None, True)


def test_a_restored_partner_is_read_anew_and_what_it_no_longer_has_is_withdrawn(pair, clock):
    home, away = pair
    home.offer(DRAFTS)
    away.read(home)
    ids = {each.content.title["en"]: each.id for each in home.stored()}
    with home.database.write() as session:
        # As after a restore: another epoch, numbers from before, and something is not there.
        session.execute(update(FeedEpochRow).values(epoch="restored"))
        table = store.OpportunityRow
        session.execute(update(table).where(table.id == ids["Offer 6"]).values(shared_seq=None, status="withdrawn"))
        session.execute(update(table).where(table.id != ids["Offer 6"]).values(shared_seq=1))
    home = restarted(home)
    done = away.read(home)
    assert done.ended is Ended.UP_TO_DATE
    assert sorted(away.shown()) == [f"Offer {number}" for number in range(6)]
    assert away.subscription(home).epoch == "restored"
    assert away.subscription(home).equal is True


def restarted(town):
    """The same city with the memory of a process that has just begun."""
    from col_core.app import create_app

    town.app.wsgi_app = create_app(town.city).wsgi_app
    return town


def test_what_was_lost_without_a_tombstone_is_found_by_the_digest_and_mended(pair):
    home, away = pair
    home.offer(DRAFTS)
    away.read(home)
    one = home.stored()[0]
    with away.database.write() as session:
        session.execute(update(RemoteOfferRow).where(RemoteOfferRow.external_id == one.id).values(modified=0))
        subscriptions.note(session, home.host, compared=None)
    assert away.read(home).ended is Ended.UP_TO_DATE
    assert away.subscription(home).equal is True
    assert away.subscription(home).whole is False


def test_a_feed_that_is_suddenly_almost_empty_is_not_believed(pair, clock):
    home, away = pair
    home.offer(DRAFTS)
    away.read(home)
    with home.database.write() as session:
        table = store.OpportunityRow
        session.execute(update(table).where(table.external_id != "0").values(shared_seq=None))
    restarted(home)
    clock.advance(hours=25)
    done = away.read(home)
    assert done.ended is Ended.COLLAPSED
    assert "1 offers instead of about 7" in done.error
    assert len(away.shown()) == 7
    assert away.read(home).ended is Ended.NOT_NOW
    assert away.read(home, at_once=True, accept_fewer=True).ended is Ended.UP_TO_DATE
    assert list(away.shown()) == ["Offer 0"]


def test_only_what_was_asked_for_comes_and_leaves_when_it_is_something_else(pair):
    home, away = pair
    music = an_offer("Choir", categories=(Category.MUSIC,), ages=Ages(min=12, max=18))
    here = Place(name="Here", lat_deg=46.05, lon_deg=14.5)
    drafts = {"a": music, "b": an_offer("Chess"), "c": replace(music, title={"en": "Band"}, place=here)}
    home.offer(drafts)
    away.follow(home, filters.of_text("category=music&age=15"))
    away.read(home)
    assert sorted(away.shown()) == ["Band", "Choir"]
    assert away.subscription(home).equal is True
    home.offer({**drafts, "a": replace(music, categories=())})
    away.read(home)
    assert list(away.shown()) == ["Band"]
    assert away.subscription(home).equal is True
    away.follow(home, filters.of_text("category=music&near=46.05,14.5&radius_m=1000"))
    away.read(home)
    assert list(away.shown()) == ["Band"]
    away.follow(home, Query())
    away.read(home)
    assert sorted(away.shown()) == ["Band", "Chess", "Choir"]


def test_what_a_partner_brought_is_hidden_at_once_when_it_is_none_and_back_when_it_is(pair, clock):
    home, away = pair
    home.offer({**DRAFTS, "0": replace(DRAFTS["0"], cancelled=True)})
    away.read(home)
    withdrawn = next(each.id for each in away.stored() if each.content.title["en"] == "Offer 6")
    before = away.shown()
    with away.database.write() as session:
        moderation.withdraw(session, [withdrawn], index=away.city.index, clock=clock)
        peers.deny(session, home.host, reason="it lies", clock=clock)
    away.work()
    assert away.shown() == {}
    assert away.read(home).ended is Ended.NO_PARTNER
    with away.database.write() as session:
        peers.admit(session, home.host, clock=clock)
    away.work()
    assert away.shown() == {title: how for title, how in before.items() if title != "Offer 6"}
    # What a person withdrew stays so, whatever its city says later.
    home.offer({**DRAFTS, "6": an_offer("Offer 6, later")})
    away.read(home)
    assert "Offer 6, later" not in away.shown()


def test_who_is_not_followed_any_more_leaves_nothing_behind_and_can_be_followed_again(pair, clock):
    home, away = pair
    home.offer(DRAFTS)
    away.read(home)
    with away.database.write() as session:
        subscriptions.unfollow(session, home.host, clock=clock)
    away.work()
    assert away.shown() == {}
    away.follow(home)
    away.work()
    assert len(away.shown()) == 7
    assert len(away.stored()) == 7


def test_an_offer_that_arrives_twice_is_shown_once_and_the_own_one_first(pair):
    home, away = pair
    at = Place(name="Hall", lat_deg=46.05, lon_deg=14.5)
    tea = an_offer("Tea", place=at, schedule=Schedule(start=FULL.schedule.start, timezone="Europe/Ljubljana"))
    shop = an_offer("Shop", url="https://maker.example/shop")
    home.offer({"a": tea, "b": shop, "c": an_offer("Other", url="https://maker.example/")})
    away.offer({"x": replace(tea, reach=Reach.LOCAL), "y": replace(shop, title={"en": "The shop"})})
    away.read(home)
    assert list(away.shown()) == ["Other"]
    # The own one goes: the other stands in for it.
    away.offer({"y": replace(shop, title={"en": "The shop"})})
    with away.database.write() as session:
        own = next(each.id for each in away.stored() if each.origin is None and each.content.title["en"] == "Tea")
        store.set_status(session, [own], Status.WITHDRAWN, index=away.city.index, clock=away.city.house.clock)
    away.read(home)
    assert sorted(away.shown()) == ["Other", "Tea"]


def test_both_sides_see_who_follows_whom_where_offers_are_and_how_often_they_were_opened(pair, clock):
    home, away = pair
    home.offer(DRAFTS)
    away.follow(home, filters.of_text("language=en&category=music"))
    away.follow(home, Query())
    away.read(home)
    listed = away.app.test_client().get(followers.SUBSCRIPTIONS).json["items"]
    assert [(each["host"], each["filter"]) for each in listed] == [(home.host, "")]
    shown = {each.content.title["en"]: each for each in away.stored()}
    counter = openings.Openings(away.city.house, write_every_s=0)
    for _ in range(3):
        counter.opened(shown["Offer 0"].id)
    counter.opened("nothing-of-that-name")
    counter.write()
    with home.database.write() as session:
        peers.remember(session, away.wire.url, clock=clock)
    followers.refresh(home.city.federation.ground, away.host)
    own = {each.content.title["en"]: each.id for each in home.stored()}
    with home.database.read() as session:
        assert followers.listing(session) == {away.host: ""}
        (there,) = followers.deliveries(session, own["Offer 0"])
        (elsewhere,) = followers.deliveries(session, own["Offer 1"])
        assert (there.host, there.opened, elsewhere.opened) == (away.host, 3, 0)
        (stands,) = status.status(session, now=clock.now())
        assert (stands.is_followed, stands.their_filter) == (False, "")
    with away.database.read() as session:
        (stands,) = status.status(session, now=clock.now())
        assert (stands.kept, stands.lag_s, stands.equal) == (7, 0.0, True)
    client = away.app.test_client()
    assert client.get(f"{followers.RECEIVED}?from=nobody.example").json["items"] == []
    for wrong in ("", "?from=a&from=b", "?from=a&x=1", f"?from={'a' * 300}", "?from=%00"):
        assert client.get(followers.RECEIVED + wrong).status_code == 422


def test_a_page_of_an_offer_of_another_city_is_counted_when_it_is_opened(pair):
    home, away = pair
    home.offer({"a": an_offer("A")})
    away.read(home)
    (one,) = away.stored()
    client = away.app.test_client()
    assert client.get(f"/en/opportunities/{one.id}").status_code == 200
    (counter,) = (
        each.__closure__[0].cell_contents
        for each in away.app.after_request_funcs[None]
        if each.__module__ == openings.__name__
    )
    counter.write()
    said = client.get(f"{followers.RECEIVED}?from={home.host}").json
    assert [each["opened"] for each in said["items"]] == [1]


def test_cities_that_the_settings_name_are_followed_and_let_go(pair, clock):
    home, away = pair
    config = away.city.house.config
    named = replace(config, federation=replace(config.federation, peers=("https://third.example",)))
    with away.database.write() as session:
        subscriptions.follow_settings(session, named, clock=clock)
        assert [each.host for each in subscriptions.listing(session)] == sorted([home.host, "third.example"])
        subscriptions.follow_settings(session, config, clock=clock)
        # What a person follows stays.
        assert [each.host for each in subscriptions.listing(session)] == [home.host]
    showing.settle(away.city.federation.ground)

"""Offers of other cities: what a city shows of them, where it asks for them, and where it does not."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from col_core.catalogue import cities, published, store
from col_core.catalogue.exchange import exports
from col_core.catalogue.exchange.feeds import formats
from col_core.catalogue.gathering import duplicates
from col_core.catalogue.records import Draft, Occurrence, Origin, Place, Query, Registration, Schedule
from col_core.catalogue.store import Prepared
from col_core.catalogue.vocabulary import Category, Reach, RegistrationMode, Status
from col_core.organisers import directory

OURS = Draft(title={"sl": "Kuhanje doma"}, organiser="Mladi zmaji", categories=(Category.ARTS,))
THEIRS = Draft(
    title={"en": "Cooking together"},
    description={"en": "<p>With rhubarb.</p>"},
    organiser="Vilnius Kitchen",
    categories=(Category.ARTS,),
    badges=("cook",),
    place=Place(name="Kitchen", district="Naujamiestis", lat_deg=54.68, lon_deg=25.27),
    registration=Registration(mode=RegistrationMode.INTERNAL),
    travel={"en": "We speak English.\nThe hostel <next door> is cheap."},
    reach=Reach.NETWORK,
)


def of_vilnius(number=1, *, host="vilnius.example", city="vilnius"):
    names = {"en": city.title(), "sl": "Vilna" if city == "vilnius" else city.title()}
    return Origin(city=city, host=host, name=names, url=f"https://{host}/en/opportunities/{number}")


def _dates(draft):
    if draft.schedule is None:
        return ()
    start = draft.schedule.start.replace(tzinfo=UTC)
    return (Occurrence(start=start, end=start + timedelta(hours=1)),)


def store_remote(town, *drafts, city="vilnius", status=Status.PUBLISHED):
    """Store offers of another city as reading its feed does; return their ids here."""
    with town.database.write() as session:
        stored = store.write_many(
            session,
            [
                Prepared(
                    content=draft,
                    status=status,
                    place=draft.place,
                    occurrences=_dates(draft),
                    source_id=f"peer:{city}.example",
                    external_id=str(number),
                    origin=of_vilnius(number, host=f"{city}.example", city=city),
                )
                for number, draft in enumerate(drafts, start=1)
            ],
            index=town.city.index,
            clock=town.city.house.clock,
        )
    return [each.id for _, each in stored]


@pytest.fixture
def both(town):
    """A town with one offer of its own and one of Vilnius; its id, and that of the other."""
    (ours,) = town.offer(a=OURS)
    (theirs,) = store_remote(town, THEIRS)
    return town, ours.id, theirs


def listed(town, path):
    return re.findall(r'data-opportunity-id="([^"]+)"', town.client.get(path).text)


def test_a_question_without_a_city_finds_what_is_of_this_one(both):
    town, ours, theirs = both

    def found(query):
        return [each["id"] for each in town.client.get(f"/api/v1/opportunities{query}").json["items"]]

    assert found("") == found("?city=testville") == [ours]
    assert found("?city=vilnius") == [theirs]
    assert sorted(found("?city=vilnius&city=testville")) == sorted([ours, theirs])
    assert found("?city=atlantis") == []
    assert found("?q=rhubarb") == []
    assert found("?q=rhubarb&city=vilnius") == [theirs]
    answer = town.client.get("/api/v1/opportunities").json
    assert answer["facets"]["city"] == {"testville": 1, "vilnius": 1}
    assert answer["facets"]["district"] == {}


def test_lists_feeds_counts_and_files_are_of_this_city_until_another_is_asked_for(both):
    town, ours, theirs = both
    house = town.city.house
    assert "Cooking together" not in town.client.get("/feeds/opportunities.rss").text
    assert "Cooking together" in town.client.get("/feeds/opportunities.rss?city=vilnius").text
    assert town.client.get("/en/opportunities/count?city=vilnius&city=testville").text == "Show 2"
    with town.database.read() as session:
        parts = published.parts(session, size=100)
        assert [each.id for number in parts for each in published.part(session, number, size=100)] == [ours]
        assert [each.name for each in directory.listing(session)] == ["Mladi zmaji"]
    written = exports.export(town.database, house.plugins, formats(house), extension="csv", language="sl")
    assert ours in written.decode()
    assert theirs not in written.decode()
    assert theirs not in town.client.get("/sitemaps/opportunities-0.xml").text


def test_the_api_says_whose_it_is_and_leads_home(both):
    town, ours, theirs = both
    item = town.client.get(f"/api/v1/opportunities/{theirs}").json
    home = "https://vilnius.example/en/opportunities/1"
    assert item["origin"] == {"city": "vilnius", "url": home}
    assert item["url"] == f"https://testville.example/sl/opportunities/{theirs}"
    assert item["organiser"] == {"id": None, "name": "Vilnius Kitchen", "url": None}
    assert item["registration"] == {"mode": "external", "url": home, "deadline": None}
    assert (item["badges"], item["seats_left"], item["travel"]) == ([], None, THEIRS.travel)
    own = town.client.get(f"/api/v1/opportunities/{ours}").json
    assert own["origin"] == {"city": "testville", "url": own["url"]}


def test_its_page_says_where_it_is_from_and_leads_there(both):
    town, ours, theirs = both
    text = town.client.get(f"/en/opportunities/{theirs}").text
    home = "https://vilnius.example/en/opportunities/1"
    assert f'<link rel="canonical" href="{home}">' in text
    assert "From Vilnius" in text
    assert text.count(f'href="{home}"') == 4
    assert "Vilnius Kitchen" in text
    assert "/organisations/" not in text
    assert "What you can earn" not in text
    assert "application/ld+json" not in text
    assert "<p>The hostel &lt;next door&gt; is cheap.</p>" in text
    assert "city=vilnius&amp;district=Naujamiestis" in text
    own = town.client.get(f"/en/opportunities/{ours}")
    assert own.status_code == 200
    assert "elsewhere" not in own.text
    assert "Mesto: Vilna" in town.client.get(f"/sl/opportunities/{theirs}").text


def test_what_was_saved_may_be_of_another_city(both):
    town, ours, theirs = both
    assert listed(town, f"/en/saved/cards?ids={theirs},{ours}") == [theirs, ours]


def test_the_list_shows_a_few_of_other_cities_below_and_what_is_online_first(town):
    (ours,) = town.offer(a=OURS)
    here, online, music = store_remote(
        town,
        THEIRS,
        replace(THEIRS, place=None, online=True),
        replace(THEIRS, categories=(Category.MUSIC,)),
    )
    (of_riga,) = store_remote(town, replace(THEIRS, title={"en": "Cooking in Riga"}), city="riga")
    text = town.client.get("/en/opportunities?category=arts&district=Center&bbox=14.4,46.0,14.6,46.1").text
    below = re.findall(r'data-opportunity-id="([^"]+)"', text.partition('class="elsewhere')[2])
    assert below[0] == online
    assert sorted(below[1:]) == sorted([here, of_riga])
    assert 'href="/en/opportunities?category=arts&amp;city=vilnius">All: Vilnius <span class="quiet">2</span>' in text
    assert 'href="/en/opportunities?category=arts&amp;city=riga">All: Riga <span class="quiet">1</span>' in text
    assert listed(town, "/en/opportunities?category=music") == [music]
    assert "elsewhere" not in town.client.get("/en/opportunities?category=sport-movement").text
    assert 'class="elsewhere' in town.client.get("/en/").text
    assert ours.id in town.client.get("/en/opportunities").text


def test_without_offers_of_others_nothing_speaks_of_cities(town):
    town.offer(a=OURS)
    text = town.client.get("/en/opportunities").text
    assert 'class="elsewhere' not in text
    assert 'name="city"' not in text
    assert "elsewhere" not in town.client.get("/en/").text


def test_the_filter_of_cities_counts_them_and_this_one_is_on(both):
    town, ours, theirs = both
    ticked = re.compile(r'name="city" value="(\w+)"( checked)?')
    assert ticked.findall(town.client.get("/en/opportunities").text) == [("testville", " checked"), ("vilnius", "")]
    text = town.client.get("/en/opportunities?city=vilnius").text
    assert ticked.findall(text) == [("testville", ""), ("vilnius", " checked")]
    assert "<span>Vilnius</span>" in text
    assert "data-map" not in text
    assert listed(town, "/en/opportunities?city=vilnius") == [theirs]
    named = town.client.get("/en/opportunities?city=testville").text
    assert "noindex" not in named
    assert ours in named


def test_names_of_cities_are_known_by_what_is_here(both):
    town, _, _ = both
    store_remote(town, THEIRS, city="riga", status=Status.DRAFT)
    assert dict(town.city.catalogue.cities()) == {"riga": {"en": "Riga", "sl": "Riga"}, "vilnius": of_vilnius().name}
    with town.database.read() as session:
        assert list(cities.others(session)) == ["riga", "vilnius"]


def test_what_another_city_says_twice_is_no_double_here(town):
    clock = town.city.house.clock
    dated = replace(THEIRS, schedule=Schedule(start=datetime(2026, 2, 3, 17), timezone="Europe/Vilnius"))
    store_remote(town, dated, dated)
    assert duplicates.propose(town.database, clock=clock) == 0
    town.offer(a=replace(dated, organiser=None), b=replace(dated, organiser=None))
    assert duplicates.propose(town.database, clock=clock) == 1


@pytest.mark.parametrize(
    ("federation", "source", "said", "reach"),
    [
        ("local", None, None, Reach.LOCAL),
        ("network", None, None, Reach.NETWORK),
        ("network", "local", None, Reach.LOCAL),
        ("local", "network", None, Reach.NETWORK),
        ("local", "network", Reach.LOCAL, Reach.LOCAL),
        ("network", None, Reach.LOCAL, Reach.LOCAL),
    ],
)
def test_an_offer_reaches_as_far_as_it_its_source_or_its_city_says(
    open_town, database_url, clock, tmp_path, federation, source, said, reach
):
    more = f'\n[federation]\nreach = "{federation}"\n'
    with open_town(tmp_path / "town", database_url, clock=clock, more=more) as town:
        town.config = replace(town.config, reach=source)
        (stored,) = town.offer(a=replace(OURS, reach=said))
        assert stored.content.reach is reach
        assert stored.is_shared is (reach is Reach.NETWORK)


def test_another_reach_of_the_source_counts_from_its_next_reading_on(town):
    (before,) = town.offer(a=OURS)
    town.config = replace(town.config, reach="network")
    (after,) = town.offer(a=OURS)
    assert (before.is_shared, after.is_shared) == (False, True)


def test_a_page_of_results_counts_what_is_elsewhere_without_it(both):
    town, ours, _ = both
    found = town.city.catalogue.find(Query())
    assert [each.opportunity.id for each in found.items] == [ours]
    elsewhere = town.city.catalogue.elsewhere(Query(), language="en")
    assert dict(elsewhere.cities) == {"vilnius": 1}

"""What a reader sees of translations, in three languages; and that nobody else is told our words for theirs."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from col_core.catalogue import sharing, store
from col_core.catalogue.exchange.feeds import formats
from col_core.catalogue.records import Draft, Occurrence, Query, Schedule
from col_core.catalogue.vocabulary import Reach, Status
from col_core.federation import peers
from col_core.federation.exchange import showing
from col_core.federation.translating.asking import Translators
from col_core.federation.translating.filling import Filling
from col_core.testing.fakes import MarkingTranslator
from tests.federation.exchange.conftest import a_pair, an_offer

from .conftest import GRAFFITI, changed


def notice(page):
    """Return the words of the notice above a translation, with its links as [address]."""
    found = re.search(r'<p class="notice notice-translation">(.*?)</p>', page, re.DOTALL)
    if found is None:
        return None
    words = re.sub(r'<a href="([^"]+)"[^>]*>', r"[\1] ", re.sub(r"<svg.*?</svg>", "", found[1], flags=re.DOTALL))
    return " ".join(re.sub(r"</?(?:a|span|strong)\b[^>]*>", " ", words).split())


@pytest.mark.parametrize(
    ("language", "automatic", "original", "checked", "outdated"),
    [
        (
            "sl",
            "Samodejni prevod: Marker. Jezik izvirnika: nemščina. [{there}] Preberi izvirnik",
            "Bereš izvirnik. Jezik: nemščina. [{here}] Preberi prevod",
            "Prevod, ki smo ga pregledali v našem mestu. Jezik izvirnika: nemščina. [{there}] Preberi izvirnik",
            "Izvirnik se je medtem spremenil; kjer se razlikujeta, velja izvirnik.",
        ),
        (
            "lt",
            "Automatinis vertimas: Marker. Originalo kalba: vokiečių. [{there}] Skaityti originalą",
            "Skaitai originalą. Kalba: vokiečių. [{here}] Skaityti vertimą",
            "Vertimas, patikrintas mūsų mieste. Originalo kalba: vokiečių. [{there}] Skaityti originalą",
            "Originalas nuo to laiko pasikeitė; jei jie skiriasi, tikėk originalu.",
        ),
        (
            "en",
            "Translated automatically from German by Marker. [{there}] Read the original",
            "You are reading the original. Its language: German. [{here}] Read the translation",
            "Translated from German, checked by this city. [{there}] Read the original",
            "The original has changed since; where they differ, it is right.",
        ),
    ],
)
def test_a_translation_says_what_it_is_and_leads_to_the_original(
    town, language, automatic, original, checked, outdated
):
    id_ = town.store(replace(GRAFFITI, title={"de": "Graffiti"}, summary={"de": "Am Fluss."}, description={}, bring={}))
    here = f"/{language}/opportunities/{id_}"
    said = {"here": here, "there": f"{here}?original=1"}
    assert notice(town.page(id_, language)) is None
    assert '<h1 lang="de" dir="auto">Graffiti</h1>' in town.page(id_, language)
    town.fill()
    page = town.page(id_, language)
    assert notice(page) == automatic.format(**said)
    assert f"<h1>{language}: Graffiti</h1>" in page
    assert f'<p class="lead">{language}: Am Fluss.</p>' in page
    first = town.page(id_, language, original=True)
    assert notice(first) == original.format(**said)
    assert '<h1 lang="de" dir="auto">Graffiti</h1>' in first
    assert '<p class="lead" lang="de" dir="auto">Am Fluss.</p>' in first
    town.edit(id_, language, title="Own words")
    page = town.page(id_, language)
    assert notice(page) == checked.format(**said)
    assert "<h1>Own words</h1>" in page
    town.store(
        replace(GRAFFITI, title={"de": "Graffiti morgen"}, summary={"de": "Am Fluss."}, description={}, bring={})
    )
    page = town.page(id_, language)
    assert outdated in notice(page)
    assert "<h1>Own words</h1>" in page


def test_what_its_city_writes_itself_stands_before_our_words(town, offered):
    town.fill()
    town.edit(offered, "sl", title="Naš naslov", summary="Naš povzetek")
    town.store(replace(GRAFFITI, title={**GRAFFITI.title, "sl": "Njihov naslov"}))
    page = town.page(offered)
    assert "<h1>Njihov naslov</h1>" in page
    assert "Naš naslov" not in page
    assert "Naš povzetek" in page
    assert notice(page).startswith("Prevod, ki smo ga pregledali")
    everything = {name: {"sl": "x"} for name in ("title", "summary", "description", "bring")}
    town.store(replace(GRAFFITI, **everything))
    assert notice(town.page(offered)) is None
    assert town.states()["sl"] == "unused"


def test_a_text_that_a_reader_finds_in_no_language_of_theirs_says_which_it_is_in(town):
    id_ = town.store(replace(GRAFFITI, title={"lt": "Grafičiai", "sl": "Grafiti"}))
    town.fill()
    town.edit(id_, "sl", summary="Ob reki")
    page = town.page(id_)
    assert "<h1>Grafiti</h1>" in page
    assert '<p class="lead">Ob reki</p>' in page


def test_cards_show_the_title_in_the_readers_language_and_that_it_is_translated(town, offered):
    address = "/sl/opportunities?city=vilnius"
    assert ">Grafičiai</a>" in town.client.get(address).text
    town.fill()
    cards = town.client.get(address).text
    assert f'<a href="/sl/opportunities/{offered}">sl: Grafičiai</a>' in cards
    assert "Prevedeno" in cards
    # In the language of its city nothing is translated.
    assert "Išversta" not in town.client.get("/lt/opportunities?city=vilnius").text
    town.edit(offered, "sl", title="Grafiti ob reki")
    assert "Grafiti ob reki" in town.client.get(address).text
    town.remove(offered, "sl")
    cards = town.client.get(address).text
    assert 'lang="lt" dir="auto">Grafičiai</a>' in cards
    assert "Prevedeno" not in cards


def test_what_was_removed_is_shown_no_longer(town, offered):
    town.fill()
    assert notice(town.page(offered)) is not None
    town.remove(offered, "sl")
    page = town.page(offered)
    assert notice(page) is None
    assert '<h1 lang="lt" dir="auto">Grafičiai</h1>' in page


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.DRAFT, Status.REVIEW])
def test_of_what_is_not_shown_no_translation_is_shown(town, offered, status):
    town.fill()
    assert "sl: Grafičiai" in town.client.get("/sl/opportunities?city=vilnius").text
    town.store(GRAFFITI, status=status)
    assert town.client.get(f"/sl/opportunities/{offered}").status_code == 404
    assert "sl: " not in town.client.get("/sl/opportunities?city=vilnius").text
    assert town.states() == {"sl": "unused", "en": "unused"}


def test_feeds_files_the_api_and_calendars_say_what_the_other_city_said(town, offered):
    dated = replace(GRAFFITI, schedule=Schedule(start=datetime(2026, 2, 3, 17), timezone="Europe/Vilnius"))
    start = datetime(2026, 2, 3, 15, tzinfo=UTC)
    town.store(dated, occurrences=(Occurrence(start=start, end=start + timedelta(hours=1)),))
    town.fill()
    town.edit(offered, "sl", title="sl: Grafiti")
    addresses = [
        sharing.FEED_PATH,
        f"/api/v1/opportunities/{offered}",
        "/api/v1/opportunities?city=vilnius",
        f"/sl/opportunities/{offered}.ics",
        *(f"/feeds/opportunities.{each}?city=vilnius" for each in formats(town.city.house)),
    ]
    for address in addresses:
        answer = town.client.get(address)
        assert answer.status_code == 200, address
        assert b"sl: " not in answer.data, address
    assert "application/ld+json" not in town.page(offered)
    assert town.client.get(f"/api/v1/opportunities/{offered}").json["title"] == {"lt": "Grafičiai"}
    # Search finds what its city wrote.
    assert town.city.catalogue.find(Query(q="grafičiai", city=("vilnius",))).total == 1


def test_two_cities_that_count_the_same_still_do_when_one_of_them_translates(tmp_path, clock, database_url):
    with a_pair(tmp_path, clock, away_url=database_url) as (home, away):
        home.offer({"a": an_offer("Graffiti"), "b": an_offer("Dance")})
        away.read(home)
        assert away.subscription(home).equal is True
        before = away.app.test_client().get(f"{sharing.FEED_PATH}/digest").json
        own = Draft(title={"en": "Our own"}, reach=Reach.NETWORK)
        away.offer({"own": own})
        translator = MarkingTranslator()
        filling = Filling(away.city.federation.ground, Translators(away.city.house.plugins, [("fake", translator)]))
        assert filling.run().made == 2
        assert sorted(each[2] for each in translator.asked) == [("Dance",), ("Graffiti",)]
        versions = {each.id: each.version for each in away.stored()}
        home.offer({"a": an_offer("Graffiti, later"), "b": an_offer("Dance")})
        clock.advance(minutes=11)
        away.read(home)
        assert away.subscription(home).equal is True
        assert sum(each.version != versions[each.id] for each in away.stored()) == 1
        shared = away.app.test_client().get(sharing.FEED_PATH)
        assert [each["data"]["name"] for each in shared.json["items"]] == [[{"@language": "en", "@value": "Our own"}]]
        assert before["count"] == 0
        assert filling.run().made == 1
        (one,) = (each for each in away.stored() if each.content.title["en"] == "Graffiti, later")
        address = f"/sl/opportunities/{one.id}"
        assert "sl: Graffiti, later" in away.app.test_client().get(address).text
        # A partner that is none any more is hidden with its translations, and shown again with them.
        with away.database.write() as session:
            peers.deny(session, home.host, reason="x", clock=clock)
        showing.settle(away.city.federation.ground)
        assert away.app.test_client().get(address).status_code == 404
        with away.database.write() as session:
            peers.admit(session, home.host, clock=clock)
        showing.settle(away.city.federation.ground)
        assert "sl: Graffiti, later" in away.app.test_client().get(address).text
        assert filling.run().made == 0


def test_a_page_that_was_kept_is_made_anew_when_its_translation_changes(town, offered):
    assert notice(town.page(offered)) is None
    town.fill()
    assert notice(town.page(offered)).startswith("Samodejni prevod")
    town.edit(offered, "sl", title="Grafiti")
    assert "<h1>Grafiti</h1>" in town.page(offered)


def test_the_worker_fills_translations_of_a_plugin_by_itself(medina):
    with medina.house.database.write() as session:
        ((_, one),) = store.write_many(
            session,
            [
                store.Prepared(
                    content=changed(Draft(title={"en": "Chess elsewhere"})),
                    status=Status.PUBLISHED,
                    source_id="peer:elsewhere.example",
                    external_id="1",
                    origin=store.Origin(
                        city="elsewhere", host="elsewhere.example", name={"en": "Elsewhere"}, url="https://e.example/1"
                    ),
                )
            ],
            index=medina.index,
            clock=medina.house.clock,
        )
    medina.worker().drain(rounds=50)
    shown = medina.federation.translating.shown.of([one], "ar")
    assert shown[one.id].texts == {"title": "ar: Chess elsewhere"}
    assert shown[one.id].translator == "Parrot"

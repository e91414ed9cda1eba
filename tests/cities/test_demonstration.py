"""The demonstration feeds through the whole of a city: what visitors see, on any day, and what the dirt costs."""

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from col_core.base.config import load_city
from col_core.catalogue import occurrences, store
from col_core.catalogue.gathering import duplicates
from col_core.catalogue.records import Draft, Query
from col_core.catalogue.vocabulary import Category, OpportunityType
from col_core.house import open_city
from col_core.testing.clock import FixedClock

CITIES = Path(__file__).parents[2] / "cities"
# The nights on which clocks change, Christmas, and a leap day.
DAYS = [date(2026, 3, 29), date(2026, 10, 25), date(2026, 12, 25), date(2028, 2, 29)]


class Filled:
    """A city that was looked at and filled on the first of the days."""

    def __init__(self, city, clock):
        self.city, self.clock = city, clock
        self.seen = {}
        for each in city.gathering.sources:
            self.seen[each.config.id] = city.gathering.preview(each)
            city.gathering.sync(each)

    def codes(self):
        return {finding.code for seen in self.seen.values() for _, finding in seen.findings}

    def faults(self):
        return [f"{each.where}: {each.reason}" for seen in self.seen.values() for each in seen.errors]

    def on(self, day):
        """Return the drafts of every source on a day, and how often each still takes place after noon."""
        noon = datetime.combine(day, time(12), tzinfo=UTC)
        self.clock.advance(seconds=(noon - self.clock.now()).total_seconds())
        drafts = [
            draft
            for each in self.city.gathering.sources
            for item in each.source.fetch(since=None, cursor=None).items
            if isinstance(draft := each.source.normalise(item), Draft)
        ]
        return [(draft, self._dates(draft, noon)) for draft in drafts]

    def _dates(self, draft, noon):
        if draft.schedule is None:
            return None
        try:
            return list(occurrences.expand(draft.schedule, now=noon, until=noon + timedelta(days=365)))
        except ValueError:
            return []


@pytest.fixture(scope="module", params=["ljubljana", "vilnius"])
def filled(request, tmp_path_factory):
    config = load_city(CITIES / request.param, environ={"COL_VAR": str(tmp_path_factory.mktemp(request.param))})
    clock = FixedClock(datetime.combine(DAYS[0], time(12), tzinfo=UTC))
    with open_city(config, clock=clock) as city:
        yield Filled(city, clock)


@pytest.mark.parametrize(
    ("language", "begins", "quoted"),
    [("sl", "**Z besedo.**", "»(.+?)«"), ("lt", "**Žodžiu.**", "„(.+?)“"), ("en", "**By word.**", "“(.+?)”")],
)
def test_the_words_that_an_article_proposes_find_something(filled, language, begins, quoted):
    article = filled.city.house.config.content / "articles" / f"how-it-works.{language}.md"
    (proposal,) = [each for each in article.read_text(encoding="utf-8").splitlines() if each.startswith(begins)]
    proposed = re.findall(quoted, proposal)
    assert len(proposed) == 3
    assert [each for each in proposed if not filled.city.catalogue.find(Query(q=each)).total] == []


def test_what_says_in_its_text_that_it_is_free_is_found_by_whoever_looks_for_that(filled):
    said = [
        draft
        for draft, _ in filled.on(DAYS[0])
        if re.search(r"Vstop prost\.|Nemokamai\.", " ".join(draft.description.values()))
    ]
    assert len(said) > 30
    assert [draft.title for draft in said if not draft.price.free] == []


def test_visitors_see_at_least_250_offers_of_every_kind(filled):
    found = filled.city.catalogue.find(Query())
    assert found.total >= 250
    assert set(found.facets["type"]) == set(OpportunityType)
    assert set(found.facets["category"]) == set(Category)
    assert set(found.facets["language"]) >= {"sl", "lt", "en"}
    assert found.facets["format"]["online"] >= 15
    assert len(found.facets["district"]) == (17 if filled.city.house.config.id == "ljubljana" else 21)


def test_the_usual_dirt_is_in_the_files_and_reported(filled):
    expected = {"swapped-coordinates", "outside-city", "ages-crossed", "other-time-zone", "no-coordinates", "no-place"}
    assert expected <= filled.codes()
    said = "\n".join(filled.faults())
    for reason in ("it has no title", "it has no SUMMARY", "is not a date", "is not a time zone", "row 10", ", line "):
        assert reason in said, reason


def test_doubles_across_sources_are_proposed(filled):
    database = filled.city.house.database
    duplicates.propose(database, clock=filled.clock)
    with database.read() as session:
        pairs = duplicates.proposed(session)
        sources = [{store.get(session, id_).source.id for id_ in (each.first_id, each.second_id)} for each in pairs]
    assert any(len(each) == 2 for each in sources)


def test_partner_cities_are_shown_what_people_from_elsewhere_can_use_and_the_rest_stays(filled):
    with filled.city.house.database.read() as session:
        offers = [each for _, each in store.all_of(session)]
    shared = [each for each in offers if each.is_shared]
    assert len(shared) >= 60
    assert sum(each.status.is_public for each in offers) - len(shared) >= 60
    travel = [each.content.travel for each in shared if each.content.travel]
    assert len(travel) >= 5
    assert all(set(each) == {"sl", "lt", "en"} for each in travel)


def test_what_is_invented_says_so_and_what_is_real_does_not(filled):
    for each in filled.city.gathering.sources:
        drafts = filled.seen[each.config.id].new
        assert drafts
        assert {draft.example for draft in drafts} == {each.config.plugin == "demo"}
        if each.config.plugin == "demo":
            assert any(word in each.config.name["en"] for word in ("example", "Example")), each.config.id
            notices = ("izmišljen primer", "išgalvotas pavyzdys", "invented example")
            assert all(any(n in text for n in notices) for d in drafts for text in d.description.values())


@pytest.mark.parametrize("day", DAYS[1:], ids=str)
def test_on_any_day_most_offers_are_still_to_come(filled, day):
    found = filled.on(day)
    noon = filled.clock.now()
    invented = [dates for draft, dates in found if draft.example]
    live = [dates for dates in invented if dates is None or any(each.end > noon for each in dates)]
    soon = [
        dates for dates in invented if dates and any(noon < each.start < noon + timedelta(days=7) for each in dates)
    ]
    assert len(live) >= 240
    assert len(soon) >= 60
    real = [dates for draft, dates in found if not draft.example and dates]
    assert real
    assert all(each.end < noon for dates in real for each in dates), "a date of a real activity was moved"


def test_a_real_activity_whose_date_has_passed_is_kept_and_shown_as_past(filled):
    passed = [draft for draft in filled.seen["researched"].new if draft.schedule and draft.schedule.start.year < 2026]
    assert passed
    pages = [filled.city.catalogue.find(Query(per_page=100, page=number)) for number in range(1, 5)]
    listed = {text for page in pages for each in page.items for text in each.opportunity.content.title.values()}
    assert not any(set(draft.title.values()) & listed for draft in passed)
    long_ago = Query(from_day=date(2015, 1, 1), to_day=date(2025, 12, 31), per_page=100)
    found = filled.city.catalogue.find(long_ago)
    assert found.total >= 1
    now = datetime.combine(DAYS[0], time(12), tzinfo=UTC)
    assert any(each.opportunity.is_past(now) for each in found.items)


def test_letters_of_an_old_encoding_and_html_arrive_clean(filled):
    drafts = [draft for seen in filled.seen.values() for draft in seen.new]
    texts = [text for draft in drafts for text in (*draft.title.values(), *draft.summary.values())]
    assert any(set("čšžėųąįū") & set(text) for text in texts)
    assert not any("\ufffd" in text or "<" in text or "&amp;" in text for text in texts)

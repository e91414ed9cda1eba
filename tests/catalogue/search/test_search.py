import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from col_core.base.database import Database
from col_core.base.geo import distance_m, tile_of
from col_core.base.languages import Language
from col_core.base.text import Analyser
from col_core.catalogue.records import (
    Ages,
    Box,
    Draft,
    Near,
    Occurrence,
    Opportunity,
    OrganiserRef,
    Origin,
    Place,
    Price,
    Query,
    Schedule,
    Skill,
)
from col_core.catalogue.search import index_rows, ordering
from col_core.catalogue.search.engine import CatalogueIndex
from col_core.catalogue.vocabulary import Access, Category, Format, OpportunityType, Sort, Status

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Ljubljana")
WORDS = ["šola", "čebele", "glasba", "robotika", "Žaga", "ples", "most", "mostovi", "reka"]
LANGUAGES = [Language(tag=tag, name=tag, plural_forms="nplurals=1; plural=0;") for tag in ("sl", "en")]


def an_index():
    analyser = Analyser(LANGUAGES)
    return CatalogueIndex(analysers={"sl": analyser, "en": analyser}, timezone="Europe/Ljubljana", city_id="here")


def of_city(city):
    return Origin(city=city, host=f"{city}.example", name={"en": city.title()}, url=f"https://{city}.example/1")


def some(dice, values, most=2):
    return tuple(dice.sample(list(values), dice.randint(0, most)))


def an_offer(number, dice):
    city = dice.choices([None, "there", "yonder"], [7, 2, 1])[0]
    place = None
    if dice.random() < 0.8:
        located = dice.random() < 0.9
        place = Place(
            district=dice.choice([None, "Center", "Šiška", "Bežigrad"]),
            lat_deg=dice.uniform(45.9, 46.2) if located else None,
            lon_deg=dice.uniform(14.3, 14.9) if located else None,
        )
    starts = sorted(NOW + timedelta(minutes=dice.randint(-20_000, 40_000)) for _ in range(dice.randint(0, 3)))
    return Opportunity(
        id=f"o{number:04}",
        content=Draft(
            title={"sl": " ".join(dice.sample(WORDS, 2))},
            description={"en": " ".join(dice.sample(WORDS, 2))},
            type=dice.choice(list(OpportunityType)),
            categories=some(dice, Category),
            skills=tuple(Skill(label={"sl": label}) for label in some(dice, ["Risanje", "Šivanje"])),
            online=dice.random() < 0.3,
            ages=Ages(min=dice.choice([None, 10, 15, 20]), max=dice.choice([None, 20, 25, 30])),
            price=Price(free=dice.random() < 0.5),
            languages=some(dice, ["sl", "en", "de"]),
            accessibility=some(dice, Access),
        ),
        organiser=OrganiserRef(id="1", slug=dice.choice(["a", "b"]), name="A")
        if city is None and dice.random() < 0.8
        else None,
        origin=of_city(city) if city else None,
        source=None,
        place=place,
        occurrences=tuple(
            Occurrence(start=start, end=start + timedelta(minutes=dice.randint(0, 3000))) for start in starts
        ),
        status=dice.choices([Status.PUBLISHED, Status.CANCELLED, Status.DRAFT], [8, 1, 1])[0],
        findings=(),
        version=1,
        created=NOW,
        updated=NOW,
    )


def a_query(dice):
    day = date(2026, 3, 10) + timedelta(days=dice.randint(-8, 15))
    seldom = lambda value: value if dice.random() < 0.2 else ()  # noqa: E731
    return Query(
        q=dice.choice(["", "", "", "sola", "ČEBEL", "most", "mostovi reka", "zaga "]),
        bbox=Box(west_deg=14.4, south_deg=46.0, east_deg=14.7, north_deg=46.1) if dice.random() < 0.2 else None,
        near=dice.choice([None, Near(lat_deg=46.05, lon_deg=14.5, radius_m=dice.choice([None, 9_000]))]),
        from_day=dice.choice([None, None, day]),
        to_day=dice.choice([None, None, day + timedelta(days=3)]),
        age=dice.choice([None, None, 12, 22]),
        category=seldom((Category.ARTS, Category.MUSIC, Category.SPORT)),
        type=seldom((OpportunityType.EVENT, OpportunityType.COURSE)),
        skill=seldom(("sivanje",)),
        language=seldom(("sl", "fr")),
        free=dice.random() < 0.2,
        access=seldom((Access.STEP_FREE, Access.PARKING)),
        format=seldom((Format.ONLINE, Format.HYBRID)),
        district=seldom(("Šiška", "Center")),
        organisation=seldom(("a",)),
        city=dice.choice(
            [(), (), (), (), ("here",), ("there",), ("here", "there"), ("nowhere", "yonder"), ("nowhere",)]
        ),
        sort=dice.choice([None, *Sort]),
        page=dice.choice([1, 1, 2]),
        per_page=dice.choice([5, 100]),
    )


class Slow:
    """The same answers by going through every offer."""

    def __init__(self, offers):
        self.offers = [(pk, each) for pk, each in offers if each.status is Status.PUBLISHED]

    def dates(self, query, each):
        """Whether it is over and when it begins, for each date."""
        if not query.is_of_days:
            return [(False, o.start) for o in each.occurrences if o.end > NOW]
        low = datetime.combine(query.from_day or date(1990, 1, 1), time(), tzinfo=ZONE)
        high = datetime.combine((query.to_day or date(2100, 1, 1)) + timedelta(days=1), time(), tzinfo=ZONE)
        within = [o for o in each.occurrences if o.start < high and (o.end > low or o.start >= low)]
        return [(o.end <= NOW, o.start) for o in within]

    def words(self, query):
        folded = query.q.lower().translate(str.maketrans("šžč", "szc"))
        return [(word, not query.q.endswith(" ") and word == folded.split()[-1]) for word in folded.split()]

    def score(self, query, text):
        have = text.lower().translate(str.maketrans("šžč", "szc")).split()
        return [
            any(each.startswith(word) if prefix else each == word for each in have)
            for word, prefix in self.words(query)
        ]

    def distance(self, query, each):
        place = each.place
        if query.near is None or place is None or place.lat_deg is None:
            return None
        return distance_m(query.near.lat_deg, query.near.lon_deg, place.lat_deg, place.lon_deg)

    def values(self, each):
        return {
            "type": {each.content.type},
            "category": set(each.content.categories),
            "language": set(each.content.languages),
            "access": set(each.content.accessibility),
            "format": {each.format} - {None},
            "district": {each.place.district if each.place else None} - {None},
            "organisation": {each.organiser.slug} if each.organiser else set(),
            "city": {each.origin.city if each.origin else "here"},
            "skill": {{"Risanje": "risanje", "Šivanje": "sivanje"}[s.label["sl"]] for s in each.content.skills},
        }

    def fits(self, query, each, without=""):
        undated_fits = query.from_day is None and query.to_day is None and not each.occurrences
        if not (undated_fits or self.dates(query, each)):
            return False
        if not all(self.score(query, f"{each.content.title['sl']} {each.content.description['en']}")):
            return False
        place, box, ages = each.place, query.bbox, each.content.ages
        located = place is not None and place.lat_deg is not None
        if box and not (
            located
            and box.south_deg <= place.lat_deg <= box.north_deg
            and box.west_deg <= place.lon_deg <= box.east_deg
        ):
            return False
        if query.near and query.near.radius_m and not (located and self.distance(query, each) <= query.near.radius_m):
            return False
        if query.age is not None and not (ages.min or 0) <= query.age <= (ages.max or 999):
            return False
        if query.free and without != "free" and not each.content.price.free:
            return False
        return all(
            kind == without or not wanted or values & set(wanted)
            for kind, values in self.values(each).items()
            for wanted in [getattr(query, kind) or (("here",) if kind == "city" else ())]
        )

    def found(self, query):
        def key(item):
            pk, each = item
            when = min(self.dates(query, each), default=(False, datetime.max.replace(tzinfo=UTC)))
            far = self.distance(query, each)
            far = float("inf") if far is None else far
            score = -sum(self.score(query, each.content.title["sl"]))
            sort = query.sort or (Sort.RELEVANCE if query.q else Sort.DATE)
            return {"relevance": (score, when, far), "date": (when, far), "distance": (far, when)}[sort], pk

        return [each for _, each in sorted(((p, e) for p, e in self.offers if self.fits(query, e)), key=key)]

    def facet(self, query, kind):
        counts = {}
        for _, each in self.offers:
            if self.fits(query, each, without=kind):
                for value in self.values(each)[kind]:
                    counts[value] = counts.get(value, 0) + 1
        return counts


@pytest.fixture
def offers():
    dice = random.Random(7)
    return [(number, an_offer(number, dice)) for number in range(1, 301)]


def put(database, index, offers):
    with database.write() as session:
        index.put(session, offers)


def find(database, index, **query):
    with database.read() as session:
        return index.find(session, Query(**query), language="sl", now=NOW)


def test_answers_are_those_of_going_through_every_offer(database, offers):
    index, slow, dice = an_index(), Slow(offers), random.Random(3)
    put(database, index, offers)
    for _ in range(150):
        query = a_query(dice)
        expected = slow.found(query)
        with database.read() as session:
            found = index.find(session, query, language="sl", now=NOW)
        first = (query.page - 1) * query.per_page
        assert found.total == len(expected), query
        assert [hit.id for hit in found.hits] == [each.id for each in expected[first : first + query.per_page]], query
        for kind in ("category", "type", "language", "district", "format", "access", "city"):
            assert found.facets[kind] == slow.facet(query, kind), (kind, query)


def test_the_map_shows_every_located_offer_once_at_each_zoom(database, offers):
    index, slow, dice = an_index(), Slow(offers), random.Random(5)
    put(database, index, offers)
    for z in (0, 6, 10, 12):
        query = a_query(dice) if z else Query()
        located = [each.place for each in slow.found(query) if each.place and each.place.lat_deg is not None]
        tiles = {tile_of(place.lat_deg, place.lon_deg, z) for place in located}
        with database.read() as session:
            shown = [each for x, y in tiles for each in index.clusters(session, query, z=z, x=x, y=y, now=NOW)]
        assert sum(each.count for each in shown) == len(located)
        assert all((each.id is not None) == (each.count == 1) for each in shown)


def test_what_was_withdrawn_or_removed_is_found_no_more(database, offers):
    index, other = an_index(), an_index()
    public = [(pk, replace(each, status=Status.PUBLISHED, occurrences=())) for pk, each in offers[:3]]
    put(database, index, public)
    assert find(database, other).total == 3
    put(database, index, [(public[0][0], replace(public[0][1], status=Status.WITHDRAWN))])
    with database.write() as session:
        index.remove(session, [public[1][0]])
    assert [hit.id for hit in find(database, other).hits] == [public[2][1].id]
    assert find(database, other, q=public[0][1].content.title["sl"]).total <= 1


def test_what_another_process_wrote_is_seen(database, offers):
    here, there = an_index(), an_index()
    elsewhere = Database(database.url.render_as_string(hide_password=False))
    assert find(database, here).total == 0
    put(elsewhere, there, [(1, replace(offers[0][1], status=Status.PUBLISHED, occurrences=()))])
    assert find(database, here).total == 1
    elsewhere.dispose()


def test_a_write_that_is_rolled_back_leaves_no_trace(database, offers):
    index = an_index()
    public = replace(offers[0][1], status=Status.PUBLISHED, occurrences=())
    with pytest.raises(RuntimeError), database.write() as session:  # noqa: PT012
        index.put(session, [(1, public)])
        assert index.find(session, Query(), language="sl", now=NOW).total == 1
        raise RuntimeError
    assert find(database, index).total == 0
    put(database, index, [(2, replace(public, id="other"))])
    assert [hit.id for hit in find(database, index).hits] == ["other"]


def test_only_sorting_what_could_be_on_the_page_changes_no_answer(database):
    dice = random.Random(11)
    offers = [(number, an_offer(number, dice)) for number in range(1, 2001)]
    index, slow = an_index(), Slow(offers)
    put(database, index, offers)
    near = Near(lat_deg=46.05, lon_deg=14.5)
    for query in (
        Query(),
        Query(page=3, near=near),
        Query(sort=Sort.DISTANCE, near=near),
        Query(sort=Sort.DISTANCE, near=near, page=70),
        Query(sort=Sort.DISTANCE, near=Near(lat_deg=89.5, lon_deg=179.9), per_page=5),
        Query(sort=Sort.DISTANCE),
        Query(q="most", near=near),
        Query(q="most", per_page=3, page=2, sort=Sort.DATE),
    ):
        expected = slow.found(query)
        with database.read() as session:
            found = index.find(session, query, language="sl", now=NOW)
        first = (query.page - 1) * query.per_page
        assert found.total == len(expected)
        assert [hit.id for hit in found.hits] == [each.id for each in expected[first : first + query.per_page]], query


def test_every_page_of_what_was_asked_for_before_is_the_right_one(database, monkeypatch):
    monkeypatch.setattr(ordering, "_FEW", 40)
    dice = random.Random(17)
    offers = [(number, an_offer(number, dice)) for number in range(1, 801)]
    index, slow = an_index(), Slow(offers)
    put(database, index, offers)
    places = [None, Near(lat_deg=46.05, lon_deg=14.5), Near(lat_deg=46.1, lon_deg=14.6, radius_m=9_000)]
    asked = [
        Query(q=q, near=near, sort=sort, page=page, per_page=per_page)
        for q in ("", "most")
        for near in places
        for sort in (None, Sort.DATE, Sort.DISTANCE)
        for page, per_page in ((1, 10), (5, 10), (2, 100), (1, 100), (60, 10))
    ]
    for query in dice.sample(asked, len(asked)) + asked:
        expected = slow.found(query)
        first = (query.page - 1) * query.per_page
        with database.read() as session:
            found = index.find(session, query, language="sl", now=NOW)
        assert found.total == len(expected)
        assert [hit.id for hit in found.hits] == [each.id for each in expected[first : first + query.per_page]], query


def test_an_index_that_followed_every_change_answers_like_a_new_one(database, offers):
    dice, index = random.Random(13), an_index()
    put(database, index, offers)
    queries = [a_query(dice) for _ in range(12)] + [Query(q="most"), Query(q="mostovi reka")]
    for turn in range(25):
        chosen = dice.sample(range(1, 401), dice.choice((1, 5, 300)))
        if turn % 5 == 4:
            with database.write() as session:
                index.remove(session, chosen[:5])
        else:
            put(database, index, [(pk, an_offer(pk, dice)) for pk in chosen])
        query, fresh = dice.choice(queries), an_index()
        for minute in (0, turn * 60):
            now = NOW + timedelta(minutes=minute)
            with database.read() as session:
                answers = [each.find(session, query, language="sl", now=now) for each in (index, fresh)]
                x, y = tile_of(46.05, 14.5, 9)
                shown = [each.clusters(session, query, z=9, x=x, y=y, now=now) for each in (index, fresh)]
            assert answers[0] == answers[1], query
            assert sorted((c.count, sorted(c.categories.items()), c.id or "") for c in shown[0]) == sorted(
                (c.count, sorted(c.categories.items()), c.id or "") for c in shown[1]
            )


def test_what_is_of_other_cities_is_found_where_they_are_asked_for_alone(database, offers):
    index = an_index()
    ours, theirs = (
        replace(offers[0][1], id=id_, status=Status.PUBLISHED, occurrences=(), origin=origin)
        for id_, origin in (("ours", None), ("theirs", of_city("there")))
    )
    put(database, index, [(1, ours)])
    assert find(database, index).facets["city"] == {"here": 1}
    assert find(database, index, city=("there",)).facets["city"] == {"here": 1}
    put(database, index, [(2, theirs)])
    for asked, expected in (
        ((), ["ours"]),
        (("here",), ["ours"]),
        (("there",), ["theirs"]),
        (("there", "here"), ["ours", "theirs"]),
        (("nowhere",), []),
    ):
        found = find(database, index, city=asked)
        assert [hit.id for hit in found.hits] == expected
        assert found.facets["city"] == {"here": 1, "there": 1}
    put(database, index, [(2, replace(theirs, status=Status.WITHDRAWN))])
    assert find(database, index, city=("there",)).total == 0
    assert find(database, index).facets["city"] == {"here": 1}


def test_the_map_shows_this_city_until_another_is_asked_for(database, offers):
    index = an_index()
    spot = Place(lat_deg=46.05, lon_deg=14.5)
    put(
        database,
        index,
        [
            (
                number,
                replace(offers[0][1], id=f"o{number}", status=Status.PUBLISHED, occurrences=(), place=spot, origin=o),
            )
            for number, o in enumerate([None, of_city("there"), of_city("there")], start=1)
        ],
    )

    def shown(**query):
        with database.read() as session:
            return sum(each.count for each in index.clusters(session, Query(**query), z=0, x=0, y=0, now=NOW))

    assert [shown(), shown(), shown(city=("there",)), shown(city=("here", "there"))] == [1, 1, 2, 3]


def test_what_was_put_lately_is_sorted_into_the_index_of_words(database):
    dice, index = random.Random(7), an_index()
    offers = [(number, an_offer(number, dice)) for number in range(1, 40)]
    with database.write() as session:
        index.put(session, offers)
    before = found_words(database, index)
    for each in index_rows.chores(database):
        each.run()
    assert found_words(database, index) == before
    assert before
    if database.dialect == "postgresql":
        with database.write() as session:
            left = session.execute(text("SELECT gin_clean_pending_list('ix_search_text_words')")).scalar()
        assert left == 0


def found_words(database, index):
    with database.read() as session:
        hits = index.find(session, Query(q="most "), language="sl", now=NOW).hits
    return {each.id for each in hits}


def test_the_date_that_is_shown_is_the_one_by_which_it_was_found(offers):
    slow, dice = Slow(offers), random.Random(13)
    for _ in range(300):
        query, (_, each) = a_query(dice), dice.choice(offers)
        schedule = Schedule(start=datetime(2026, 3, 10, 12), timezone="Europe/Ljubljana")
        each = replace(each, content=replace(each.content, schedule=schedule))
        first = min(slow.dates(query, each), default=None)
        if query.is_of_days:
            found = each.occurrence_within(*query.span(ZONE), NOW)
            assert (found and (found.end <= NOW, found.start)) == first

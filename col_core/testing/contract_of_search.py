"""The contract of search engines: list, counts and map agree with what was put in."""

from dataclasses import replace

import pytest

from col_core.base.database import Database
from col_core.catalogue.hooks import SearchIndex
from col_core.catalogue.records import Draft, Origin, Place, Query
from col_core.catalogue.vocabulary import OpportunityType, Status
from col_core.testing.clock import START
from col_core.testing.opportunities import an_opportunity

_HERE = Place(name="Center", lat_deg=46.05, lon_deg=14.5)
_THERE = Origin(city="there", host="there.example", name={"en": "There"}, url="https://there.example/1")
OFFERS = tuple(
    (number, an_opportunity(content, id_=f"offer{number}", image_key=None))
    for number, content in enumerate(
        (
            Draft(title={"sl": "Čebelarski krožek"}, type=OpportunityType.COURSE, place=_HERE),
            Draft(title={"sl": "Nočni tek"}, type=OpportunityType.EVENT, place=replace(_HERE, lat_deg=46.06)),
            Draft(title={"sl": "Čebele na strehi"}, type=OpportunityType.EVENT),
        ),
        start=1,
    )
)


class SearchIndexContract:
    """What every search engine must do. It runs on each database of the test kit."""

    @pytest.fixture
    def index(self) -> SearchIndex:
        """Return an empty index. To be filled in."""
        raise NotImplementedError("a contract suite needs an `index` fixture")

    @pytest.fixture
    def filled(self, index: SearchIndex, database: Database) -> SearchIndex:
        with database.write() as session:
            index.put(session, OFFERS)
        return index

    def test_it_is_an_index(self, index: SearchIndex) -> None:
        assert isinstance(index, SearchIndex)

    def test_everything_that_is_public_is_found_once(self, filled: SearchIndex, database: Database) -> None:
        assert sorted(_found(filled, database, Query())) == ["offer1", "offer2", "offer3"]

    def test_words_and_filters_narrow_it(self, filled: SearchIndex, database: Database) -> None:
        assert sorted(_found(filled, database, Query(q="cebel"))) == ["offer1", "offer3"]
        assert _found(filled, database, Query(q="čebel", type=(OpportunityType.COURSE,))) == ["offer1"]
        assert _found(filled, database, Query(q="nothing of that kind")) == []

    def test_pages_lead_through_all_of_it(self, filled: SearchIndex, database: Database) -> None:
        pages = [_found(filled, database, Query(page=number, per_page=2)) for number in (1, 2, 3)]
        assert sorted(id_ for page in pages for id_ in page) == ["offer1", "offer2", "offer3"]
        assert [len(page) for page in pages] == [2, 1, 0]

    def test_the_map_shows_what_has_a_place(self, filled: SearchIndex, database: Database) -> None:
        with database.read() as session:
            shown = filled.clusters(session, Query(), z=0, x=0, y=0, now=START)
        assert sum(each.count for each in shown) == 2

    def test_another_city_is_found_where_it_is_asked_for(self, filled: SearchIndex, database: Database) -> None:
        theirs = an_opportunity(Draft(title={"lt": "Bitės ant stogo"}), id_="theirs", image_key=None, origin=_THERE)
        with database.write() as session:
            filled.put(session, [(4, theirs)])
        assert _found(filled, database, Query(city=("there",))) == ["theirs"]
        assert sorted(_found(filled, database, Query())) == ["offer1", "offer2", "offer3"]

    def test_what_is_withdrawn_or_removed_is_gone(self, filled: SearchIndex, database: Database) -> None:
        with database.write() as session:
            filled.put(session, [(1, replace(OFFERS[0][1], status=Status.WITHDRAWN))])
            filled.remove(session, [2])
        assert _found(filled, database, Query()) == ["offer3"]

    def test_what_is_put_in_again_is_changed(self, filled: SearchIndex, database: Database) -> None:
        changed = an_opportunity(Draft(title={"sl": "Šah"}), id_="offer2", image_key=None)
        with database.write() as session:
            filled.put(session, [(2, changed)])
        assert _found(filled, database, Query(q="tek")) == []
        assert _found(filled, database, Query(q="šah")) == ["offer2"]


def _found(index: SearchIndex, database: Database, query: Query) -> list[str]:
    with database.read() as session:
        found = index.find(session, query, language="sl", now=START)
    assert found.total >= len(found.hits)
    return [each.id for each in found.hits]

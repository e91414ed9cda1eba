import pytest

from col_core.base.errors import ConfigError
from col_core.bench.filling import fill_beside_raw
from col_core.bench.town import town
from col_core.catalogue.records import Query
from col_core.house import open_city


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_throw_away_cities_are_filled_with_and_without_words_compared_and_gone(engine):
    told = []
    try:
        with town(engine) as made, town(engine) as beside:
            with open_city(made.config) as city, open_city(beside.config) as bare:
                figures = fill_beside_raw(city, bare, 300, made.folder, progress=lambda *step: told.append(step))
                assert [each.unit for each in figures] == ["a second", "a second", "MB"]
                assert 150 < city.catalogue.find(Query()).total == bare.catalogue.find(Query()).total <= 300
                assert city.catalogue.find(Query(q="workshop")).total > 0
                assert bare.catalogue.find(Query(q="workshop")).total == 0
            assert made.folder.exists()
    except ConfigError as error:
        pytest.skip(str(error))
    assert told == [("storing offers", 300, 300)]
    assert not made.folder.exists()

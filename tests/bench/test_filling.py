import pytest

from col_core.base.errors import ConfigError
from col_core.bench.filling import beside_raw, fill
from col_core.bench.town import town
from col_core.catalogue.records import Query
from col_core.house import open_city


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_throw_away_city_is_filled_compared_and_gone(engine):
    told = []
    try:
        with town(engine) as made:
            with open_city(made.config) as city:
                filled = fill(city, 300, progress=lambda *step: told.append(step))
                assert 150 < city.catalogue.find(Query()).total <= 300
                assert [each.unit for each in beside_raw(city, filled, made.folder)] == ["a second", "a second", "MB"]
            assert made.folder.exists()
    except ConfigError as error:
        pytest.skip(str(error))
    assert told == [("storing offers", 300, 300)]
    assert not made.folder.exists()

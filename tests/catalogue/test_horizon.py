from datetime import datetime

from col_core.catalogue import horizon
from col_core.catalogue.records import Draft, Schedule


def series(title, rrule):
    start = datetime(2026, 1, 6, 17, 0)
    return Draft(title={"sl": title}, schedule=Schedule(start=start, timezone="Europe/Ljubljana", rrule=rrule))


def test_an_endless_series_gets_further_dates_as_time_goes_on(house):
    house.sync(a=series("Brez konca", "FREQ=WEEKLY"), b=series("S koncem", "FREQ=WEEKLY;COUNT=3"))
    before = house.stored()
    house.clock.advance(days=300)
    assert horizon.move(house.database, index=house.index, clock=house.clock) == 1
    after = house.stored()
    assert after["S koncem"] == before["S koncem"]
    added = len(after["Brez konca"].occurrences) - len(before["Brez konca"].occurrences)
    assert added in (42, 43)
    assert after["Brez konca"].version == before["Brez konca"].version
    assert after["Brez konca"] in house.index.items.values()
    assert horizon.move(house.database, index=house.index, clock=house.clock) == 0

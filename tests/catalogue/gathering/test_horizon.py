from datetime import datetime

from col_core.catalogue.gathering import horizon
from col_core.catalogue.records import Draft, Schedule


def series(title, rrule, start=datetime(2026, 1, 6, 17, 0)):
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


def moved(house, *, days):
    house.clock.advance(days=days)
    return horizon.move(house.database, index=house.index, clock=house.clock)


def test_dates_far_off_are_there_when_the_horizon_reaches_them_and_over_when_they_are(house):
    far = datetime(2028, 5, 6, 17, 0)
    single = Draft(title={"sl": "Enkrat"}, schedule=Schedule(start=far, timezone="Europe/Ljubljana"))
    more = Schedule(start=datetime(2026, 4, 1, 17, 0), timezone="Europe/Ljubljana", rdates=(far,))
    house.sync(a=single, b=Draft(title={"sl": "Dvakrat"}, schedule=more))
    assert [len(house.stored()[each].occurrences) for each in ("Enkrat", "Dvakrat")] == [0, 1]
    assert moved(house, days=1) == 0
    now = house.clock.now()
    assert moved(house, days=(far.date() - now.date()).days - 40) == 2
    for each in house.stored().values():
        assert each.next_occurrence(house.clock.now()).start.date() == far.date()
        assert each in house.index.items.values()
    assert moved(house, days=1) == 0
    assert moved(house, days=80) == 0
    assert all(each.is_past(house.clock.now()) for each in house.stored().values())


def test_a_series_that_began_long_ago_is_not_over(house):
    run = house.sync(
        a=series("Vsak dan", "FREQ=DAILY", datetime(2023, 1, 1, 9, 0)),
        b=series("Vsak teden", "FREQ=WEEKLY", datetime(2015, 1, 6, 17, 0)),
        c=series("Vsako uro", "FREQ=HOURLY", datetime(1900, 1, 1)),
    )
    assert run.new == 3
    now = house.clock.now()
    stored = house.stored()
    assert not any(each.is_past(now) for each in stored.values())
    codes = {title: [finding.code for finding in each.findings] for title, each in stored.items()}
    assert "many-dates" in codes["Vsako uro"]
    assert "many-dates" not in codes["Vsak dan"] + codes["Vsak teden"]
    house.clock.advance(days=700)
    assert horizon.move(house.database, index=house.index, clock=house.clock) == 3
    assert not any(each.is_past(house.clock.now()) for each in house.stored().values())

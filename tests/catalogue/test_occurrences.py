from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from col_core.base.errors import InvalidInput
from col_core.catalogue.occurrences import MOST_OCCURRENCES, expand
from col_core.catalogue.records import Override, Schedule
from col_core.testing.opportunities import FULL, an_opportunity

LJUBLJANA = ZoneInfo("Europe/Ljubljana")
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FAR = datetime(2030, 1, 1, tzinfo=UTC)
HORIZON = timedelta(days=548)


def a_schedule(start="2026-10-06T17:00", end="2026-10-06T19:00", **more):
    return Schedule(
        **{
            "start": datetime.fromisoformat(start),
            "end": datetime.fromisoformat(end) if end else None,
            "timezone": "Europe/Ljubljana",
            **more,
        }
    )


def local(schedule, until=FAR):
    return [
        each.start.astimezone(LJUBLJANA).strftime("%Y-%m-%d %H:%M") for each in expand(schedule, now=NOW, until=until)
    ]


def test_eight_tuesdays_without_the_holiday_are_seven_all_at_17_across_the_clock_change():
    dates = local(a_schedule(rrule="FREQ=WEEKLY;COUNT=8", exdates=(datetime(2026, 11, 3, 17, 0),)))
    assert len(dates) == 7
    assert {each[-5:] for each in dates} == {"17:00"}
    assert "2026-11-03 17:00" not in dates
    utc_hours = {each.start.hour for each in expand(a_schedule(rrule="FREQ=WEEKLY;COUNT=8"), now=NOW, until=FAR)}
    assert utc_hours == {15, 16}


def test_one_edited_date_leaves_the_others():
    edited = Override(
        original_start=datetime(2026, 10, 13, 17, 0),
        start=datetime(2026, 10, 14, 18, 0),
        end=datetime(2026, 10, 14, 20, 0),
    )
    cancelled = Override(original_start=datetime(2026, 10, 20, 17, 0), cancelled=True)
    assert local(a_schedule(rrule="FREQ=WEEKLY;COUNT=4", overrides=(edited, cancelled))) == [
        "2026-10-06 17:00",
        "2026-10-14 18:00",
        "2026-10-27 17:00",
    ]


@pytest.mark.parametrize(
    ("until", "count"),
    [("20261020T150000Z", 3), ("20261020T145959Z", 2), ("20261020", 3), ("20261020T170000", 3), ("20261019", 2)],
)
def test_until_may_be_in_utc_a_bare_day_or_local(until, count):
    assert len(local(a_schedule(rrule=f"FREQ=WEEKLY;UNTIL={until}"))) == count


def test_a_rule_until_the_end_of_time_goes_to_the_horizon():
    dates = local(a_schedule(rrule="FREQ=WEEKLY;UNTIL=99991231T235959Z"), until=datetime(2026, 12, 1, tzinfo=UTC))
    assert (dates[0], dates[-1], len(dates)) == ("2026-10-06 17:00", "2026-11-24 17:00", 8)


def test_a_time_that_does_not_exist_moves_forward_and_one_that_comes_twice_is_the_first():
    gap = expand(a_schedule("2026-03-29T02:30", "2026-03-29T03:30"), now=NOW, until=FAR)
    assert gap[0].start == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    twice = expand(a_schedule("2026-10-25T02:30", None), now=NOW, until=FAR)
    assert twice[0].start == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_whole_day_ends_with_the_day():
    (day,) = expand(a_schedule("2026-10-25T00:00", None, all_day=True), now=NOW, until=FAR)
    assert day.end - day.start == timedelta(hours=25), "the clocks go back on that day"


def test_more_dates_beside_the_rule_are_there_once():
    extra = (datetime(2026, 12, 24, 10, 0), datetime(2026, 10, 13, 17, 0))
    dates = local(a_schedule(rrule="FREQ=WEEKLY;COUNT=2", rdates=extra))
    assert dates == ["2026-10-06 17:00", "2026-10-13 17:00", "2026-12-24 10:00"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=3",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=DAILY;BYSECOND=1,2,3",
        "FREQ=DAILY;COUNT=99999999999",
        "INTERVAL=2",
        "FREQ=WEEKLY;UNTIL=someday",
        "FREQ=WEEKLY;UNTIL=99999999",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;FREQ=DAILY",
        "nonsense",
        "",
        "FREQ=WEEKLY;" + "BYMONTH=1;" * 100,
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_in_words(rule):
    with pytest.raises(InvalidInput):
        expand(a_schedule(rrule=rule), now=NOW, until=FAR)


@pytest.mark.parametrize("zone", ["Europe", "../etc/passwd", "", "Mars/Olympus", "europe/ljubljana "])
def test_a_zone_that_is_none_is_refused(zone):
    with pytest.raises(InvalidInput, match="not a time zone"):
        expand(a_schedule(timezone=zone), now=NOW, until=FAR)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=HOURLY;BYHOUR=3;BYMONTHDAY=31;BYMONTH=2",
    ],
)
def test_a_rule_that_gives_much_or_nothing_is_bounded(rule):
    assert len(expand(a_schedule(rrule=rule), now=NOW, until=datetime(2100, 1, 1, tzinfo=UTC))) <= MOST_OCCURRENCES


def test_a_date_out_of_bounds_is_refused():
    with pytest.raises(InvalidInput):
        expand(a_schedule("0001-01-01T00:00", None), now=NOW, until=FAR)
    with pytest.raises(InvalidInput):
        expand(a_schedule("9999-12-31T23:00", None), now=NOW, until=FAR)


def days(schedule, now=NOW):
    return [f"{each.start:%Y-%m-%d}" for each in expand(schedule, now=now, until=now + HORIZON)]


@pytest.mark.parametrize(
    ("start", "rule", "number"),
    [
        ("2023-01-01T09:00", "FREQ=DAILY", 914),
        ("2015-01-06T17:00", "FREQ=WEEKLY", 130),
        ("1900-01-01T00:00", "FREQ=WEEKLY;INTERVAL=2", 65),
        ("2012-01-31T10:00", "FREQ=MONTHLY", 18),
        ("2008-09-03T10:00", "FREQ=YEARLY;INTERVAL=6", 1),
    ],
)
def test_a_series_that_began_long_ago_has_its_dates_around_now(start, rule, number):
    found = days(a_schedule(start, None, rrule=rule))
    assert (found[0] >= "2025-02-28", found[-1] > "2026-09-01", len(found)) == (True, True, number)


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        ("FREQ=DAILY;COUNT=400", "2016-02-04"),
        ("FREQ=WEEKLY;UNTIL=20190601", "2019-05-30"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;UNTIL=20190601", "2016-02-29"),
        ("FREQ=HOURLY;UNTIL=20190601", "2019-06-01"),
    ],
)
def test_of_what_was_over_long_ago_the_last_date_is_known(rule, last):
    assert days(a_schedule("2015-01-01T17:00", None, rrule=rule)) == [last]


def test_where_there_are_too_many_dates_those_that_are_over_give_way_first():
    schedule = Schedule(start=datetime(1900, 1, 1), timezone="UTC", rrule="FREQ=HOURLY")
    hourly = expand(schedule, now=NOW, until=NOW + HORIZON)
    assert (len(hourly), hourly[0].start) == (MOST_OCCURRENCES, NOW + timedelta(hours=1))
    twice = expand(replace(schedule, rrule="FREQ=DAILY;BYHOUR=0,12"), now=NOW, until=NOW + timedelta(days=400))
    assert (len(twice), twice[-1].start) == (MOST_OCCURRENCES, NOW + timedelta(days=400))


@pytest.mark.parametrize("rule", ["FREQ=HOURLY", "FREQ=HOURLY;UNTIL=20240101", "FREQ=DAILY;COUNT=10000",
                                  "FREQ=HOURLY;INTERVAL=7;BYMONTH=2;BYMONTHDAY=29"])  # fmt: skip
def test_a_rule_that_began_in_1900_and_lasts_200_years_is_soon_worked_out(rule):
    before = process_time()
    expand(a_schedule("1900-01-01T00:00", "2100-01-01T00:00", rrule=rule), now=NOW, until=NOW + HORIZON)
    assert process_time() - before < 2


def test_one_long_date_that_has_not_ended_is_still_there():
    (one,) = expand(a_schedule("2019-01-01T00:00", "2027-01-01T00:00"), now=NOW, until=NOW + HORIZON)
    assert one.end > NOW
    found = expand(
        a_schedule("2010-01-01T00:00", "2011-05-01T00:00", rrule="FREQ=YEARLY"), now=NOW, until=NOW + HORIZON
    )
    assert [each.start.year + 1 for each in found] == [2024, 2025, 2026, 2027]


STEPS = st.builds(
    "FREQ={};INTERVAL={}{}{}".format,
    st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]),
    st.sampled_from([1, 2, 3, 5, 30, 10_000]),
    st.sampled_from(
        ["", ";BYDAY=TU,SU", ";BYMONTH=2,5", ";BYMONTHDAY=29,-1", ";BYHOUR=9,15", ";BYWEEKNO=1,53", ";BYYEARDAY=366"]
    ),
    st.sampled_from(["", ";WKST=SU", ";UNTIL=20260501T000000"]),
)


@settings(max_examples=100)
@given(
    start=st.datetimes(datetime(2005, 1, 1), datetime(2026, 6, 1)).map(lambda each: each.replace(microsecond=0)),
    rule=STEPS,
)
def test_however_long_ago_a_rule_began_it_goes_on_in_its_step(start, rule):
    try:
        whole = rrulestr(rule, dtstart=start)
    except ValueError:
        assume(False)
    coming = [each.replace(tzinfo=UTC) for each in whole.between(datetime(2026, 3, 1, 12), datetime(2026, 7, 1))]
    schedule = Schedule(start=start, timezone="UTC", rrule=rule)
    found = [each.start for each in expand(schedule, now=NOW, until=datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC))]
    first = start.replace(tzinfo=UTC)
    ours, theirs = ([each for each in dates if each > NOW and each != first] for dates in (found, coming))
    assert ours[: MOST_OCCURRENCES - 1] == theirs[: MOST_OCCURRENCES - 1]


@settings(max_examples=100)
@given(
    start=st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)).map(lambda each: each.replace(microsecond=0)),
    rule=st.builds(
        "FREQ={};INTERVAL={}{}".format,
        st.sampled_from(["DAILY", "WEEKLY"]),
        st.integers(1, 9),
        st.sampled_from(["", ";COUNT=1", ";COUNT=40", ";UNTIL=20260401T100000"]),
    ),
    names_its_day=st.booleans(),
)
def test_a_rule_that_only_counts_days_or_weeks_gives_what_the_library_gives(start, rule, names_its_day):
    if names_its_day and "WEEKLY" in rule:
        rule = f"{rule};BYDAY={('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')[start.weekday()]}"
    given_by_it = rrulestr(rule, dtstart=start).between(datetime(2025, 3, 2), datetime(2026, 9, 1), inc=True)
    found = expand(Schedule(start=start, timezone="UTC", rrule=rule), now=NOW, until=datetime(2026, 9, 1, tzinfo=UTC))
    ours, theirs = (
        [each for each in dates if each > datetime(2025, 3, 2, tzinfo=UTC) and each != start.replace(tzinfo=UTC)]
        for dates in ((one.start for one in found), (one.replace(tzinfo=UTC) for one in given_by_it))
    )
    assert ours == theirs


@settings(max_examples=60)
@given(
    start=st.datetimes(datetime(2020, 1, 1), datetime(2028, 1, 1)).map(lambda each: each.replace(microsecond=0)),
    rule=st.builds(
        "FREQ={};INTERVAL={};COUNT={}".format,
        st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
        st.integers(1, 4),
        st.integers(1, 30),
    ),
    minutes=st.integers(0, 600),
)
def test_occurrences_are_in_order_last_as_long_and_keep_the_wall_clock(start, rule, minutes):
    schedule = Schedule(start=start, end=start + timedelta(minutes=minutes), timezone="Europe/Vilnius", rrule=rule)
    found = expand(schedule, now=NOW, until=datetime(2060, 1, 1, tzinfo=UTC))
    assert found[0].start <= found[-1].start
    assert list(found) == sorted(found, key=lambda each: each.start)
    assert all(each.end >= each.start for each in found)
    zone = ZoneInfo("Europe/Vilnius")
    walls = [each.start.astimezone(zone).time() for each in found]
    # Only what falls into the missing hour of spring may differ.
    assert sum(each != start.time() for each in walls) <= sum(3 <= each.hour <= 4 for each in walls)


@settings(max_examples=60)
@given(
    hours=st.integers(0, 100),
    longer=st.none() | st.tuples(st.integers(0, 9), st.integers(1, 400), st.integers(-300, 300)),
    passed=st.integers(-10, 400),
)
def test_the_next_date_is_the_first_that_is_not_over(hours, longer, passed):
    start = datetime(2026, 3, 20, 17)
    schedule = Schedule(
        start=start, end=start + timedelta(hours=hours), timezone="Europe/Vilnius", rrule="FREQ=DAILY;COUNT=10"
    )
    if longer is not None:
        day, lasts, moved = longer
        original = start + timedelta(days=day)
        begins = original + timedelta(hours=moved)
        schedule = replace(
            schedule,
            overrides=(Override(original_start=original, start=begins, end=begins + timedelta(hours=lasts)),),
        )
    one = an_opportunity(replace(FULL, schedule=schedule))
    now = datetime(2026, 3, 20, tzinfo=UTC) + timedelta(hours=passed)
    assert one.next_occurrence(now) == next((each for each in one.occurrences if each.end > now), None)

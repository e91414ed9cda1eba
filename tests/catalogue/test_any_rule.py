"""Any recurrence rule that a calendar may hold is expanded or refused, and always soon."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.base.errors import InvalidInput
from col_core.catalogue.occurrences import MOST_OCCURRENCES, expand
from col_core.catalogue.records import Schedule

NUMBERS = st.integers(-400, 400) | st.sampled_from([0, 10**9, 2**70])
LISTS = st.lists(NUMBERS, min_size=1, max_size=4).map(lambda each: ",".join(map(str, each)))
PARTS = st.one_of(
    st.builds("FREQ={}".format, st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "SECONDLY", "X"])),
    st.builds("{}={}".format, st.sampled_from(["INTERVAL", "COUNT", "BYSETPOS"]), NUMBERS),
    st.builds("{}={}".format, st.sampled_from(["BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYHOUR"]), LISTS),
    st.builds("BYDAY={}{}".format, st.sampled_from(["", "1", "-1", "53", "99"]), st.sampled_from(["MO", "SU", "XX"])),
    st.builds("UNTIL={}".format, st.sampled_from(["20260401", "20260401T120000Z", "00010101", "99991231T235959", "x"])),
    st.just("WKST=SU"),
    st.text(max_size=10),
)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)).map(lambda each: each.replace(microsecond=0))


@given(
    start=FIRST, parts=st.lists(PARTS, max_size=7), zone=st.sampled_from(["UTC", "Europe/Ljubljana", "Asia/Kathmandu"])
)
def test_any_rule_ends_its_work(start, parts, zone):
    schedule = Schedule(start=start, timezone=zone, rrule=";".join(parts))
    try:
        found = expand(schedule, now=NOW, until=datetime(2030, 1, 1, tzinfo=UTC))
    except InvalidInput:
        return
    assert len(found) <= MOST_OCCURRENCES
    assert list(found) == sorted(found, key=lambda each: each.start)


@pytest.mark.parametrize("rule", ["FREQ=MONTHLY;BYDAY=10MO", "FREQ=YEARLY;BYMONTH=3;BYDAY=-9SU"])
def test_a_weekday_that_no_month_has_so_often_is_refused_in_words(rule):
    schedule = Schedule(start=datetime(2000, 1, 1), timezone="UTC", rrule=rule)
    with pytest.raises(InvalidInput, match="no month has so often"):
        expand(schedule, now=NOW, until=datetime(2030, 1, 1, tzinfo=UTC))

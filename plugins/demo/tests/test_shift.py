from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from col_core.plugin import Draft, Override, Registration, Schedule
from col_plugin_demo.shift import shifted, weeks_between

ZONE = "Europe/Ljubljana"
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def series(rrule: str) -> Draft:
    return Draft(
        title={"sl": "Kuhinja"},
        schedule=Schedule(
            start=at("2026-01-06T17:00"),
            end=at("2026-01-06T19:00"),
            timezone=ZONE,
            rrule=rrule,
            exdates=(at("2026-01-13T17:00"),),
            rdates=(at("2026-01-08T17:00"),),
            overrides=(Override(original_start=at("2026-01-20T17:00"), start=at("2026-01-20T18:00")),),
        ),
    )


def moved_schedule(draft: Draft, weeks: int) -> Schedule:
    schedule = shifted(draft, weeks, ZONE).schedule
    assert schedule is not None
    return schedule


@given(anchor=DAYS, today=DAYS)
def test_the_anchor_lands_in_the_present_week_on_its_own_weekday(anchor: date, today: date) -> None:
    landed = anchor + timedelta(weeks=weeks_between(anchor, today))
    assert landed.weekday() == anchor.weekday()
    assert landed.isocalendar()[:2] == today.isocalendar()[:2]


def test_all_dates_of_a_series_move_together() -> None:
    moved = moved_schedule(series("FREQ=WEEKLY;BYDAY=TU;COUNT=8"), 10)
    assert moved.start == at("2026-03-17T17:00")
    assert moved.end == at("2026-03-17T19:00")
    assert moved.exdates == (at("2026-03-24T17:00"),)
    assert moved.rdates == (at("2026-03-19T17:00"),)
    assert moved.overrides[0].original_start == at("2026-03-31T17:00")
    assert moved.overrides[0].start == at("2026-03-31T18:00")
    assert moved.rrule == "FREQ=WEEKLY;BYDAY=TU;COUNT=8"


def test_the_end_of_a_rule_moves_in_each_of_its_forms() -> None:
    assert moved_schedule(series("FREQ=WEEKLY;UNTIL=20260210"), 1).rrule == "FREQ=WEEKLY;UNTIL=20260217"
    assert moved_schedule(series("FREQ=WEEKLY;UNTIL=20260210T235959"), 1).rrule == "FREQ=WEEKLY;UNTIL=20260217T235959"


def test_an_end_in_utc_keeps_its_wall_clock_across_the_clock_change() -> None:
    moved = moved_schedule(series("FREQ=WEEKLY;UNTIL=20260210T160000Z;BYDAY=TU"), 12)
    assert moved.rrule == "FREQ=WEEKLY;UNTIL=20260505T150000Z;BYDAY=TU"


def test_the_deadline_keeps_its_wall_clock_across_the_clock_change() -> None:
    deadline = datetime(2026, 1, 9, 22, 59, tzinfo=UTC)
    draft = Draft(title={"sl": "Kuhinja"}, registration=Registration(deadline=deadline))
    assert shifted(draft, 12, ZONE).registration.deadline == datetime(2026, 4, 3, 21, 59, tzinfo=UTC)


def test_an_offer_without_dates_stays_as_it_is() -> None:
    draft = Draft(title={"sl": "Spletni tečaj"})
    assert shifted(draft, 5, ZONE) == draft

"""Moving an offer in time by whole weeks, so that weekday and wall clock stay as they were written."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from col_core.plugin import Draft, Override, Schedule

_UNTIL = re.compile(r"(UNTIL=)(\d{8})(?:T(\d{6})(Z?))?", re.IGNORECASE)


def weeks_between(anchor: date, today: date) -> int:
    """Return how many weeks the week of `today` is after the week of `anchor`; weeks begin on Monday."""
    return (_monday(today) - _monday(anchor)).days // 7


def shifted(draft: Draft, weeks: int, timezone: str) -> Draft:
    """Return `draft` with every date `weeks` later; `timezone` (IANA) is that of its deadline."""
    deadline = draft.registration.deadline
    if deadline is not None:
        local = deadline.astimezone(ZoneInfo(timezone))
        moved = (local.replace(tzinfo=None) + timedelta(weeks=weeks)).replace(tzinfo=local.tzinfo)
        draft = replace(draft, registration=replace(draft.registration, deadline=moved.astimezone(UTC)))
    if draft.schedule is not None:
        draft = replace(draft, schedule=_schedule(draft.schedule, timedelta(weeks=weeks)))
    return draft


def _schedule(schedule: Schedule, by: timedelta) -> Schedule:
    return replace(
        schedule,
        start=schedule.start + by,
        end=None if schedule.end is None else schedule.end + by,
        rrule=None if schedule.rrule is None else _rule(schedule.rrule, by, schedule.timezone),
        exdates=tuple(each + by for each in schedule.exdates),
        rdates=tuple(each + by for each in schedule.rdates),
        overrides=tuple(_override(each, by) for each in schedule.overrides),
    )


def _override(override: Override, by: timedelta) -> Override:
    return replace(
        override,
        original_start=override.original_start + by,
        start=None if override.start is None else override.start + by,
        end=None if override.end is None else override.end + by,
    )


def _rule(rrule: str, by: timedelta, timezone: str) -> str:
    """Move the rule's UNTIL, in UTC too by the wall clock: a clock change would cut off the last date."""

    def moved(found: re.Match[str]) -> str:
        word, day, clock, zulu = found.groups()
        if clock is None:
            return f"{word}{datetime.strptime(day, '%Y%m%d').replace(tzinfo=UTC) + by:%Y%m%d}"
        until = datetime.strptime(day + clock, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        if not zulu:
            return f"{word}{until + by:%Y%m%dT%H%M%S}"
        local = until.astimezone(ZoneInfo(timezone))
        wall = (local.replace(tzinfo=None) + by).replace(tzinfo=local.tzinfo)
        return f"{word}{wall.astimezone(UTC):%Y%m%dT%H%M%SZ}"

    return _UNTIL.sub(moved, rrule)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())

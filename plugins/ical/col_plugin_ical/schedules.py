"""When an event takes place: one date or a series with its exceptions."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from col_core.plugin import Override, Schedule
from col_plugin_ical.properties import Moment, Properties

_ONE_DAY = timedelta(days=1)
MAX_EXCEPTIONS = 1_000


def schedule(master: Properties, changes: Sequence[Properties], further: Sequence[Properties], home: str) -> Schedule:
    """Return when the event takes place, in wall-clock times of its own zone.

    `changes` are the events with the same UID and a RECURRENCE-ID, `further` dates that are events of their
    own. A floating time is one of `home`, the city's zone;
    so is a single instant in UTC. A series in UTC stays in UTC, because its rule counts days there. Raises
    ValueError.
    """
    start = master.moment("DTSTART")
    if start is None:
        raise ValueError("it has no DTSTART")
    rules = [each.value for each in master.every("RRULE") if each.value.strip()]
    if len(rules) > 1:
        raise ValueError("it has more than one RRULE")
    if master.every("EXRULE"):
        raise ValueError("it has an EXRULE, which the standard no longer knows")
    repeats = bool(rules) or bool(master.every("RDATE")) or bool(further)
    zone = home if start.zone is None or (start.zone == "UTC" and not repeats) else start.zone
    if any("RANGE" in each.params for change in changes for each in change.every("RECURRENCE-ID")):
        raise ValueError("a change of one date and all that follow it (RANGE=THISANDFUTURE) is not supported")
    if len(changes) + len(further) > MAX_EXCEPTIONS:
        raise ValueError(f"it has more than {MAX_EXCEPTIONS} changed dates")
    overrides = [_override(change, start, zone) for change in changes]
    added = [_further(each, zone) for each in further if not is_cancelled(each)]
    overrides += [each for each in added if each.end is not None]
    if further and is_cancelled(master):
        overrides.append(Override(original_start=start.wall_in(zone), cancelled=True))
    return Schedule(
        start=start.wall_in(zone),
        end=_end(master, start, zone),
        timezone=zone,
        all_day=start.is_date,
        rrule=rules[0].strip().upper().removeprefix("RRULE:") if rules else None,
        exdates=_dates(master, "EXDATE", start, zone),
        rdates=(*_dates(master, "RDATE", start, zone), *(each.original_start for each in added)),
        overrides=tuple(sorted(overrides, key=lambda each: each.original_start)),
    )


def is_cancelled(event: Properties) -> bool:
    return (event.text("STATUS") or "").upper() == "CANCELLED"


def _end(event: Properties, start: Moment, zone: str) -> datetime | None:
    end = event.moment("DTEND")
    begun = start.wall_in(zone)
    if end is not None:
        ended = end.wall_in(zone)
        # The end of a whole day is the day after it; some programs write the day itself.
        return max(ended, begun + _ONE_DAY) if start.is_date else ended
    length = event.duration("DURATION")
    if length is not None:
        return begun + (max(length, _ONE_DAY) if start.is_date else length)
    return begun + _ONE_DAY if start.is_date else None


def _dates(event: Properties, name: str, start: Moment, zone: str) -> tuple[datetime, ...]:
    found = [_matching(each, start, zone) for each in event.moments(name)]
    if len(found) > MAX_EXCEPTIONS:
        raise ValueError(f"it has more than {MAX_EXCEPTIONS} dates in {name}")
    return tuple(dict.fromkeys(found))


def _matching(moment: Moment, start: Moment, zone: str) -> datetime:
    """Return the start that `moment` names; where only its day is said, the hour is that of the series."""
    wall = moment.wall_in(zone)
    if start.is_date:
        return datetime.combine(wall.date(), datetime.min.time())
    return datetime.combine(wall.date(), start.wall_in(zone).time()) if moment.is_date else wall


def _override(change: Properties, start: Moment, zone: str) -> Override:
    original = change.moment("RECURRENCE-ID")
    if original is None:
        raise ValueError("a RECURRENCE-ID has no date")
    begun = change.moment("DTSTART")
    return Override(
        original_start=_matching(original, start, zone),
        start=None if begun is None else begun.wall_in(zone),
        end=None if begun is None else _end(change, begun, zone),
        cancelled=is_cancelled(change),
    )


def _further(event: Properties, zone: str) -> Override:
    start = event.moment("DTSTART")
    if start is None:
        raise ValueError("one of its dates has no DTSTART")
    begun = start.wall_in(zone)
    return Override(original_start=begun, start=begun, end=_end(event, start, zone))

"""A calendar as a source: cut into events, each of which becomes one opportunity."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from marshmallow import fields, validate

from col_core.plugin import (
    Category,
    City,
    Draft,
    Fetched,
    FetchError,
    OpportunityType,
    PluginSchema,
    RawItem,
    Rejected,
    SourceConfig,
    decoded,
)
from col_plugin_ical.cutting import Calendar, Cut, cut, short_uid, unfolded
from col_plugin_ical.events import Defaults, Private, draft
from col_plugin_ical.properties import Properties
from col_plugin_ical.zones import Zones

_LABELS = [each.value for each in (*OpportunityType, *Category)]


class SourceOptions(PluginSchema):
    """Options of a `[[sources]]` entry with `plugin = "ical"`."""

    categories = fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=validate.OneOf(_LABELS)),
        load_default=dict,
        metadata={"description": "What the calendar's own categories mean: its word, and a category or type of ours."},
    )
    type = fields.Enum(
        OpportunityType,
        by_value=True,
        load_default=OpportunityType.EVENT,
        metadata={"description": "The type of events whose categories name none."},
    )
    age_min = fields.Integer(load_default=None, metadata={"description": "The least age for every event."})
    age_max = fields.Integer(load_default=None, metadata={"description": "The greatest age for every event."})
    free = fields.Boolean(load_default=False, metadata={"description": "Whether every event is free of charge."})


class IcalSource:
    """The events of one iCalendar file. Events with one UID are one opportunity, but for dates that became another."""

    def __init__(self, city: City, config: SourceConfig) -> None:
        self.id = config.id
        self._city = city
        self._url = config.url
        self._zones = Zones(city.timezone)
        options = cast(Mapping[str, Any], config.options)
        self._defaults = Defaults(
            home=city.timezone,
            language=config.language or city.default_language,
            currency=city.currency,
            labels={
                **{each: each for each in _LABELS},
                **{word.casefold(): label for word, label in options["categories"].items()},
            },
            type=options["type"],
            age_min=options["age_min"],
            age_max=options["age_max"],
            free=options["free"],
        )

    def fetch(self, *, since: datetime | None, cursor: str | None) -> Fetched:  # noqa: ARG002 (protocol)
        """Load the calendar and cut it up. One that breaks off is not complete, so nothing is closed by it."""
        if self._url is None:
            raise FetchError(f'Source "{self.id}" needs a url: the address of the calendar.')
        # Calendar programs publish under webcal:, which is http by another name.
        url = f"https://{self._url.removeprefix('webcal://')}" if self._url.startswith("webcal://") else self._url
        loaded = self._city.load(url, cursor)
        if loaded.unchanged:
            return Fetched(unchanged=True, cursor=loaded.cursor)
        calendar = cut(_as_utf8(loaded.body, loaded.charset, self._city.languages))
        if not calendar.found:
            raise FetchError(f"{loaded.address} is not an iCalendar file: it has no BEGIN:VCALENDAR.")
        by_uid: dict[str, list[Cut]] = {}
        strangers: list[Rejected] = []
        for event in calendar.events:
            known = by_uid.setdefault(event.uid, [])
            if (other := _stranger(event, known)) is None:
                known.append(event)
            else:
                reason = f"its UID stands in line {other.line} already, under another title and date"
                where = f"{loaded.address}, line {event.line}"
                strangers.append(Rejected(external_id=None, reason=reason, where=where))
        return Fetched(
            items=tuple(
                RawItem(
                    external_id=uid,
                    body=_alone(calendar, events),
                    media_type="text/calendar",
                    address=f"{loaded.address}, line {events[0].line}",
                )
                for together in by_uid.values()
                for uid, events in _by_offer(together)
            ),
            errors=(
                *(
                    Rejected(external_id=each.uid, reason=each.reason, where=f"{loaded.address}, line {each.line}")
                    for each in calendar.faults
                ),
                *strangers,
            ),
            complete=calendar.whole,
            cursor=loaded.cursor if calendar.whole else None,
        )

    def normalise(self, raw: RawItem) -> Draft | Rejected:
        """Turn the events of one UID into a draft; what cannot be understood is rejected with its property."""
        calendar = cut(raw.body)
        definitions = {tzid: _lines(lines) for tzid, lines in calendar.zones.items()}
        try:
            events = [Properties(each, self._zones, definitions) for each in calendar.events]
            if not events:
                raise ValueError("it holds no event")
            heading = _heading(calendar.events[0].heading)
            home = self._zones.of_calendar(heading.get("X-WR-TIMEZONE", ""))
            defaults = replace(self._defaults, home=home)
            return draft(events, defaults, withdrawn=heading.get("METHOD", "").upper() == "CANCEL")
        except (ValueError, OverflowError) as error:
            taken_back = isinstance(error, Private)
            return Rejected(external_id=raw.external_id, reason=str(error), where=raw.address, taken_back=taken_back)


def _as_utf8(body: bytes, charset: str | None, languages: Sequence[str]) -> bytes:
    """Return `body` in UTF-8. Folding may cut a letter in two, so UTF-8 is tried on the unfolded text."""
    joined = body.replace(b"\r\n", b"\n").replace(b"\n ", b"").replace(b"\n\t", b"")
    try:
        joined.decode("utf-8")
    except UnicodeDecodeError:
        return decoded(body, declared=charset, languages=languages).text.encode()
    return body


def _alone(calendar: Calendar, events: Sequence[Cut]) -> bytes:
    """Return a calendar of these events only, with what they need of the rest to be understood."""
    lines = [b"BEGIN:VCALENDAR", *events[0].heading]
    said = b"\n".join(line for event in events for line in unfolded(event.lines))
    for tzid, zone in calendar.zones.items():
        if tzid.encode() in said:
            lines += [b"BEGIN:VTIMEZONE", *zone, b"END:VTIMEZONE"]
    for event in events:
        lines += [b"BEGIN:VEVENT", *event.lines, b"END:VEVENT"]
    return b"\r\n".join([*lines, b"END:VCALENDAR", b""])


def _by_offer(events: Sequence[Cut]) -> Iterator[tuple[str, Sequence[Cut]]]:
    """Tell the events of one UID apart: the series, and each of its dates that became something else.

    One evening with another title, or at another place, is an offer of its own: who reads the series must not go where
    it is not. In the series that date does not take place.
    """
    uid = events[0].uid
    masters = [each for each in events if not each.value(b"RECURRENCE-ID")]
    newest = {each.value(b"RECURRENCE-ID"): each for each in sorted(events, key=_sequence)}
    apart = [each for original, each in newest.items() if original and masters and _is_other(each, masters[-1])]
    yield uid, [each.cancelled() if each in apart else each for each in events]
    for each in apart:
        yield short_uid(f"{uid} {each.value(b'RECURRENCE-ID')}"), [each]


def _is_other(change: Cut, master: Cut) -> bool:
    """Whether a changed date is called otherwise or is elsewhere; what it does not say is as in the series."""
    if change.value(b"STATUS").upper() == "CANCELLED" or any(b";RANGE=" in line.upper() for line in change.lines):
        return False
    said = [(change.value(name).casefold().split(), master.value(name)) for name in (b"SUMMARY", b"LOCATION")]
    return any(here and here != there.casefold().split() for here, there in said)


def _sequence(event: Cut) -> tuple[int, str]:
    text = event.value(b"SEQUENCE")
    return int(text) if text.isdecimal() and len(text) < 10 else 0, event.value(b"LAST-MODIFIED")


def _stranger(event: Cut, known: Sequence[Cut]) -> Cut | None:
    """Return an event of the same UID that has nothing else in common; some programs give one UID to all."""
    if event.value(b"RECURRENCE-ID"):
        return None
    masters = [each for each in known if not each.value(b"RECURRENCE-ID")]
    said = [(each, each.value(b"SUMMARY"), each.value(b"DTSTART"), each.value(b"SEQUENCE")) for each in masters]
    title, start, sequence = event.value(b"SUMMARY"), event.value(b"DTSTART"), event.value(b"SEQUENCE")
    return next(
        (each for each, *other in said if other[2] == sequence and title != other[0] and start != other[1]), None
    )


def _heading(lines: Sequence[bytes]) -> dict[str, str]:
    parts = (line.decode("utf-8", errors="replace").partition(":") for line in unfolded(tuple(lines)))
    return {name.partition(";")[0].upper(): value.strip() for name, _, value in reversed(list(parts))}


def _lines(lines: Sequence[bytes]) -> list[str]:
    return [line.decode("utf-8", errors="replace") for line in lines]

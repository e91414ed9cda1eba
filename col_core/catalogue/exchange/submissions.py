"""What an organisation's program hands in, read: from the JSON of the API to a draft, faults by their JSON pointers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from col_core.base.errors import InvalidInput
from col_core.base.settings import CityConfig
from col_core.catalogue import occurrences
from col_core.catalogue.admission import Refused, admitted, packed
from col_core.catalogue.exchange.schemas import OpportunitySchema
from col_core.catalogue.records import Draft, Override, Schedule
from col_core.catalogue.vocabulary import Status

# Keys of the API whose names differ in our records; the other ones are the same.
_RENAMED = {"age": "ages", "website": "url"}
_SCHEDULE = ("timezone", "start", "end", "all_day", "rrule", "exdates", "rdates", "overrides")
_APART = frozenset({*_SCHEDULE, "status", "external_id"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Present:
    """What is there already: the content, and the item as anyone reads it."""

    content: Draft
    item: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """What was handed in. `status` is what is asked for, None where nothing is."""

    content: Draft
    status: Status | None
    external_id: str | None


def read(
    body: object, *, config: CityConfig, organiser: str | None, slug: str | None, present: Present | None = None
) -> Submission:
    """Return what `body` says; `organiser` and `slug` are those of the token's organisation, None in a file.

    What stands in `body` as it was read stays as it is, even where reading showed less of it than there is (a picture
    that was not fetched yet) or more (a place found by its name). Raises InvalidInput; its `fields` are JSON pointers.
    """
    try:
        loaded: dict[str, Any] = OpportunitySchema().load(body)  # type: ignore[arg-type]  # it refuses what is no object
    except ValidationError as error:
        raise faults(dict(_pointed(error.messages))) from error
    assert isinstance(body, dict)
    if present is not None and body.get("id", present.item["id"]) != present.item["id"]:
        raise faults({"/id": ["Is not the id in the address."]})
    if body.get("organiser") is not None and _slug_of(body["organiser"]) not in (None, slug):
        raise faults({"/organiser/id": ["Is not the organisation of this token."]})
    said = {_RENAMED.get(name, name): value for name, value in loaded.items() if name not in _APART}
    said = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    draft = Draft(**said, schedule=_schedule(loaded, config), organiser=organiser)
    asked: Status | None = loaded.get("status")
    if present is not None:
        draft = _as_it_was(draft, body, present)
    draft = replace(draft, cancelled=asked is Status.CANCELLED or (asked is not Status.PUBLISHED and draft.cancelled))
    return Submission(content=_let_in(draft, config), status=asked, external_id=loaded.get("external_id"))


def faults(found: Mapping[str, list[str]]) -> InvalidInput:
    """Return the error that names what is wrong by JSON pointer (RFC 6901)."""
    return InvalidInput("This cannot be stored; “errors” says what is wrong where.", fields=found)


def _slug_of(organiser: object) -> object:
    return organiser.get("id") if isinstance(organiser, dict) else organiser


def _as_it_was(draft: Draft, body: Mapping[str, Any], present: Present) -> Draft:
    item, content = present.item, present.content
    empty = {"timezone": item["timezone"], "all_day": False, "exdates": [], "rdates": [], "overrides": []}
    kept: dict[str, Any] = {name: getattr(content, name) for name in ("goals", "example", "organiser", "cancelled")}
    if all(body.get(name, empty.get(name)) == item[name] for name in _SCHEDULE):
        kept["schedule"] = content.schedule
    for name in item.keys() & body.keys() - _APART:
        field = _RENAMED.get(name, name)
        if body[name] == item[name] and field in _CONTENT and name != "url":
            kept[field] = getattr(content, field)
    return replace(draft, **kept)


_CONTENT = frozenset(each.name for each in fields(Draft))


def _schedule(loaded: Mapping[str, Any], config: CityConfig) -> Schedule | None:
    name = loaded.get("timezone") or config.timezone
    try:
        zone = occurrences.zone_of(name)
    except InvalidInput as error:
        raise faults({"/timezone": [str(error)]}) from error
    if loaded.get("start") is None:
        return None
    start, all_day = _wall(loaded["start"], zone), loaded.get("all_day", False)
    end = _wall(loaded["end"], zone) if loaded.get("end") is not None else None
    if all_day and any(moment.time() != time.min for moment in (start, end or start)):
        raise faults({"/all_day": [f"Whole days begin and end at midnight in {name}."]})
    return Schedule(
        start=start,
        end=end,
        timezone=name,
        all_day=all_day,
        rrule=occurrences.check_rule(loaded["rrule"]) if loaded.get("rrule") else None,
        exdates=tuple(_wall(each, zone) for each in loaded.get("exdates", ())),
        rdates=tuple(_wall(each, zone) for each in loaded.get("rdates", ())),
        overrides=tuple(
            Override(
                original_start=_wall(each["original_start"], zone),
                start=_wall(each["start"], zone) if each.get("start") else None,
                end=_wall(each["end"], zone) if each.get("end") else None,
                cancelled=each.get("cancelled", False),
            )
            for each in loaded.get("overrides", ())
        ),
    )


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0, fold=0)


def _let_in(draft: Draft, config: CityConfig) -> Draft:
    """Return `draft` as it will be stored. What would be left out on the way is said instead of lost."""
    try:
        content = admitted(packed(draft), currency=config.currency)
    except Refused as error:
        raise faults({"": [str(error)]}) from error
    shown = {ours: theirs for theirs, ours in _RENAMED.items()}
    lost = [name for name in _CONTENT if _is_empty(getattr(content, name)) and not _is_empty(getattr(draft, name))]
    if lost:
        raise faults({f"/{shown.get(name, name)}": ["Nothing of it can be kept."] for name in sorted(lost)})
    return content


def _is_empty(value: object) -> bool:
    return value is None or value == () or value == {}


def _pointed(messages: Any, pointer: str = "") -> Iterator[tuple[str, list[str]]]:
    if not isinstance(messages, dict):
        yield pointer, [str(each) for each in (messages if isinstance(messages, list) else [messages])]
        return
    for key, inner in messages.items():
        token = str(key).replace("~", "~0").replace("/", "~1")
        yield from _pointed(inner, pointer if key == "_schema" else f"{pointer}/{token}")

"""Whose word stands where an opportunity is said again, and what others are told of it."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace

from col_core.base.outbox import Event
from col_core.catalogue.records import Draft, Status

# Who edits: what they set stays when the source says it again.
PERSON, ORGANISER = "person", "organiser"
EDITED = frozenset({PERSON, ORGANISER})


def with_edits(draft: Draft, present: Draft, provenance: Mapping[str, str]) -> Draft:
    """Return `draft` with the fields that were edited as they are in `present`."""
    names = {each.name for each in fields(Draft)}
    edited = [name for name, who in provenance.items() if who in EDITED and name in names]
    return replace(draft, **{name: getattr(present, name) for name in edited})


def events(moves: Iterable[tuple[str, Status, Status | None]]) -> list[Event]:
    """Return what is told of opportunities: of each its id, its state now, and the one before (None: it is new)."""
    named = ((event_name(status, before), id_) for id_, status, before in moves)
    return [Event(name=name, subject=id_) for name, id_ in named if name is not None]


def event_name(status: Status, before: Status | None) -> str | None:
    """Return which event tells that an opportunity went from `before` (None: it is new) to `status`, if any does."""
    was_public = before is not None and before.is_public
    if status is Status.PUBLISHED:
        return "opportunity.changed" if before is Status.PUBLISHED else "opportunity.published"
    if status is before:
        return None
    if status is Status.CANCELLED:
        return "opportunity.cancelled"
    if status is Status.CLOSED:
        return "opportunity.closed" if was_public else None
    return "opportunity.withdrawn" if was_public else None

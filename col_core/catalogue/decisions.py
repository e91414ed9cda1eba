"""Whose word stands where an opportunity is said again, and what others are told of it.

Who said the last word about its state stands in its provenance under `status`:

- `person`: a person of the city published it. It stays public while its source or organisation changes it, until
  review finds what that person did not see; its source and its organisation may still cancel, close or take it back.
- `organiser`: its organisation moved what a source brought, or changed it by a token under review. As a draft, waiting
  or closed it stays so, whatever the source says.
- nothing: its source, or its organisation about its own.

What was withdrawn stays withdrawn, whoever did it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace

from col_core.base.outbox import Event
from col_core.catalogue import documents
from col_core.catalogue.records import Draft, Finding
from col_core.catalogue.store import Known
from col_core.catalogue.vocabulary import Status

STATUS = "status"
# Who edits: what they set stays when the source says it again.
PERSON, ORGANISER = "person", "organiser"
EDITED = frozenset({PERSON, ORGANISER})
_BINDING = frozenset({Status.DRAFT, Status.REVIEW, Status.CLOSED})


def is_approved(before: Known | None) -> bool:
    """Tell whether a person of the city published it, and has seen all that review finds in it."""
    return before is not None and before.provenance.get(STATUS) == PERSON


def is_settled(before: Known) -> bool:
    """Tell whether its state is no longer its source's to decide."""
    if before.provenance.get(STATUS) == ORGANISER and before.status in _BINDING:
        return True
    return before.status is Status.WITHDRAWN


def must_be_seen(findings: Sequence[Finding], before: Known | None) -> bool:
    """Tell whether a finding holds it for a person: none does that was there when a person published it."""
    holding = {(each.code, each.field) for each in findings if each.holds}
    if holding and before is not None and is_approved(before):
        holding -= {(each.code, each.field) for each in documents.findings_of(before.findings)}
    return bool(holding)


def without_approval(provenance: Mapping[str, str]) -> Mapping[str, str]:
    """Return `provenance` after something came that no person saw."""
    return {name: who for name, who in provenance.items() if (name, who) != (STATUS, PERSON)}


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

"""What becomes of an offer that its organisation hands in or changes: the state it gets, and who said what of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from col_core.catalogue import decisions
from col_core.catalogue.records import Draft
from col_core.catalogue.store import Known
from col_core.catalogue.vocabulary import Status

_CALLED_OFF = frozenset({Status.CANCELLED, Status.CLOSED})
_SHOWN = frozenset({Status.PUBLISHED, Status.CANCELLED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A change by an organisation. `before` is the offer as it is stored and `present` its content, None for a new one.

    `is_ours`: the organisation handed it in itself, no source brought it. `under_review`: what comes by this token
    waits for a person. `held`: review found something that a person must look at.
    """

    content: Draft
    asked: Status
    before: Known | None
    present: Draft | None
    is_ours: bool
    under_review: bool
    held: bool

    @property
    def status(self) -> Status:
        """The state that it gets. What only takes away, or is there already, needs no person."""
        if self.asked in (Status.DRAFT, Status.REVIEW):
            return self.asked
        unseen = self.under_review and self._is_new
        if self.before is not None and self.before.status.is_public and self.asked in _CALLED_OFF and not unseen:
            return self.asked
        waits = unseen or (self.under_review and self._moves)
        return Status.REVIEW if self.held or waits else self.asked

    @property
    def provenance(self) -> Mapping[str, str]:
        """Who said what, after it."""
        if self.before is None:
            return {}
        said, names = self.before.provenance, set(self._changed)
        if not (decisions.is_approved(self.before) and not self.held and self.status in _SHOWN):
            said = decisions.without_approval(said)
            if self._moves or (self.under_review and names):
                names.add(decisions.STATUS)
        if self.is_ours:
            return {name: who for name, who in said.items() if name not in names}
        return {**said, **dict.fromkeys(sorted(names), decisions.ORGANISER)}

    @property
    def _moves(self) -> bool:
        return self.before is None or self.asked is not self.before.status

    @property
    def _is_new(self) -> bool:
        """Whether it says something else than before, and not only that it is called off."""
        return self.present is None or bool(self._changed - {"cancelled"})

    @property
    def _changed(self) -> frozenset[str]:
        if self.present is None:
            return frozenset()
        names = [each.name for each in fields(Draft)]
        return frozenset(name for name in names if getattr(self.content, name) != getattr(self.present, name))

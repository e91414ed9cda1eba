"""Whether a city is a member of a network, found out from the outside by anybody: what is asked, and what came of it.

The same way is taken by cities among each other (`discovery.py`) and by `col network check`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from col_core.base.errors import FetchError
from col_core.federation.trust import chains, marks, metadata, statements
from col_core.federation.trust.asking import Asking, said_no
from col_core.federation.trust.metadata import CityMetadata
from col_core.federation.trust.records import (
    CITY_TYPE,
    Chain,
    Keys,
    Mark,
    MarkKind,
    Reason,
    Rules,
    Statement,
    Status,
    Untrusted,
)

_FETCH, _MARK_STATUS = "federation_fetch_endpoint", "federation_trust_mark_status_endpoint"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A mark of a city. `status` is None where its issuer could not be asked; the mark counts until it ends then."""

    mark: Mark
    status: Status | None

    @property
    def is_good(self) -> bool:
        return self.status in (Status.ACTIVE, None)


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was found out about a city. `marks` are those that hold by themselves; `faults` says what does not."""

    chain: Chain
    city: CityMetadata
    marks: Mapping[MarkKind, Judged]
    faults: Mapping[MarkKind, str] = field(default_factory=dict)

    @property
    def is_member(self) -> bool:
        found = self.marks.get(MarkKind.MEMBER)
        return found is not None and found.is_good

    @property
    def is_recognised(self) -> bool:
        found = self.marks.get(MarkKind.RECOGNISED_ISSUER)
        return self.is_member and found is not None and found.is_good


class NotListed(Exception):
    """The anchor answers that it knows no such member; that answer is not signed."""


def anchor_of(asking: Asking, anchor: str, *, rules: Rules, keys: Keys | None) -> Statement:
    """Return what the anchor says of itself, signed with one of `keys`; with None, with any of its own.

    Raises FetchError, Moved, Untrusted.
    """
    return statements.configuration(asking.configuration(anchor), entity=anchor, rules=rules, keys=keys)


def superior_says(asking: Asking, anchor: Statement, entity: str, *, rules: Rules) -> Statement:
    """Return what the anchor says of `entity`. Raises NotListed, FetchError, Untrusted."""
    endpoint = statements.endpoint(anchor, _FETCH)
    if endpoint is None:
        raise Untrusted(Reason.CLAIMS, f"{anchor.subject} names no {_FETCH}")
    try:
        text = asking.statement(endpoint, entity)
    except FetchError as error:
        if said_no(error):
            raise NotListed(f"{anchor.subject} knows no member {entity}.") from error
        raise
    return statements.subordinate(text, superior=anchor, subject=entity, rules=rules)


def judge(
    asking: Asking, own: Statement, *, superior: Statement, anchor: Statement, anchor_keys: Keys, rules: Rules
) -> Findings:
    """Return what follows from the configuration `own` of a city and from what the anchor says of it.

    Raises Untrusted where the chain does not hold, or the city says of itself what cannot be.
    """
    chain = chains.verified(
        [own.text, superior.text, anchor.text],
        subject=own.subject,
        anchor=anchor.subject,
        anchor_keys=anchor_keys,
        rules=rules,
    )
    city = metadata.read(chain.metadata.get(CITY_TYPE, {}), entity=own.subject)
    found, faults = judged_marks(asking, own, anchor=anchor, rules=rules)
    return Findings(chain=chain, city=city, marks=found, faults=faults)


def judged_marks(
    asking: Asking, own: Statement, *, anchor: Statement, rules: Rules
) -> tuple[Mapping[MarkKind, Judged], Mapping[MarkKind, str]]:
    """Return the marks that a city shows and that hold by themselves, and what is wrong with the others."""
    shown = statements.marks_of(own)
    found: dict[MarkKind, Judged] = {}
    faults: dict[MarkKind, str] = {}
    for kind in MarkKind:
        type_ = kind.type_of(anchor.subject)
        if type_ not in shown:
            continue
        try:
            mark = marks.verified(shown[type_], type=type_, subject=own.subject, anchor=anchor, rules=rules)
            found[kind] = Judged(mark=mark, status=status_of(asking, mark, anchor=anchor, rules=rules))
        except Untrusted as error:
            faults[kind] = error.message
    return found, faults


def status_of(asking: Asking, mark: Mark, *, anchor: Statement, rules: Rules) -> Status | None:
    """Return how the mark stands; None where that cannot be found out now. An answer that lies counts as none."""
    endpoint = statements.endpoint(anchor, _MARK_STATUS)
    if endpoint is None:
        return None
    try:
        return marks.verified_status(asking.status(endpoint, mark), mark=mark, anchor=anchor, rules=rules)
    except (FetchError, Untrusted):
        return None

"""The vocabulary of awards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from col_core.badges.credentials.records import Evidence


class AwardState(StrEnum):
    """How an award stands. Of those after `CLAIMED` nothing is served any more but that they ended.

    `UNDONE`: taken back before anybody claimed it. `DECLINED`: its recipient did not want it. `REVOKED`: it does not
    hold any more. `RECALLED`: it went to the wrong person, and everything personal is gone. `ERASED`: its holder took
    it away.
    """

    ISSUED = "issued"
    CLAIMED = "claimed"
    DECLINED = "declined"
    UNDONE = "undone"
    REVOKED = "revoked"
    RECALLED = "recalled"
    ERASED = "erased"

    @property
    def holds(self) -> bool:
        """Whether a badge in this state is shown as one that holds, as far as its issuer is concerned."""
        return self in (AwardState.ISSUED, AwardState.CLAIMED, AwardState.ERASED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """One row of an order: who gets a badge and what for. All of it may be empty: such a badge has a code alone."""

    email: str | None = None
    name: str | None = None
    narrative: str | None = None
    evidence: Sequence[Evidence] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What is issued to many. `occasion` names what it was for ("2026-06 camp"): the same occasion gives none twice.

    Without it, an e-mail address gets an achievement once, and a row without one once per list. `mails` asks to send
    claim links to those who have an address.
    """

    achievement_id: str
    recipients: Sequence[Recipient]
    language: str
    occasion: str | None = None
    mails: bool = False
    valid_from: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A place in a status list."""

    list_id: str
    index: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Award:
    """A badge that was given. `code_number` counts the codes that it had; `code_expires` None is for good."""

    id: str
    achievement_id: str
    achievement_version: int
    issuer: str
    state: AwardState
    suspended: bool
    public: bool
    recipient_id: str
    language: str
    valid_from: datetime
    created: datetime
    place: Place
    code_number: int = 1
    code_expires: datetime | None = None
    valid_until: datetime | None = None
    narrative: str | None = None
    evidence: Sequence[Evidence] = ()
    name: str | None = None
    email: str | None = None
    claimed: datetime | None = None
    shared: datetime | None = None
    ended: datetime | None = None
    reason: str | None = None

    def is_expired(self, now: datetime) -> bool:
        return self.valid_until is not None and self.valid_until <= now


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """An award in one format: the bytes as they were signed."""

    format: str
    body: bytes
    media_type: str
    created: datetime


class GivenStatus(StrEnum):
    """What came of one row of an order."""

    ISSUED = "issued"
    ALREADY = "already-issued"


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What came of one row: `row` counts from 1. `code` claims the badge; None where it is claimed already."""

    row: int
    recipient: Recipient
    status: GivenStatus
    award: Award | None = None
    code: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """How far an order has come."""

    id: str
    achievement_id: str
    issuer: str
    total: int
    done: int
    created: datetime
    finished: datetime | None = None


class LinkKind(StrEnum):
    """`OPEN`: whoever has the link. `SCREEN`: whoever scans it while it is shown; its code changes all the time."""

    OPEN = "open"
    SCREEN = "screen"


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimLink:
    """A link by which several claim the same achievement, each once."""

    id: str
    kind: LinkKind
    achievement_id: str
    issuer: str
    language: str
    most: int
    used: int
    created: datetime
    expires: datetime
    narrative: str | None = None
    closed: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        return self.closed is None and now < self.expires and self.used < self.most


@dataclass(frozen=True, kw_only=True, slots=True)
class Funnel:
    """What became of the badges of one achievement. Each number holds those after it too."""

    achievement_id: str
    issued: int
    claimed: int
    shared: int
    revoked: int

"""The vocabulary of the passport."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from col_core.badges.awards.records import Award, AwardState
from col_core.badges.credentials.records import Told, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """Somebody who keeps badges here, known by a device alone. `recovery_number` counts the recovery codes so far."""

    id: str
    created: datetime
    recovery_number: int


class Standing(StrEnum):
    """How a badge stands. Those of this city are known at once; others stand as they did when they were checked last.

    `GONE`: its issuer recalled it, and nothing of it is left here.
    """

    VALID = "valid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    INVALID = "invalid"
    UNKNOWN = "unknown"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A badge that somebody keeps: one of this city (`award`), or one from elsewhere (`verdict` as it was on import).

    `as_of` is the moment of the copies that stood in for servers of the issuer that did not answer then, if any did.
    `told` is what the badge says: of this city's from the bytes that were signed, of others' as it was told when it was
    checked last. None where that is gone (its issuer recalled it).
    """

    id: str
    holder_id: str
    added: datetime
    told: Told | None
    award: Award | None = None
    verdict: Verdict | None = None
    checked: datetime | None = None
    as_of: datetime | None = None
    has_picture: bool = False

    @property
    def is_foreign(self) -> bool:
        return self.award is None

    def standing(self, now: datetime) -> Standing:
        """Return how the badge stands at `now`."""
        if self.award is None:
            if self.verdict is Verdict.VALID and self._is_over(now):
                return Standing.EXPIRED
            return Standing(self.verdict.value) if self.verdict is not None else Standing.UNKNOWN
        if self.award.state is AwardState.REVOKED:
            return Standing.REVOKED
        if not self.award.state.holds or self.told is None:
            return Standing.GONE
        if self.award.suspended:
            return Standing.SUSPENDED
        return Standing.EXPIRED if self.award.is_expired(now) else Standing.VALID

    def _is_over(self, now: datetime) -> bool:
        return self.told is not None and self.told.valid_until is not None and self.told.valid_until <= now


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """How an imported badge looks."""

    body: bytes
    media_type: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """A page that shows some badges to whoever has its address, until it expires or is withdrawn."""

    id: str
    holder_id: str
    title: str
    language: str
    held_ids: Sequence[str]
    created: datetime
    expires: datetime
    opened: int = 0
    withdrawn: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        return self.withdrawn is None and now < self.expires

"""Verifying what somebody shows, at the moment at which another one looks at it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from col_core.badges.checking.service import Checking
from col_core.badges.credentials.reasons import Reason
from col_core.badges.credentials.records import Aspect, Verdict, Verification
from col_core.badges.credentials.verify import not_checked
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import Unavailable
from col_core.base.kept import KeptUntil
from col_core.passport import keeping
from col_core.passport.records import Held

# The servers of other issuers are not asked anew for everybody who opens the same page.
_FOREIGN = timedelta(minutes=10)
_MOST_BYTES = 4_000_000
_WEIGHT = 20_000
# So long one page may keep asking the servers of others; each check of them holds one of few turns.
ASKING_S = 12.0
_REASONS = {
    Verdict.VALID: Reason.VALID,
    Verdict.EXPIRED: Reason.EXPIRED,
    Verdict.REVOKED: Reason.REVOKED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What came of checking a badge. `checked` is when that was, None where it was just now."""

    verification: Verification
    checked: datetime | None = None


class Looking:
    """Verifies the badges of one city's holders. `elapsed_s` is a clock that only runs forward."""

    def __init__(
        self, database: Database, checking: Checking, *, clock: Clock, elapsed_s: Callable[[], float] = monotonic
    ) -> None:
        self._database, self._checking, self._clock, self._elapsed_s = database, checking, clock, elapsed_s
        self._kept: KeptUntil[str, Verification] = KeptUntil(_MOST_BYTES, weight=lambda _: _WEIGHT)

    def must_ask(self, held: Sequence[Held]) -> bool:
        """Whether the servers of other issuers must be asked for some of `held`."""
        now = self._clock.now()
        return any(each.is_foreign and self._kept.get(each.id, now) is None for each in held)

    def page(self, held: Sequence[Held], *, may_ask: bool) -> Sequence[Looked | None]:
        """Return what comes of checking each of `held`, None where nothing is left of it. Raises Unavailable.

        Badges from elsewhere for which nobody may ask, or for which no time is left, stand as they did before.
        """
        until_s = self._elapsed_s() + ASKING_S
        return [self._looked(each, may_ask=may_ask and self._elapsed_s() < until_s) for each in held]

    def _looked(self, held: Held, *, may_ask: bool) -> Looked | None:
        if held.is_foreign and not may_ask and self.must_ask([held]):
            return self._before(held)
        try:
            found = self.verified(held)
        except Unavailable:
            if not held.is_foreign:
                raise
            return self._before(held)
        return None if found is None else Looked(verification=found)

    def verified(self, held: Held) -> Verification | None:
        """Return what comes of checking `held`; None where nothing is left of it.

        What comes of checking one from elsewhere is noted for its holder. Raises Unavailable.
        """
        now = self._clock.now()
        kept = self._kept.get(held.id, now) if held.is_foreign else None
        if kept is not None:
            return kept
        with self._database.read() as session:
            body = keeping.signed(session, held)
        if body is None:
            return None
        found = self._checking.check(body)
        if held.is_foreign:
            self._kept.put(held.id, found, since=now, until=now + _FOREIGN)
            with self._database.write() as session:
                keeping.note_checked(session, held, found, clock=self._clock)
        return found

    def _before(self, held: Held) -> Looked:
        """Return how an imported badge stood when it was checked last; one that is over by now is."""
        verdict, none = Verdict(held.standing(self._clock.now()).value), not_checked()
        checks = dict(none.checks)
        if held.verdict is Verdict.VALID and held.told is not None:
            checks[Aspect.NETWORK] = self._checking.recognition(held.told.issuer_id)
        reason = _REASONS.get(verdict, Reason.NOT_CHECKED)
        found = replace(none, verdict=verdict, reason=reason, checks=checks, told=held.told, as_of=held.as_of)
        return Looked(verification=found, checked=held.checked)

"""Taking letters to one server: one at a time, signed as it likes it, and later again where it does not answer.

A server that fails is asked again at growing intervals, by one letter alone; what waited for it too long is given up.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from time import monotonic
from typing import Any

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from col_core.badges.credentials.records import KeyKind, Signer
from col_core.base.errors import FetchError, FetchRefused
from col_core.base.fetch import Response
from col_core.base.jobs import Job
from col_core.federation import peers
from col_core.federation.fediverse import cavage, letters, message_signatures
from col_core.federation.fediverse.documents import ACTIVITY
from col_core.federation.fediverse.identity import Identity
from col_core.federation.fediverse.letters import DEAD, DELIVER_JOB, WAITING
from col_core.federation.fediverse.tables import DeliveryRow, FollowerRow, LaneRow, LetterRow
from col_core.federation.ground import Ground

CAVAGE, RFC_9421 = "cavage", "rfc9421"
DEADLINE_S = 10.0
# What is not delivered by then is given up; who is not reached for so long is a follower no more.
GIVEN_UP_AFTER, DROPPED_AFTER = timedelta(days=3), timedelta(days=14)
_BACKOFF_S = (30, 120, 600, 1_800, 7_200, 6 * 3_600, 12 * 3_600)
_LONGEST_RETRY_AFTER = timedelta(days=1)
_TURN_S = 20.0
_MOST_AT_ONCE = 50
# A turn, a delivery that began at its end, by both kinds of signature, and some time for a machine that is busy.
_LEASE_S = 75
_GONE, _LATER = 410, (408, 425, 429, 503)
# Servers that know one kind of signature alone answer so to the other; Gancio says 500.
_OTHERWISE = (400, 401, 403, 406)
_UNBELIEVED = (401, 403)
_MOST_REFUSALS = 5
_log = structlog.get_logger()


class _Result(StrEnum):
    TAKEN = "taken"
    REFUSED = "refused"
    NOT_NOW = "not now"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Outcome:
    """What came of one delivery. `signature` is the kind that was taken; `retry_after` what the server asked for.

    `is_doubtful`: it did not believe the signature, which may be because it could not read our key just now.
    """

    result: _Result
    said: str = ""
    signature: str | None = None
    retry_after: timedelta | None = None
    is_doubtful: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Turn:
    """One letter in hand."""

    id: int
    inbox: str
    body: bytes
    signature: str | None


class Delivering:
    """Delivers what waits for each host."""

    def __init__(
        self, ground: Ground, identity: Identity, *, spread: Callable[[], float] = lambda: random.uniform(0.8, 1.2)  # noqa: S311 (no secret)
    ) -> None:  # fmt: skip
        self._ground, self._identity, self._spread = ground, identity, spread
        self._database, self._clock = ground.database, ground.clock

    def job(self) -> Job:
        return Job(name=DELIVER_JOB, run=self._run, lease_s=_LEASE_S, waits=True)

    def _run(self, payload: Mapping[str, Any]) -> None:
        host = str(payload["host"])
        if not self._begin(host):
            return
        until_s = monotonic() + _TURN_S
        try:
            signer = self._identity.signer(KeyKind.RSA)
            for _ in range(_MOST_AT_ONCE):
                turn = self._next(host)
                if turn is None or monotonic() > until_s or not self._note(host, turn, self._send(turn, signer)):
                    break
        finally:
            self._end(host)

    def _begin(self, host: str) -> bool:
        """Take the lane of `host`; False where somebody else has it, or it is not time yet."""
        now = self._clock.now()
        with self._database.write() as session:
            if self._is_shut_out(session, host, now):
                letters.drop(session, host)
                return False
            lane = _lane(session, host)
            if lane.busy_until is not None and now < lane.busy_until <= now + timedelta(seconds=_LEASE_S):
                # Whoever has it looks again before letting go; should that process die, this does.
                letters.wake(session, host, clock=self._clock, at=lane.busy_until)
                return False
            if lane.next_attempt is not None and lane.next_attempt > now:
                letters.wake(session, host, clock=self._clock)
                return False
            lane.busy_until = now + timedelta(seconds=_LEASE_S)
            return True

    def _next(self, host: str) -> _Turn | None:
        with self._database.read() as session:
            row = session.execute(
                select(DeliveryRow.id, DeliveryRow.inbox, LetterRow.body, LaneRow.signature)
                .join(LetterRow, LetterRow.id == DeliveryRow.letter)
                .join(LaneRow, LaneRow.host == DeliveryRow.host)
                .where(DeliveryRow.host == host, DeliveryRow.state == WAITING)
                .order_by(DeliveryRow.id)
                .limit(1)
            ).first()
        return None if row is None else _Turn(id=row.id, inbox=row.inbox, body=row.body.encode(), signature=row[3])

    def _send(self, turn: _Turn, signer: Signer) -> _Outcome:
        """Send one letter by the kind of signature that was taken last, then by the other one."""
        first = turn.signature or CAVAGE
        second = RFC_9421 if first == CAVAGE else CAVAGE
        outcome = self._send_signed(turn, first, signer)
        if isinstance(outcome, Response):
            if outcome.status not in _OTHERWISE and not (outcome.status >= 500 and outcome.status not in _LATER):
                return self._read(outcome, first)
            again = self._send_signed(turn, second, signer)
            if isinstance(again, Response):
                better = again if 200 <= again.status < 300 or again.status == _GONE else outcome
                return self._read(better, second if better is again else first)
            return self._read(outcome, first)
        return outcome

    def _send_signed(self, turn: _Turn, kind: str, signer: Signer) -> Response | _Outcome:
        now = self._clock.now()
        if kind == CAVAGE:
            headers = cavage.sign("POST", turn.inbox, turn.body, signer, now=now)
        else:
            headers = message_signatures.sign("POST", turn.inbox, turn.body, signer, now=now)
        try:
            return self._ground.http.send(
                turn.inbox, turn.body, headers=headers | {"Content-Type": ACTIVITY}, deadline_s=DEADLINE_S
            )
        except FetchRefused as error:
            return _Outcome(result=_Result.REFUSED, said=str(error))
        except FetchError as error:
            return _Outcome(result=_Result.NOT_NOW, said=str(error))

    def _read(self, answer: Response, kind: str) -> _Outcome:
        said = f"It answered with status {answer.status}."
        if 200 <= answer.status < 300:
            return _Outcome(result=_Result.TAKEN, signature=kind)
        if answer.status == _GONE:
            return _Outcome(result=_Result.GONE, said=said)
        if answer.status in _LATER or answer.status >= 500:
            wait = _retry_after(answer.headers.get("retry-after"), self._clock.now())
            return _Outcome(result=_Result.NOT_NOW, said=said, retry_after=wait)
        return _Outcome(result=_Result.REFUSED, said=said, is_doubtful=answer.status in _UNBELIEVED)

    def _note(self, host: str, turn: _Turn, outcome: _Outcome) -> bool:
        """Write down what came of a letter; return whether the next one may be tried now."""
        now = self._clock.now()
        with self._database.write() as session:
            lane, row = _lane(session, host), session.get(DeliveryRow, turn.id)
            if row is not None:
                row.attempts += 1
                row.error = outcome.said or None
            match outcome.result:
                case _Result.TAKEN:
                    _delete(session, turn.id)
                    lane.signature, lane.failures, lane.failing_since = outcome.signature, 0, None
                    lane.next_attempt, lane.error = None, None
                    lane.taken += 1
                    return True
                case _Result.GONE:
                    self._unsubscribe(session, host, turn.inbox)
                    lane.refused += 1
                    return True
                case _Result.REFUSED:
                    lane.refused += 1
                    if outcome.is_doubtful and row is not None and row.attempts < _MOST_REFUSALS:
                        self._back_off(session, lane, outcome, now)
                        return False
                    lane.failures, lane.failing_since, lane.next_attempt = 0, None, None
                    lane.error = outcome.said
                    if row is not None:
                        row.state = DEAD
                    return True
                case _Result.NOT_NOW:
                    lane.failed += 1
                    self._back_off(session, lane, outcome, now)
                    return False

    def _back_off(self, session: Session, lane: LaneRow, outcome: _Outcome, now: datetime) -> None:
        lane.failures += 1
        lane.failing_since = lane.failing_since or now
        lane.error = outcome.said
        step_s = _BACKOFF_S[min(lane.failures, len(_BACKOFF_S)) - 1] * self._spread()
        lane.next_attempt = now + (outcome.retry_after or timedelta(seconds=step_s))
        _log.info("fediverse.not_delivered", host=lane.host, failures=lane.failures, reason=outcome.said)
        session.execute(
            update(DeliveryRow)
            .where(
                DeliveryRow.host == lane.host,
                DeliveryRow.state == WAITING,
                DeliveryRow.created < now - GIVEN_UP_AFTER,
            )
            .values(state=DEAD, error=outcome.said)
            .execution_options(synchronize_session=False)
        )
        if lane.failing_since < now - DROPPED_AFTER:
            session.execute(delete(FollowerRow).where(FollowerRow.host == lane.host))

    def _unsubscribe(self, session: Session, host: str, inbox: str) -> None:
        """Forget those who were to hear by `inbox`: it is gone for good."""
        session.execute(
            delete(FollowerRow).where(
                FollowerRow.host == host, (FollowerRow.inbox == inbox) | (FollowerRow.shared_inbox == inbox)
            )
        )
        session.execute(
            delete(DeliveryRow)
            .where(DeliveryRow.inbox == inbox, DeliveryRow.host == host)
            .execution_options(synchronize_session=False)
        )

    def _end(self, host: str) -> None:
        """Let go of the lane, and come back for what is left."""
        with self._database.write() as session:
            lane = _lane(session, host)
            lane.busy_until = None
            session.flush()
            left = select(DeliveryRow.id).where(DeliveryRow.host == host, DeliveryRow.state == WAITING).limit(1)
            if session.scalar(left) is not None:
                letters.wake(session, host, clock=self._clock)

    def _is_shut_out(self, session: Session, host: str, now: datetime) -> bool:
        return peers.standing_of(session, host, self._ground.config.federation, now=now).is_shut_out


def _lane(session: Session, host: str) -> LaneRow:
    row = session.get(LaneRow, host, with_for_update=True)
    if row is None:
        row = LaneRow(host=host, failures=0, taken=0, refused=0, failed=0)
        session.add(row)
        session.flush()
    return row


def _delete(session: Session, id_: int) -> None:
    session.execute(delete(DeliveryRow).where(DeliveryRow.id == id_).execution_options(synchronize_session=False))


def _retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Return how long a server asks to be left alone (RFC 9110, section 10.2.3), a day at most."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return min(timedelta(seconds=int(value.strip()[:8])), _LONGEST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(timedelta(0), min(moment - now, _LONGEST_RETRY_AFTER))

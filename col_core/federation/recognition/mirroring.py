"""Keeping copies of what recognised issuers of other cities publish, so that their badges outlive their servers.

Each partner is asked once an hour which issuers it has, and then for what it publishes of them, by ETag. An issuer's
lists are taken only after its keys were confirmed in the same round, and signed ones only if those keys signed them:
whoever has the domain one day cannot spoil what is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any

import structlog

from col_core.badges.credentials import asking, issuer_documents
from col_core.badges.credentials.errors import Unreadable
from col_core.base import outbox
from col_core.base.errors import FetchError, Malformed
from col_core.base.fetch import Response
from col_core.base.jobs import Job, Periodic
from col_core.base.outbox import Event
from col_core.federation import peers
from col_core.federation.ground import Ground
from col_core.federation.recognition import copies, reading, taking
from col_core.federation.recognition.issuers import is_recognised
from col_core.federation.recognition.records import Copy, Kind
from col_core.federation.records import Peer, Standing
from col_core.hooks.observing import Listener

MIRROR_JOB = "recognition.mirror"
EVERY_S = 3600
# A round that comes a little early asks all the same.
_FRESH = timedelta(seconds=EVERY_S * 0.9)
_DEADLINE_S = 10.0
_ROUND_S = 240.0
_MOST_DOCUMENTS = 5_000
_MOST_BYTES = 300_000_000
_MOST_VERSIONS = 200
_YEAR = timedelta(days=365.25)
_LARGEST = {Kind.KEYS: 200_000, Kind.STATUS: 2_100_000, Kind.REVOCATIONS: 10_000_000, Kind.PROFILE: 100_000}
_ACCEPT = {
    Kind.KEYS: asking.ISSUER,
    Kind.STATUS: asking.STATUS_LIST,
    Kind.REVOCATIONS: asking.REVOCATION_LIST,
    Kind.PROFILE: asking.OPEN_BADGES_2,
}
# The host asks to be left alone for now.
_BUSY = (429, 503)
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What came of one round with a host: documents that it confirmed or changed, and what was wrong, by document."""

    taken: int
    wrong: Mapping[str, str]


class _Stopped(Exception):
    """The host does not answer, or asks to be left alone: the round ends here."""


class Mirroring:
    """The copies of one city."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def jobs(self) -> Sequence[Job]:
        """Return the work with one host."""

        def run(payload: Mapping[str, Any]) -> None:
            self.mirror(str(payload["host"]))

        return [Job(name=MIRROR_JOB, run=run)]

    def periodics(self) -> Sequence[Periodic]:
        """Return asking every partner in turn, and forgetting what nobody stood for any more in years."""
        return [
            Periodic(name="recognition.mirror", every_s=EVERY_S, run=self.ask_all, at_start=True),
            Periodic(name="recognition.forget", every_s=24 * 3600, run=self.forget),
        ]

    def listeners(self) -> Sequence[Listener]:
        """Return hearing of partners that are recognised from now on."""
        return [Listener(name="recognition", events=(peers.CHANGED,), hear=self._hear)]

    def ask_all(self) -> None:
        """Write down a round with each host from which copies are taken."""
        ground = self._ground
        with ground.database.write() as session:
            known = set(copies.hosts(session))
            for each in peers.listing(session):
                if self._is_asked(each, is_known=each.host in known):
                    self._enqueue(session, each.host)

    def mirror(self, host: str, *, trusting: bool = False, at_once: bool = False) -> Round:
        """Take copies of what `host` publishes of its issuers now.

        `trusting` takes keys too that cannot follow from those that are kept: only after a person looked at it.
        `at_once` asks for what is fresh, too. Nothing is done for a host that is not recognised and never was.
        """
        ground = self._ground
        with ground.database.read() as session:
            peer = peers.get(session, host)
            is_known = peer is not None and bool(copies.listing(session, host=host))
        if peer is None or not self._is_asked(peer, is_known=is_known):
            return Round(taken=0, wrong={})
        wrong: dict[str, str] = {}
        if self._is_recognised(peer):
            try:
                self._list(peer)
            except (FetchError, Malformed) as error:
                wrong[reading.PATH] = str(error)
        taken = self._refresh(peer, wrong, trusting=trusting, at_once=at_once)
        _log.info("recognition.mirrored", host=host, taken=taken, wrong=len(wrong))
        return Round(taken=taken, wrong=wrong)

    def forget(self) -> None:
        """Forget the copies of hosts that are no partners, and said nothing for as long as copies are kept."""
        ground = self._ground
        before = ground.clock.now() - ground.config.federation.mirror_years * _YEAR
        with ground.database.write() as session:
            partners = {each.host for each in peers.partners(session, ground.config, now=ground.clock.now())}
            for host in copies.hosts(session):
                last = copies.last_known(session, host)
                if host not in partners and (last is None or last < before):
                    copies.forget(session, host)

    def _hear(self, event: Event) -> None:
        with self._ground.database.write() as session:
            peer = peers.get(session, event.subject)
            if peer is not None and self._is_recognised(peer):
                self._enqueue(session, peer.host)

    def _enqueue(self, session: Any, host: str) -> None:
        outbox.enqueue(session, MIRROR_JOB, {"host": host}, clock=self._ground.clock, key=f"{MIRROR_JOB}:{host}")

    def _standing(self, peer: Peer) -> Standing:
        return peers.standing(peer, self._ground.config.federation, now=self._ground.clock.now())

    def _is_recognised(self, peer: Peer) -> bool:
        return is_recognised(peer, self._standing(peer), now=self._ground.clock.now())

    def _is_asked(self, peer: Peer, *, is_known: bool) -> bool:
        """Of one whose membership ended nothing new is taken, but what is kept is kept in line."""
        state = self._standing(peer)
        return self._is_recognised(peer) or (is_known and (state is Standing.EXPIRED or state.is_partner))

    def _list(self, peer: Peer) -> None:
        """Note down what the partner's issuers publish."""
        found = reading.issuers_of(peer, self._ground.http)
        with self._ground.database.write() as session:
            room = _MOST_DOCUMENTS - len(copies.listing(session, host=peer.host))
            for each in found:
                room -= copies.want(session, reading.documents(each), host=peer.host, issuer=each.id, room=room)

    def _refresh(self, peer: Peer, wrong: dict[str, str], *, trusting: bool, at_once: bool) -> int:
        now = self._ground.clock.now()
        with self._ground.database.read() as session:
            known = copies.listing(session, host=peer.host)
        turn = _Turn(room=_MOST_BYTES - sum(each.size for each in known), until_s=monotonic() + _ROUND_S)
        taken = 0
        try:
            for keys, others in _by_issuer(known):
                if not at_once and keys.asked is not None and now - _FRESH < keys.asked <= now:
                    continue
                if turn.is_over() or not self._take(keys, None, turn, wrong, trusting=trusting):
                    continue
                taken += 1
                with self._ground.database.read() as session:
                    body = copies.body(session, keys.place)
                taken += sum(self._take(each, body, turn, wrong) for each in others if not turn.is_over())
        except _Stopped:
            pass
        return taken

    def _take(
        self, copy: Copy, keys: bytes | None, turn: "_Turn", wrong: dict[str, str], *, trusting: bool = False
    ) -> bool:
        """Ask for one document; return whether what is kept is what its host says now. Raises _Stopped."""
        clock = self._ground.clock
        largest = max(0, min(_LARGEST[copy.kind], turn.room + copy.size))
        try:
            answer = self._ground.http.get(
                copy.url, etag=copy.etag, max_bytes=largest, deadline_s=_DEADLINE_S, accept=_ACCEPT[copy.kind]
            )
            if answer.unchanged:
                with self._ground.database.write() as session:
                    copies.confirm(session, copy.place, clock=clock)
                return True
            if not self._keep(copy, answer, keys, trusting=trusting):
                wrong[copy.place] = "other keys than before, without what became of those"
                return False
            turn.room += copy.size - len(answer.body)
            return True
        except (FetchError, Unreadable) as error:
            wrong[copy.place] = str(error)
            with self._ground.database.write() as session:
                copies.fail(session, copy.place, str(error), clock=clock, doubted=_is_doubtful(copy, error))
            if isinstance(error, FetchError) and (error.answered is None or error.answered in _BUSY):
                raise _Stopped from error
            return False

    def _keep(self, copy: Copy, answer: Response, keys: bytes | None, *, trusting: bool) -> bool:
        clock = self._ground.clock
        has_other_keys = False
        if copy.kind is Kind.KEYS:
            with self._ground.database.read() as session:
                body = copies.body(session, copy.place)
                is_full = copies.versions(session, copy.place) >= _MOST_VERSIONS
            newer = taking.keys_of(answer.body, copy.issuer)
            older = taking.keys_of(body, copy.issuer) if body is not None else None
            follows = older is None or issuer_documents.follows(newer, older, issuer=copy.issuer)
            has_other_keys = taking.have_changed(newer, older, issuer=copy.issuer)
            if (not follows and not trusting) or (is_full and has_other_keys):
                with self._ground.database.write() as session:
                    said = "It lists other keys than before, and does not say what became of those."
                    copies.fail(session, copy.place, said, clock=clock, doubted=True)
                return False
        else:
            taking.check(copy.kind, answer.body, issuer=copy.issuer, keys=keys or b"", now=clock.now())
        with self._ground.database.write() as session:
            copies.keep(
                session,
                copy.place,
                answer.body,
                media_type=answer.media_type,
                etag=answer.etag,
                keys=has_other_keys,
                clock=clock,
            )
        return True


@dataclass(kw_only=True)
class _Turn:
    """What is left of one round: bytes that may still be kept, and time."""

    room: int
    until_s: float

    def is_over(self) -> bool:
        return monotonic() > self.until_s


def _is_doubtful(copy: Copy, error: Exception) -> bool:
    """Whether somebody else seems to answer: no keys can be read any more where there were some."""
    return copy.kind is Kind.KEYS and copy.fetched is not None and isinstance(error, Unreadable)


def _by_issuer(known: Sequence[Copy]) -> list[tuple[Copy, list[Copy]]]:
    """Return the keys of each issuer with its other documents; those that were asked for longest ago come first."""
    groups = [
        (each, [other for other in known if other.issuer == each.issuer and other.kind is not Kind.KEYS])
        for each in known
        if each.kind is Kind.KEYS
    ]
    return sorted(groups, key=lambda group: (group[0].asked is not None, group[0].asked or group[0].place))

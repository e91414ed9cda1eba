"""Finding out how other cities stand: each is asked what it says of itself, and the anchor what it says of it.

One that does not answer stays as it was until its mark ends. One that answers with keys that nobody announced, as
somebody else, or from elsewhere waits for a person (quarantine).
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from col_core.base import outbox
from col_core.base.errors import FetchError, InvalidInput
from col_core.federation import peers
from col_core.federation.ground import Ground
from col_core.federation.records import Peer, Standing
from col_core.federation.trust import checking, key_sets, marks, metadata, statements
from col_core.federation.trust.anchor import Anchor, Anchors
from col_core.federation.trust.asking import Asking, Moved
from col_core.federation.trust.checking import Judged
from col_core.federation.trust.metadata import CityMetadata
from col_core.federation.trust.records import CITY_TYPE, MarkKind, Reason, Statement, Status, Untrusted
from col_core.federation.trust.tables import PeerMarkRow

LOOK_JOB = "trust.look"
_EVERY = timedelta(minutes=10)
# One that was met just now may be about to become a member.
_SOON, _NEW_FOR = timedelta(seconds=5), timedelta(minutes=10)
_MOST_AT_ONCE = 200
_log = structlog.get_logger()


class Discovery:
    """Looks at the other cities for one city."""

    def __init__(self, ground: Ground, *, anchors: Anchors, asking: Asking) -> None:
        self._ground, self._anchors, self._asking = ground, anchors, asking
        self._config, self._clock = ground.config, ground.clock

    def gather(self) -> None:
        """Note down whom the city follows by its settings, and every member that the anchor tells of."""
        entities = list(self._config.federation.peers)
        anchor = self._anchors.last() or self._anchors.meet()
        if anchor is not None:
            try:
                endpoint = statements.endpoint(anchor.configuration, "federation_list_endpoint")
                if endpoint is not None:
                    entities += self._asking.members(endpoint, self._anchors.rules())
            except (FetchError, Untrusted) as error:
                _log.warning("network.members", error=str(error))
        with self._ground.database.write() as session:
            for entity in entities:
                try:
                    if peers.host_of(entity) != peers.host_of(self._config.base_url):
                        peers.remember(session, entity, clock=self._clock, own_key=self._config.id)
                except InvalidInput as error:
                    _log.warning("network.members", error=str(error))

    def ask_for_looks(self) -> None:
        """Write down a look at each city at which it is time to look again."""
        now = self._clock.now()
        with self._ground.database.read() as session:
            due = [each.host for each in peers.listing(session) if self._is_due(each, now)]
        if not due:
            return
        with self._ground.database.write() as session:
            for host in due[:_MOST_AT_ONCE]:
                outbox.enqueue(session, LOOK_JOB, {"host": host}, clock=self._clock, key=f"{LOOK_JOB}:{host}")

    def look(self, host: str) -> None:
        """Find out how one city stands now, and note it down; what goes wrong is noted, too."""
        with self._ground.database.read() as session:
            peer = peers.get(session, host)
        if peer is None or self._standing(peer).is_shut_out:
            return
        asked: dict[str, Any] = {"asked": self._clock.now()}
        try:
            own = statements.configuration(
                self._asking.configuration(peer.base_url), entity=peer.base_url, rules=self._anchors.rules()
            )
        except FetchError as error:
            self._note(peer, **asked, **self._of_kept_mark(peer), error=str(error)[:1000])
            return
        except Moved as error:
            self._suspect(peer, f"It answers from elsewhere: {error.message}.", asked)
            return
        except Untrusted as error:
            if error.reason is Reason.OTHER_ENTITY:
                self._suspect(peer, f"It answers as another one: {error.message}.", asked)
            else:
                self._note(peer, **asked, **self._of_kept_mark(peer), error=_not_believed(error))
            return
        self._hear(peer, own, asked)

    def _hear(self, peer: Peer, own: Statement, asked: dict[str, Any]) -> None:
        """Judge what a city says of itself."""
        anchor, superior, error = self._anchors.last(), None, None
        if anchor is not None:
            try:
                superior = checking.superior_says(
                    self._asking, anchor.configuration, peer.base_url, rules=self._anchors.rules()
                )
            except checking.NotListed:
                error = "The network knows no such member."
            except (FetchError, Untrusted) as fault:
                error = f"The network could not be asked: {fault}"[:1000]
        if not self._keys_are_known(peer, own, superior):
            self._suspect(peer, "It answers with keys that nobody announced.", asked)
            return
        keys = json.dumps(key_sets.of_keys(own.keys), sort_keys=True)
        said: dict[str, Any] = {**asked, "seen": self._clock.now(), "error": error, "keys": keys}
        try:
            city = metadata.read(own.metadata(CITY_TYPE), entity=peer.base_url)
            if anchor is not None:
                marked, city = self._judged(peer, own, superior, anchor, city)
                said |= marked
        except Untrusted as fault:
            # Who spoke first for an address keeps it until somebody else is announced, believed or not.
            first = {"keys": keys} if peer.keys is None else {}
            self._note(peer, **asked, **first, **self._of_kept_mark(peer), error=_not_believed(fault))
            return
        said |= {
            "city_id": city.city_id,
            "names": city.names,
            "country": city.country,
            "actor_id": city.actor,
            "feed_url": city.feed,
            "did": city.did,
        }
        self._note(peer, **said)

    def _judged(
        self, peer: Peer, own: Statement, superior: Statement | None, anchor: Anchor, city: CityMetadata
    ) -> tuple[dict[str, Any], CityMetadata]:
        """Return what follows from the marks of a city, and what it says of itself with the anchor's words laid over.

        Where the anchor says nothing of it (any more), marks can end, and none begins or goes on. Raises Untrusted.
        """
        rules = self._anchors.rules()
        if superior is None:
            shown, faults = checking.judged_marks(self._asking, own, anchor=anchor.configuration, rules=rules)
            return self._marked(peer, shown, faults, chain_until=None), city
        findings = checking.judge(
            self._asking,
            own,
            superior=superior,
            anchor=anchor.configuration,
            anchor_keys=anchor.keys,
            rules=rules,
        )
        held = findings.marks.get(MarkKind.MEMBER)
        if held is not None:
            with self._ground.database.write() as session:
                session.merge(PeerMarkRow(host=peer.host, body=held.mark.text))
        return self._marked(peer, findings.marks, findings.faults, chain_until=findings.chain.expires), findings.city

    def _of_kept_mark(self, peer: Peer) -> dict[str, Any]:
        """Return what the anchor says of the mark by which a city was let in that does not speak for itself now."""
        anchor = self._anchors.last()
        with self._ground.database.read() as session:
            kept = session.get(PeerMarkRow, peer.host)
            text = None if kept is None else kept.body
        if anchor is None or text is None or peer.suspended is not None:
            return {}
        rules, type_ = self._anchors.rules(), MarkKind.MEMBER.type_of(anchor.configuration.subject)
        try:
            mark = marks.verified(text, type=type_, subject=peer.base_url, anchor=anchor.configuration, rules=rules)
        except Untrusted:
            return {}
        status = checking.status_of(self._asking, mark, anchor=anchor.configuration, rules=rules)
        return {"suspended": self._clock.now()} if status is Status.REVOKED else {}

    def _keys_are_known(self, peer: Peer, own: Statement, superior: Statement | None) -> bool:
        """Return whether the key that signed is one of before, or announced with one, or one that the anchor tells."""
        if peer.keys is None:
            return True
        known = key_sets.read(json.loads(peer.keys)).values()
        return own.signed_with in known or (superior is not None and own.signed_with in superior.keys.values())

    def _marked(
        self,
        peer: Peer,
        shown: Mapping[MarkKind, Judged],
        faults: Mapping[MarkKind, str],
        *,
        chain_until: datetime | None,
    ) -> dict[str, Any]:
        """Return what follows from marks for how a city stands. `chain_until` is None where no chain leads to it."""
        now = self._clock.now()
        member, issuer = shown.get(MarkKind.MEMBER), shown.get(MarkKind.RECOGNISED_ISSUER)
        said: dict[str, Any] = {
            "member_until": _until(member, peer.member_until, chain_until, now),
            "recognised_until": _until(issuer, peer.recognised_until, chain_until, now),
        }
        if member is not None and member.status is Status.REVOKED:
            said["suspended"] = peer.suspended or now
        elif member is not None and member.status is Status.ACTIVE and chain_until is not None:
            said |= {"suspended": None, "member_since": member.mark.since or peer.member_since or member.mark.issued}
        for kind, name in ((MarkKind.MEMBER, "member_until"), (MarkKind.RECOGNISED_ISSUER, "recognised_until")):
            if fault := faults.get(kind):
                # The one of before goes on to its end, unless the anchor says otherwise.
                said |= {name: getattr(peer, name), "error": f"Its mark does not hold: {fault}."[:1000]}
                said |= self._of_kept_mark(peer)
        return said

    def _suspect(self, peer: Peer, reason: str, asked: dict[str, Any]) -> None:
        """Put a city into quarantine; one that was never met as itself is only noted down as faulty."""
        self._note(peer, **asked, error=reason[:1000])
        if peer.keys is not None:
            with self._ground.database.write() as session:
                peers.quarantine(session, peer.host, reason=reason[:1000], clock=self._clock)

    def _note(self, peer: Peer, **said: Any) -> None:
        with self._ground.database.write() as session:
            peers.update(session, peer.host, clock=self._clock, own_key=self._config.id, **said)

    def _standing(self, peer: Peer) -> Standing:
        return peers.standing(peer, self._config.federation, now=self._clock.now())

    def _is_due(self, peer: Peer, now: datetime) -> bool:
        standing = self._standing(peer)
        if standing.is_shut_out:
            return False
        unsettled = not standing.is_partner and now - peer.created < _NEW_FOR
        return peer.asked is None or peer.asked > now or now - peer.asked >= (_SOON if unsettled else _EVERY)


def _until(
    judged: Judged | None, before: datetime | None, chain_until: datetime | None, now: datetime
) -> datetime | None:
    """Return until when a mark holds; one that is not shown any more, or not good, ends now."""
    if judged is None or not judged.is_good:
        return None if before is None else min(before, now)
    return before if chain_until is None else judged.mark.expires or chain_until


def _not_believed(error: Untrusted) -> str:
    return f"It is not believed: {error.message}."[:1000]

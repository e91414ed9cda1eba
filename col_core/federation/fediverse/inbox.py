"""What other servers send: read with care, believed by its signature, and answered before anything is done about it.

Sources: ActivityPub, section 7; FEP-fe34 (origin-based security).
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urldefrag

from sqlalchemy import delete
from sqlalchemy.orm import Session

from col_core.base import outbox, strict_json
from col_core.base.database import upsert
from col_core.base.errors import (
    FetchError,
    Forbidden,
    InvalidInput,
    Malformed,
    Unauthenticated,
    Unavailable,
)
from col_core.base.ratelimit import RateLimiter
from col_core.federation import peers
from col_core.federation.fediverse import arriving, cavage, message_signatures, proofs, subscriptions
from col_core.federation.fediverse.actors import Actors
from col_core.federation.fediverse.arriving import Arriving, id_of
from col_core.federation.fediverse.identity import Identity
from col_core.federation.fediverse.records import LONGEST_ID, Actor, Document
from col_core.federation.fediverse.signed import Arrived, Claim, refused
from col_core.federation.fediverse.subscriptions import Subscriptions
from col_core.federation.fediverse.tables import FollowerRow, FollowingRow, SeenRow
from col_core.federation.ground import HARVEST_JOB, Ground, harvest_key
from col_core.federation.peers import host_of, is_on, standing_of

MAX_BYTES = 256_000
MAX_DEPTH = 24
_PER_MINUTE = 600
_ABOUT_THINGS = frozenset({"Create", "Update", "Delete", "Announce"})


class Inbox:
    """Takes what is sent to the city."""

    def __init__(
        self, ground: Ground, identity: Identity, actors: Actors, subscribed: Subscriptions, arriving_: Arriving
    ) -> None:
        self._ground, self._identity, self._actors = ground, identity, actors
        self._subscriptions, self._arriving = subscribed, arriving_

    def receive(self, request: Arrived, *, limiter: RateLimiter) -> None:
        """Take an activity, or leave it be where it is nothing to this city; both look the same to its sender.

        Raises Malformed, Unauthenticated (no signature, or one that does not count), Forbidden (a server that is shut
        out, somebody who speaks for another), TooManyRequests, Unavailable.
        """
        activity = _activity(request.body)
        kind, actor_id = activity["type"], activity["actor"]
        now = self._ground.clock.now()
        claim = _claim(request, now)
        host = host_of(actor_id)
        with self._ground.database.read() as session:
            for each in {host, _host_of_key(claim)}:
                if standing_of(session, each, self._ground.config.federation, now=now).is_refused:
                    raise Forbidden("This server takes nothing from yours.")
            concerns_us = self._concerns_us(session, kind, actor_id, activity, now)
        limiter.hit(f"inbox:{host}", limit=_PER_MINUTE, window_s=60)
        if not concerns_us:
            return
        _check_origin(kind, host, activity)
        actor = self._sender(claim, actor_id, activity, now)
        if actor is None:
            return
        with self._ground.database.write() as session:
            if self._is_new(session, activity["id"], now):
                self._take(session, actor, activity)

    def _concerns_us(self, session: Session, kind: str, actor: str, activity: Document, now: datetime) -> bool:
        """Tell whether anything follows from an activity; who sent it is looked up only then."""
        said = activity.get("object")
        if kind == "Follow":
            return id_of(said) == self._identity.actor
        if kind == "Undo":
            return session.get(FollowerRow, actor) is not None
        if kind in ("Accept", "Reject"):
            return session.get(FollowingRow, actor) is not None
        if kind not in _ABOUT_THINGS:
            return False
        id_ = id_of(said)
        if id_ is None:
            return False
        if kind in ("Update", "Delete") and arriving.is_known(session, id_):
            return True
        return subscriptions.is_followed(session, actor) or self._is_partner(session, actor, now)

    def _is_partner(self, session: Session, actor: str, now: datetime) -> bool:
        host = host_of(actor)
        peer = peers.get(session, host)
        if peer is None or not peers.standing(peer, self._ground.config.federation, now=now).is_partner:
            return False
        return peer.actor_id in (None, actor)

    def _sender(self, claim: Claim, actor_id: str, activity: Document, now: datetime) -> Actor | None:
        """Return who signed the request, and is the actor of it. None where there is no such actor any more."""
        try:
            for afresh in (False, True):
                actor = self._actors.get(actor_id, afresh=afresh)
                if actor.id != actor_id:
                    raise refused("its actor is known under another id")
                key = actor.keys.get(claim.key_id)
                if key is not None and claim.holds(key):
                    if proofs.holds(activity, actor.methods, now=now) is False:
                        raise refused("the proof within it does not hold")
                    return actor
                if key is None and _host_of_key(claim) != actor.host:
                    return self._passed_on(claim, actor, activity, now)
        except FetchError as error:
            if error.answered in (404, 410) and activity["type"] == "Delete":
                return None
            if not error.permanent:
                raise Unavailable("Your actor cannot be read at the moment.", retry_after_s=60) from error
            raise refused(f"its actor cannot be read ({error})") from error
        except InvalidInput as error:
            raise refused(f"its actor cannot be read ({error})") from error
        raise refused("it was not made by a key of its actor")

    def _passed_on(self, claim: Claim, actor: Actor, activity: Document, now: datetime) -> Actor:
        """Return the actor of what somebody else brings; a proof within it must say that it is theirs."""
        if not proofs.holds(activity, actor.methods, now=now):
            raise refused("its key is not one of its actor")
        carrier = self._actors.get(urldefrag(claim.key_id).url)
        key = carrier.keys.get(claim.key_id)
        if key is None or not claim.holds(key):
            raise refused("it was not made by the key that it names")
        return actor

    def _is_new(self, session: Session, id_: str, now: datetime) -> bool:
        hashed = hashlib.sha256(id_.encode()).hexdigest()
        insert = upsert(session, SeenRow).values(id=hashed, seen=now)
        noted = insert.on_conflict_do_nothing(index_elements=[SeenRow.id]).returning(SeenRow.id)
        return session.scalar(noted) is not None

    def _take(self, session: Session, actor: Actor, activity: Document) -> None:
        kind, said = activity["type"], activity.get("object")
        match kind:
            case "Follow":
                self._subscriptions.take_follow(session, actor, activity)
            case "Undo":
                if not isinstance(said, Mapping) or said.get("type") == "Follow":
                    self._subscriptions.take_undo(session, actor.id)
            case "Accept" | "Reject":
                self._subscriptions.take_answer(session, actor.id, said, accepted=kind == "Accept")
            case _ if self._is_partner(session, actor.id, self._ground.clock.now()):
                # Bulk is the truth: what was pushed only says that there is something to read.
                clock, host = self._ground.clock, actor.host
                outbox.enqueue(session, HARVEST_JOB, {"host": host}, clock=clock, key=harvest_key(host))
            case _:
                self._arriving.take(session, actor, activity)


def forget(session: Session, *, before: datetime) -> None:
    """Forget which activities came in before `before`; by then their signatures count no more."""
    session.execute(delete(SeenRow).where(SeenRow.seen < before).execution_options(synchronize_session=False))


def _activity(body: bytes) -> dict[str, Any]:
    """Return the activity that `body` holds, with its actor as an id. Raises Malformed."""
    said = strict_json.loads(body, max_bytes=MAX_BYTES, max_depth=MAX_DEPTH)
    if not isinstance(said, dict):
        raise Malformed("An activity is a JSON object.")
    actor = id_of(said.get("actor"))
    if not isinstance(said.get("type"), str) or actor is None or id_of(said.get("id")) is None:
        raise Malformed(f"An activity says its id, its type and its actor, by addresses of up to {LONGEST_ID} letters.")
    try:
        host_of(actor), host_of(said["id"])
    except InvalidInput as error:
        raise Malformed(str(error)) from error
    return {**said, "actor": actor}


def _claim(request: Arrived, now: datetime) -> Claim:
    kind = message_signatures if "signature-input" in request.headers else cavage
    if "signature" not in request.headers:
        raise refused("there is no signature")
    claim: Claim = kind.read(request, now=now)
    return claim


def _host_of_key(claim: Claim) -> str:
    try:
        return host_of(claim.key_id)
    except InvalidInput as error:
        raise Unauthenticated("The key of the signature has no address.") from error


def _check_origin(kind: str, host: str, activity: Document) -> None:
    """Refuse what somebody says of things that are not theirs (FEP-fe34)."""
    said = activity.get("object")
    ids = [activity["id"]]
    if kind in _ABOUT_THINGS:
        ids.append(id_of(said) or "")
    if kind in ("Create", "Update") and isinstance(said, Mapping):
        owners = said.get("attributedTo")
        named = [*(owners if isinstance(owners, list) else [owners]), said.get("actor")]
        ids += [id_ for each in named[:20] if (id_ := id_of(each)) is not None]
    undone_of = said.get("actor") if kind == "Undo" and isinstance(said, Mapping) else None
    if undone_of is not None and id_of(undone_of) != activity["actor"]:
        raise Forbidden("Nobody undoes what another did.")
    if not all(is_on(each, host) for each in ids):
        raise Forbidden("This is not of the server of its actor.")

"""Who follows this city, and whom it follows: asked, accepted, taken back."""

import secrets
from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.base.database import upsert
from col_core.base.errors import InvalidInput
from col_core.base.jobs import Job
from col_core.base.outbox import Event
from col_core.federation import peers
from col_core.federation.fediverse import activities, letters
from col_core.federation.fediverse.actors import Actors
from col_core.federation.fediverse.identity import Identity
from col_core.federation.fediverse.records import Actor, Document, Followed, Following
from col_core.federation.fediverse.tables import FollowerRow, FollowingRow
from col_core.federation.ground import FOLLOWED, Ground
from col_core.federation.peers import host_of

FOLLOW_JOB, UNFOLLOW_JOB = "fediverse.follow", "fediverse.unfollow"
_MOST_FOLLOWERS_OF_A_HOST = 1_000
_log = structlog.get_logger()


class Subscriptions:
    """Asks others for what they say, and notes who asks this city."""

    def __init__(self, ground: Ground, identity: Identity, actors: Actors) -> None:
        self._ground, self._identity, self._actors = ground, identity, actors

    def jobs(self) -> list[Job]:
        return [
            Job(name=FOLLOW_JOB, run=self._follow, lease_s=60, waits=True),
            Job(name=UNFOLLOW_JOB, run=self._unfollow, lease_s=60),
        ]

    def hear(self, event: Event) -> None:
        """Follow the actor of a city that this one begins to follow, and no longer that of one that it leaves."""
        job = FOLLOW_JOB if event.name == FOLLOWED else UNFOLLOW_JOB
        with self._ground.database.write() as session:
            outbox.enqueue(session, job, {"peer": event.subject}, clock=self._ground.clock)

    def _follow(self, payload: Mapping[str, Any]) -> None:
        now = self._ground.clock.now()
        host = str(payload["peer"]) if "peer" in payload else host_of(str(payload["actor"]))
        with self._ground.database.read() as session:
            if peers.standing_of(session, host, self._ground.config.federation, now=now).is_refused:
                return
            peer = peers.get(session, host)
        if "actor" in payload:
            actor = self._actors.get(str(payload["actor"]))
        elif peer is not None and peer.actor_id is not None:
            actor = self._actors.get(peer.actor_id)
        else:
            actor = self._actors.find(peer.base_url if peer is not None else host)
        if actor.id == self._identity.actor:
            raise InvalidInput("That is this city itself.")
        with self._ground.database.write() as session:
            self._ask(session, actor, str(payload["peer"]) if "peer" in payload else None)

    def _ask(self, session: Session, actor: Actor, peer: str | None) -> None:
        row = session.get(FollowingRow, actor.id, with_for_update=True)
        if row is not None and row.state == Following.ACCEPTED:
            return
        asked = activities.follow(actor.id, identity=self._identity, token=secrets.token_hex(8))
        if row is None:
            row = FollowingRow(actor=actor.id, host=actor.host, peer=peer, created=self._ground.clock.now())
            session.add(row)
        row.inbox, row.follow, row.state = actor.inbox, asked["id"], Following.ASKED.value
        session.flush()
        letters.post(session, {"@context": activities.CONTEXT, **asked}, [actor.inbox], clock=self._ground.clock)

    def _unfollow(self, payload: Mapping[str, Any]) -> None:
        chosen = select(FollowingRow)
        if "peer" in payload:
            chosen = chosen.where(FollowingRow.peer == str(payload["peer"]))
        else:
            chosen = chosen.where(FollowingRow.actor == str(payload["actor"]))
        with self._ground.database.write() as session:
            for row in session.scalars(chosen.with_for_update()).all():
                undone = activities.undo_follow(row.actor, row.follow, identity=self._identity)
                letters.post(session, {"@context": activities.CONTEXT, **undone}, [row.inbox], clock=self._ground.clock)
                session.delete(row)

    def take_follow(self, session: Session, actor: Actor, activity: Document) -> None:
        """Note that `actor` follows this city, and tell them that they are heard."""
        others = select(func.count()).select_from(FollowerRow).where(FollowerRow.host == actor.host)
        known = session.get(FollowerRow, actor.id)
        if known is None and (session.scalar(others) or 0) >= _MOST_FOLLOWERS_OF_A_HOST:
            _log.info("fediverse.too_many_followers", host=actor.host)
            return
        values = {
            "actor": actor.id,
            "host": actor.host,
            "inbox": actor.inbox,
            "shared_inbox": actor.shared_inbox,
            "follow": activity["id"],
            "created": self._ground.clock.now(),
        }
        insert = upsert(session, FollowerRow).values(values)
        session.execute(insert.on_conflict_do_update(index_elements=[FollowerRow.actor], set_=values))
        heard = activities.accept(activity, identity=self._identity, token=secrets.token_hex(8))
        letters.post(session, {"@context": activities.CONTEXT, **heard}, [actor.inbox], clock=self._ground.clock)

    def take_undo(self, session: Session, actor: str) -> None:
        """Note that `actor` does not follow this city any more."""
        session.execute(delete(FollowerRow).where(FollowerRow.actor == actor))

    def take_answer(self, session: Session, actor: str, asked: Any, *, accepted: bool) -> None:
        """Note what `actor` answered to our Follow."""
        row = session.get(FollowingRow, actor, with_for_update=True)
        id_ = asked.get("id") if isinstance(asked, Mapping) else asked
        follows_us = isinstance(asked, Mapping) and asked.get("actor") == self._identity.actor
        if row is None or not (id_ == row.follow or (id_ is None and follows_us)):
            return
        row.state = (Following.ACCEPTED if accepted else Following.REJECTED).value

    def shut_out(self, session: Session, host: str) -> None:
        """Have nothing more to do with anybody on `host`."""
        session.execute(delete(FollowerRow).where(FollowerRow.host == host))
        session.execute(delete(FollowingRow).where(FollowingRow.host == host))
        letters.drop(session, host)


def follow(session: Session, actor: str, *, clock: Clock) -> None:
    """Ask somebody, by the address of their actor, for what they say. Raises InvalidInput for what is no address."""
    host_of(actor)
    outbox.enqueue(session, FOLLOW_JOB, {"actor": actor}, clock=clock)


def unfollow(session: Session, actor: str, *, clock: Clock) -> bool:
    """Hear no longer what somebody says; False where this city does not follow them."""
    if session.get(FollowingRow, actor) is None:
        return False
    outbox.enqueue(session, UNFOLLOW_JOB, {"actor": actor}, clock=clock)
    return True


def followed(session: Session) -> list[Followed]:
    """Return whom this city follows, or asked to, by host."""
    rows = session.scalars(select(FollowingRow).order_by(FollowingRow.host, FollowingRow.actor))
    return [Followed(actor=row.actor, host=row.host, state=Following(row.state), since=row.created) for row in rows]


def is_followed(session: Session, actor: str) -> bool:
    """Tell whether this city hears what `actor` says. Some speak before they have answered."""
    row = session.get(FollowingRow, actor)
    return row is not None and row.state != Following.REJECTED


def followers_of(session: Session, *, host: str | None = None) -> list[str]:
    """Return who follows this city (on `host`), the newest first."""
    chosen = select(FollowerRow.actor).order_by(FollowerRow.created.desc(), FollowerRow.actor)
    return list(session.scalars(chosen if host is None else chosen.where(FollowerRow.host == host)))


def count(session: Session) -> int:
    """Return how many follow this city."""
    return session.scalar(select(func.count()).select_from(FollowerRow)) or 0

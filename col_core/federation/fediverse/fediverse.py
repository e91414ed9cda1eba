"""The push lane of one city, put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from col_core.base.jobs import Job, Periodic
from col_core.base.outbox import Event
from col_core.federation import peers
from col_core.federation.fediverse import actors, inbox, letters
from col_core.federation.fediverse.actors import Actors
from col_core.federation.fediverse.arriving import Arriving
from col_core.federation.fediverse.delivering import Delivering
from col_core.federation.fediverse.identity import Identity
from col_core.federation.fediverse.inbox import Inbox
from col_core.federation.fediverse.subscriptions import Subscriptions
from col_core.federation.fediverse.tables import DeliveryRow, FollowerRow, FollowingRow, ItemRow
from col_core.federation.fediverse.telling import Telling
from col_core.federation.ground import FOLLOWED, UNFOLLOWED, Ground
from col_core.hooks.observing import Listener

_HOUSEKEEPING_S = 600
# Longer than any signature counts.
_SEEN_FOR = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Fediverse:
    """The parts of the lane, and their work in the background."""

    ground: Ground
    identity: Identity
    telling: Telling
    subscriptions: Subscriptions
    arriving: Arriving
    inbox: Inbox
    delivering: Delivering

    def jobs(self) -> Sequence[Job]:
        return [self.delivering.job(), *self.subscriptions.jobs(), *self.arriving.jobs()]

    def periodics(self) -> Sequence[Periodic]:
        return [Periodic(name="fediverse.housekeeping", every_s=_HOUSEKEEPING_S, run=self._keep_house)]

    def listeners(self) -> Sequence[Listener]:
        return [
            Listener(name="fediverse.telling", events=("opportunity.",), hear=self.telling.hear),
            Listener(name="fediverse.following", events=(FOLLOWED, UNFOLLOWED), hear=self.subscriptions.hear),
            Listener(name="fediverse.standing", events=(peers.CHANGED,), hear=self._hear_how_one_stands),
        ]

    def summaries(self) -> Mapping[str, str]:
        """Return one sentence a language about what the city tells."""
        config, found = self.ground.config, {}
        for tag in config.languages:
            translator = self.ground.i18n.translator(tag)
            text = translator.gettext(
                "Events, courses and other chances to learn in %(city)s that visitors from elsewhere can take, too."
            )
            found[tag] = text % {"city": config.city_name(tag)}
        return found

    def _hear_how_one_stands(self, event: Event) -> None:
        with self.ground.database.write() as session:
            self._act_on_standing(session, event.subject)

    def _act_on_standing(self, session: Session, host: str) -> None:
        standing = peers.standing_of(session, host, self.ground.config.federation, now=self.ground.clock.now())
        if standing.is_shut_out:
            self.subscriptions.shut_out(session, host)
        if standing.is_refused:
            self.arriving.shut_out(session, host)

    def _keep_house(self) -> None:
        """Forget what is old, act on what city.toml says of hosts, and pick up deliveries whose job was lost."""
        now, ground = self.ground.clock.now(), self.ground
        with ground.database.write() as session:
            inbox.forget(session, before=now - _SEEN_FOR)
            letters.forget(session, before=now - timedelta(days=ground.config.privacy.log_days))
            actors.forget(session, before=now - actors.KEPT_FOR)
            hosts: set[str] = set()
            for row in (FollowerRow, FollowingRow, ItemRow):
                hosts |= set(session.scalars(select(row.host).distinct()))
            for host in sorted(hosts & set(ground.config.federation.deny)):
                self._act_on_standing(session, host)
            waiting = select(DeliveryRow.host).where(DeliveryRow.state == letters.WAITING).distinct()
            for host in sorted(session.scalars(waiting).all()):
                letters.wake(session, host, clock=ground.clock)


def fediverse(ground: Ground) -> Fediverse:
    """Return the lane of the city that `ground` is of."""
    identity = Identity(base_url=ground.config.base_url, keyring=ground.keyring, database=ground.database)
    others = Actors(ground, identity)
    subscriptions, arriving = Subscriptions(ground, identity, others), Arriving(ground, others)
    return Fediverse(
        ground=ground,
        identity=identity,
        telling=Telling(ground, identity),
        subscriptions=subscriptions,
        arriving=arriving,
        inbox=Inbox(ground, identity, others, subscriptions, arriving),
        delivering=Delivering(ground, identity),
    )

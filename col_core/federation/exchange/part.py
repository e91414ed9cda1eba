"""The bulk lane as the worker sees it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from col_core.base import outbox
from col_core.base.jobs import Job, Periodic
from col_core.base.outbox import Event
from col_core.catalogue import changes, sharing
from col_core.federation import peers
from col_core.federation.exchange import followers, showing, subscriptions, twins
from col_core.federation.exchange.harvest import TWINS_JOB, Harvest
from col_core.federation.exchange.records import Held
from col_core.federation.exchange.tables import OpeningRow, RemoteOfferRow
from col_core.federation.ground import FOLLOWED, HARVEST_JOB, UNFOLLOWED, Ground
from col_core.hooks.observing import Listener

FOLLOWER_JOB = "exchange.follower"
_MINUTE_S, _DAY_S = 60, 86_400
_TOMBSTONES, _OPENINGS = timedelta(days=30), timedelta(days=400)
_LEASE_S = 300


class Exchange:
    """Reads what partners offer, and looks after what is shown of it."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.harvest = Harvest(ground)
        self._settled_at = -1

    def jobs(self) -> Sequence[Job]:
        return [
            # Whoever reads a feed twice has read it: after a restore it goes on by itself.
            Job(name=HARVEST_JOB, run=self._harvest, lease_s=_LEASE_S, outside=False, waits=True),
            Job(name=TWINS_JOB, run=self._twins, lease_s=_LEASE_S, outside=False),
            Job(name=FOLLOWER_JOB, run=self._follower, lease_s=_LEASE_S, outside=False, waits=True),
        ]

    def periodics(self) -> Sequence[Periodic]:
        return [
            Periodic(name="exchange.settings", every_s=_DAY_S, run=self._follow_settings, at_start=True),
            Periodic(name="exchange.read", every_s=_MINUTE_S, run=self._read, at_start=True),
            Periodic(name="exchange.standing", every_s=_MINUTE_S, run=self._settle),
            Periodic(name="exchange.twins", every_s=10 * _MINUTE_S, run=self._twins_after_change),
            Periodic(name="exchange.followers", every_s=_DAY_S, run=self._ask_followers, at_start=True),
            Periodic(name="exchange.forget", every_s=_DAY_S, run=self._forget),
        ]

    def listeners(self) -> Sequence[Listener]:
        return [Listener(name="exchange", events=(peers.CHANGED, FOLLOWED, UNFOLLOWED), hear=self._hear)]

    def _harvest(self, payload: Mapping[str, Any]) -> None:
        self.harvest.run(str(payload["host"]))

    def _twins(self, payload: Mapping[str, Any]) -> None:  # noqa: ARG002 (a job gets its payload)
        self._twins_after_change()

    def _twins_after_change(self) -> None:
        change = changes.last_of_all(self._ground.database)
        if change != self._settled_at:
            twins.settle(self._ground)
            self._settled_at = change

    def _follower(self, payload: Mapping[str, Any]) -> None:
        followers.refresh(self._ground, str(payload["host"]))

    def _hear(self, event: Event) -> None:
        if event.name == UNFOLLOWED:
            showing.let_go(self._ground, event.subject)
            return
        showing.settle_host(self._ground, event.subject)
        with self._ground.database.write() as session:
            if subscriptions.get(session, event.subject) is not None:
                subscriptions.hint(session, event.subject, clock=self._ground.clock)
            self._ask(session, event.subject)

    def _follow_settings(self) -> None:
        with self._ground.database.write() as session:
            subscriptions.follow_settings(session, self._ground.config, clock=self._ground.clock)

    def _read(self) -> None:
        """Have every partner's feed read on; a push says it sooner."""
        clock, config = self._ground.clock, self._ground.config
        with self._ground.database.write() as session:
            partners = {each.host for each in peers.partners(session, config, now=clock.now())}
            for each in subscriptions.listing(session):
                if each.host in partners and not each.hidden:
                    subscriptions.hint(session, each.host, clock=clock)

    def _settle(self) -> None:
        showing.settle(self._ground)

    def _ask_followers(self) -> None:
        clock, config = self._ground.clock, self._ground.config
        with self._ground.database.write() as session:
            for each in peers.partners(session, config, now=clock.now()):
                self._ask(session, each.host)

    def _ask(self, session: Session, host: str) -> None:
        clock = self._ground.clock
        outbox.enqueue(session, FOLLOWER_JOB, {"host": host}, clock=clock, key=f"{FOLLOWER_JOB}:{host}")

    def _forget(self) -> None:
        """Forget what partners have heard by now, what of theirs is long gone, and what was opened long ago."""
        now = self._ground.clock.now()
        with self._ground.database.write() as session:
            sharing.forget_gone(session, before=now - _TOMBSTONES)
            session.execute(
                delete(RemoteOfferRow).where(
                    RemoteOfferRow.held == Held.GONE.value, RemoteOfferRow.changed < now - 2 * _TOMBSTONES
                )
            )
            session.execute(delete(OpeningRow).where(OpeningRow.day < (now - _OPENINGS).date()))

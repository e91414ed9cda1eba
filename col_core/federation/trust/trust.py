"""The part of the network room that keeps the city's own papers and looks at the other cities."""

from collections.abc import Mapping, Sequence
from typing import Any

from col_core.base.jobs import Job, Periodic
from col_core.base.outbox import Event
from col_core.federation.ground import FOLLOWED, Ground
from col_core.federation.trust.anchor import Anchors
from col_core.federation.trust.asking import DEADLINE_S, Asking
from col_core.federation.trust.discovery import LOOK_JOB, Discovery
from col_core.federation.trust.membership import Membership
from col_core.hooks.observing import Listener

_PAPERS_S, _GATHER_S, _LOOK_S = 10, 60, 5
_MEET_S = 600


class Trust:
    """Who belongs to the network, for one city. `deadline_s` is how long any server may take for one answer."""

    def __init__(self, ground: Ground, *, deadline_s: float = DEADLINE_S) -> None:
        asking = Asking(ground.http, deadline_s=deadline_s)
        self.anchors = Anchors(ground.config, database=ground.database, clock=ground.clock, asking=asking)
        self.membership = Membership(ground, anchors=self.anchors, asking=asking)
        self.discovery = Discovery(ground, anchors=self.anchors, asking=asking)

    def jobs(self) -> Sequence[Job]:
        return [Job(name=LOOK_JOB, run=self._look, lease_s=120, outside=False)]

    def periodics(self) -> Sequence[Periodic]:
        return [
            Periodic(name="trust.papers", every_s=_PAPERS_S, run=self._papers, at_start=True),
            Periodic(name="trust.anchor", every_s=_MEET_S, run=self._meet, at_start=True),
            Periodic(name="trust.gather", every_s=_GATHER_S, run=self.discovery.gather, at_start=True),
            Periodic(name="trust.look", every_s=_LOOK_S, run=self.discovery.ask_for_looks, at_start=True),
        ]

    def listeners(self) -> Sequence[Listener]:
        return [Listener(name="trust.followed", events=(FOLLOWED,), hear=self._hear)]

    def _papers(self) -> None:
        self.membership.renew()
        self.membership.switch_key()

    def _meet(self) -> None:
        self.anchors.meet()

    def _look(self, payload: Mapping[str, Any]) -> None:
        self.discovery.look(str(payload["host"]))

    def _hear(self, event: Event) -> None:
        self.discovery.look(event.subject)

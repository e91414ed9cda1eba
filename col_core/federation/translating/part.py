"""Translations as the worker sees them."""

from collections.abc import Sequence
from datetime import timedelta

from col_core.base.jobs import Job, Periodic
from col_core.catalogue import store as catalogue
from col_core.catalogue.vocabulary import Status
from col_core.federation.ground import Ground
from col_core.federation.translating import store
from col_core.federation.translating.asking import Translators
from col_core.federation.translating.filling import Filling
from col_core.federation.translating.showing import ShownTranslations
from col_core.hooks.observing import Listener

_EVERY_S, _DAY_S, _LEASE_S = 300, 86_400, 900
_GONE = timedelta(days=60)
_BATCH = 250


class Translating:
    """Has offers of other cities translated where a plugin can, and shows what there is."""

    def __init__(self, ground: Ground, translators: Translators) -> None:
        self._ground, self._translators = ground, translators
        self.filling = Filling(ground, translators)
        self.shown = ShownTranslations(ground.database)

    def jobs(self) -> Sequence[Job]:
        return []

    def periodics(self) -> Sequence[Periodic]:
        forgetting = Periodic(name="translating.forget", every_s=_DAY_S, run=self._forget)
        if not self._translators.all:
            return [forgetting]
        return [
            Periodic(
                name="translating.fill", every_s=_EVERY_S, run=self._fill, at_start=True, lease_s=_LEASE_S, waits=True
            ),
            forgetting,
        ]

    def listeners(self) -> Sequence[Listener]:
        return []

    def _fill(self) -> None:
        self.filling.run()

    def _forget(self) -> None:
        """Forget the translations of what its city took back long ago."""
        before = self._ground.clock.now() - _GONE
        after = ""
        while True:
            with self._ground.database.write() as session:
                ids = store.offers_known(session, after=after, limit=_BATCH)
                if not ids:
                    return
                found = catalogue.get_many(session, ids)
                gone = [
                    each
                    for each in ids
                    if each not in found or (found[each].status is Status.WITHDRAWN and found[each].updated < before)
                ]
                store.forget_offers(session, gone)
            after = ids[-1]

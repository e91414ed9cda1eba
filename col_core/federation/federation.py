"""The network room of one city, put together."""

from collections.abc import Sequence
from dataclasses import dataclass

from col_core.federation.exchange.part import Exchange
from col_core.federation.fediverse.fediverse import Fediverse, fediverse
from col_core.federation.ground import Ground, Part
from col_core.federation.recognition.copies import KeptCopies
from col_core.federation.recognition.issuers import KnownIssuers
from col_core.federation.recognition.mirroring import Mirroring
from col_core.federation.translating.asking import Translators
from col_core.federation.translating.part import Translating
from col_core.federation.trust.trust import Trust


@dataclass(frozen=True, kw_only=True)
class Federation:
    """The parts of the room. `ground` is what they stand on.

    `recognised` and `copies` are what checking badges asks of the network.
    """

    ground: Ground
    trust: Trust
    recognised: KnownIssuers
    copies: KeptCopies
    mirroring: Mirroring
    fediverse: Fediverse
    exchange: Exchange
    translating: Translating

    @property
    def parts(self) -> Sequence[Part]:
        """What has work in the background."""
        return (self.trust, self.mirroring, self.fediverse, self.exchange, self.translating)


def federation(ground: Ground, translators: Translators) -> Federation:
    """Return the room of the city that `ground` is of; `translators` are those of its plugins."""
    trust = Trust(ground)
    return Federation(
        ground=ground,
        trust=trust,
        recognised=KnownIssuers(ground, lambda _session, _peer: trust.anchors.name()),
        copies=KeptCopies(ground.database),
        mirroring=Mirroring(ground),
        fediverse=fediverse(ground),
        exchange=Exchange(ground),
        translating=Translating(ground, translators),
    )

"""What every part of the network room stands on, and what each brings to the city's background work."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from col_core.badges.keyring.keyring import Keyring
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.fetch import HttpClient
from col_core.base.i18n import I18n
from col_core.base.jobs import Job, Periodic
from col_core.base.settings import CityConfig
from col_core.catalogue.gathering.gathering import Gathering
from col_core.catalogue.hooks import SearchIndex
from col_core.hooks.observing import Listener

# The name in the keyring of the keys with which the city speaks to other servers; badges are signed with others.
NETWORK_KEYS = "network"
# Where the actor stands that speaks for the city in the fediverse.
ACTOR_PATH = "/ap/actor"
# The job that reads a partner's feed on from where it stopped; its payload is {"host": …}. Whoever hears that something
# changed there writes it down, with `harvest_key(host)` as its key: many hints are one reading.
HARVEST_JOB = "exchange.harvest"
# Published when the city begins and ends to follow another one, by hand or by city.toml; the subject is its host.
FOLLOWED, UNFOLLOWED = "peer.followed", "peer.unfollowed"


def harvest_key(host: str) -> str:
    """Return the key of the job that reads the feed of `host`."""
    return f"{HARVEST_JOB}:{host}"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The parts of the city that the network room uses."""

    config: CityConfig
    database: Database
    clock: Clock
    i18n: I18n
    http: HttpClient
    index: SearchIndex
    keyring: Keyring
    gathering: Gathering


class Part(Protocol):
    """One part of the room, as the worker sees it."""

    def jobs(self) -> Sequence[Job]: ...

    def periodics(self) -> Sequence[Periodic]: ...

    def listeners(self) -> Sequence[Listener]: ...

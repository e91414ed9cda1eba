"""The vocabulary of the network: other cities, and how they stand with this one."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Texts = Mapping[str, str]
# The source under whose name a partner's offers are stored; after it comes the partner's host.
SOURCE = "peer:"
LONGEST_SOURCE = 60


class Standing(StrEnum):
    """How another server stands with this city. `MEMBER` and `ALLOWED` are partners; nothing is taken from the others.

    `MEMBER` shows a trust mark of the network that holds; `ALLOWED` is named in city.toml; `STRANGER` shows none;
    `EXPIRED` and `SUSPENDED` showed one; `QUARANTINED` answers with other keys or from elsewhere than before, and waits
    for a person; `DENIED` was shut out by a person or by city.toml, which stands above everything.
    """

    MEMBER = "member"
    ALLOWED = "allowed"
    STRANGER = "stranger"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    QUARANTINED = "quarantined"
    DENIED = "denied"

    @property
    def is_partner(self) -> bool:
        return self in (Standing.MEMBER, Standing.ALLOWED)

    @property
    def is_shut_out(self) -> bool:
        """Whether there is nothing between it and this city, in either direction."""
        return self in (Standing.DENIED, Standing.QUARANTINED)

    @property
    def is_refused(self) -> bool:
        """Whether nothing is taken from it, and it is told so."""
        return self.is_shut_out or self in (Standing.SUSPENDED, Standing.EXPIRED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Peer:
    """Another server that this city knows of. Instants are aware, UTC.

    `host` is its name in every table, with a port that is not the usual one; `key` the short name for `?city=`.
    `base_url` is its address and its name as an entity of the network, without a slash at its end. `keys` are the
    public keys (a JWK Set, JSON) with which it spoke for itself first; others put it into quarantine. `seen` is when it
    last answered, `asked` when it was last asked, `error` what came of that if nothing good did.
    """

    host: str
    key: str
    base_url: str
    city_id: str | None = None
    names: Texts = field(default_factory=dict)
    country: str | None = None
    actor_id: str | None = None
    feed_url: str | None = None
    did: str | None = None
    keys: str | None = None
    member_since: datetime | None = None
    member_until: datetime | None = None
    recognised_until: datetime | None = None
    suspended: datetime | None = None
    denied: datetime | None = None
    denied_because: str | None = None
    quarantined: datetime | None = None
    quarantined_because: str | None = None
    created: datetime
    seen: datetime | None = None
    asked: datetime | None = None
    error: str | None = None

    @property
    def source_id(self) -> str:
        """The source under whose name its offers are stored; a host that is too long for one has a short form there."""
        whole = SOURCE + self.host
        if len(whole) <= LONGEST_SOURCE:
            return whole
        return f"{SOURCE}{hashlib.sha256(self.host.encode()).hexdigest()[:40]}"

    def name(self, language: str) -> str:
        """Return its name in `language`, else in any, else its host."""
        return self.names.get(language) or self.names.get("en") or next(iter(self.names.values()), self.host)

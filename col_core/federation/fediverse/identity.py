"""As whom this city speaks on the push lane: its addresses there, and its keys."""

import threading
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from col_core.badges.credentials import dids
from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import KeyKind, Signer
from col_core.badges.keyring.keyring import Keyring
from col_core.base.database import Database
from col_core.federation.ground import ACTOR_PATH, NETWORK_KEYS

# The name before the @: the same in every city. No server refuses it, as some do with "relay".
NAME = "city"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The city at `base_url`. Keys are made when they are first needed."""

    base_url: str
    keyring: Keyring
    database: Database
    _making: threading.Lock = field(default_factory=threading.Lock)

    @property
    def actor(self) -> str:
        return f"{self.base_url}{ACTOR_PATH}"

    @property
    def inbox(self) -> str:
        return f"{self.base_url}/ap/inbox"

    @property
    def outbox(self) -> str:
        return f"{self.base_url}/ap/outbox"

    @property
    def followers(self) -> str:
        return f"{self.base_url}/ap/followers"

    @property
    def host(self) -> str:
        """The host as it stands after the @ (RFC 7565)."""
        return urlsplit(self.base_url).netloc

    @property
    def account(self) -> str:
        return f"acct:{NAME}@{self.host}"

    def opportunity(self, id_: str) -> str:
        """Return the id of an offer on this lane."""
        return f"{self.base_url}/ap/opportunities/{id_}"

    def activity(self, kind: str, id_: str, version: int) -> str:
        """Return the id of what was said of an offer at a version of it."""
        return f"{self.base_url}/ap/activities/{kind.lower()}-{id_}-{version}"

    def public_keys(self) -> dict[KeyKind, tuple[str, PublicKey]]:
        """Return the present keys with their ids: RSA for requests, Ed25519 for what is said."""
        return {kind: self._public(kind) for kind in (KeyKind.RSA, KeyKind.ED25519)}

    def signer(self, kind: KeyKind) -> Signer:
        """Return what signs with the present key of `kind`."""
        # Reading alone does not make a key, and writing would keep others from it.
        self._public(kind)
        with self.database.read() as session:
            return self.keyring.signer(session, issuer=NETWORK_KEYS, did=self.actor, kind=kind)[0]

    def _public(self, kind: KeyKind) -> tuple[str, PublicKey]:
        with self.database.read() as session:
            key = self.keyring.current(session, issuer=NETWORK_KEYS, kind=kind)
        if key is None:
            with self._making, self.database.write() as session:
                _, key = self.keyring.signer(session, issuer=NETWORK_KEYS, did=self.actor, kind=kind)
        return dids.method_id(self.actor, key.public), key.public

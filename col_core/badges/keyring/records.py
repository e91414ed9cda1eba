"""The vocabulary of the keyring."""

from dataclasses import dataclass
from datetime import datetime

from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import KeyKind


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuerKey:
    """A key of an issuer, without its private half. `retired` keys sign no more, and what they signed stays good;
    nothing that a `compromised` key signed does."""

    id: str
    issuer: str
    kind: KeyKind
    public: PublicKey
    created: datetime
    retired: datetime | None = None
    compromised: datetime | None = None

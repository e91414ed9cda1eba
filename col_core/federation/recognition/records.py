"""The vocabulary of recognition: issuers as a city lists them, and copies of what they published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a mirrored document is: the keys of an issuer, one of its lists of badges that ended, or its profile."""

    KEYS = "keys"
    STATUS = "status"
    REVOCATIONS = "revocations"
    PROFILE = "profile"


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedIssuer:
    """An issuer as its city lists it. `id` is its DID; the others are addresses of what others need to verify."""

    id: str
    name: str
    document: str
    status_lists: Sequence[str] = ()
    revocation_lists: Sequence[str] = ()
    profiles: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """A document of a recognised issuer as it is kept, without its body.

    `place` is its address without the scheme, `fetched` when its host last said that it is so, `changed` when it last
    became another, `asked` when its host was last asked for it, `error` what was wrong then. `doubted` is since when
    its host answers with what cannot follow from it.
    """

    place: str
    host: str
    issuer: str
    kind: Kind
    url: str
    size: int
    fetched: datetime | None
    changed: datetime | None
    asked: datetime | None
    etag: str | None
    doubted: datetime | None
    error: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """The keys of an issuer as they were from `since` on; `body` is the document."""

    since: datetime
    body: bytes

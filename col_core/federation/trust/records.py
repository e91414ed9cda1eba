"""The vocabulary of trust between servers, and the one error of not trusting.

Source: OpenID Federation 1.0; its words are kept: entity, statement, trust mark, chain, anchor.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from col_core.badges.credentials.public_keys import PublicKey

Claims = Mapping[str, Any]
# Public keys by their `kid`.
Keys = Mapping[str, PublicKey]
# The entity type of our cities; what it holds is said in `metadata.py`.
CITY_TYPE = "city_of_learning"
FEDERATION_TYPE = "federation_entity"
# Clocks of honest servers differ by less.
LEEWAY_S = 120


class MarkKind(StrEnum):
    """What a trust mark of the network says of a city: that it is a member, that its badges are recognised."""

    MEMBER = "member"
    RECOGNISED_ISSUER = "recognised-issuer"

    def type_of(self, anchor: str) -> str:
        """Return the identifier of the mark's type in the network of `anchor`."""
        return f"{anchor}/marks/{self.value}"


class Status(StrEnum):
    """What the issuer of a mark says of it (section 8.4)."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"
    INVALID = "invalid"


class Reason(StrEnum):
    """Why something is not trusted, as one word for programs."""

    TOKEN = "token"
    TYPE = "type"
    ALGORITHM = "algorithm"
    KEY = "key"
    SIGNATURE = "signature"
    CLAIMS = "claims"
    CRITICAL = "critical"
    ENTITY = "entity"
    OTHER_ENTITY = "other-entity"
    EARLY = "early"
    EXPIRED = "expired"
    CHAIN = "chain"
    CONSTRAINT = "constraint"
    POLICY = "policy"
    MARK = "mark"


class Untrusted(Exception):
    """Something does not prove what it says. `reason` is a word that stays, `message` a plain English sentence."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """By what is judged: the present instant, and the "host:port" pairs that plain http may name (a second server on
    this machine); every other entity is named by https."""

    now: datetime
    plain_hosts: Collection[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """An entity statement that was read. About itself it is an entity configuration, else a subordinate statement.

    `keys` are those that it says its subject has; `kid` names the key that signed; `text` is the statement as it came.
    """

    issuer: str
    subject: str
    issued: datetime
    expires: datetime
    keys: Keys
    kid: str
    claims: Claims
    text: str

    @property
    def is_configuration(self) -> bool:
        return self.issuer == self.subject

    @property
    def signed_with(self) -> PublicKey:
        """The key with which an entity signed what it says of itself."""
        return self.keys[self.kid]

    def metadata(self, entity_type: str) -> Claims:
        """Return what it says of its subject as an entity of that type; empty where it says nothing."""
        found: Claims = self.claims.get("metadata", {}).get(entity_type, {})
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A trust mark that was verified. `since` is when its subject first got one, as the anchor tells."""

    type: str
    issuer: str
    subject: str
    issued: datetime
    expires: datetime | None
    since: datetime | None
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """A chain that holds: the subject's configuration, what its superior says of it, and the anchor's configuration.

    `metadata` is that of the subject, by entity type, with what superiors say laid over it; `expires` the earliest end
    of all its statements.
    """

    subject: Statement
    superior: Statement
    anchor: Statement
    metadata: Mapping[str, Claims]
    expires: datetime

"""The vocabulary of credentials: what one says, with what it is signed, and what came of checking it.

Sources: Open Badges 3.0 (1EdTech, final), Verifiable Credentials Data Model 2.0 and Controlled Identifiers 1.0 (W3C),
Council Recommendation 2022/C 243/02, Annex I, for micro-credentials.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

# Text per language tag, such as {"sl": "Značka", "en": "Badge"}.
Words = Mapping[str, str]
# A JSON object, as it stands in a credential.
Document = Mapping[str, Any]


class KeyKind(StrEnum):
    """A kind of signing key."""

    ED25519 = "Ed25519"
    P256 = "P-256"
    RSA = "RSA"


class Signer(Protocol):
    """A key that signs and does not show itself.

    `method` is the address of its public half in the issuer's document (`did:web:…#key-…`). `sign` returns the raw
    signature: 64 bytes for Ed25519; r and s, 32 bytes each, for P-256 (over SHA-256); PKCS #1 v1.5 over SHA-256 for
    RSA.
    """

    kind: KeyKind
    method: str

    def sign(self, data: bytes) -> bytes: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Issuer:
    """Who stands behind a badge. `id` is its DID; `url` leads people to it."""

    id: str
    name: str
    url: str | None = None
    description: str | None = None
    image: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Alignment:
    """A skill or a framework's entry that an achievement leads to. `framework` is a name such as "ESCO"."""

    target: str
    name: str
    framework: str
    code: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MicroCredential:
    """The mandatory elements of Annex I that an Open Badge has no field for.

    `country` is ISO 3166-1 alpha-2, `workload_h` the notional hours, `ects` the credit points, `eqf_level` 1 to 8; the
    latter two are None where they do not apply. The other texts stand in the language of the badge.
    """

    country: str
    workload_h: float
    ects: float | None
    eqf_level: int | None
    assessment: str
    participation: str
    quality_assurance: str
    prerequisites: str | None = None
    supervision: str | None = None
    grade: str | None = None
    stackability: str | None = None
    further_information: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Achieved:
    """What a badge stands for, in one language, as it was when the badge was issued.

    `id` is an address. `criteria` is Markdown. `names` and `abilities` ("I can …") are there in each language of the
    city, for whoever explains the badge elsewhere; `related` are the addresses of the achievement in other languages.
    """

    id: str
    language: str
    name: str
    description: str
    criteria: str
    criteria_url: str | None = None
    kind: str = "Badge"
    version: str | None = None
    image: str | None = None
    image_alt: str | None = None
    creator: Issuer | None = None
    alignments: Sequence[Alignment] = ()
    tags: Sequence[str] = ()
    names: Words = field(default_factory=dict)
    abilities: Mapping[str, Sequence[str]] = field(default_factory=dict)
    related: Mapping[str, str] = field(default_factory=dict)
    micro_credential: MicroCredential | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class HashedEmail:
    """An e-mail address that only who knows it can recognise: SHA-256 over address and salt, as Open Badges say."""

    digest_hex: str
    salt: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipient:
    """Whose badge it is. `id` is a pseudonym (`urn:uuid:…`) of this one badge; `email` only where its holder asked."""

    id: str
    email: HashedEmail | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What shows the achievement: an address, or words alone."""

    name: str
    narrative: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BitstringEntry:
    """A place in a Bitstring status list. `purpose` is `revocation` or `suspension`."""

    list_url: str
    index: int
    purpose: str = "revocation"


@dataclass(frozen=True, kw_only=True, slots=True)
class RevocationListEntry:
    """That the badge's id stands in a 1EdTech revocation list at `list_url`, should it be revoked."""

    list_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Badge:
    """Everything that an unsigned Open Badge says. `id` is its address."""

    id: str
    achieved: Achieved
    issuer: Issuer
    recipient: Recipient
    valid_from: datetime
    valid_until: datetime | None = None
    narrative: str | None = None
    evidence: Sequence[Evidence] = ()
    status: Sequence[BitstringEntry | RevocationListEntry] = ()
    endorsements: Sequence[Document] = ()


class Outcome(StrEnum):
    """What came of one check. `ABSENT`: the badge says nothing that could be checked there, or nobody asked."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    ABSENT = "absent"


class Aspect(StrEnum):
    """What is checked, each by itself."""

    PROOF = "proof"
    ISSUER = "issuer"
    DATES = "dates"
    STATUS = "status"
    RECIPIENT = "recipient"
    SCHEMA = "schema"
    ENDORSEMENTS = "endorsements"
    NETWORK = "network"


class Verdict(StrEnum):
    """The one answer. Only `VALID` is good; `UNKNOWN` says that something could not be reached or read."""

    VALID = "valid"
    INVALID = "invalid"
    REVOKED = "revoked"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """What one check found. `reason` is a word of `reasons.py`, which has a sentence in every language."""

    outcome: Outcome
    reason: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Endorsed:
    """Who vouches for a badge, its achievement or its issuer, and whether that itself holds."""

    issuer_id: str
    issuer_name: str
    outcome: Outcome
    comment: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a badge tells people, from whatever format. Nothing here is checked; `image` is an address or data."""

    id: str | None
    format: str
    name: str
    description: str
    criteria: str
    issuer_id: str
    issuer_name: str
    issued: datetime | None = None
    valid_until: datetime | None = None
    language: str | None = None
    kind: str | None = None
    image: str | None = None
    issuer_url: str | None = None
    achievement_id: str | None = None
    criteria_url: str | None = None
    recipient_id: str | None = None
    narrative: str | None = None
    alignments: Sequence[Alignment] = ()
    evidence: Sequence[Evidence] = ()
    names: Words = field(default_factory=dict)
    abilities: Mapping[str, Sequence[str]] = field(default_factory=dict)
    micro_credential: MicroCredential | None = None
    endorsements: Sequence[Endorsed] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """What came of checking a badge. `told` is None where nothing could be read of it.

    `as_of` is the moment of the oldest copy that stood in for a server of the issuer, None where all of them answered;
    with `in_doubt` such a server did answer, with what cannot follow from that copy.
    """

    verdict: Verdict
    reason: str
    checks: Mapping[Aspect, Check]
    told: Told | None
    as_of: datetime | None = None
    in_doubt: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Got:
    """What stands at an address: its bytes and what they say they are.

    `as_of` is the moment from which it is, where it is a copy. With `in_doubt` its host answers by now with what cannot
    follow from it.
    """

    body: bytes
    media_type: str
    as_of: datetime | None = None
    in_doubt: bool = False


class Documents(Protocol):
    """Where verifying gets issuers' documents and status lists from; the engine itself opens no connection."""

    def get(self, url: str, *, accept: str) -> Got:
        """Return what stands at `url`.

        Raises NotThere where its host says that there is nothing (404), TakenAway where there once was (410),
        NotReached where nobody answers.
        """
        ...


class NotThere(Exception):
    """The host answered that nothing stands there."""


class TakenAway(NotThere):
    """The host answered that what stood there was taken away for good."""


class NotReached(Exception):
    """Nobody could be asked: no connection, no time, refused by our own guard, too large."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recognised:
    """What the network of cities says of the city of an issuer.

    `names` are those of the city, by language, `host` is where it is at home. `since` is when it became a member,
    `until` when it ceased to be one (None: it still is), `vouched_by` the name of the network. `is_here` says that it
    is the very city that checks.
    """

    names: Words
    host: str
    since: datetime | None = None
    until: datetime | None = None
    vouched_by: str = ""
    is_here: bool = False


class RecognisedIssuers(Protocol):
    """Which issuers the network of cities recognises; the federation room answers."""

    def has_network(self) -> bool:
        """Return whether the city has to do with any network; if not, nothing is said of it."""
        ...

    def look(self, issuer_id: str) -> Recognised | None:
        """Return the city of `issuer_id` if that is recognised, or once was; None for a stranger."""
        ...

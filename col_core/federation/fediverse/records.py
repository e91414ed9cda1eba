"""The vocabulary of the push lane: who speaks, what is said, and to whom.

Source: ActivityPub (W3C), Activity Vocabulary (W3C).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from col_core.badges.credentials.public_keys import PublicKey

# A JSON object as it stands in a document.
Document = Mapping[str, Any]
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
# The source under whose name events of servers that are no cities are stored; after it comes the server's host.
SOURCE = "fediverse:"
LONGEST_ID = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Somebody on another server who speaks ActivityPub.

    `keys` are those with which it signs requests, `methods` those with which it signs what it says, each by its id.
    """

    id: str
    host: str
    kind: str
    inbox: str
    shared_inbox: str | None = None
    keys: Mapping[str, PublicKey] = field(default_factory=dict)
    methods: Mapping[str, PublicKey] = field(default_factory=dict)


class Following(StrEnum):
    """How it stands with somebody whom this city wants to follow."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """Somebody whom this city follows, or asked to."""

    actor: str
    host: str
    state: Following
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A delivery that was given up: which activity (`about` is its id), to which `inbox`, and why."""

    id: int
    host: str
    inbox: str
    about: str
    kind: str
    attempts: int
    error: str
    created: datetime

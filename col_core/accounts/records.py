"""The vocabulary of accounts: who may do what."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Scope(StrEnum):
    """What a program may do with a token of an organisation."""

    OPPORTUNITIES_READ = "opportunities:read"
    OPPORTUNITIES_WRITE = "opportunities:write"
    REGISTRATIONS_READ = "registrations:read"
    BADGES_READ = "badges:read"
    BADGES_ISSUE = "badges:issue"


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiToken:
    """A token of an organisation, without its secret, which nobody can read again.

    `under_review` means that what comes by it waits for a person before it is public. `used` is the last day (UTC) on
    which it was shown; `expires` None is for good.
    """

    id: str
    organisation_id: str
    scopes: frozenset[Scope]
    name: str
    under_review: bool
    created: datetime
    expires: datetime | None = None
    used: date | None = None
    revoked: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.revoked is None and (self.expires is None or now < self.expires)

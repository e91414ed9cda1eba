"""What the two kinds of HTTP signatures have in common: the request, and what is claimed of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from col_core.badges.credentials.public_keys import PublicKey
from col_core.base.errors import Unauthenticated

# Clocks of servers differ, and what was sent may have waited for a moment on its way.
WINDOW = timedelta(hours=1)
MAX_HEADER = 8_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrived:
    """A request as it came in. `url` is the whole address that was meant; names of `headers` are in small letters."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A signature that is right in all but its key, which has to be looked up by `key_id`.

    `holds` tells whether it was made by a key.
    """

    key_id: str
    holds: Callable[[PublicKey], bool]


def refused(reason: str) -> Unauthenticated:
    """Return the error that tells why a signature does not count."""
    return Unauthenticated(f"The request is not signed as it must be: {reason}.", challenge='Signature realm="inbox"')


def near(moment: datetime, now: datetime, *, within: timedelta = WINDOW) -> bool:
    """Tell whether `moment` is near enough to `now`."""
    try:
        return abs(moment - now) <= within
    except OverflowError:
        return False

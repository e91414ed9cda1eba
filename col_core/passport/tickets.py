"""Tickets: who looked at a badge in time may take a while to read before they keep it.

A screen's code is good for a minute and a half. Whoever opened it gets a ticket in the form, good for a quarter of an
hour, and nothing is stored for it.
"""

import hashlib
import hmac
from datetime import timedelta

from col_core.base.clock import Clock

GOOD_FOR = timedelta(minutes=15)
_LONGEST = 100


class Tickets:
    """The tickets of one city, signed under its `secret`."""

    def __init__(self, secret: str, *, clock: Clock) -> None:
        self._key = hmac.digest(secret.encode(), b"city of learning: tickets of claiming", hashlib.sha256)
        self._clock = clock

    def of(self, link_id: str) -> str:
        """Return a ticket for a link of which somebody opened a good code just now."""
        ends = int((self._clock.now() + GOOD_FOR).timestamp())
        return f"{link_id}.{ends}.{self._signature(link_id, ends)}"

    def link_of(self, ticket: str) -> str | None:
        """Return the id of the link that `ticket` is for; None where it is none, or its time is over."""
        link_id, ends, signature = [*ticket[:_LONGEST].split("."), "", "", ""][:3]
        if not (ends.isascii() and ends.isdigit() and len(ends) < _LONGEST):
            return None
        fits = hmac.compare_digest(self._signature(link_id, int(ends)).encode(), signature.encode())
        return link_id if fits and self._clock.now().timestamp() < int(ends) else None

    def _signature(self, link_id: str, ends: int) -> str:
        return hmac.digest(self._key, f"{link_id}.{ends}".encode(), hashlib.sha256).hex()[:40]

"""Checking a badge for somebody: how much of it at once, and against what."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from col_core.badges.checking import pictures
from col_core.badges.credentials import json_text
from col_core.badges.credentials.arriving import arrive
from col_core.badges.credentials.budget import Budget
from col_core.badges.credentials.input import read
from col_core.badges.credentials.records import Check, Documents, RecognisedIssuers, Verdict, Verification
from col_core.badges.credentials.verify import check_network, not_checked, verify
from col_core.base.clock import Clock
from col_core.base.errors import Unavailable

# A foreign server may be slow, and each check that waits for one holds a thread of ours.
MOST_AT_ONCE = 3
_TURN_S = 2.0
_log = structlog.get_logger()


class Checking:
    """`recognised` tells which issuers the network of cities knows; None where the city is in none."""

    def __init__(
        self,
        *,
        documents: Documents,
        clock: Clock,
        recognised: RecognisedIssuers | None = None,
        at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._recognised = recognised
        self._turns = threading.BoundedSemaphore(at_once)

    def check(self, given: bytes | str, *, email: str | None = None) -> Verification:
        """Return what came of checking `given`, whatever it is; nothing of it is kept.

        `email` is compared with the recipient. Raises Unavailable where too many are being checked.
        """
        with self._turn():
            return self._verified(given, email)

    def check_and_depict(self, given: bytes | str, *, email: str | None = None) -> tuple[Verification, str | None]:
        """Return what came of checking `given`, and its picture as a data address.

        Only an issuer whose badge holds is asked for a picture. Raises Unavailable as `check` does.
        """
        with self._turn():
            found = self._verified(given, email)
            asked = self._documents if found.verdict == Verdict.VALID else None
            return found, pictures.shown(found.told, given, asked)

    def _verified(self, given: bytes | str, email: str | None) -> Verification:
        try:
            return verify(
                given,
                documents=self._documents,
                now=self._clock.now(),
                recognised=self._recognised,
                recipient_email=email,
            )
        except Exception as error:
            # A fault of ours, in what a stranger wrote: nobody learns more than that we cannot tell, nor does the log.
            _log.error("badges.check_crashed", kind=type(error).__name__)
            return not_checked()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=_TURN_S):
            raise Unavailable("Many badges are being checked at the moment; please try again shortly.", retry_after_s=5)
        try:
            yield
        finally:
            self._turns.release()

    def recognition(self, issuer_id: str) -> Check:
        """Return what the network of cities says of an issuer whose badge was checked before; nobody is asked."""
        return check_network(issuer_id, self._recognised)

    def body(self, given: bytes | str) -> bytes:
        """Return the badge that `given` is, or that the address in it leads to, as it can be kept and checked again.

        Raises Unreadable where there is none, Unavailable as `check` does.
        """
        if read(given).address is None:
            return given if isinstance(given, bytes) else given.strip().encode()
        with self._turn():
            found = arrive(given, Budget(self._documents))
        return (found.token or "").encode() if found.document is None else json_text.written(found.document)

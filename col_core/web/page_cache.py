"""Pages that look the same for everybody, kept for a moment.

A page is kept under its address with the number of the last change of what it shows: after a change it is made anew at
once. Time passes without a change ("today" becomes "yesterday"), so none is kept for long. What was not asked for goes
first where `most_bytes` are full; each process keeps its own.
"""

from collections.abc import Callable
from dataclasses import dataclass

from col_core.base.kept import Kept

MOST_BYTES = 32_000_000
# A page longer than this part of all would push out too many others.
_LARGEST_PART = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptPage:
    """A page as it was made: `body` holds the word `nonce` wherever its own scripts are marked."""

    body: bytes
    nonce: str
    etag: str
    language: str
    version: int
    made_s: float
    keep_s: float


class PageCache:
    """Keeps pages in memory.

    `version` gives the number of the last change, `clock_s` the time in seconds; when it jumps, what was kept is old.
    """

    def __init__(
        self, *, version: Callable[[], int], clock_s: Callable[[], float], most_bytes: int = MOST_BYTES
    ) -> None:
        self._version = version
        self._clock_s = clock_s
        self._largest = most_bytes // _LARGEST_PART
        self._pages: Kept[str, KeptPage] = Kept(most_bytes, weight=lambda each: len(each.body))

    def version(self) -> int:
        """Return the number of the last change; ask before a page is made, so that one made meanwhile counts as old."""
        return self._version()

    def get(self, address: str) -> KeptPage | None:
        """Return the page at `address` if it is still as it would be made now."""
        page = self._pages.get(address)
        if page is None:
            return None
        in_time = 0 <= self._clock_s() - page.made_s < page.keep_s
        if not in_time or page.version != self._version():
            self._pages.drop(address, page)
            return None
        return page

    def put(
        self, address: str, *, body: bytes, nonce: str, etag: str, language: str, version: int, keep_s: float
    ) -> None:
        """Keep a page that was made when the last change was `version`, for `keep_s` seconds at most."""
        if len(body) > self._largest:
            return
        page = KeptPage(
            body=body, nonce=nonce, etag=etag, language=language, version=version, made_s=self._clock_s(), keep_s=keep_s
        )
        self._pages.put(address, page)

"""From what somebody gave us to a badge: an address is followed, and a page may say where its badge stands."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

from col_core.badges.credentials import asking
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.input import Came, read
from col_core.badges.credentials.reasons import Reason
from col_core.badges.credentials.records import Documents, NotReached, NotThere

_MAX_STEPS = 3
_MAX_PAGE = 200_000
_PAGE = re.compile(rb"\s*(?:<!--.{0,1000}?-->\s*)*<(?:!doctype html|html)", re.IGNORECASE | re.DOTALL)
_TYPES = frozenset({
    "application/vc", "application/vc+ld+json", "application/vc+jwt", "application/ld+json", "application/json",
})  # fmt: skip


def arrive(given: bytes | str, documents: Documents) -> Came:
    """Return the badge that `given` is or leads to. Raises Unreadable; its reason is a word of `reasons.py`."""
    came = read(given)
    for _ in range(_MAX_STEPS):
        if came.address is None:
            return came
        came = _followed(came.address, documents, came.picture)
    raise Unreadable(Reason.NO_BADGE_AT_ADDRESS, "one address led to another")


def _followed(address: str, documents: Documents, picture: bytes | None) -> Came:
    try:
        got = documents.get(address, accept=asking.BADGE)
    except NotThere as error:
        raise Unreadable(Reason.ADDRESS_EMPTY, str(error)) from None
    except NotReached as error:
        raise Unreadable(Reason.ADDRESS_UNREACHABLE, str(error)) from None
    if _PAGE.match(got.body[:4_000]):
        reader = _Alternates()
        reader.feed(got.body[:_MAX_PAGE].decode("utf-8", "replace"))
        if reader.found is None:
            raise Unreadable(Reason.NO_BADGE_AT_ADDRESS, "a page that names no badge")
        return Came(address=urljoin(address, reader.found))
    try:
        found = read(got.body)
    except Unreadable as error:
        if error.reason in (Reason.NOT_A_BADGE, Reason.EMPTY):
            raise Unreadable(Reason.NO_BADGE_AT_ADDRESS, error.message) from None
        raise
    return Came(document=found.document, token=found.token, address=found.address, picture=found.picture or picture)


class _Alternates(HTMLParser):
    """Finds `<link rel="alternate" type="application/vc" href="…">`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        kind = (said.get("type") or "").partition(";")[0].strip().lower()
        if tag == "link" and self.found is None and "alternate" in (said.get("rel") or "").split() and kind in _TYPES:
            self.found = said.get("href")

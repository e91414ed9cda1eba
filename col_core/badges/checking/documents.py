"""Where checking gets the documents of issuers from: this very city by itself, every other one by the guarded client.

What is asked says nothing of who checks which badge: no cookie, no referrer, and lists that cover many badges. Only
those lists are kept, for a short while; an issuer's keys are asked for each time, so that a withdrawn one is noticed.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Protocol
from urllib.parse import SplitResult, urlsplit, urlunsplit

from col_core.badges.credentials import asking, issuer_documents, json_text
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.records import Got, NotReached, NotThere, TakenAway
from col_core.base.clock import Clock
from col_core.base.errors import FetchError, FetchRefused
from col_core.base.fetch import HttpClient
from col_core.base.kept import KeptUntil

MAX_BYTES = 4_000_000
DEADLINE_S = 5.0
KEEP = timedelta(minutes=2)
_KEPT_BYTES = 16_000_000
_MOST_HOSTS = 10_000
_MEANING: Mapping[int | None, type[Exception]] = {404: NotThere, 410: TakenAway}
_LISTS = frozenset({asking.STATUS_LIST, asking.REVOCATION_LIST})


class Local(Protocol):
    """What stands at the addresses of this city itself, answered without the network."""

    def get(self, url: str) -> Got | None:
        """Return what stands at `url`, or None where there is nothing. Raises TakenAway, NotReached."""
        ...


class NothingLocal:
    """A city that keeps no badges of its own."""

    def get(self, url: str) -> Got | None:  # noqa: ARG002 (the protocol's)
        return None


class Copies(Protocol):
    """What this city keeps of the documents of other issuers, for when their host answers no more."""

    def get(self, url: str) -> Got | None:
        """Return the copy of what stood at `url`, with the moment it is of; None where none is kept."""
        ...


class NoCopies:
    """A city that keeps nothing of others."""

    def get(self, url: str) -> Got | None:  # noqa: ARG002 (the protocol's)
        return None


class FetchedDocuments:
    """`Documents` over the city's HTTP client.

    Where a host does not answer, the copy of `copies` stands in, and says of when it is. An issuer's document that
    cannot follow from its copy (`issuer_documents.follows`) gives way to it, too, with all that its host says: whoever
    has the domain now must not rewrite what was before.

    `base_url` is the city's own address, None where there is no city. `plain_hosts` are "host:port" pairs that are
    asked by plain http even where a DID, which always means https, names them: a second city on this machine.
    """

    def __init__(
        self,
        http: HttpClient,
        *,
        clock: Clock,
        base_url: str | None = None,
        local: Local | None = None,
        copies: Copies | None = None,
        plain_hosts: Collection[str] = (),
    ) -> None:
        self._http = http
        self._clock = clock
        self._own = urlsplit(base_url) if base_url is not None else None
        self._local: Local = local or NothingLocal()
        self._copies: Copies = copies or NoCopies()
        self._plain_hosts = frozenset(each.lower() for each in plain_hosts)
        self._lists: KeptUntil[tuple[str, str], Got] = KeptUntil(_KEPT_BYTES, weight=lambda each: len(each.body))
        self._silent: KeptUntil[str, bool] = KeptUntil(_MOST_HOSTS)
        self._doubted: KeptUntil[str, bool] = KeptUntil(_MOST_HOSTS)

    def get(self, url: str, *, accept: str) -> Got:
        """Return what stands at `url`. Raises NotThere, TakenAway, NotReached."""
        try:
            parts = urlsplit(url)._replace(fragment="")
            is_own = self._own is not None and _place(parts) == _place(self._own)
        except ValueError as error:
            raise NotReached("no usable address") from error
        if is_own and self._own is not None:
            here = self._local.get(urlunsplit(parts._replace(scheme=self._own.scheme, netloc=self._own.netloc)))
            if here is None:
                raise NotThere("this city has nothing there")
            return here
        if parts.netloc.lower() in self._plain_hosts:
            parts = parts._replace(scheme="http")
        address = urlunsplit(parts)
        if accept not in _LISTS:
            return self._asked(address, accept)
        now = self._clock.now()
        kept = self._lists.get((address, accept), now)
        if kept is None:
            kept = self._asked(address, accept)
            self._lists.put((address, accept), kept, since=now, until=now + KEEP)
        return kept

    def _asked(self, url: str, accept: str) -> Got:
        """Return what the host of `url` says, or the copy that stands in for it."""
        now, host = self._clock.now(), urlsplit(url).netloc.lower()
        doubted = accept != asking.ISSUER and bool(self._doubted.get(host, now))
        if doubted or self._silent.get(host, now):
            copy = self._copies.get(url)
            if copy is not None:
                return replace(copy, in_doubt=doubted)
        try:
            got = self._fetched(url, accept)
        except NotReached:
            copy = self._copies.get(url)
            if copy is None:
                raise
            self._silent.put(host, True, since=now, until=now + KEEP)
            return copy
        if accept != asking.ISSUER:
            return got
        copy = self._copies.get(url)
        doubted = copy is not None and not _follows(got, copy)
        self._doubted.put(host, doubted, since=now, until=now + KEEP)
        return replace(copy, in_doubt=True) if copy is not None and doubted else got

    def _fetched(self, url: str, accept: str) -> Got:
        try:
            response = self._http.get(url, max_bytes=MAX_BYTES, deadline_s=DEADLINE_S, accept=accept)
        except FetchRefused as error:
            raise NotReached(str(error)) from error
        except FetchError as error:
            raise _MEANING.get(error.answered, NotReached)(str(error)) from error
        return Got(body=response.body, media_type=response.media_type)


def _follows(got: Got, copy: Got) -> bool:
    try:
        older = json_text.parsed(copy.body)
        return issuer_documents.follows(json_text.parsed(got.body), older, issuer=str(older.get("id")))
    except Unreadable:
        return False


def _place(parts: SplitResult) -> tuple[str, int | None]:
    return (parts.hostname or "").lower(), parts.port or {"http": 80, "https": 443}.get(parts.scheme)

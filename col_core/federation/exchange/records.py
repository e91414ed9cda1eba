"""The vocabulary of the bulk lane: who reads whose offers, and how that goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Held(StrEnum):
    """What became of an item of a partner's feed here. `KEPT` is an offer; `REFUSED` could not be one; `GONE` is no
    longer to be shown.
    """

    KEPT = "kept"
    REFUSED = "refused"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """A city whose offers this one shows, and how reading them goes. Instants are aware, UTC.

    `filter` are the parameters of its feed in their fixed order, such as `category=music&language=en`. `next_url` is
    the page that comes next, None before the first; `epoch` what its numbers count from; `place` the number of the last
    change that was read. `whole` says that everything is being read anew, in the run `pass_number`. `read` is when a
    page was read last, `synced` when the end was reached, `whole_synced` when that was so after everything was read.
    `failures` counts those in a row; before `retry` it is not asked again. `equal` says whether both sides counted the
    same when they were last compared, None where they were not. `hidden`: its offers are not shown, since it is no
    partner now.
    """

    host: str
    filter: str
    by_settings: bool
    created: datetime
    next_url: str | None
    etag: str | None
    epoch: str
    place: int
    whole: bool
    pass_number: int
    read: datetime | None
    synced: datetime | None
    whole_synced: datetime | None
    failures: int
    retry: datetime | None
    error: str | None
    equal: bool | None
    compared: datetime | None
    doubted: datetime | None
    hidden: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One item of a feed. `data` is None for what is no longer to be shown. `modified` is the number of its change."""

    id: str
    modified: int
    data: Mapping[str, object] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedPage:
    """A page of a feed, as far as it can be used. `broken` are reasons why an item could not even be cut out."""

    items: Sequence[Item]
    broken: Sequence[str]
    next: str
    epoch: str
    is_last: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """What a feed holds, in few bytes. `sums` are those of its buckets, by their number; `place` the last change."""

    count: int
    place: int
    epoch: str
    sums: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchanged:
    """How the exchange with a host stands, for people. `lag_s` is how long ago this city had everything of it.

    `kept` and `refused` count its offers here; `equal` says whether both sides counted the same at `compared`;
    `their_filter` is what it reads of this city, None where it reads nothing (or did not say so).
    """

    host: str
    is_followed: bool
    filter: str
    kept: int
    refused: int
    lag_s: float | None
    synced: datetime | None
    whole_synced: datetime | None
    equal: bool | None
    compared: datetime | None
    failures: int
    error: str | None
    hidden: bool
    their_filter: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """An item that a partner sent and this city did not take, and why."""

    id: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """Where an offer of this city is shown, and how often it was opened there."""

    host: str
    opened: int
    seen: datetime

"""Asking a partner for pages, digests and items of its feed, and believing none of what does not hold together."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from col_core.base.errors import FetchError, InvalidInput
from col_core.base.fetch import HttpClient, Response
from col_core.base.strict_json import LARGEST_INTEGER, fault_in, loads
from col_core.catalogue.sharing import FEED_PATH
from col_core.federation import peers
from col_core.federation.exchange.digests import BUCKETS
from col_core.federation.exchange.records import Digest, FeedPage, Item
from col_core.federation.records import Peer

MOST_ITEMS, MOST_BYTES = 2_000, 20_000_000
PAGE_DEADLINE_S = 20.0
_LONGEST_URL, _LONGEST_ID, _LONGEST_EPOCH = 2_000, 200, 40
_SUM_DIGITS = 64


class Lying(FetchError):
    """What a partner answers cannot be: it is no feed, or one that contradicts itself."""

    code = "lying-feed"


def feed_of(peer: Peer) -> str:
    """Return the address of a partner's feed: the one that it names, else the usual one."""
    return peer.feed_url or peer.base_url + FEED_PATH


def page(
    http: HttpClient, peer: Peer, url: str, *, etag: str | None, deadline_s: float = PAGE_DEADLINE_S
) -> tuple[FeedPage | None, str | None]:
    """Return the page at `url` with its ETag; None where it is what it was when it had `etag`.

    Raises Lying, FetchError.
    """
    answer = _get(http, peer, url, etag=etag, deadline_s=deadline_s)
    if answer.unchanged:
        return None, etag
    # One item with a text that cannot be kept costs only itself.
    said = _json(answer, peer, refuse_unusable_text=False)
    items, following = said.get("items"), said.get("next")
    if not isinstance(items, list) or not isinstance(following, str) or fault_in(following):
        raise Lying(f"{peer.host} answered with what is no page of a feed.")
    if len(items) > MOST_ITEMS:
        raise Lying(f"{peer.host} sent a page of more than {MOST_ITEMS} items.")
    may_be_unusable = b"\\u" in answer.body
    read = [_item(each, may_be_unusable=may_be_unusable) for each in items]
    found = [each for each in read if isinstance(each, Item)]
    numbers = [each.modified for each in found]
    if numbers != sorted(numbers):
        raise Lying(f"{peer.host} sent a page whose items are not in the order of their changes.")
    _check_next(peer, url, following, is_empty=not items)
    epoch = parse_qs(urlsplit(following).query).get("epoch", [""])[0]
    return (
        FeedPage(
            items=found,
            broken=[each for each in read if isinstance(each, str)],
            next=following,
            epoch=epoch[:_LONGEST_EPOCH],
            is_last=not items,
        ),
        answer.etag[:200] if answer.etag else None,
    )


def digest(http: HttpClient, peer: Peer, filter_text: str, *, deadline_s: float = PAGE_DEADLINE_S) -> Digest | None:
    """Return the digest of a partner's feed; None where it has none. Raises Lying, FetchError."""
    try:
        said = _json(_get(http, peer, _beside(peer, "/digest", filter_text), deadline_s=deadline_s), peer)
    except FetchError as error:
        if error.answered == 404:
            return None
        raise
    sums, count, place, epoch = (said.get(name) for name in ("buckets", "count", "place", "epoch"))
    if (
        not isinstance(sums, list)
        or len(sums) != BUCKETS
        or not all(isinstance(each, str) and len(each) == _SUM_DIGITS for each in sums)
        or not (_is_number(count) and _is_number(place) and isinstance(epoch, str))
    ):
        raise Lying(f"{peer.host} answered with what is no digest of a feed.")
    return Digest(count=int(count or 0), place=int(place or 0), epoch=epoch[:_LONGEST_EPOCH], sums=sums)


def bucket(http: HttpClient, peer: Peer, filter_text: str, number: int) -> Mapping[str, int]:
    """Return the ids of one bucket, each with the number of its last change. Raises Lying, FetchError."""
    asked = f"bucket={number}&{filter_text}" if filter_text else f"bucket={number}"
    items = _json(_get(http, peer, _beside(peer, "/digest", asked)), peer).get("items")
    if not isinstance(items, dict) or not all(_is_number(each) for each in items.values()):
        raise Lying(f"{peer.host} answered with what is no bucket of a feed.")
    return items


def item(http: HttpClient, peer: Peer, filter_text: str, id_: str) -> Item:
    """Return one item of a partner's feed as it is now. Raises Lying, FetchError."""
    if not (id_.isascii() and id_.isalnum()):
        raise Lying(f"{peer.host} names an item whose id cannot be asked for.")
    found = _item(_json(_get(http, peer, _beside(peer, f"/items/{id_}", filter_text)), peer))
    if isinstance(found, str) or found.id != id_:
        raise Lying(f"{peer.host} answered with another item than it was asked for.")
    return found


def json_of(http: HttpClient, peer: Peer, url: str) -> Mapping[str, Any]:
    """Return the JSON object at an address of a partner. Raises Lying, FetchError."""
    return _json(_get(http, peer, url), peer)


def _beside(peer: Peer, path: str, query: str) -> str:
    feed = feed_of(peer).partition("?")[0]
    return f"{feed}{path}{'?' + query if query else ''}"


def _get(
    http: HttpClient, peer: Peer, url: str, *, etag: str | None = None, deadline_s: float = PAGE_DEADLINE_S
) -> Response:
    _check_host(peer, url)
    answer = http.get(url, etag=etag, max_bytes=MOST_BYTES, deadline_s=deadline_s, accept="application/json")
    _check_host(peer, answer.final_url)
    return answer


def _json(answer: Response, peer: Peer, *, refuse_unusable_text: bool = True) -> Mapping[str, Any]:
    if "json" not in answer.media_type:
        raise Lying(f"{peer.host} answered with {answer.media_type} instead of JSON.")
    try:
        said = loads(answer.body, max_bytes=MOST_BYTES, refuse_unusable_text=refuse_unusable_text)
    except InvalidInput as error:
        raise Lying(f"{peer.host} answered with JSON that cannot be read: {error}") from error
    if not isinstance(said, dict):
        raise Lying(f"{peer.host} answered with JSON that is no object.")
    return said


def _check_host(peer: Peer, url: str) -> None:
    if not peers.is_on(url, peer.host) or (peer.base_url.startswith("https:") and not url.startswith("https:")):
        raise Lying(f"{peer.host} leads to another server.")


def _check_next(peer: Peer, url: str, following: str, *, is_empty: bool) -> None:
    if len(following) > _LONGEST_URL:
        raise Lying(f"{peer.host} names a next page of more than {_LONGEST_URL} characters.")
    _check_host(peer, following)
    if not is_empty and following == url:
        raise Lying(f"{peer.host} names a page with items as its own next page: it would never end.")
    if is_empty and following.partition("?")[0] != url.partition("?")[0]:
        raise Lying(f"{peer.host} names another feed after its last page.")


def _item(said: Any, *, may_be_unusable: bool = False) -> Item | str:
    """Return an item, or why it is none."""
    if not isinstance(said, dict):
        return "It is no object."
    if may_be_unusable and (fault := fault_in(said)) is not None:
        return f"{str(said.get('id'))[:60]!r}: a text holds {fault}."
    id_, modified, state, data = (said.get(name) for name in ("id", "modified", "state", "data"))
    id_ = str(id_) if isinstance(id_, int) and not isinstance(id_, bool) else id_
    if not isinstance(id_, str) or not 0 < len(id_) <= _LONGEST_ID:
        return f"Its id {str(id_)[:60]!r} is none."
    if isinstance(modified, str) and modified.isascii() and modified.isdigit() and len(modified) < 19:
        modified = int(modified)
    if not isinstance(modified, int) or not _is_number(modified):
        return f"{id_[:60]!r} does not say in which change it was changed."
    if state == "deleted":
        return Item(id=id_, modified=modified, data=None)
    if state != "updated" or not isinstance(data, dict):
        return f"{id_[:60]!r} is neither updated, with data, nor deleted."
    return Item(id=id_, modified=modified, data=data)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_INTEGER

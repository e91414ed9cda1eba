"""The feed of what a city offers to others: Realtime Paged Data Exchange 1.0, ordered by change and id.

`modified` is the number of the last change; several items may share one, so a place in the feed is a number and an id
("Modified Timestamp and ID" ordering). What partners must no longer show, or what no longer is what they asked for,
stays in the feed as a tombstone. Source: https://openactive.io/realtime-paged-data-exchange/ (sections 4 and 5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from col_core.base.settings import CityConfig
from col_core.catalogue import query, sharing
from col_core.catalogue.exchange import jsonld_network
from col_core.catalogue.records import Query
from col_core.catalogue.sharing import FEED_PATH, LICENCE, Shared
from col_core.federation.exchange import filters

KIND = "Opportunity"
MOST_ITEMS, MOST_BYTES = 500, 4_000_000
_MOST_SCANNED = 5_000
_LARGEST = 2**63 - 1
_LONGEST_ID = 64
_PLACE = ("afterTimestamp", "afterId", "begun", "epoch")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is asked of the feed: everything of `filter` after the place (`seq`, `id`).

    Who has read nothing before change `begun` was made need not hear of what was not for them then. `epoch` is what the
    place counts from, None where the reader does not say.
    """

    filter: Query
    seq: int = 0
    id: str = ""
    begun: int | None = None
    epoch: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A page as it goes out. `is_last`: there is nothing after it yet."""

    body: bytes
    is_last: bool


def asked_by(args: MultiDict[str, str]) -> Asked:
    """Return what the parameters of an address ask for. Raises InvalidInput that names the parameter."""
    place = {name: args.getlist(name) for name in _PLACE if name in args}
    for name, values in place.items():
        if len(values) > 1:
            raise query.fault(name, "Given more than once.")
    said = {name: values[0] for name, values in place.items()}
    rest = MultiDict([(name, value) for name, value in args.items(multi=True) if name not in _PLACE])
    if ("afterId" in said) != ("afterTimestamp" in said):
        missing = "afterId" if "afterTimestamp" in said else "afterTimestamp"
        raise query.fault(missing, "Both stand in an address, or none: take “next” of a page as it is.")
    id_, epoch = said.get("afterId", ""), said.get("epoch")
    if len(id_) > _LONGEST_ID or not id_.isprintable():
        raise query.fault("afterId", "Is no id of an item.")
    if epoch is not None and (len(epoch) > _LONGEST_ID or not epoch.isalnum()):
        raise query.fault("epoch", "Is none that this city ever gave.")
    return Asked(
        filter=filters.parse(rest),
        seq=_number("afterTimestamp", said.get("afterTimestamp", "0")),
        id=id_,
        begun=_number("begun", said["begun"]) if "begun" in said else None,
        epoch=epoch,
    )


def page(session: Session, asked: Asked, *, config: CityConfig, epoch: str) -> Written:
    """Return the page of the feed after the place that is asked for.

    A place that counts from another epoch, or lies behind the last change, is one of a database that is no more: the
    reader begins anew.
    """
    last = sharing.last(session)
    if asked.epoch is not None and (asked.epoch != epoch or asked.seq > last):
        asked = Asked(filter=asked.filter)
    is_filtered = asked.filter != Query()
    begun = asked.begun if asked.begun is not None else last if is_filtered and asked.seq == 0 else None
    items, place = _items(session, asked, begun, config)
    if not items:
        return Written(body=_body([], _address(config, asked)), is_last=True)
    seq, id_ = place
    following = Asked(filter=asked.filter, seq=seq, id=id_, begun=begun, epoch=epoch)
    return Written(body=_body(items, _address(config, following)), is_last=False)


def item(shared: Shared, *, config: CityConfig, asked: Query) -> bytes:
    """Return an item as it stands in the feed under the filter `asked`, as JSON."""
    one = shared.opportunity
    said: dict[str, Any] = {"state": "deleted", "kind": KIND, "id": shared.id, "modified": shared.seq}
    if one is not None and filters.matches(asked, one.content, one.place):
        said |= {"state": "updated", "data": jsonld_network.document(one, config=config)}
    return orjson.dumps(said)


def _items(
    session: Session, asked: Asked, begun: int | None, config: CityConfig
) -> tuple[Sequence[bytes], tuple[int, str]]:
    """Return the items of a page, and the place of the last of them."""
    items: list[bytes] = []
    size, scanned = 0, 0
    place = after = (asked.seq, asked.id)
    skipped: Shared | None = None
    while len(items) < MOST_ITEMS and size < MOST_BYTES and scanned < _MOST_SCANNED:
        rows = sharing.after(session, seq=after[0], id_=after[1], limit=MOST_ITEMS)
        for row in rows:
            after, scanned = (row.seq, row.id), scanned + 1
            if begun is not None and row.seq <= begun and not _is_for(row, asked.filter):
                skipped = row
                continue
            items.append(item(row, config=config, asked=asked.filter))
            place, skipped = after, None
            size += len(items[-1])
            if len(items) == MOST_ITEMS or size >= MOST_BYTES:
                break
        if len(rows) < MOST_ITEMS:
            break
    if skipped is not None and scanned - len(items) >= MOST_ITEMS:
        # One tombstone, so that what was looked through in vain is not looked through again.
        items, place = [*items, item(skipped, config=config, asked=asked.filter)], (skipped.seq, skipped.id)
    return items, place


def _is_for(row: Shared, asked: Query) -> bool:
    return row.opportunity is not None and filters.matches(asked, row.opportunity.content, row.opportunity.place)


def _address(config: CityConfig, asked: Asked) -> str:
    args: list[tuple[str, str]] = query.to_args(asked.filter)
    if asked.seq or asked.id:
        args += [("afterTimestamp", str(asked.seq)), ("afterId", asked.id)]
    args += [("begun", str(asked.begun))] if asked.begun is not None else []
    args += [("epoch", asked.epoch)] if asked.epoch is not None else []
    return f"{config.base_url}{FEED_PATH}{'?' if args else ''}{urlencode(args)}"


def _body(items: Sequence[bytes], following: str) -> bytes:
    said: Mapping[str, str] = {"next": following, "license": LICENCE}
    return b'{"items":[' + b",".join(items) + b"]," + orjson.dumps(said)[1:]


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= _LARGEST):
        raise query.fault(name, "Must be a whole number: take “next” of a page as it is.")
    return int(text)

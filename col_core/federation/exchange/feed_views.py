"""`/feeds/opportunities.rpde` and what stands beside it: its digest, and single items."""

import orjson
from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from col_core.base.errors import NotFound
from col_core.catalogue import query, sharing
from col_core.catalogue.reading import Catalogue
from col_core.catalogue.sharing import FEED_PATH
from col_core.federation.exchange import digests, epoch, feed, filters
from col_core.federation.exchange.digests import FeedDigests
from col_core.web import conditional, cross_origin
from col_core.web.house import House

# As the standard has them (section 6): pages that are full change no more, and the last one is asked for all the time.
_FULL_S, _LAST_S = 3_600, 8


def blueprint(house: House, catalogue: Catalogue) -> Blueprint:
    """Return the views of the feed."""
    views = Blueprint("rpde", __name__)
    cross_origin.allow(views)
    conditional.install(views, version=catalogue.version, clock=house.clock)
    config, database = house.config, house.database
    kept = FeedDigests()

    @views.get(FEED_PATH)
    def page() -> Response:
        asked = feed.asked_by(MultiDict(request.args))
        present = epoch.present(database)
        with database.read() as session:
            written = feed.page(session, asked, config=config, epoch=present)
        return _answer(written.body, fresh_s=_LAST_S if written.is_last else _FULL_S)

    @views.get(f"{FEED_PATH}/digest")
    def digest() -> Response:
        args = MultiDict(request.args)
        bucket = _bucket(args)
        asked = filters.parse(args)
        present = epoch.present(database)
        with database.read() as session:
            if bucket is not None:
                items = kept.bucket(session, asked, bucket, epoch=present)
                return _answer(orjson.dumps({"bucket": bucket, "epoch": present, "items": items}), fresh_s=_LAST_S)
            found = kept.digest(session, asked, epoch=present)
        said = {
            "count": found.count,
            "digest": digests.whole(found.sums),
            "place": found.place,
            "epoch": found.epoch,
            "buckets": list(found.sums),
        }
        return _answer(orjson.dumps(said), fresh_s=_LAST_S)

    @views.get(f"{FEED_PATH}/items/<id_>")
    def single(id_: str) -> Response:
        asked = filters.parse(MultiDict(request.args))
        with database.read() as session:
            shared = sharing.one(session, id_)
        if shared is None:
            raise NotFound("The feed holds no such item.")
        return _answer(feed.item(shared, config=config, asked=asked), fresh_s=_LAST_S)

    return views


def _bucket(args: MultiDict[str, str]) -> int | None:
    """Take `bucket` out of `args`."""
    given = args.poplist("bucket")
    if not given:
        return None
    text = given[0]
    if len(given) > 1 or not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) < digests.BUCKETS):
        raise query.fault("bucket", f"Must be one whole number from 0 to {digests.BUCKETS - 1}.")
    return int(text)


def _answer(body: bytes, *, fresh_s: int) -> Response:
    return conditional.public(Response(body, mimetype="application/json"), fresh_s=fresh_s)

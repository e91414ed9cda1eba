"""`/api/v1/network`: whom this city follows, and what it shows of each; for those cities, and for everybody."""

from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from col_core.catalogue import query
from col_core.federation.exchange import followers, subscriptions
from col_core.web import conditional, cross_origin
from col_core.web.house import House

_FRESH_S = 60
_LONGEST_HOST, _LONGEST_ID = 253, 200


def blueprint(house: House) -> Blueprint:
    """Return the views."""
    views = Blueprint("exchange_api", __name__)
    cross_origin.allow(views)
    config, database = house.config, house.database

    @views.get(followers.SUBSCRIPTIONS)
    def listing() -> Response:
        query.none(request.args)
        with database.read() as session:
            found = subscriptions.listing(session)
        items = [{"host": each.host, "filter": each.filter, "since": each.created.isoformat()} for each in found]
        return _answer({"items": items, "total": len(items), "next": None})

    @views.get(followers.RECEIVED)
    def received() -> Response:
        args = MultiDict(request.args)
        host, after = _text(args, "from", _LONGEST_HOST), _text(args, "after", _LONGEST_ID, needed=False)
        query.none(args)
        with database.read() as session:
            rows = followers.received(session, host, after=after, limit=followers.PER_PAGE)
        following = None
        if len(rows) == followers.PER_PAGE:
            following = f"{config.base_url}{followers.RECEIVED}?{urlencode({'from': host, 'after': rows[-1][0]})}"
        items = [{"id": id_, "opened": opened} for id_, opened in rows]
        return _answer({"from": host, "items": items, "next": following})

    return views


def _text(args: MultiDict[str, str], name: str, longest: int, *, needed: bool = True) -> str:
    """Take a parameter out of `args`."""
    given = args.poplist(name)
    if len(given) > 1 or (needed and not given):
        raise query.fault(name, "Must be given once.")
    text = given[0] if given else ""
    if len(text) > longest or not text.isprintable():
        raise query.fault(name, f"Must be at most {longest} characters, all of them printable.")
    return text


def _answer(said: object) -> Response:
    return conditional.public(Response(orjson.dumps(said), mimetype="application/json"), fresh_s=_FRESH_S)

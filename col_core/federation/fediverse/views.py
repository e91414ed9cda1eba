"""The addresses of the push lane: who the city is, what it said, and where it listens.

Sources: ActivityPub, sections 3.2, 5 and 7; RFC 7033 (WebFinger); NodeInfo 2.1; FEP-2677.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import resvg_py
from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from col_core.base.database import Database
from col_core.base.errors import InvalidInput, NotFound, UnsupportedMedia
from col_core.base.ratelimit import RateLimiter
from col_core.base.settings import CityConfig
from col_core.catalogue import addresses
from col_core.federation.fediverse import activities, context, documents, inbox, subscriptions
from col_core.federation.fediverse.documents import ACTIVITY
from col_core.federation.fediverse.fediverse import Fediverse
from col_core.federation.fediverse.identity import NAME
from col_core.federation.fediverse.signed import Arrived
from col_core.federation.ground import ACTOR_PATH
from col_core.web import conditional, cross_origin, varies

_FRESH_S = 60
_ICON_PX = 400
_ACTIVITY = re.compile(r"(create|announce|update|delete)-([0-9A-Za-z-]{1,36})-([0-9]{1,9})")
_PAGE = re.compile(r"[0-9]{1,18}")
_TYPES = ("application/activity+json", "application/ld+json", "application/json")


def blueprint(lane: Fediverse, *, database: Database, config: CityConfig, limiter: RateLimiter) -> Blueprint:
    """Return `/ap/…`, `/.well-known/webfinger`, `/.well-known/nodeinfo` and `/nodeinfo/2.1`."""
    views = Blueprint("fediverse", __name__)
    cross_origin.allow(views)
    identity, telling = lane.identity, lane.telling
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(config.base_url))

    @views.get("/.well-known/webfinger")
    def webfinger() -> Response:
        asked = request.args.get("resource")
        if not asked:
            raise InvalidInput("Say whom you look for: ?resource=acct:…", fields={"resource": ["Is missing."]})
        known = {identity.account, identity.actor, identity.base_url, f"{identity.base_url}/"}
        if asked not in known and asked.lower() not in (identity.account.lower(), f"{NAME}@{identity.host}".lower()):
            raise NotFound("Nobody here is called so.")
        return _public(documents.webfinger(config, identity), "application/jrd+json")

    @views.get("/.well-known/nodeinfo")
    def nodeinfo_links() -> Response:
        return _public(documents.nodeinfo_links(identity), "application/json")

    @views.get("/nodeinfo/2.1")
    def nodeinfo() -> Response:
        kind = 'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"'
        return _public(documents.nodeinfo(config, offers=telling.count()), kind)

    @views.get(ACTOR_PATH)
    def actor() -> WerkzeugResponse:
        if _wants_a_page():
            return _elsewhere(f"{config.base_url}/{config.default_language}/")
        return _negotiated(documents.actor(config, identity, identity.public_keys(), lane.summaries()))

    @views.get("/ap/icon.png")
    def icon() -> Response:
        if config.theme.logo is None:
            raise NotFound("This city has no sign of its own.")
        return conditional.public(Response(_icon(config.theme.logo), mimetype="image/png"), fresh_s=3600)

    @views.post("/ap/inbox")
    def receive() -> Response:
        if request.mimetype not in _TYPES:
            raise UnsupportedMedia(f"Send an activity as {ACTIVITY}.")
        body = request.get_data()
        if len(body) > inbox.MAX_BYTES:
            abort(413)
        query = request.query_string.decode("latin-1")
        arrived = Arrived(
            method=request.method,
            url=f"{origin}{request.path}{f'?{query}' if query else ''}",
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
        )
        lane.inbox.receive(arrived, limiter=limiter)
        return Response(status=202)

    @views.get("/ap/outbox")
    def outbox() -> Response:
        first = f"{identity.outbox}?page=0"
        asked = request.args.get("page")
        if asked is None:
            total = telling.count() * 2
            return _negotiated(_with_context(activities.collection(identity.outbox, total=total, first=first)))
        if not _PAGE.fullmatch(asked):
            raise InvalidInput("There is no such page.", fields={"page": ["Is no page that was named here."]})
        items, following = telling.page(before=int(asked) or None)
        page = activities.page(
            f"{identity.outbox}?page={asked}",
            of=identity.outbox,
            items=items,
            following=f"{identity.outbox}?page={following}" if following is not None else None,
        )
        return _negotiated(_with_context(page))

    @views.get("/ap/followers")
    def followers() -> Response:
        # How many, and not who: that is between them and us.
        with database.read() as session:
            total = subscriptions.count(session)
        said = {"id": identity.followers, "type": "OrderedCollection", "totalItems": total}
        return _negotiated(_with_context(said))

    @views.get("/ap/opportunities/<id_>")
    def opportunity(id_: str) -> WerkzeugResponse:
        shown, gone = telling.event(id_)
        if shown is None and gone is None:
            raise NotFound("No such offer is shared with other servers.")
        if _wants_a_page():
            return _elsewhere(addresses.opportunity(config, id_))
        if shown is None:
            assert gone is not None
            return _negotiated(gone, status=410)
        return _negotiated(shown)

    @views.get("/ap/activities/<name>")
    def activity(name: str) -> Response:
        match = _ACTIVITY.fullmatch(name)
        said = telling.activity(match[1].capitalize(), match[2], int(match[3])) if match else None
        if said is None:
            raise NotFound("Nothing of the kind is said here now.")
        return _negotiated(said)

    return views


def _with_context(said: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"@context": context.of_what_is_said(), **said}


def _wants_a_page() -> bool:
    """Tell whether a browser asks; whoever names no page, or anything, is a server."""
    offered = [ACTIVITY, "application/ld+json", "application/json", "text/html"]
    return request.accept_mimetypes.best_match(offered, default=ACTIVITY) == "text/html"


def _elsewhere(url: str) -> WerkzeugResponse:
    response = redirect(url, code=303)
    varies.by(response, "Accept")
    return response


def _negotiated(said: Mapping[str, Any], *, status: int = 200) -> Response:
    response = Response(orjson.dumps(said), status=status, content_type=ACTIVITY)
    if status == 200:
        conditional.public(response, fresh_s=_FRESH_S)
    varies.by(response, "Accept")
    return response


def _public(said: Mapping[str, Any], content_type: str) -> Response:
    return conditional.public(Response(orjson.dumps(said), content_type=content_type), fresh_s=3600)


@cache
def _icon(drawing: Path) -> bytes:
    """Return the sign of the city as a picture: other servers show no drawings."""
    svg = drawing.read_text(encoding="utf-8")
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=_ICON_PX, skip_system_fonts=True))

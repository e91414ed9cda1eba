"""The catalogue for programs: `/api/v1/opportunities`, `/api/v1/organisations` and the tiles of the map."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, request

from col_core.base.errors import InvalidInput, NotFound
from col_core.catalogue import addresses, query, wire
from col_core.catalogue.reading import Catalogue
from col_core.web import conditional, cross_origin
from col_core.web.house import House

MAX_ZOOM = 22


def blueprint(house: House, catalogue: Catalogue) -> Blueprint:
    """Return the reading side of the API."""
    views = Blueprint("catalogue_api", __name__, url_prefix="/api/v1")
    cross_origin.allow(views)
    conditional.install(views, version=catalogue.version, clock=house.clock)
    config, clock = house.config, house.clock

    @views.get("/opportunities")
    def opportunities() -> Response:
        asked = query.parse(request.args, strict=True)
        found = catalogue.find(asked)
        now = clock.now()
        later = None
        if asked.page * asked.per_page < found.total:
            following = urlencode(query.to_args(replace(asked, page=asked.page + 1)))
            later = f"{config.base_url}/api/v1/opportunities?{following}"
        items = [
            wire.item(each.opportunity, config=config, now=now)
            | ({} if each.distance_m is None else {"distance_m": round(each.distance_m)})
            for each in found.items
        ]
        return _json({"items": items, "total": found.total, "facets": found.facets, "next": later})

    @views.get("/opportunities/<id_>")
    def opportunity(id_: str) -> Response:
        query.none(request.args)
        one = catalogue.get(id_)
        if one is None:
            raise NotFound("There is no such opportunity here.")
        return _json(wire.item(one, config=config, now=clock.now()))

    @views.get("/organisations")
    def organisations() -> Response:
        query.none(request.args)
        items = [
            {
                "id": each.slug,
                "name": each.name,
                "url": addresses.organisation(config, each.slug),
            }
            for each in catalogue.organisations()
        ]
        return _json({"items": items, "total": len(items), "next": None})

    @views.get("/map/<int:z>/<int:x>/<int:y>.json")
    def tile(z: int, x: int, y: int) -> Response:
        if z > MAX_ZOOM or x >= 2**z or y >= 2**z:
            raise InvalidInput(f"There is no such tile: z is at most {MAX_ZOOM}, x and y below 2 to the power of z.")
        clusters = catalogue.clusters(query.parse(request.args, strict=True), z=z, x=x, y=y)
        return _json(
            {"type": "FeatureCollection", "features": [wire.feature(each) for each in clusters]},
            media_type="application/geo+json",
        )

    return views


def _json(value: Any, *, media_type: str = "application/json") -> Response:
    """Answer with JSON that may be kept for a minute, and asked for again by its ETag."""
    response = Response(orjson.dumps(value), mimetype=media_type)
    response.headers["Cache-Control"] = "public, max-age=60"
    response.add_etag()
    response.make_conditional(request)
    return response

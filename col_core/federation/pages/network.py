"""`/<language>/network` for people, and the same for programs at `/api/v1/network`."""

from datetime import datetime
from typing import Any

import orjson
from apispec import APISpec
from flask import Blueprint, Response, abort

from col_core.federation.exchange.records import Exchanged
from col_core.federation.ground import Ground
from col_core.federation.pages import showing
from col_core.federation.pages.showing import City, NetworkView
from col_core.federation.records import Standing
from col_core.federation.trust import entities
from col_core.federation.trust.trust import Trust
from col_core.web import cross_origin
from col_core.web.description import closed, problems
from col_core.web.site import Site


def blueprint(site: Site, ground: Ground, trust: Trust) -> Blueprint:
    """Return the page."""
    views = site.blueprint("network", __name__)

    @views.get("/network")
    def network() -> Response:
        found = showing.view(ground, trust)
        if found is None:
            abort(404)
        return site.page(
            "network.html",
            network=found,
            names={each.host: site.pick(each.names) for each in found.cities},
            command=_command(found),
            addresses=_addresses(found),
        )

    return views


def api(ground: Ground, trust: Trust) -> Blueprint:
    """Return the view for programs."""
    views = Blueprint("network_api", __name__, url_prefix="/api/v1")
    cross_origin.allow(views)

    @views.get("/network")
    def network() -> Response:
        found = showing.view(ground, trust)
        if found is None:
            abort(404)
        body = {"anchor": found.anchor, "name": found.name, "cities": [_written(each) for each in found.cities]}
        response = Response(orjson.dumps(body), mimetype="application/json")
        response.headers["Cache-Control"] = "no-cache"
        return response

    return views


def describe(spec: APISpec) -> None:
    """Describe the address for other programs."""
    instant = {"type": ["string", "null"], "format": "date-time"}
    city = closed(
        {
            "url": {"type": "string", "format": "uri", "description": "Its address and its name as an entity."},
            "names": {"type": "object", "additionalProperties": {"type": "string"}},
            "country": {"type": ["string", "null"], "description": "ISO 3166-1 alpha-2."},
            "standing": {"enum": [each.value for each in Standing]},
            "member_since": instant,
            "member_until": instant,
            "shares_offers": {"type": "boolean"},
            "badges_recognised": {"type": "boolean"},
            "here": {"type": "boolean", "description": "Whether it is this very city."},
            "reads_ours": {"type": "boolean", "description": "Whether it said that it shows offers of this city."},
            "exchange": {"$ref": "#/components/schemas/NetworkExchange"},
        }
    )
    exchange = {
        "description": "How it stands with what this city reads of it; null where it reads nothing.",
        **closed(
            {
                "offers": {"type": "integer", "description": "How many of its offers this city keeps."},
                "refused": {"type": "integer", "description": "How many of its items could not be taken."},
                "synced": {**instant, "description": "When everything of it was last here."},
                "lag_s": {"type": ["number", "null"], "description": "How many seconds ago that is."},
                "whole_synced": {**instant, "description": "When all of it was last read from the beginning."},
                "compared": {**instant, "description": "When both sides last counted."},
                "equal": {"type": ["boolean", "null"], "description": "Whether both counted the same then."},
                "failures": {"type": "integer", "description": "Readings that failed one after the other until now."},
                "error": {"type": ["string", "null"], "description": "What the last of them failed for, in English."},
            }
        ),
        "type": ["object", "null"],
    }
    spec.components.schema("NetworkExchange", exchange)
    spec.components.schema("NetworkCity", city)
    cities = {"type": "array", "items": {"$ref": "#/components/schemas/NetworkCity"}}
    spec.components.schema(
        "Network",
        closed(
            {
                "anchor": {"type": ["string", "null"], "description": "The trust anchor (OpenID Federation 1.0)."},
                "name": {"type": ["string", "null"]},
                "cities": cities,
            }
        ),
    )
    answer = {
        "description": "The network as this city sees it now.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Network"}}},
    }
    spec.path(
        path="/api/v1/network",
        operations={
            "get": {
                "operationId": "getNetwork",
                "summary": "Which cities belong to the network, and what is shared with them.",
                "responses": {"200": answer, **problems(404)},
            }
        },
    )


def _written(city: City) -> dict[str, Any]:
    return {
        "url": city.url,
        "names": dict(city.names),
        "country": city.country,
        "standing": city.standing.value,
        "member_since": _instant(city.since),
        "member_until": _instant(city.until),
        "shares_offers": city.shares_offers,
        "badges_recognised": city.badges_recognised,
        "here": city.here,
        "reads_ours": city.reads_ours,
        "exchange": None if city.exchange is None else _exchange(city.exchange),
    }


def _exchange(one: Exchanged) -> dict[str, Any]:
    return {
        "offers": one.kept,
        "refused": one.refused,
        "synced": _instant(one.synced),
        "lag_s": one.lag_s,
        "whole_synced": _instant(one.whole_synced),
        "compared": _instant(one.compared),
        "equal": one.equal,
        "failures": one.failures,
        "error": one.error,
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _command(found: NetworkView) -> str | None:
    """Return the command by which anybody checks a city; None where no network vouches for it."""
    if found.anchor is None:
        return None
    some = next((each for each in found.cities if not each.here), found.cities[0])
    return f"col network check {some.url} --anchor {found.anchor}"


def _addresses(found: NetworkView) -> list[str]:
    wanted = [found.anchor] if found.anchor is not None else []
    return [entities.configuration_address(each) for each in (*wanted, *(city.url for city in found.cities))]

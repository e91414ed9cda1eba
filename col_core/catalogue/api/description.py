"""The catalogue's part of the API, described from the schemas that check what comes in."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from apispec import APISpec

from col_core.accounts.records import Scope
from col_core.base.settings import CityConfig
from col_core.catalogue.api import parameters
from col_core.catalogue.exchange.schemas import OpportunitySchema
from col_core.catalogue.hooks import OpportunityFormat
from col_core.catalogue.query import FACETS
from col_core.web.description import TOKEN, Describe, answer, problems

_OPPORTUNITY = {"$ref": "#/components/schemas/Opportunity"}
# What not every item has.
_SOMETIMES = {"distance_m", "external_id", "findings"}
_READ = [{}, {TOKEN: [Scope.OPPORTUNITIES_READ.value]}]
_WRITE = [{TOKEN: [Scope.OPPORTUNITIES_WRITE.value]}]
_ANYTHING = {"type": "object"}
_EXAMPLE = {
    "external_id": "graffiti-2026-05",
    "type": "workshop",
    "title": {"sl": "Delavnica grafitov", "en": "Graffiti workshop"},
    "summary": {"en": "From sketch to wall."},
    "categories": ["arts"],
    "place": {"name": "Mladinski center", "lat": 46.05, "lon": 14.55},
    "start": "2026-05-19T17:00:00+02:00",
    "end": "2026-05-19T19:00:00+02:00",
    "age": {"min": 15, "max": 29},
    "price": {"free": True},
    "languages": ["sl"],
}


def describe(config: CityConfig, formats: Mapping[str, OpportunityFormat]) -> Describe:
    """Return what describes the catalogue of `config`, with its feeds by their extensions."""

    def room(spec: APISpec) -> None:
        _schemas(spec)
        _opportunities(spec)
        _organisations(spec)
        _map(spec)
        _feeds(spec, config, formats)

    return room


def _schemas(spec: APISpec) -> None:
    spec.components.schema("Opportunity", schema=OpportunitySchema)
    read = spec.components.schemas["Opportunity"]
    written = deepcopy(read)
    ref = {
        "type": "object",
        "required": ["id", "url"],
        "properties": {name: {"type": "string"} for name in ("id", "url")},
    }
    written["properties"]["badges"]["items"] = {"oneOf": [read["properties"]["badges"]["items"], ref]}
    read["properties"]["badges"]["items"] = ref
    read["required"] = [name for name in read["properties"] if name not in _SOMETIMES]
    about = "Keys marked readOnly may stay as they were read; the city fills them in."
    spec.components.schema("OpportunityInput", {**written, "description": about, "examples": [_EXAMPLE]})
    spec.components.schema("OpportunityList", _list({"$ref": "#/components/schemas/Opportunity"}, facets=True))
    organisation = {
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "name", "url"],
        "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "url": {"type": "string"}},
    }
    spec.components.schema("OrganisationList", _list(organisation))


def _opportunities(spec: APISpec) -> None:
    spec.path(
        "/api/v1/opportunities",
        operations={
            "get": {
                "summary": "Search what there is to do, or list one's own offers",
                "description": "Without `from` and `to`, what is over is left out. Several values of one filter mean "
                "or, different filters and. With a token, `organisation` naming its own organisation and nothing else "
                "but `status`, `page` and `per_page`, the answer lists its own offers in every state, newest first.",
                "operationId": "searchOpportunities",
                "parameters": [*parameters.search(), parameters.status()],
                "security": _READ,
                "responses": answer("One page of them.", {"$ref": "#/components/schemas/OpportunityList"})
                | problems(401, 403, 422, 429),
            },
            "post": {
                "summary": "Hand in an offer of one's own",
                "description": "It is public at once, unless it is a draft, review finds something that a person must "
                "look at, or the token says that all of it waits for one; `status` of the answer says which. "
                "`external_id` that is there already changes that offer instead.",
                "operationId": "handInOpportunity",
                "security": _WRITE,
                "parameters": [
                    parameters.header("Idempotency-Key", "The same one again answers with what came of it then.")
                ],
                "requestBody": _body(),
                "responses": {
                    "200": _written("It was there: by its `external_id`, or by `Idempotency-Key`."),
                    "201": _written("It is stored; `Location` says where."),
                    **problems(400, 401, 403, 409, 413, 415, 422, 429, 503),
                },
            },
        },
    )
    tag = parameters.header("If-Match", "The ETag that was read; another state answers 412.")
    spec.path(
        "/api/v1/opportunities/{id}",
        parameters=[parameters.in_path("id", {"type": "string"})],
        operations={
            "get": {
                "summary": "Read one",
                "operationId": "readOpportunity",
                "security": _READ,
                "responses": answer("It.", _OPPORTUNITY) | problems(401, 403, 404, 422, 429),
            },
            "put": {
                "summary": "Put another state of one's own offer in its place",
                "description": "What is left out is empty afterwards; `status: cancelled` cancels.",
                "operationId": "changeOpportunity",
                "security": _WRITE,
                "parameters": [tag],
                "requestBody": _body(),
                "responses": {
                    "200": _written("It is changed."),
                    **problems(400, 401, 403, 404, 412, 413, 415, 422, 429, 503),
                },
            },
            "delete": {
                "summary": "Withdraw one's own offer for good",
                "operationId": "withdrawOpportunity",
                "security": _WRITE,
                "parameters": [tag],
                "responses": {"204": {"description": "It is gone."}, **problems(401, 403, 404, 412, 422, 429, 503)},
            },
        },
    )


def _organisations(spec: APISpec) -> None:
    spec.path(
        "/api/v1/organisations",
        operations={
            "get": {
                "summary": "List the organisations",
                "operationId": "listOrganisations",
                "responses": answer("All of them, by name.", {"$ref": "#/components/schemas/OrganisationList"})
                | problems(422),
            }
        },
    )


def _map(spec: APISpec) -> None:
    whole = {"type": "integer", "minimum": 0}
    counts = {"type": "object", "additionalProperties": {"type": "integer"}}
    feature = {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "geometry": _ANYTHING,
            "properties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["count", "categories"],
                "properties": {
                    "count": {"type": "integer", "minimum": 1},
                    "categories": counts,
                    "id": {"type": "string", "description": "Of the opportunity, where it is one."},
                },
            },
        },
    }
    tile = {
        "type": "object",
        "additionalProperties": False,
        "required": ["type", "features"],
        "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array", "items": feature}},
    }
    spec.path(
        "/api/v1/map/{z}/{x}/{y}.json",
        parameters=[parameters.in_path(name, whole) for name in ("z", "x", "y")],
        operations={
            "get": {
                "summary": "Read one tile of the map: points and clusters",
                "operationId": "readTile",
                "parameters": parameters.search(),
                "responses": answer("GeoJSON (RFC 7946).", tile, media_type="application/geo+json") | problems(422),
            }
        },
    )
    ground = {
        "type": "object",
        "additionalProperties": False,
        "required": ["bbox", "center", "districts", "rivers", "layers"],
        "properties": {
            "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
            "center": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
            "districts": _ANYTHING,
            "rivers": _ANYTHING,
            "layers": {"type": "array", "items": _ANYTHING},
        },
    }
    spec.path(
        "/api/v1/map/ground.json",
        operations={
            "get": {
                "summary": "Read what the map shows beneath the offers",
                "operationId": "readGround",
                "responses": answer("Districts, rivers, layers of plugins.", ground),
            }
        },
    )


def _feeds(spec: APISpec, config: CityConfig, formats: Mapping[str, OpportunityFormat]) -> None:
    feed = answer("The first part; `Link` leads to the next.", {})
    feed["200"]["content"] = {each.media_type: {} for each in formats.values()}
    extension = {"type": "string", "enum": [*formats]}
    spec.path(
        "/feeds/opportunities.{extension}",
        parameters=[parameters.in_path("extension", extension)],
        operations={
            "get": {
                "summary": "Read what a search finds in another format",
                "operationId": "readFeed",
                "parameters": [*parameters.search(), parameters.language(config.languages)],
                "responses": feed | problems(404, 422, 503),
            }
        },
    )
    spec.path(
        "/feeds/catalog.jsonld",
        operations={
            "get": {
                "summary": "Read the description of the open data (DCAT-AP 3)",
                "operationId": "readDataCatalogue",
                "responses": answer("The catalogue.", _ANYTHING, media_type="application/ld+json") | problems(422),
            }
        },
    )


def _list(item: Mapping[str, Any], *, facets: bool = False) -> dict[str, Any]:
    counts = {"type": "object", "additionalProperties": {"type": "integer"}}
    properties: dict[str, Any] = {
        "items": {"type": "array", "items": item},
        "total": {"type": "integer", "description": "Of all pages."},
        "next": {"type": ["string", "null"], "description": "Address of the next page."},
    }
    if facets:
        properties["facets"] = {
            "type": "object",
            "description": "Counts by value, each without that filter itself.",
            "properties": dict.fromkeys(FACETS, counts),
            "additionalProperties": counts,
        }
    required: Sequence[str] = sorted(properties)
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def _body() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/OpportunityInput"}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _written(text: str) -> dict[str, Any]:
    tag = {"ETag": {"description": "For `If-Match`.", "schema": {"type": "string"}}}
    return {"description": text, "headers": tag, "content": {"application/json": {"schema": _OPPORTUNITY}}}

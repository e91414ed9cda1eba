"""The API described for other programs, at `/api/v1/openapi.json`; each room describes its own addresses.

Source: OpenAPI 3.1.0 (https://spec.openapis.org/oas/v3.1.0).
"""

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

import orjson
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Response

from col_core.base.settings import CityConfig
from col_core.web import conditional, cross_origin

Describe = Callable[[APISpec], None]

TOKEN = "token"
_ABOUT = """What young people can do and learn in this city, for other programs.

Texts are given per language, as `{"sl": "…", "en": "…"}`; instants carry their offset. Errors are problem documents
(RFC 9457). Answers carry an `ETag`; ask again with `If-None-Match`. Reading needs no key.
"""
_PROBLEMS = {
    "400": "It could not be read: no JSON, no UTF-8, or beyond a limit.",
    "401": "A token is needed, or the one that was shown is not good (any more).",
    "403": "The token is not meant for that.",
    "404": "There is no such thing, or not for you.",
    "409": "It collides with what is there.",
    "412": "It was changed since it was read.",
    "413": "The body is too long.",
    "415": "The body is not JSON.",
    "422": "It could be read and cannot be used; `errors` says why, by parameter or by JSON pointer.",
    "429": "Too many requests; `Retry-After` says how many seconds to wait.",
    "503": "It cannot be done now; `Retry-After` says how many seconds to wait.",
}
_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, in a sentence."},
        "instance": {"type": "string", "description": "The path that was asked for."},
        "code": {"type": "string", "description": "One word for programs."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "detail": {"type": "string"},
                    "pointer": {"type": "string", "description": "JSON pointer into the body, as a fragment."},
                    "parameter": {"type": "string", "description": "Name of the parameter in the address."},
                },
            },
        },
    },
}


def blueprint(config: CityConfig, rooms: Sequence[Describe]) -> Blueprint:
    """Return the view. The description is made once, at boot."""
    views = Blueprint("description", __name__)
    cross_origin.allow(views)
    # Bounds of amounts are decimals.
    body = orjson.dumps(described(config, [*rooms, _itself]), default=float)

    @views.get("/api/v1/openapi.json")
    def openapi() -> Response:
        response = Response(body, mimetype="application/json")
        return conditional.public(response, fresh_s=3600)

    return views


def described(config: CityConfig, rooms: Sequence[Describe]) -> Mapping[str, Any]:
    """Return the description of what `rooms` answer, in the city's own addresses."""
    spec = APISpec(
        title=f"{config.city_name('en')}: City of Learning",
        version=version("city-of-learning"),
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin()],
        info={"description": _ABOUT, "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"}},
        servers=[{"url": config.base_url}],
        security=[{}],
    )
    spec.components.security_scheme(
        TOKEN,
        {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of an organisation, by which its own programs come in (RFC 6750).",
        },
    )
    spec.components.schema("Problem", _PROBLEM)
    for status, text in _PROBLEMS.items():
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        headers = {"headers": _RETRY} if status in ("429", "503") else {}
        spec.components.response(f"Problem{status}", {"description": text, "content": content, **headers})
    for describe in rooms:
        describe(spec)
    return spec.to_dict()


def problems(*statuses: int) -> dict[str, Any]:
    """Return the answers for errors with these statuses."""
    return {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}


def answer(text: str, schema: Mapping[str, Any], *, media_type: str = "application/json") -> dict[str, Any]:
    """Return the answers of an address that can be asked for again by its tag."""
    tag = {"ETag": {"description": "Of what was answered.", "schema": {"type": "string"}}}
    return {
        "200": {"description": text, "headers": tag, "content": {media_type: {"schema": schema}}},
        "304": {"description": "It is still what `If-None-Match` names."},
    }


def closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of an object that has all of `properties` and no others."""
    return {"type": "object", "additionalProperties": False, "required": [*properties], "properties": properties}


def _itself(spec: APISpec) -> None:
    responses = answer("This description.", {"type": "object"})
    spec.path(
        "/api/v1/openapi.json",
        operations={"get": {"summary": "Read this description", "operationId": "openapi", "responses": responses}},
    )

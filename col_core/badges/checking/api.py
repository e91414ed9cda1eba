"""`POST /api/v1/verify`: checking a badge for a program. Nothing of it is kept or logged."""

from typing import Any

import orjson
from apispec import APISpec
from flask import Blueprint, Response, request

from col_core.badges.checking import wire
from col_core.badges.checking.service import Checking
from col_core.badges.credentials.records import Aspect, Outcome, Verdict
from col_core.base.errors import InvalidInput, UnsupportedMedia
from col_core.base.ratelimit import RateLimiter
from col_core.base.strict_json import loads
from col_core.web import cross_origin
from col_core.web.description import problems
from col_core.web.forms import LONGEST_EMAIL
from col_core.web.house import House
from col_core.web.read_limits import network

_HOUR_S = 3600
# As deep as the badges that are checked may be, and the object around them.
_DEEPEST = 42
_KEYS = frozenset({"credential", "email"})


def blueprint(house: House, checking: Checking, limiter: RateLimiter) -> Blueprint:
    """Return the view."""
    views = Blueprint("verify_api", __name__, url_prefix="/api/v1")
    cross_origin.allow(views)
    zone = house.config.timezone
    languages = {tag: house.i18n.translator(tag) for tag in house.config.languages}

    @views.post("/verify")
    def verify() -> Response:
        given, email = _asked()
        count(limiter, per_hour=house.config.limits.checks_per_hour)
        verification = checking.check(given, email=email)
        response = Response(orjson.dumps(wire.answer(verification, languages, zone=zone)), mimetype="application/json")
        response.headers["Cache-Control"] = "no-store"
        return response

    return views


def count(limiter: RateLimiter, *, per_hour: int) -> None:
    """Count a check against the visitor's network address, as reading is counted. Raises TooManyRequests."""
    visitor = network(request.remote_addr)
    if visitor is not None and visitor.is_global:
        limiter.hit(f"verify:{visitor}", limit=per_hour, window_s=_HOUR_S)


def _asked() -> tuple[bytes | str, str | None]:
    if request.mimetype != "application/json":
        raise UnsupportedMedia("The body must be JSON: Content-Type: application/json.")
    body = loads(request.get_data(), max_depth=_DEEPEST, max_bytes=request.max_content_length or 1_000_000)
    if not isinstance(body, dict):
        raise InvalidInput("The body must be an object with the key credential.", fields={"": ["Not an object."]})
    faults = {f"/{key}": ["This key is not known."] for key in body if key not in _KEYS}
    credential, email = body.get("credential"), body.get("email")
    if not isinstance(credential, dict | str):
        faults["/credential"] = ["An object, or text: JSON, a JWT, a picture as base64 or data address, or an address."]
    if email is not None and (not isinstance(email, str) or len(email) > LONGEST_EMAIL):
        faults["/email"] = ["An e-mail address."]
    if faults:
        raise InvalidInput("The badge to check belongs into credential.", fields=faults)
    return credential if isinstance(credential, str) else orjson.dumps(credential), email


def describe(spec: APISpec) -> None:
    """Describe the address for other programs."""
    sentences = {"type": "object", "additionalProperties": {"type": "string"}, "description": "By language."}
    check = {
        "type": "object",
        "additionalProperties": False,
        "required": ["outcome", "code", "reason"],
        "properties": {
            "outcome": {"enum": [each.value for each in Outcome]},
            "code": {"type": "string", "description": "One word for programs."},
            "reason": sentences,
            "details": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "Of `network`: `city` (`city:<language>`), `host`, `since`, `until`, `vouched_by`.",
            },
        },
    }
    aspects = [each.value for each in Aspect]
    spec.components.schema("BadgeCheck", check)
    spec.components.schema(
        "Verification",
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["verdict", "checks", "badge", "reason", "code", "as_of", "note"],
            "properties": {
                "verdict": {"enum": [each.value for each in Verdict]},
                "checks": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": aspects,
                    "properties": {name: {"$ref": "#/components/schemas/BadgeCheck"} for name in aspects},
                },
                "badge": {"type": "object", "description": "What it tells; empty where it cannot be read."},
                "reason": sentences,
                "code": {"type": "string", "description": "The reason of the verdict, as one word for programs."},
                "as_of": {
                    "type": ["string", "null"],
                    "format": "date-time",
                    "description": "Where a server of the issuer did not answer: the moment of the copy that stood in.",
                },
                "note": {**sentences, "type": ["object", "null"], "description": "`as_of` in words, by language."},
            },
        },
    )
    credential: dict[str, Any] = {
        "type": ["object", "string"],
        "description": "A badge as JSON; or text: JSON, a JWT, base64 or a data address of a baked PNG or SVG, or the "
        "address where it stands.",
    }
    body = {
        "type": "object",
        "additionalProperties": False,
        "required": ["credential"],
        "properties": {
            "credential": credential,
            "email": {"type": ["string", "null"], "description": "Was it given to this address? Compared, not kept."},
        },
    }
    answer = {"schema": {"$ref": "#/components/schemas/Verification"}}
    spec.path(
        "/api/v1/verify",
        operations={
            "post": {
                "summary": "Check an Open Badge 2.0 or 3.0 of any issuer",
                "description": "Any badge that could be looked at answers 200; `verdict` says how it stands. Only "
                "`valid` is good. Nothing is kept.",
                "operationId": "verifyBadge",
                "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
                "responses": {
                    "200": {"description": "What came of it.", "content": {"application/json": answer}},
                    **problems(400, 413, 415, 422, 429, 503),
                },
            }
        },
    )

"""An organisation's badges in the description of the API, from the schemas that check what comes in."""

from typing import Any

from apispec import APISpec

from col_core.accounts.records import Scope
from col_core.badges.api.schemas import LinkSchema, OrderSchema, RevocationSchema
from col_core.web.description import TOKEN, answer, problems

_READ = [{TOKEN: [Scope.BADGES_READ.value]}]
_ISSUE = [{TOKEN: [Scope.BADGES_ISSUE.value]}]
_TEXT, _NUMBER = {"type": "string"}, {"type": "integer", "minimum": 0}
_MAYBE = {"type": ["string", "null"]}
_ID = {"name": "id", "in": "path", "required": True, "schema": _TEXT}
_PAGE = {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "default": 1}}
_AWARD = {
    "id": _TEXT, "url": _TEXT, "achievement": _TEXT, "version": _NUMBER, "state": _TEXT,
    "suspended": {"type": "boolean"}, "recipient": _MAYBE, "valid_from": _TEXT, "valid_until": _MAYBE,
    "claimed": _MAYBE, "ended": _MAYBE, "reason": _MAYBE,
}  # fmt: skip
_RESULT = {
    "row": _NUMBER, "recipient": _MAYBE, "credential_id": _MAYBE, "url": _MAYBE, "claim_url": _MAYBE, "status": _TEXT,
}  # fmt: skip
_RUN = {"id": _TEXT, "achievement": _TEXT, "total": _NUMBER, "done": _NUMBER, "finished": _MAYBE}
_LINK = {
    "id": _TEXT, "kind": _TEXT, "achievement": _TEXT, "url": _MAYBE, "most": _NUMBER, "used": _NUMBER,
    "expires": _TEXT, "closed": _MAYBE,
}  # fmt: skip
_FIGURES = {
    "achievement": _TEXT, "issued": _NUMBER, "claimed": _NUMBER, "shared": _NUMBER, "revoked": _NUMBER,
}  # fmt: skip
_WRITING = (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
_STEPS = {
    "revoke": "it does not hold any more",
    "undo": "it is taken back before anybody claimed it",
    "recall": "it went to the wrong person, and nothing personal of it stays",
    "suspend": "it does not hold for now",
    "reinstate": "it holds again",
}


def describe(spec: APISpec) -> None:
    """Describe awards, orders and claim links."""
    spec.components.schema("BadgeOrder", schema=OrderSchema)
    spec.components.schema("Revocation", schema=RevocationSchema)
    spec.components.schema("ClaimLinkInput", schema=LinkSchema)
    spec.components.schema("Award", _object(_AWARD))
    spec.components.schema("ClaimLink", _object(_LINK))
    results = {"results": _many(_object(_RESULT))}
    spec.components.schema("BadgeRun", _object({**_RUN, **results, "next": _MAYBE}, but=("next",)))
    _awards(spec)
    _links(spec)
    spec.path(
        "/api/v1/badge-funnel",
        operations={
            "get": {
                "summary": "How many of one's own badges were issued, claimed, shared",
                "operationId": "readBadgeFunnel",
                "security": _READ,
                "responses": answer("By achievement.", _object({"items": _many(_object(_FIGURES))}))
                | problems(401, 403, 422, 429),
            }
        },
    )


def _awards(spec: APISpec) -> None:
    listed = _object({"items": _many(_ref("Award")), "next": _MAYBE})
    spec.path(
        "/api/v1/awards",
        operations={
            "get": {
                "summary": "List the badges that one's own organisation issued",
                "operationId": "listAwards",
                "security": _READ,
                "parameters": [_PAGE, {"name": "achievement", "in": "query", "schema": _TEXT}],
                "responses": answer("The newest first.", listed) | problems(401, 403, 422, 429),
            },
            "post": {
                "summary": "Issue a badge to everybody on a list",
                "description": "Up to 100 are issued at once (201); more in the background (202), of which "
                "`Location` tells. The same list again issues none twice. If one row is wrong, nothing is issued.",
                "operationId": "issueBadges",
                "security": _ISSUE,
                "requestBody": _body("BadgeOrder"),
                "responses": {
                    "201": _given("It is done.", "BadgeRun"),
                    "202": _given("It is begun.", "BadgeRun"),
                    **problems(*_WRITING),
                },
            },
        },
    )
    spec.path(
        "/api/v1/award-runs/{id}",
        parameters=[_ID],
        operations={
            "get": {
                "summary": "How far an order has come, and what came of each row",
                "operationId": "readBadgeRun",
                "security": _READ,
                "parameters": [_PAGE],
                "responses": answer("It.", _ref("BadgeRun")) | problems(401, 403, 404, 422, 429),
            }
        },
    )
    spec.path(
        "/api/v1/awards/{id}",
        parameters=[_ID],
        operations={
            "get": {
                "summary": "Read one badge",
                "operationId": "readAward",
                "security": _READ,
                "responses": answer("It.", _ref("Award")) | problems(401, 403, 404, 422, 429),
            }
        },
    )
    steps = "; ".join(f"`{step}`: {summary}" for step, summary in _STEPS.items())
    spec.path(
        "/api/v1/awards/{id}/{step}",
        parameters=[_ID, {"name": "step", "in": "path", "required": True, "schema": {"enum": list(_STEPS)}}],
        operations={
            "post": {
                "summary": "Change how a badge stands",
                "description": f"{steps}. `revoke` needs a body.",
                "operationId": "changeAward",
                "security": _ISSUE,
                "requestBody": {**_body("Revocation"), "required": False},
                "responses": {"200": _given("It is done.", "Award"), **problems(*_WRITING)},
            }
        },
    )


def _links(spec: APISpec) -> None:
    listed = _object({"items": _many(_ref("ClaimLink"))})
    spec.path(
        "/api/v1/claim-links",
        operations={
            "get": {
                "summary": "List the links by which several claim a badge",
                "operationId": "listClaimLinks",
                "security": _READ,
                "responses": answer("The newest first.", listed) | problems(401, 403, 422, 429),
            },
            "post": {
                "summary": "Make a link by which several claim a badge",
                "description": "`screen` is a page to show in the room, whose code changes all the time.",
                "operationId": "makeClaimLink",
                "security": _ISSUE,
                "requestBody": _body("ClaimLinkInput"),
                "responses": {"201": _given("It is made.", "ClaimLink"), **problems(*_WRITING)},
            },
        },
    )
    spec.path(
        "/api/v1/claim-links/{id}",
        parameters=[_ID],
        operations={
            "delete": {
                "summary": "Let nobody claim by a link any more",
                "operationId": "closeClaimLink",
                "security": _ISSUE,
                "responses": {"204": {"description": "It is closed."}, **problems(401, 403, 404, 422, 429, 503)},
            }
        },
    )


def _object(properties: dict[str, Any], *, but: tuple[str, ...] = ()) -> dict[str, Any]:
    required = [name for name in properties if name not in but]
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def _many(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _body(name: str) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": _ref(name)}}}


def _given(text: str, name: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": _ref(name)}}}

"""The feed and what cities tell of their exchange, described for other programs."""

from typing import Any

from apispec import APISpec

from col_core.catalogue.api import parameters
from col_core.catalogue.sharing import FEED_PATH
from col_core.federation.exchange import digests, feed, filters, followers
from col_core.web.description import answer, problems

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer", "minimum": 0}


def describe(spec: APISpec) -> None:
    """Describe the addresses."""
    asked = [each for each in parameters.search() if each["name"] in filters.FILTERS]
    item: dict[str, Any] = {
        "type": "object",
        "required": ["state", "kind", "id", "modified"],
        "properties": {
            "state": {"enum": ["updated", "deleted"]},
            "kind": {"const": feed.KIND},
            "id": _TEXT,
            "modified": _NUMBER,
            "data": {"type": "object", "description": "schema.org JSON-LD in every language; only where it is shown."},
        },
    }
    page = {
        "type": "object",
        "required": ["items", "next", "license"],
        "properties": {"items": {"type": "array", "items": item}, "next": _TEXT, "license": _TEXT},
    }
    place = [
        {"name": name, "in": "query", "required": False, "schema": schema, "description": about}
        for name, schema, about in (
            ("afterTimestamp", _NUMBER, "The number of the last change that was read; from `next`."),
            ("afterId", _TEXT, "The id of the last item that was read; from `next`."),
            ("begun", _NUMBER, "The last change when reading began; from `next`."),
            ("epoch", _TEXT, "What the numbers count from; from `next`."),
        )
    ]
    _get(
        spec, FEED_PATH, "readPagedFeed", "Read everything for partner cities, page by page, then change by change",
        [*asked, *place], answer("A page (OpenActive RPDE 1.0); the last one is empty, `next` leads to itself.", page),
    )  # fmt: skip
    digest = {
        "type": "object",
        "properties": {
            "count": _NUMBER,
            "digest": {"type": "string", "description": "SHA-256 over `buckets`."},
            "place": {"type": "integer", "description": "The number of the last change that is in it."},
            "epoch": _TEXT,
            "buckets": {"type": "array", "items": _TEXT},
            "bucket": {"type": "integer", "description": "With `bucket`: its number."},
            "items": {"type": "object", "additionalProperties": _NUMBER, "description": "With `bucket`: id, change."},
        },
    }
    bucket = {
        "name": "bucket",
        "in": "query",
        "required": False,
        "schema": {"type": "integer", "minimum": 0, "maximum": digests.BUCKETS - 1},
        "description": "The items of one bucket instead of the digest.",
    }
    _get(
        spec, f"{FEED_PATH}/digest", "readFeedDigest", "Tell in few bytes what the feed holds",
        [*asked, bucket], answer("The digest, or one bucket.", digest),
    )  # fmt: skip
    _get(
        spec, f"{FEED_PATH}/items/{{id}}", "readFeedItem", "Read one item of the feed as it is now",
        [*asked, parameters.in_path("id", _TEXT)], answer("The item.", item), 404,
    )  # fmt: skip
    _lists(spec)


def _lists(spec: APISpec) -> None:
    """Describe what cities tell each other of their exchange."""
    asked = {"type": "string", "description": "As in the feed's address."}
    subscription = {"host": _TEXT, "filter": asked, "since": _TEXT}
    _get(
        spec, followers.SUBSCRIPTIONS, "listSubscriptions", "List the cities whose offers are shown here",
        [], answer("Each with its filter.", _list_of(subscription)),
    )  # fmt: skip
    given = [
        {"name": "from", "in": "query", "required": True, "schema": _TEXT, "description": "Host of the city."},
        {"name": "after", "in": "query", "required": False, "schema": _TEXT, "description": "From `next`."},
    ]
    _get(
        spec, followers.RECEIVED, "listReceived", "List what is shown here of another city",
        given, answer("By the ids that they have there.", _list_of({"id": _TEXT, "opened": _NUMBER})),
    )  # fmt: skip


def _list_of(properties: dict[str, Any]) -> dict[str, Any]:
    item = {"type": "object", "properties": properties}
    following = {"type": ["string", "null"], "description": "Address of the next page."}
    return {"type": "object", "properties": {"items": {"type": "array", "items": item}, "next": following}}


def _get(
    spec: APISpec,
    path: str,
    name: str,
    summary: str,
    given: list[dict[str, Any]],
    answered: dict[str, Any],
    *statuses: int,
) -> None:
    operation = {"summary": summary, "operationId": name, "parameters": given}
    spec.path(path, operations={"get": {**operation, "responses": answered | problems(422, *statuses)}})

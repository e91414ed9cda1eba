"""The list of what can be earned, described for other programs."""

from typing import Any

from apispec import APISpec

from col_core.badges.achievements.records import ID_PATTERN, KINDS, KeyCompetence, Level
from col_core.badges.api.achievement_views import MOST_PER_PAGE, PER_PAGE
from col_core.web.description import answer, closed, problems

_TEXT: dict[str, Any] = {"type": "string"}
_NUMBER_OR_NULL = {"type": ["number", "null"]}
_TEXTS = {"type": "object", "description": "One text per language.", "additionalProperties": {"type": "string"}}


def describe(spec: APISpec) -> None:
    """Describe `/api/v1/achievements`."""
    spec.components.schema("Achievement", closed(_PROPERTIES))
    listed = {"items": {"type": "array", "items": _ACHIEVEMENT}, "total": {"type": "integer"}}
    spec.components.schema("AchievementList", closed({**listed, "next": {"type": ["string", "null"]}}))
    spec.path(
        "/api/v1/achievements",
        operations={
            "get": {
                "summary": "List the badges that can be earned",
                "description": "By id. What can no longer be earned is not in the list; its own address stays.",
                "operationId": "listAchievements",
                "parameters": [
                    _parameter("organisation", "Slug of the organisation that awards it.", _TEXT),
                    _parameter("skill", "Address of a skill in ESCO.", _TEXT),
                    _parameter("competence", "A key competence (2018/C 189/01).", _words(KeyCompetence)),
                    _parameter("after", "The id that the list goes on after; `next` holds it.", _TEXT),
                    _parameter(
                        "per_page",
                        "How many at once.",
                        {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": PER_PAGE},
                    ),
                ],
                "responses": answer("A part of them.", {"$ref": "#/components/schemas/AchievementList"})
                | problems(422, 429),
            }
        },
    )
    spec.path(
        "/api/v1/achievements/{id}",
        parameters=[{"name": "id", "in": "path", "required": True, "schema": _ID}],
        operations={
            "get": {
                "summary": "Read one badge that can be earned",
                "operationId": "readAchievement",
                "responses": answer("The badge.", _ACHIEVEMENT) | problems(404, 422, 429),
            }
        },
    )


def _words(words: type[KeyCompetence] | type[Level]) -> dict[str, Any]:
    return {"type": "string", "enum": [each.value for each in words]}


def _parameter(name: str, about: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": about, "schema": schema}


def _list(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"oneOf": [schema, {"type": "null"}]}


_ID: dict[str, Any] = {"type": "string", "pattern": f"^{ID_PATTERN}$"}
_ACHIEVEMENT: dict[str, Any] = {"$ref": "#/components/schemas/Achievement"}
_PROPERTIES: dict[str, Any] = {
    "id": _ID,
    "url": {"type": "string", "description": "Its address; as JSON-LD an Achievement of Open Badges 3.0."},
    "page": {"type": "string", "description": "Its page for people."},
    "version": {"type": "integer"},
    "kind": {"type": "string", "enum": list(KINDS), "description": "`achievementType` of Open Badges 3.0."},
    "level": _words(Level),
    "name": _TEXTS,
    "description": _TEXTS,
    "criteria": {**_TEXTS, "description": "What one does to earn it, per language, in Markdown."},
    "abilities": {
        "type": "object",
        "description": "Sentences “I can …” per language.",
        "additionalProperties": _list(_TEXT),
    },
    "skills": _list(closed({"uri": {"type": ["string", "null"]}, "label": _TEXTS})),
    "competences": _list(_words(KeyCompetence)),
    "tags": _list(_TEXT),
    "valid_months": {"type": ["integer", "null"], "description": "For how long it holds; null for ever."},
    "organiser": _or_null(closed({"id": _TEXT, "name": _TEXT, "url": _TEXT})),
    "image": closed({"svg": _TEXT, "png": _TEXT, "alt": _TEXTS}),
    "micro_credential": _or_null(
        {
            "description": "The elements of 2022/C 243/02, Annex I; `ects` and `eqf_level` are null if not applicable.",
            **closed(
                {
                    "country": _TEXT,
                    "workload_h": {"type": "number"},
                    "ects": _NUMBER_OR_NULL,
                    "eqf_level": {"type": ["integer", "null"]},
                    **dict.fromkeys(
                        (
                            "assessment", "participation", "quality_assurance", "prerequisites", "supervision",
                            "grade", "stackability", "further_information",
                        ),
                        _TEXTS,
                    ),
                }
            ),
        }
    ),
    "archived": {"type": "boolean", "description": "Whether it can no longer be earned."},
    "example": {"type": "boolean", "description": "Whether it is a demonstration."},
    "updated": {"type": "string", "format": "date-time"},
}  # fmt: skip

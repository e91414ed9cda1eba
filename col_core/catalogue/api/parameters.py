"""The parameters of a search, described for other programs. The rules themselves stand in `query`."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from col_core.catalogue import query
from col_core.catalogue.records import Query
from col_core.catalogue.vocabulary import Access, Category, Format, OpportunityType, Sort, Status

_TEXT = {"type": "string", "maxLength": query.LONGEST_TEXT}


def _words(kind: type[Enum]) -> dict[str, Any]:
    return {"type": "string", "enum": [each.value for each in kind]}


def _several(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "maxItems": query.MOST_VALUES, "items": one}


_SCHEMAS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "q": ("Words to look for; the last one may be unfinished.", _TEXT),
    "bbox": ("West, south, east, north in degrees.", {"type": "string", "examples": ["14.4,45.9,14.7,46.1"]}),
    "near": ("Latitude, longitude in degrees.", {"type": "string", "examples": ["46.05,14.5"]}),
    "radius_m": ("Metres around `near`.", {"type": "number", "exclusiveMinimum": 0, "maximum": query.LARGEST_RADIUS_M}),
    "from": ("First day in the city's time zone.", {"type": "string", "format": "date"}),
    "to": ("Last day, inclusive.", {"type": "string", "format": "date"}),
    "age": ("Age of the visitor in years.", {"type": "integer", "minimum": 0, "maximum": query.OLDEST_AGE}),
    "category": ("What it is about.", _several(_words(Category))),
    "type": ("What kind it is.", _several(_words(OpportunityType))),
    "skill": (
        "What one learns: an ESCO address, or its name.",
        _several({"type": "string", "maxLength": query.LONGEST_ADDRESS}),
    ),
    "badge": ("What one can earn: the id of an achievement.", _several(_TEXT)),
    "language": ("Language spoken there.", _several({"type": "string"})),
    "price": ("What costs nothing.", {"type": "string", "enum": ["free"]}),
    "access": ("What must be there for everyone to come.", _several(_words(Access))),
    "format": ("Where one takes part.", _several(_words(Format))),
    "district": ("Part of the city.", _several(_TEXT)),
    "organisation": ("Slug of the organisation.", _several(_TEXT)),
    "city": (
        "Whose offers: the id of this city, or the short name of another one (as the facet `city` and "
        "`origin.city` say it). Left out: those of this city alone.",
        _several(_TEXT),
    ),
    "sort": ("Order; `distance` needs `near`.", _words(Sort)),
    "page": ("Number of the page.", {"type": "integer", "minimum": 1, "maximum": query.MOST_PAGES, "default": 1}),
    "per_page": (
        "How many on one page.",
        {"type": "integer", "minimum": 1, "maximum": query.MOST_PER_PAGE, "default": Query().per_page},
    ),
}


def search() -> list[dict[str, Any]]:
    """Return the parameters of a search, in the order in which `query` knows them."""
    return [_parameter(name, *_SCHEMAS[name]) for name in query.PARAMETERS]


def status() -> dict[str, Any]:
    """Return the parameter of a list of one's own offers."""
    about = "With a token alone: the organisation's own offers in these states, drafts among them."
    return _parameter("status", about, _several(_words(Status)))


def in_path(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a parameter that stands in the path."""
    return {"name": name, "in": "path", "required": True, "schema": schema}


def header(name: str, about: str) -> dict[str, Any]:
    """Return a header that may be sent."""
    return {"name": name, "in": "header", "required": False, "description": about, "schema": {"type": "string"}}


def language(languages: tuple[str, ...]) -> dict[str, Any]:
    """Return the parameter that chooses the language of a feed."""
    return _parameter("lang", "Language of the texts; else Accept-Language.", {"type": "string", "enum": [*languages]})


def _parameter(name: str, about: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    repeated = {"style": "form", "explode": True} if schema["type"] == "array" else {}
    return {"name": name, "in": "query", "required": False, "description": about, "schema": schema, **repeated}

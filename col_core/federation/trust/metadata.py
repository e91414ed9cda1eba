"""What a city says of itself in the network: the metadata of the entity type `city_of_learning`.

Actor, feed and DID must be its own: a city that names those of another one would take over that one's standing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from col_core.badges.credentials import dids
from col_core.base.html import plain_line
from col_core.federation.trust.records import Claims, Reason, Untrusted

_CITY_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,58}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")
_MOST_LANGUAGES = 50
_LONGEST_NAME, _LONGEST_ADDRESS = 200, 500


@dataclass(frozen=True, kw_only=True, slots=True)
class CityMetadata:
    """A city as it tells of itself. `actor` and `feed` are addresses on its own host."""

    city_id: str
    names: Mapping[str, str] = field(default_factory=dict)
    country: str | None = None
    languages: tuple[str, ...] = ()
    actor: str | None = None
    feed: str | None = None
    did: str | None = None
    software_version: str | None = None


def written(city: CityMetadata) -> dict[str, Any]:
    """Return the metadata as it stands in a configuration."""
    said = {
        "city_id": city.city_id,
        "names": dict(city.names),
        "country": city.country,
        "languages": list(city.languages),
        "actor": city.actor,
        "feed": city.feed,
        "did": city.did,
        "software_version": city.software_version,
    }
    return {name: value for name, value in said.items() if value is not None}


def read(said: Claims, *, entity: str) -> CityMetadata:
    """Return what `entity` says of itself as a city. Raises Untrusted (`claims`)."""
    city_id = said.get("city_id")
    if not isinstance(city_id, str) or not _CITY_ID.fullmatch(city_id):
        raise Untrusted(Reason.CLAIMS, f"{entity} tells no city_id: it is no city of learning")
    did = said.get("did")
    if did is not None and did != dids.web_did(entity):
        raise Untrusted(Reason.CLAIMS, f"the DID {str(did)[:100]} is not that of {entity}")
    return CityMetadata(
        city_id=city_id,
        names=_names(said.get("names", {})),
        country=_one(said.get("country"), _COUNTRY, "country"),
        languages=_languages(said.get("languages", [])),
        actor=_own(said.get("actor"), "actor", entity),
        feed=_own(said.get("feed"), "feed", entity),
        did=did,
        software_version=_line(said.get("software_version"), "software_version"),
    )


def _names(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict) or len(value) > _MOST_LANGUAGES:
        raise Untrusted(Reason.CLAIMS, f"names is no object of at most {_MOST_LANGUAGES} texts")
    names = {tag: _line(text, "names") for tag, text in value.items() if _TAG.fullmatch(tag)}
    return {tag: text for tag, text in names.items() if text}


def _languages(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _MOST_LANGUAGES:
        raise Untrusted(Reason.CLAIMS, f"languages is no list of at most {_MOST_LANGUAGES} tags")
    return tuple(tag for each in value if (tag := _one(each, _TAG, "languages")) is not None)


def _line(value: object, name: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise Untrusted(Reason.CLAIMS, f"{name} is no text")
    return plain_line(value[: 4 * _LONGEST_NAME], max_chars=_LONGEST_NAME)


def _one(value: object, form: re.Pattern[str], name: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Untrusted(Reason.CLAIMS, f"{name} is not written as it must be")
    return value


def _own(value: object, name: str, entity: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _LONGEST_ADDRESS or any(not "!" <= each <= "~" for each in value):
        raise Untrusted(Reason.CLAIMS, f"{name} is no address")
    try:
        theirs, own = urlsplit(value), urlsplit(entity)
    except ValueError:
        raise Untrusted(Reason.CLAIMS, f"{name} is no address") from None
    if (theirs.scheme, theirs.netloc.lower()) != (own.scheme, own.netloc.lower()):
        raise Untrusted(Reason.CLAIMS, f"{name} is at {theirs.netloc[:100]}, not at {entity}")
    return value

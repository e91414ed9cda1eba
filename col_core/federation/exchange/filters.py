"""What a city asks of another one's offers: the words of the catalogue's query that a feed takes, and what they match.

Both sides work it out by themselves, so a partner that sends more than it was asked for gains nothing.
"""

from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from col_core.base.errors import InvalidInput
from col_core.base.geo import distance_m
from col_core.catalogue import query
from col_core.catalogue.records import Draft, Place, Query
from col_core.catalogue.vocabulary import Format

FILTERS = ("category", "age", "language", "format", "type", "near", "radius_m")
_LONGEST = 2_000


def parse(args: MultiDict[str, str]) -> Query:
    """Return the filter that `args` say. Raises InvalidInput that names the parameter."""
    unknown = sorted(set(args) - set(FILTERS))
    if unknown:
        raise query.fault(unknown[0][:100], f"A feed takes {', '.join(FILTERS)}.")
    asked = query.parse(args, strict=True)
    if asked.near is not None and asked.near.radius_m is None:
        raise query.fault("radius_m", "Must stand beside “near”.")
    return asked


def text_of(asked: Query) -> str:
    """Return a filter as parameters in their fixed order; "" for everything."""
    return urlencode(query.to_args(asked))


def of_text(text: str) -> Query:
    """Return what `text_of` wrote. Raises InvalidInput for what is none."""
    if len(text) > _LONGEST:
        raise InvalidInput(f"A filter is at most {_LONGEST} characters long.")
    return parse(MultiDict(parse_qsl(text, max_num_fields=200)))


def in_words(asked: Query) -> str:
    """Return a filter for people who look after the city, in English."""
    return ", ".join(f"{name} {value}" for name, value in query.to_args(asked)) or "everything"


def matches(asked: Query, draft: Draft, place: Place | None) -> bool:
    """Whether an offer is what `asked` asks for."""
    ages = draft.ages
    if asked.age is not None and not (ages.min or 0) <= asked.age <= (200 if ages.max is None else ages.max):
        return False
    return (
        (not asked.category or bool(set(asked.category) & set(draft.categories)))
        and (not asked.type or draft.type in asked.type)
        and (not asked.language or bool(set(asked.language) & set(draft.languages)))
        and (not asked.format or _format(draft, place) in asked.format)
        and _is_near(asked, place)
    )


def _format(draft: Draft, place: Place | None) -> Format | None:
    online = draft.online or draft.online_url is not None
    if place is not None:
        return Format.HYBRID if online else Format.IN_PERSON
    return Format.ONLINE if online else None


def _is_near(asked: Query, place: Place | None) -> bool:
    near = asked.near
    if near is None or near.radius_m is None:
        return True
    if place is None or place.lat_deg is None or place.lon_deg is None:
        return False
    return distance_m(near.lat_deg, near.lon_deg, place.lat_deg, place.lon_deg) <= near.radius_m

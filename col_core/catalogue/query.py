"""The query of the catalogue in an address, the same for pages, API, feeds and map: read it, and write it again."""

import math
import re
from collections.abc import Callable, Sequence
from datetime import date
from enum import Enum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from col_core.base.errors import InvalidInput
from col_core.base.messages import N_, fill
from col_core.base.strict_json import text_fault
from col_core.catalogue.records import Box, Near, Query
from col_core.catalogue.vocabulary import Access, Category, Format, OpportunityType, Sort, Status

PARAMETERS = (
    "q",
    "bbox",
    "near",
    "radius_m",
    "from",
    "to",
    "age",
    "category",
    "type",
    "skill",
    "badge",
    "language",
    "price",
    "access",
    "format",
    "district",
    "organisation",
    "city",
    "sort",
    "page",
    "per_page",
)
FACETS = ("category", "type", "language", "district", "format", "access", "free", "city")
MOST_PER_PAGE = 100
MOST_PAGES = 10_000
MOST_VALUES = 50
LONGEST_TEXT = 200
LONGEST_ADDRESS = 500
OLDEST_AGE = 120
LARGEST_RADIUS_M = 500_000.0
FIRST_YEAR, LAST_YEAR = 1000, 9000
_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,15})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}", re.ASCII)
_Word = TypeVar("_Word", bound=Enum)
_Value = TypeVar("_Value")


class UnfitParameter(InvalidInput):
    """A parameter of an address cannot be used: `reason`, which pages translate, says why; `values` fill it in."""

    def __init__(self, name: str, reason: str, /, **values: object) -> None:
        said = fill(reason, values) if values else reason
        super().__init__(f"The parameter “{name}” cannot be used: {said}", fields={name: [said]})
        self.name = name
        self.reason = reason
        self.values = values


def parse(args: MultiDict[str, str], *, strict: bool = False) -> Query:
    """Return the query that `args` ask for; empty values count as not given.

    `strict` (the API) also refuses parameters that there are not, ones that say nothing without another, and days in
    the wrong order; a page leaves the former aside, since forms and campaign links send such, and turns the days round.

    Raises UnfitParameter.
    """
    unknown = sorted(set(args) - set(PARAMETERS))
    if strict and unknown:
        raise fault(unknown[0][:100], "There is no such parameter.")
    near = _near(args)
    sort = _single(args, "sort", lambda text: _word(Sort, text))
    if near is None and _given(args, "radius_m"):
        _only_with_near("radius_m", strict=strict)
    if near is None and sort is Sort.DISTANCE:
        _only_with_near("sort", strict=strict)
        sort = None
    from_day, to_day = _single(args, "from", _day), _single(args, "to", _day)
    if from_day is not None and to_day is not None and to_day < from_day:
        if strict:
            raise fault("to", "Lies before “from”.")
        from_day, to_day = to_day, from_day
    return Query(
        q=_single(args, "q", _text(LONGEST_TEXT)) or "",
        bbox=_single(args, "bbox", _box),
        near=near,
        from_day=from_day,
        to_day=to_day,
        age=_single(args, "age", _whole(0, OLDEST_AGE)),
        category=_several(args, "category", lambda text: _word(Category, text)),
        type=_several(args, "type", lambda text: _word(OpportunityType, text)),
        skill=_several(args, "skill", _text(LONGEST_ADDRESS)),
        badge=_several(args, "badge", _text(LONGEST_TEXT)),
        language=_several(args, "language", _language),
        free=_single(args, "price", _free) or False,
        access=_several(args, "access", lambda text: _word(Access, text)),
        format=_several(args, "format", lambda text: _word(Format, text)),
        district=_several(args, "district", _text(LONGEST_TEXT)),
        organisation=_several(args, "organisation", _text(LONGEST_TEXT)),
        city=_several(args, "city", _text(LONGEST_TEXT)),
        sort=sort,
        page=_single(args, "page", _whole(1, MOST_PAGES)) or 1,
        per_page=_single(args, "per_page", _whole(1, MOST_PER_PAGE)) or Query().per_page,
    )


def statuses(values: Sequence[str]) -> tuple[Status, ...]:
    """Return the states that the parameter `status` names, which only a list of one's own offers takes.

    Raises InvalidInput.
    """
    try:
        return tuple(dict.fromkeys(_word(Status, each) for each in values if each))
    except _Refused as refused:
        raise refused.of("status") from refused


def none(args: MultiDict[str, str]) -> None:
    """Refuse every parameter, where there are none to give. Raises InvalidInput."""
    if args:
        raise fault(min(args)[:100], "There is no such parameter.")


def to_args(query: Query) -> list[tuple[str, str]]:
    """Return `query` as parameters in a fixed order, without what is not asked for: equal queries, equal addresses."""
    args: list[tuple[str, str]] = []
    if query.q:
        args.append(("q", query.q))
    if query.bbox is not None:
        box = query.bbox
        corners = (box.west_deg, box.south_deg, box.east_deg, box.north_deg)
        args.append(("bbox", ",".join(map(_digits, corners))))
    if query.near is not None:
        args.append(("near", f"{_digits(query.near.lat_deg)},{_digits(query.near.lon_deg)}"))
        if query.near.radius_m is not None:
            args.append(("radius_m", _digits(query.near.radius_m)))
    args += [
        (name, day.isoformat()) for name, day in (("from", query.from_day), ("to", query.to_day)) if day is not None
    ]
    if query.age is not None:
        args.append(("age", str(query.age)))
    args += [("category", each.value) for each in query.category]
    args += [("type", each.value) for each in query.type]
    args += [("skill", each) for each in query.skill]
    args += [("badge", each) for each in query.badge]
    args += [("language", each) for each in query.language]
    if query.free:
        args.append(("price", "free"))
    args += [("access", each.value) for each in query.access]
    args += [("format", each.value) for each in query.format]
    args += [("district", each) for each in query.district]
    args += [("organisation", each) for each in query.organisation]
    args += [("city", each) for each in query.city]
    if query.sort is not None:
        args.append(("sort", query.sort.value))
    if query.page != 1:
        args.append(("page", str(query.page)))
    if query.per_page != Query().per_page:
        args.append(("per_page", str(query.per_page)))
    return args


class _Refused(Exception):
    """A value cannot be used: why, marked for translation, and what is filled in there."""

    def __init__(self, reason: str, /, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values

    def of(self, name: str) -> UnfitParameter:
        """Return the error of the parameter that has the value."""
        return UnfitParameter(name, self.reason, **self.values)


def _given(args: MultiDict[str, str], name: str) -> list[str]:
    values = list(dict.fromkeys(each for each in map(str.strip, args.getlist(name)) if each))
    if len(values) > MOST_VALUES:
        raise UnfitParameter(name, N_("More than %(most)s values."), most=MOST_VALUES)
    for each in values:
        held = text_fault(each)
        if held is not None:
            # Nothing else that cannot be kept comes out of an address.
            raise UnfitParameter(name, N_("Holds a NUL character.") if "\x00" in each else f"Holds {held}.")
    return values


def _several(args: MultiDict[str, str], name: str, read: Callable[[str], _Value]) -> tuple[_Value, ...]:
    try:
        return tuple(read(each) for each in _given(args, name))
    except _Refused as refused:
        raise refused.of(name) from refused


def _single(args: MultiDict[str, str], name: str, read: Callable[[str], _Value]) -> _Value | None:
    values = _several(args, name, read)
    if len(values) > 1:
        raise UnfitParameter(name, N_("Given more than once."))
    return values[0] if values else None


def fault(name: str, reason: str) -> InvalidInput:
    """Return the error that a parameter cannot be used, and why, in words for programs."""
    return UnfitParameter(name, reason)


def _only_with_near(name: str, *, strict: bool) -> None:
    if strict:
        raise fault(name, "Needs “near”.")


def _near(args: MultiDict[str, str]) -> Near | None:
    point = _single(args, "near", _point)
    radius_m = _single(args, "radius_m", _radius)
    return None if point is None else Near(lat_deg=point[0], lon_deg=point[1], radius_m=radius_m)


def _text(longest: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > longest:
            raise _Refused(N_("Longer than %(longest)s characters."), longest=longest)
        return text

    return read


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
            raise _Refused(N_("Must be a whole number from %(least)s to %(most)s."), least=least, most=most)
        return int(text)

    return read


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text.strip()):
        raise _Refused(N_("Must be numbers, like 46.05."))
    return float(text)


def _box(text: str) -> Box:
    parts = text.split(",", 5)
    if len(parts) != 4:
        raise _Refused(N_("Must be four numbers: west,south,east,north."))
    west, south, east, north = map(_number, parts)
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):
        raise _Refused(N_("Lies beyond 180 degrees of longitude or 90 of latitude."))
    if west > east or south > north:
        raise _Refused(N_("Must be west,south,east,north, with west below east and south below north."))
    return Box(west_deg=west, south_deg=south, east_deg=east, north_deg=north)


def _point(text: str) -> tuple[float, float]:
    parts = text.split(",", 3)
    if len(parts) != 2:
        raise _Refused(N_("Must be two numbers: latitude,longitude."))
    lat, lon = map(_number, parts)
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise _Refused(N_("Lies beyond 90 degrees of latitude or 180 of longitude."))
    return lat, lon


def _radius(text: str) -> float:
    radius_m = _number(text)
    if not (math.isfinite(radius_m) and 0 < radius_m <= LARGEST_RADIUS_M):
        raise _Refused(N_("Must be more than 0 and at most %(most)s metres."), most=f"{LARGEST_RADIUS_M:.0f}")
    return radius_m


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise _Refused(N_("Must be a day like 2026-05-17."))
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _Refused(N_("The year must lie between %(first)s and %(last)s."), first=FIRST_YEAR, last=LAST_YEAR)
    return day


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise _Refused(N_("Must be a language tag like sl or en."))
    return text


def _free(text: str) -> bool:
    if text != "free":
        raise _Refused(N_("Must be “free”."))
    return True


def _word(words: type[_Word], text: str) -> _Word:
    try:
        return words(text)
    except ValueError:
        raise _Refused(N_("Must be one of: %(words)s."), words=", ".join(str(each.value) for each in words)) from None


def _digits(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")

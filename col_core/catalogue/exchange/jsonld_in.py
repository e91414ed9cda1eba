"""Reading schema.org JSON-LD: events and courses as drafts, our own and those of others.

Source: https://schema.org/Event, /Course, /CourseInstance, /Schedule. What has no words of ours is left aside.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from col_core.base.fields import is_web_address
from col_core.base.html import clean_html, plain_line
from col_core.catalogue.exchange.jsonld_schedule import read_schedule, wall
from col_core.catalogue.records import Ages, Concession, Draft, Host, Image, Place, Price, Registration, Schedule, Skill
from col_core.catalogue.vocabulary import Access, Category, OpportunityType, RegistrationMode, Signal

_Word = TypeVar("_Word", bound=StrEnum)
Node = Mapping[str, Any]
_TYPES = {"Course": OpportunityType.COURSE, "EducationEvent": OpportunityType.WORKSHOP}
_AGES = re.compile(r"\s*(\d{1,3})?\s*[-–]\s*(\d{1,3})?\s*\+?\s*")


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What holds where a document says nothing."""

    language: str
    timezone: str
    currency: str


def nodes(document: Any) -> Iterator[tuple[str, Node]]:
    """Give each event or course in `document` with the place where it stands in it."""
    waiting = [("#", document)]
    while waiting:
        where, value = waiting.pop(0)
        if isinstance(value, list):
            waiting[:0] = [(f"{where}/{number}", each) for number, each in enumerate(value)]
        elif isinstance(value, dict):
            if any(each.endswith("Event") or each in ("Course", "Festival") for each in _types(value)):
                yield where, value
            else:
                inner = [name for name in ("@graph", "itemListElement", "item", "mainEntity") if name in value]
                waiting[:0] = [(f"{where}/{name}", value[name]) for name in inner]


def name_of(node: Node) -> str | None:
    """Return what the node is known by: `@id`, else its address, else its identifier."""
    for key in ("@id", "url", "identifier"):
        value = node.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()[:500]
    return None


def draft(node: Node, defaults: Defaults, *, besides: Collection[str] = ()) -> Draft:
    """Return what `node` says, but for what `besides` names (of organiser, hosts, place, price): the caller reads that.

    Raises ValueError that names the key.
    """
    page = one_of(node.get("mainEntityOfPage"))
    language = str(page.get("inLanguage") or defaults.language)
    facts: Node = {**one_of(node.get("hasCourseInstance")), **{"provider": node.get("provider")}}
    facts = {**node, **{key: value for key, value in facts.items() if value is not None}}
    title = {tag: line for tag, text in texts_of(node.get("name"), language).items() if (line := _line(text))}
    if not title:
        raise ValueError("name: it is missing")
    words = listed(node.get("keywords"))
    organisers = _organisers(facts) if "organiser" not in besides else []
    places = [each for each in listed(facts.get("location")) if each]
    online_url = next(
        (web_address(one_of(each).get("url")) for each in places if "VirtualLocation" in _types(each)), None
    )
    mode = str(facts.get("eventAttendanceMode") or facts.get("courseMode") or "")
    offers = [one_of(each) for each in listed(facts.get("offers")) if each]
    own_pages = {web_address(node.get("url")), web_address(node.get("@id"))}
    return Draft(
        title=title,
        description={tag: text for tag, said in texts_of(node.get("description"), language).items()
                     if (text := clean_html(said))},
        type=_type(node),
        categories=words_of(words, Category),
        signals=words_of(words, Signal),
        skills=skills_of(node, language),
        organiser=organisers[0].name if organisers else None,
        hosts=tuple(organisers[1:]),
        place=next((place for each in places if (place := _place(each)) is not None), None)
        if "place" not in besides else None,
        accessibility=words_of([one_of(each).get("name") for place in places
                              for each in listed(one_of(place).get("amenityFeature"))], Access),
        online=online_url is not None or "Online" in mode or "Mixed" in mode or "Blended" in mode,
        online_url=None if online_url in own_pages else online_url,
        schedule=_schedule(facts, defaults),
        ages=_ages(facts),
        price=_price(facts, offers, language, defaults) if "price" not in besides else Price(),
        languages=tuple(each for each in listed(facts.get("inLanguage")) if isinstance(each, str)),
        capacity=whole_of(facts.get("maximumAttendeeCapacity")),
        registration=_registration(offers, own_pages),
        image=image_of(node, language),
        url=web_address(next((each for each in (*listed(node.get("sameAs")), node.get("url")) if each), None)),
        cancelled=str(facts.get("eventStatus", "")).endswith("EventCancelled"),
    )  # fmt: skip


def _types(value: Any) -> list[str]:
    said = listed(value.get("@type")) if isinstance(value, dict) else []
    return [each.rpartition("/")[2] for each in said if isinstance(each, str)]


def _type(node: Node) -> OpportunityType:
    said = [each for each in listed(node.get("additionalType")) if isinstance(each, str)]
    found = words_of(said, OpportunityType) or tuple(_TYPES[each] for each in _types(node) if each in _TYPES)
    return found[0] if found else OpportunityType.EVENT


def listed(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [value]
    return value if isinstance(value, list) else [] if value is None else [value]


def one_of(value: Any) -> Node:
    """Return the first object of what may be one, several or a bare text."""
    if isinstance(value, dict):
        return value
    return next((each for each in listed(value) if isinstance(each, dict)), {})


def texts_of(value: Any, language: str) -> dict[str, str]:
    """Return texts by language: bare ones are in `language`, others say theirs (JSON-LD 1.1, section 4.2.4)."""
    found: dict[str, str] = {}
    for each in listed(value):
        if isinstance(each, str):
            found.setdefault(language, each)
        elif isinstance(each, dict) and isinstance(each.get("@value"), str):
            found.setdefault(str(each.get("@language") or language), each["@value"])
        elif isinstance(each, dict):
            found |= {tag: text for tag, text in each.items() if isinstance(text, str) and not tag.startswith("@")}
    return found


def _line(text: str) -> str:
    return plain_line(text, max_chars=300)


def words_of(values: list[Any], kind: type[_Word]) -> tuple[_Word, ...]:
    known: Mapping[str, Any] = _known(kind)
    said = [word.strip().lower() for each in values if isinstance(each, str) for word in each.split(",")]
    return tuple(dict.fromkeys(known[each] for each in said if each in known))


@cache
def _known(kind: type[StrEnum]) -> Mapping[str, StrEnum]:
    return {each.value: each for each in kind}


def skills_of(node: Node, language: str) -> tuple[Skill, ...]:
    terms = [each for key in ("teaches", "about") for each in listed(node.get(key)) if "DefinedTerm" in _types(each)]
    return tuple(Skill(uri=web_address(each.get("@id")), label=texts_of(each.get("name"), language)) for each in terms)


def _organisers(facts: Node) -> list[Host]:
    said = [each for key in ("organizer", "provider") for each in listed(facts.get(key))]
    named = [{"name": each} if isinstance(each, str) else each for each in said]
    found = {name: Host(name=name, url=web_address(each.get("url"))) for each in named if isinstance(each, dict)
             if isinstance(each.get("name"), str) and (name := _line(each["name"]))}  # fmt: skip
    return list(found.values())


def _place(value: Any) -> Place | None:
    if isinstance(value, str):
        return None if is_web_address(value) else Place(name=_line(value))
    if not isinstance(value, dict) or "VirtualLocation" in _types(value):
        return None
    geo, address = one_of(value.get("geo")), value.get("address")
    lat, lon = number_of(geo.get("latitude")), number_of(geo.get("longitude"))
    located = lat is not None and lon is not None
    whole = one_of(address)
    street, town = text_of(whole.get("streetAddress")), text_of(whole.get("addressLocality"))
    said = text_of(address) or street
    # With coordinates, the part of the city is looked up, and ours says that part where others say the town.
    if not located and town is not None:
        said = ", ".join(each for each in (street, town) if each)
    return Place(
        name=text_of(value.get("name")),
        address=said,
        district=town if located else None,
        lat_deg=lat if located else None,
        lon_deg=lon if located else None,
    )


def _schedule(facts: Node, defaults: Defaults) -> Schedule | None:
    repeated = one_of(facts.get("eventSchedule") or facts.get("courseSchedule"))
    if repeated.get("startDate"):
        return read_schedule(repeated, timezone=defaults.timezone)
    start = facts.get("startDate")
    if start is None:
        return None
    zone = ZoneInfo(defaults.timezone)
    begins, all_day = wall(start, zone, "startDate")
    end = None
    if facts.get("endDate") is not None:
        ends, is_day = wall(facts["endDate"], zone, "endDate")
        end = ends + timedelta(days=1) if is_day else ends
    more = [wall(each["startDate"], zone, "subEvent")[0] for each in listed(facts.get("subEvent"))
            if isinstance(each, dict) and each.get("startDate")]  # fmt: skip
    return Schedule(
        start=begins,
        end=end if end is not None or not all_day else begins + timedelta(days=1),
        timezone=defaults.timezone,
        all_day=all_day,
        rdates=tuple(each for each in more if each != begins),
    )


def _ages(facts: Node) -> Ages:
    audience = one_of(facts.get("audience"))
    least, most = whole_of(audience.get("suggestedMinAge")), whole_of(audience.get("suggestedMaxAge"))
    if least is None and most is None and (match := _AGES.fullmatch(str(facts.get("typicalAgeRange", "")))):
        least, most = (int(each) if each else None for each in match.groups())
    return Ages(min=least, max=most)


def _price(facts: Node, offers: list[Node], language: str, defaults: Defaults) -> Price:
    priced = [(each, amount) for each in offers if (amount := amount_of(each.get("price"))) is not None]
    whole = next((amount for each, amount in priced if not each.get("name")), None)
    lower = tuple(Concession(label=texts_of(each["name"], language), amount=amount)
                  for each, amount in priced if each.get("name"))  # fmt: skip
    free = facts.get("isAccessibleForFree") is True or whole == 0
    return Price(
        amount=whole or None,
        free=free and not whole,
        currency=next((str(each["priceCurrency"]) for each, _ in priced if each.get("priceCurrency")),
                      defaults.currency),
        note=texts_of(offers[0].get("description"), language) if offers else {},
        concessions=lower,
    )  # fmt: skip


def _registration(offers: list[Node], own_pages: set[str | None]) -> Registration:
    url = next(
        (web for each in offers if (web := web_address(each.get("url"))) is not None and web not in own_pages), None
    )
    until = next((each["validThrough"] for each in offers if isinstance(each.get("validThrough"), str)), None)
    try:
        deadline = datetime.fromisoformat(until) if until else None
    except ValueError as error:
        raise ValueError(f'offers: validThrough "{str(until)[:60]}" is not a date') from error
    mode = RegistrationMode.EXTERNAL if url else RegistrationMode.NONE
    return Registration(mode=mode, url=url, deadline=deadline if deadline and deadline.tzinfo else None)


def image_of(node: Node, language: str) -> Image | None:
    found = next((each for each in listed(node.get("image")) if each), None)
    picture: Node = {"url": found} if isinstance(found, str) else one_of(found)
    url = web_address(picture.get("contentUrl")) or web_address(picture.get("url"))
    if url is None:
        return None
    licence = picture.get("license")
    return Image(
        url=url,
        alt=texts_of(picture.get("caption"), language),
        credit=text_of(picture.get("creditText")),
        licence=text_of(licence) or text_of(one_of(licence).get("name")),
    )


def text_of(value: Any) -> str | None:
    return _line(value) or None if isinstance(value, str) else None


def web_address(value: Any) -> str | None:
    return value if isinstance(value, str) and is_web_address(value) else None


def number_of(value: Any) -> float | None:
    try:
        return float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except ValueError:
        return None


def whole_of(value: Any) -> int | None:
    number = number_of(value)
    return int(number) if number is not None and abs(number) < 1e9 else None


def amount_of(value: Any) -> Decimal | None:
    try:
        amount = Decimal(str(value)) if isinstance(value, int | float | str) else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() else None

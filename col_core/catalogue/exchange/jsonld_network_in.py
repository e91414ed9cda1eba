"""Reading what another city says of its offer: its own terms where it knows them, plain schema.org otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from col_core.catalogue.exchange import jsonld_in
from col_core.catalogue.exchange.jsonld_in import (
    Defaults,
    Node,
    amount_of,
    listed,
    number_of,
    one_of,
    text_of,
    texts_of,
    web_address,
    words_of,
)
from col_core.catalogue.exchange.jsonld_network import NAMESPACE
from col_core.catalogue.records import Concession, Draft, Host, Override, Place, Price, Registration, Schedule
from col_core.catalogue.vocabulary import Access, Reach, RegistrationMode, Status

_MOST = 1_000
_READ_HERE = frozenset({"organiser", "hosts", "place", "price"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """An offer of another city. `url` is its page there; `status` is one that anybody may see."""

    url: str
    status: Status
    draft: Draft


def offered(node: Node, defaults: Defaults) -> Offered:
    """Return what `node` says. Raises ValueError that names the key."""
    url = web_address(node.get("url")) or web_address(node.get("@id"))
    if url is None:
        raise ValueError("url: it is missing")
    if not _is_ours(node):
        said = jsonld_in.draft(node, defaults)
        said = replace(said, url=web_address(next((each for each in listed(node.get("sameAs")) if each), None)))
        return Offered(url=url, status=_status(node, said), draft=replace(said, reach=Reach.NETWORK))
    said = jsonld_in.draft(node, defaults, besides=_READ_HERE)
    facts = {**one_of(node.get("hasCourseInstance")), **node}
    draft = replace(
        said,
        summary=texts_of(node.get("disambiguatingDescription"), defaults.language),
        outcome=texts_of(node.get("outcome"), defaults.language),
        bring=texts_of(node.get("bring"), defaults.language),
        travel=texts_of(node.get("travel"), defaults.language),
        badges=tuple(
            each["identifier"]
            for each in listed(node.get("educationalCredentialAwarded"))
            if isinstance(each, dict) and isinstance(each.get("identifier"), str)
        ),
        organiser=text_of(one_of(facts.get("organizer") or facts.get("provider")).get("name")),
        hosts=_hosts(facts),
        place=next((_place(each) for each in listed(facts.get("location")) if _is_place(each)), None),
        online=node.get("online") is True,
        accessibility=said.accessibility or words_of(listed(node.get("accessibility")), Access),
        schedule=_schedule(node["exactSchedule"]) if isinstance(node.get("exactSchedule"), dict) else said.schedule,
        price=_price([one_of(each) for each in listed(facts.get("offers"))], defaults),
        registration=_registration(node, said.registration),
        url=web_address(node.get("sameAs")),
        goals=tuple(each for each in listed(node.get("goals")) if isinstance(each, str)),
        reach=Reach.NETWORK,
        example=node.get("example") is True,
    )
    return Offered(url=url, status=_status(node, draft), draft=draft)


def _is_ours(node: Node) -> bool:
    """Whether the document explains our terms."""
    return any(isinstance(each, dict) and each.get("col") == NAMESPACE for each in listed(node.get("@context")))


def _status(node: Node, draft: Draft) -> Status:
    if draft.cancelled:
        return Status.CANCELLED
    return Status.CLOSED if node.get("state") == Status.CLOSED.value else Status.PUBLISHED


def _hosts(facts: Mapping[str, Any]) -> tuple[Host, ...]:
    named = [each for each in listed(facts.get("contributor")) if isinstance(each, dict)][:_MOST]
    return tuple(
        Host(name=name, url=web_address(each.get("url"))) for each in named if (name := text_of(each.get("name")))
    )


def _is_place(value: Any) -> bool:
    return isinstance(value, dict) and value.get("@type") == "Place"


def _place(said: Mapping[str, Any]) -> Place:
    address, geo = one_of(said.get("address")), one_of(said.get("geo"))
    lat_deg, lon_deg = number_of(geo.get("latitude")), number_of(geo.get("longitude"))
    is_located = lat_deg is not None and lon_deg is not None
    return Place(
        name=None if said.get("unnamed") is True else text_of(said.get("name")),
        address=text_of(address.get("streetAddress")),
        district=text_of(address.get("addressLocality")),
        lat_deg=lat_deg if is_located else None,
        lon_deg=lon_deg if is_located else None,
    )


def _schedule(said: Mapping[str, Any]) -> Schedule:
    rule, zone = said.get("rrule"), said.get("timezone")
    start = _moment(said.get("start"))
    if start is None or not isinstance(zone, str):
        raise ValueError("exactSchedule: it has no start or no timezone")
    return Schedule(
        start=start,
        end=_moment(said.get("end")),
        timezone=zone,
        all_day=said.get("allDay") is True,
        rrule=rule if isinstance(rule, str) else None,
        exdates=_moments(said.get("exdates")),
        rdates=_moments(said.get("rdates")),
        overrides=tuple(_override(one_of(each)) for each in listed(said.get("overrides"))[: _MOST + 1]),
    )


def _override(said: Mapping[str, Any]) -> Override:
    original = _moment(said.get("originalStart"))
    if original is None:
        raise ValueError("exactSchedule: a changed date does not say which one it is")
    return Override(
        original_start=original,
        start=_moment(said.get("start")),
        end=_moment(said.get("end")),
        cancelled=said.get("cancelled") is True,
    )


def _moments(said: Any) -> tuple[datetime, ...]:
    found = [_moment(each) for each in listed(said)[: _MOST + 1]]
    return tuple(each for each in found if each is not None)


def _moment(said: Any) -> datetime | None:
    if said is None:
        return None
    try:
        return datetime.fromisoformat(said)
    except (TypeError, ValueError) as error:
        raise ValueError(f'exactSchedule: "{str(said)[:60]}" is not a date') from error


def _price(offers: list[Node], defaults: Defaults) -> Price:
    whole: Node = next((each for each in offers if "name" not in each), {})
    amount = amount_of(whole.get("price"))
    currency = whole.get("priceCurrency")
    lower = [(each, of) for each in offers if "name" in each and (of := amount_of(each.get("price"))) is not None]
    return Price(
        amount=None if amount == Decimal(0) else amount,
        currency=currency if isinstance(currency, str) else "EUR",
        free=whole.get("category") == "Free",
        note=texts_of(whole.get("description"), defaults.language),
        net_amount=amount_of(whole.get("netAmount")),
        concessions=tuple(
            Concession(label=texts_of(each.get("name"), defaults.language), amount=of) for each, of in lower[:_MOST]
        ),
    )


def _registration(node: Node, said: Registration) -> Registration:
    modes = {each.value: each for each in RegistrationMode}
    mode = modes.get(str(node.get("registrationMode")), RegistrationMode.NONE)
    return Registration(mode=mode, deadline=said.deadline)

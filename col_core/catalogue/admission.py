"""Letting a draft in: whatever a plugin or a program hands over, what is stored has the right types and bounds.

What is merely odd (an age of 900, a link that is none) is left out; what would make the offer wrong is a reason to
refuse it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

import msgspec

from col_core.base.html import clean_html, plain_line, plain_text
from col_core.catalogue.records import (
    Ages,
    Contact,
    Draft,
    Host,
    Image,
    Place,
    Price,
    Registration,
    Schedule,
    Skill,
    Texts,
)

# Counts up when the tidying below changes, so that every offer is tidied anew at its next fetch.
VERSION = 1
MAX_TITLE, MAX_LINE, MAX_SUMMARY, MAX_TEXT = 300, 300, 1_000, 4_000
MAX_DATES = 1_000
# The id of an achievement.
BADGE_PATTERN = r"[a-z0-9-]{3,60}"
_MOST_AGE, _MOST_CAPACITY, _MOST_PRICE = 120, 1_000_000, Decimal(1_000_000)
_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_WEB = re.compile(r"https?://[^\s<>\"'`\\{}|^\x00-\x1f\x7f]{3,1990}", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s<>\"',;:]{1,64}@[^@\s<>\"',;:]{3,250}")
_BADGE = re.compile(BADGE_PATTERN)
_DECODER = msgspec.json.Decoder(Draft)
_Item = TypeVar("_Item")


class Refused(ValueError):
    """The draft cannot be let in; `str()` says why in plain words."""


def packed(draft: object) -> bytes:
    """Return `draft` as JSON, by which an unchanged one is known again. Raises Refused for what is no draft."""
    if not isinstance(draft, Draft):
        raise Refused(f"The plugin returned {type(draft).__name__} instead of a draft.")
    try:
        return msgspec.json.encode(draft)
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
        raise Refused(f"It holds something that cannot be stored: {str(error)[:200]}.") from error


def admitted(document: bytes, *, currency: str) -> Draft:
    """Return the draft that `packed` made into `document`, with its types checked and its texts tidied.

    `currency` stands in where the price names none that is one. Raises Refused.
    """
    try:
        draft = _DECODER.decode(document)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Refused(f"A field has the wrong type: {str(error)[:200]}.") from error
    title = _texts(draft.title, TIDY["title"])
    if not title:
        raise Refused("It has no title.")
    if draft.registration.deadline is not None and draft.registration.deadline.tzinfo is None:
        raise Refused("The deadline of registration has no time zone.")
    return replace(
        draft,
        title=title,
        summary=_texts(draft.summary, TIDY["summary"]),
        description=_texts(draft.description, TIDY["description"]),
        outcome=_texts(draft.outcome, TIDY["outcome"]),
        bring=_texts(draft.bring, TIDY["bring"]),
        travel=_texts(draft.travel, TIDY["travel"]),
        categories=_few(draft.categories, 14),
        skills=_few((_skill(each) for each in draft.skills if each.uri or each.label), 50),
        badges=_few((each for each in draft.badges if _BADGE.fullmatch(each)), 10),
        organiser=_line(draft.organiser),
        hosts=_few((Host(name=name, url=_web(each.url)) for each in draft.hosts if (name := _line(each.name))), 20),
        place=_place(draft.place),
        online_url=_web(draft.online_url),
        schedule=_schedule(draft.schedule),
        ages=Ages(min=_within(draft.ages.min, 0, _MOST_AGE), max=_within(draft.ages.max, 0, _MOST_AGE)),
        price=_price(draft.price, currency),
        languages=_few((tag for tag in draft.languages if _TAG.fullmatch(tag)), 20),
        accessibility=_few(draft.accessibility, 20),
        signals=_few(draft.signals, 20),
        capacity=_within(draft.capacity, 1, _MOST_CAPACITY),
        registration=Registration(
            mode=draft.registration.mode, url=_web(draft.registration.url), deadline=draft.registration.deadline
        ),
        image=_image(draft.image),
        safeguarding=_contact(draft.safeguarding),
        url=_web(draft.url),
        goals=_few((line for each in draft.goals if (line := _line(each))), 20),
    )


def _texts(texts: Texts, tidy: Callable[[str], str]) -> dict[str, str]:
    return {tag: tidied for tag, text in list(texts.items())[:20] if _TAG.fullmatch(tag) and (tidied := tidy(text))}


def _paragraphs(text: str) -> str:
    return plain_text(text)[:MAX_TEXT]


# What is made of each text that tells of an offer: lines, paragraphs, and HTML for the description alone.
TIDY: Mapping[str, Callable[[str], str]] = {
    "title": lambda text: plain_line(text, max_chars=MAX_TITLE),
    "summary": lambda text: plain_line(text, max_chars=MAX_SUMMARY),
    "description": clean_html,
    "outcome": _paragraphs,
    "bring": _paragraphs,
    "travel": _paragraphs,
}


def _line(text: str | None) -> str | None:
    return plain_line(text, max_chars=MAX_LINE) or None if text is not None else None


def _web(address: str | None) -> str | None:
    address = address.strip() if address is not None else None
    return address if address is not None and _WEB.fullmatch(address) else None


def _few(items: Iterable[_Item], most: int) -> tuple[_Item, ...]:
    kept: list[_Item] = []
    for item in items:
        if item not in kept:
            kept.append(item)
        if len(kept) == most:
            break
    return tuple(kept)


def _within(number: int | None, least: int, most: int) -> int | None:
    return number if number is not None and least <= number <= most else None


def _skill(skill: Skill) -> Skill:
    return Skill(uri=_web(skill.uri), label=_texts(skill.label, lambda text: plain_line(text, max_chars=MAX_LINE)))


def _place(place: Place | None) -> Place | None:
    if place is None:
        return None
    located = place.lat_deg is not None and place.lon_deg is not None
    tidied = Place(
        name=_line(place.name),
        address=_line(place.address),
        district=_line(place.district),
        lat_deg=place.lat_deg if located else None,
        lon_deg=place.lon_deg if located else None,
    )
    return None if tidied == Place() else tidied


def _schedule(schedule: Schedule | None) -> Schedule | None:
    if schedule is None:
        return None
    if max(len(schedule.exdates), len(schedule.rdates), len(schedule.overrides)) > MAX_DATES:
        raise Refused(f"Its schedule has more than {MAX_DATES} exceptions.")
    times: list[datetime | None] = [schedule.start, schedule.end, *schedule.exdates, *schedule.rdates]
    for each in schedule.overrides:
        times += [each.original_start, each.start, each.end]
    if any(each is not None and each.tzinfo is not None for each in times):
        raise Refused(
            "A time of its schedule carries an offset; it must be the wall-clock time in the schedule's zone."
        )
    return schedule


def _price(price: Price, currency: str) -> Price:
    amount = _money(price.amount)
    concessions = (
        replace(each, label=_texts(each.label, lambda text: plain_line(text, max_chars=MAX_LINE)))
        for each in price.concessions
        if _money(each.amount) is not None
    )
    return Price(
        amount=None if amount == 0 else amount,
        currency=price.currency if re.fullmatch(r"[A-Z]{3}", price.currency) else currency,
        free=price.free or amount == 0,
        note=_texts(price.note, lambda text: plain_line(text, max_chars=MAX_LINE)),
        net_amount=_money(price.net_amount),
        concessions=_few(concessions, 10),
    )


def _money(amount: Decimal | None) -> Decimal | None:
    if amount is None or not amount.is_finite() or not 0 <= amount <= _MOST_PRICE:
        return None
    return round(amount, 2)


def _image(image: Image | None) -> Image | None:
    url = _web(image.url) if image is not None else None
    if image is None or url is None:
        return None
    return Image(
        url=url,
        alt=_texts(image.alt, lambda text: plain_line(text, max_chars=MAX_LINE)),
        credit=_line(image.credit),
        licence=_line(image.licence),
    )


def _contact(contact: Contact | None) -> Contact | None:
    if contact is None:
        return None
    email = (contact.email or "").strip()
    tidied = Contact(
        name=_line(contact.name),
        email=email if _EMAIL.fullmatch(email) else None,
        phone=_line(contact.phone),
        note=_texts(contact.note, _paragraphs),
    )
    return None if tidied == Contact() else tidied

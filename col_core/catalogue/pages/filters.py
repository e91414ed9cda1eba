"""What one can narrow a search by, as the page shows it: groups of choices with counts, quick choices, what is on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from col_core.base.day_words import date_range
from col_core.base.i18n import Translator
from col_core.base.messages import N_, NP_
from col_core.catalogue import labels, query
from col_core.catalogue.records import Query
from col_core.catalogue.vocabulary import Access, Category, Format, OpportunityType

# The filters that have several choices, as parameters of the address, and what stands over them.
_TITLES = {
    "category": N_("Topics"),
    "type": N_("Kind"),
    "district": N_("Part of the city"),
    "language": N_("Language spoken"),
    "format": N_("Where it happens"),
    "access": N_("Accessibility"),
    "city": N_("City"),
}
SEVERAL = tuple(_TITLES)
# What the other parameters are called on the page.
_LABELS = {
    "q": N_("What would you like to learn?"),
    "bbox": N_("In this part of the map"),
    "near": N_("Near me"),
    "age": N_("My age"),
    "price": N_("Only what is free"),
    "sort": N_("Order"),
    **_TITLES,
}
_LABELS_IN_CONTEXT = {
    "from": NP_("date", "From"),
    "to": NP_("date", "To"),
    "page": NP_("navigation", "Pages"),
}
Args = list[tuple[str, str]]
_SATURDAY, _SUNDAY = 5, 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One value of a filter. `count` is how many offers it would leave."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """A filter with its choices; `name` is its parameter in the address."""

    name: str
    title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Quick:
    """A choice of one tap. `args` is the address that turns it on, or off again if it is `selected`."""

    label: str
    args: Args
    selected: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Active:
    """A filter that is on, and the address without it."""

    label: str
    args: Args


def groups(
    words: Translator, asked: Query, facets: Mapping[str, Mapping[str, int]], *, cities: Mapping[str, str], own: str
) -> list[Group]:
    """Return the filters with several choices; a choice without any offer is left out unless it is on.

    `cities` maps the short name of each city to what it is called; `own` is this one, which is on where none is
    asked for. Where there is no other, there is nothing to choose.
    """

    def labelled(table: Mapping[Any, labels.Label], kind: Callable[[str], Any]) -> Callable[[str], str]:
        return lambda value: words.pgettext(*table[kind(value)])

    among = replace(asked, city=asked.city or (own,))
    by_city = _group("city", words, among, facets, lambda value: cities.get(value, value))
    return [
        _group("category", words, asked, facets, labelled(labels.CATEGORIES, Category)),
        _group("type", words, asked, facets, labelled(labels.TYPES, OpportunityType)),
        _group("district", words, asked, facets, str, key=words.sort_key),
        _group("language", words, asked, facets, words.language_name),
        _group("format", words, asked, facets, labelled(labels.FORMATS, Format)),
        _group("access", words, asked, facets, labelled(labels.ACCESS, Access)),
        *([by_city] if len(by_city.choices) > 1 or asked.city else []),
    ]


def label(words: Translator, name: str) -> str:
    """Return what a parameter is called on the page; "" where one cannot choose it there."""
    if name in _LABELS_IN_CONTEXT:
        return words.pgettext(*_LABELS_IN_CONTEXT[name])
    return words.gettext(_LABELS[name]) if name in _LABELS else ""


def quick(words: Translator, asked: Query, today: date) -> list[Quick]:
    """Return the choices of one tap: when, free, online."""
    until_sunday = today + timedelta(days=_SUNDAY - today.weekday())
    saturday = max(today, until_sunday - timedelta(days=1))
    spans = (
        (words.gettext("Today"), today, today),
        (words.gettext("This week"), today, until_sunday),
        (words.gettext("Weekend"), saturday, until_sunday),
    )
    found = []
    for label, first, last in spans:
        on = (asked.from_day, asked.to_day) == (first, last)
        turned = replace(asked, from_day=None if on else first, to_day=None if on else last, page=1)
        found.append(Quick(label=label, args=query.to_args(turned), selected=on))
    free = replace(asked, free=not asked.free, page=1)
    # translators: a filter: only what costs nothing
    found.append(Quick(label=words.pgettext("filter", "Free"), args=query.to_args(free), selected=asked.free))
    online = Format.ONLINE in asked.format
    left = tuple(each for each in asked.format if each is not Format.ONLINE)
    turned = replace(asked, format=left if online else (*left, Format.ONLINE), page=1)
    found.append(Quick(label=words.pgettext("format", "Online"), args=query.to_args(turned), selected=online))
    return found


def active(
    words: Translator,
    asked: Query,
    today: date,
    organisation: str | None,
    *,
    badges: Mapping[str, str],
    cities: Mapping[str, str],
) -> list[Active]:
    """Return each filter that is on with its words.

    `organisation` is the name of the one that is asked for, `badges` maps those that are asked for to their names, and
    `cities` the short name of each city to what it is called.
    """
    found: list[Active] = []

    def add(label: str, **without: Any) -> None:
        found.append(Active(label=label, args=query.to_args(replace(asked, page=1, **without))))

    if asked.q:
        add(words.gettext("“%(words)s”", words=asked.q), q="")
    if asked.bbox is not None:
        add(words.gettext("In this part of the map"), bbox=None)
    if asked.near is not None:
        add(words.gettext("Near me"), near=None, sort=None)
    if asked.from_day is not None or asked.to_day is not None:
        days = _days(words, asked, today)
        add(days[:1].upper() + days[1:], from_day=None, to_day=None)
    if asked.age is not None:
        add(words.ngettext("I am %(n)s year old", "I am %(n)s years old", asked.age), age=None)
    if asked.free:
        add(words.pgettext("filter", "Free"), free=False)
    for name, label in _several(words, cities).items():
        values: Sequence[Any] = getattr(asked, name)
        for value in values:
            add(label(value), **{name: tuple(each for each in values if each != value)})
    for id_ in asked.badge:
        left = tuple(each for each in asked.badge if each != id_)
        # translators: a filter: offers at which one can earn this badge
        add(words.gettext("Badge: %(name)s", name=badges.get(id_, id_)), badge=left)
    for slug in asked.organisation:
        left = tuple(each for each in asked.organisation if each != slug)
        add(organisation or slug, organisation=left)
    return found


def _several(words: Translator, cities: Mapping[str, str]) -> Mapping[str, Callable[[Any], str]]:
    return {
        "category": lambda each: words.pgettext(*labels.CATEGORIES[each]),
        "type": lambda each: words.pgettext(*labels.TYPES[each]),
        "skill": str,
        "language": words.language_name,
        "access": lambda each: words.pgettext(*labels.ACCESS[each]),
        "format": lambda each: words.pgettext(*labels.FORMATS[each]),
        "district": str,
        "city": lambda each: cities.get(each, each),
    }


def _days(words: Translator, asked: Query, today: date) -> str:
    first, last = asked.from_day, asked.to_day
    if first is not None and last is not None:
        return date_range(words, first, last, today)
    if first is not None:
        return words.gettext("from %(date)s", date=words.date_in_sentence(first, year=first.year != today.year))
    assert last is not None
    return words.gettext("until %(date)s", date=words.date_in_sentence(last, year=last.year != today.year))


def _group(
    name: str,
    words: Translator,
    asked: Query,
    facets: Mapping[str, Mapping[str, int]],
    label: Callable[[str], str],
    *,
    key: Callable[[str], Any] | None = None,
) -> Group:
    on = {str(getattr(each, "value", each)) for each in getattr(asked, name)}
    counts = facets.get(name, {})
    values = [*counts, *sorted(on - counts.keys())]
    choices = [
        Choice(value=value, label=label(value), count=counts.get(value, 0), selected=value in on) for value in values
    ]
    if key is not None:
        choices.sort(key=lambda each: key(each.label))
    return Group(name=name, title=words.gettext(_TITLES[name]), choices=tuple(choices))

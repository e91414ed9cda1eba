"""Choosing and arranging offers so that they show how much there is: no two alike side by side, if there are others."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from col_core.base.text import fold
from col_core.catalogue.reading import Listed
from col_core.catalogue.records import Opportunity

_Trait = tuple[str, str]

# The same offer at another branch, or again next week, shows less than anything else.
_WEIGHTS = {"title": 8, "category": 3, "type": 2, "organiser": 2, "district": 1}


def varied(found: Sequence[Listed], wanted: int, *, beside: Opportunity | None = None) -> list[Listed]:
    """Return at most `wanted` of `found`, in their order, each time the one that repeats the least of those before.

    What has the title of `beside`, which the page is about, comes last.
    """
    return [found[at] for at in sorted(_unlike_first(found, wanted, _titles(beside) if beside else ()))]


def mixed(found: Sequence[Listed], now: datetime, zone: ZoneInfo) -> list[Listed]:
    """Return all of `found`, day by day as they came, on each day what is unlike first.

    What opens every morning would else hide the rest of its day.
    """

    def day(one: Listed) -> object:
        following = one.opportunity.next_occurrence(now)
        return following and max(following.start, now).astimezone(zone).date()

    days = [list(each) for _, each in groupby(found, key=day)]
    return [each[at] for each in days for at in _unlike_first(each, len(each))]


def _unlike_first(found: Sequence[Listed], wanted: int, shown: Sequence[_Trait] = ()) -> list[int]:
    """Return at most `wanted` places in `found`, each time that of the one which repeats the least of those before and
    of what is `shown` already.
    """
    seen = Counter(shown)
    traits = [_traits(each.opportunity) for each in found]
    left, chosen = list(range(len(found))), list[int]()
    while left and len(chosen) < wanted:
        best = min(left, key=lambda at: (sum(seen[trait] * _WEIGHTS[trait[0]] for trait in traits[at]), at))
        left.remove(best)
        chosen.append(best)
        seen.update(traits[best])
    return chosen


def _traits(one: Opportunity) -> list[_Trait]:
    traits = [*_titles(one), ("type", one.content.type.value)]
    traits += [("category", each.value) for each in one.content.categories[:1]]
    traits += [("organiser", one.organiser.id)] if one.organiser else []
    traits += [("district", one.place.district)] if one.place and one.place.district else []
    return traits


def _titles(one: Opportunity) -> list[_Trait]:
    return [("title", fold(each)) for each in list(one.content.title.values())[:1]]

"""Choosing a few offers that show how much there is: no two alike side by side, as far as there are others."""

from collections import Counter
from collections.abc import Sequence

from col_core.catalogue.reading import Listed

_WEIGHTS = {"category": 3, "type": 2, "organiser": 2, "district": 1}


def varied(found: Sequence[Listed], wanted: int) -> list[Listed]:
    """Return at most `wanted` of `found`, in their order, each time the one that repeats the least of those before."""
    seen: Counter[tuple[str, str]] = Counter()
    left = list(enumerate(found))
    chosen: list[tuple[int, Listed]] = []
    while left and len(chosen) < wanted:
        best = min(
            left, key=lambda pair: (sum(seen[trait] * _WEIGHTS[trait[0]] for trait in _traits(pair[1])), pair[0])
        )
        left.remove(best)
        chosen.append(best)
        seen.update(_traits(best[1]))
    return [each for _, each in sorted(chosen, key=lambda pair: pair[0])]


def _traits(listed: Listed) -> list[tuple[str, str]]:
    one = listed.opportunity
    traits = [("type", one.content.type.value)]
    traits += [("category", each.value) for each in one.content.categories[:1]]
    traits += [("organiser", one.organiser.id)] if one.organiser else []
    traits += [("district", one.place.district)] if one.place and one.place.district else []
    return traits

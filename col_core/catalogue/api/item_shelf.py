"""Opportunities as the API says them, kept until something changes: most lists hold what another list held before."""

from collections.abc import Sequence
from datetime import UTC, datetime

import orjson

from col_core.base.clock import Clock
from col_core.base.kept import KeptUntil
from col_core.base.settings import CityConfig
from col_core.catalogue.exchange import wire
from col_core.catalogue.reading import Results
from col_core.catalogue.records import Opportunity

_MOST_BYTES = 8_000_000
_FOREVER = datetime.max.replace(tzinfo=UTC)


class ItemShelf:
    """The items of one city as JSON. Safe to share between threads."""

    def __init__(self, config: CityConfig, clock: Clock) -> None:
        self._config, self._clock = config, clock
        # Of each offer what was said last, and after which change.
        self._kept: KeptUntil[str, tuple[int, bytes]] = KeptUntil(_MOST_BYTES, weight=lambda each: len(each[1]))

    def of(self, found: Results) -> Sequence[orjson.Fragment]:
        """Return the items of a page of results, each with `distance_m` where somebody asked from a place."""
        now = self._clock.now()
        items = []
        for each in found.items:
            json = self._item(each.opportunity, found.change, now)
            if each.distance_m is not None:
                json = json[:-1] + b',"distance_m":%d}' % round(each.distance_m)
            items.append(orjson.Fragment(json))
        return items

    def _item(self, one: Opportunity, change: int, now: datetime) -> bytes:
        kept = self._kept.get(one.id, now)
        if kept is not None and kept[0] == change:
            return kept[1]
        upcoming = one.next_occurrence(now)
        json = orjson.dumps(wire.item(one, config=self._config, now=now))
        # Until its next date is over.
        self._kept.put(one.id, (change, json), since=now, until=upcoming.end if upcoming else _FOREVER)
        return json

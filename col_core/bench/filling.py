"""Filling a city with synthetic offers, beside the plainest way to write the same rows."""

import gc
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median

from sqlalchemy.orm import Session

from col_core.base.text import Analyser
from col_core.bench import raw_rows
from col_core.bench.figures import Figure
from col_core.bench.synthetic import Offers
from col_core.catalogue import store
from col_core.catalogue.records import Opportunity
from col_core.catalogue.search import index_rows
from col_core.catalogue.search.engine import CatalogueIndex
from col_core.catalogue.vocabulary import Reach
from col_core.house import OpenCity
from col_core.organisers import directory

_BATCH = 1_000
# Offers of one turn. Both ways meet what else the machine does, and what they write is in memory for neither.
TURN = 5_000
_MOST_MB = 300
_WITH, _WITHOUT = "text index, search and map ready", "before the text index"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Filled:
    """How long it took to write the offers; making them is not counted."""

    number: int
    seconds: float


class _WithoutText(CatalogueIndex):
    """The index of a city without its words: filters, facets and map alone."""

    def put(self, session: Session, items: Sequence[tuple[int, Opportunity]]) -> None:
        index_rows.put_entries(session, items)


class Filling:
    """An import of `number` offers that goes on turn by turn. Without `with_text`, no word finds them."""

    def __init__(
        self,
        city: OpenCity,
        number: int,
        *,
        source_id: str = "bench",
        seed: int = 1,
        with_text: bool = True,
        reach: Reach | None = None,
    ) -> None:
        self._house = city.house
        self._index = city.index if with_text else _without_text(city)
        offers = Offers(bounds=self._house.config.bbox, now=self._house.clock.now(), seed=seed, reach=reach)
        with self._house.database.write() as session:
            made = directory.find_or_create(session, offers.organiser_names(number), clock=self._house.clock)
        organisers = [store.organiser_ref(each) for each in made.values()]
        self._batches = offers.batches(number, organisers=organisers, size=_BATCH, source_id=source_id)
        # As the worker does.
        gc.collect()
        gc.freeze()

    def go_on(self) -> Filled:
        """Store up to `TURN` offers more; making them is not counted."""
        number, seconds = 0, 0.0
        for batch in islice(self._batches, TURN // _BATCH):
            begun = time.perf_counter()
            with self._house.database.write() as session:
                store.write_many(session, batch, index=self._index, clock=self._house.clock)
            seconds += time.perf_counter() - begun
            number += len(batch)
        begun = time.perf_counter()
        for each in index_rows.chores(self._house.database):
            each.run()  # as the worker does, which waits longer for it
        return Filled(number=number, seconds=seconds + time.perf_counter() - begun)


def fill(
    city: OpenCity,
    number: int,
    *,
    progress: Progress,
    source_id: str = "bench",
    seed: int = 1,
    reach: Reach | None = None,
) -> Filled:
    """Store `number` offers as an import does, and make sure that search sees all of them."""
    filling = Filling(city, number, source_id=source_id, seed=seed, reach=reach)
    done, seconds = 0, 0.0
    while done < number:
        turn = filling.go_on()
        done, seconds = done + turn.number, seconds + turn.seconds
        progress("storing offers", done, number)
    return Filled(number=number, seconds=seconds)


def fill_beside_raw(
    city: OpenCity, without_text: OpenCity, number: int, folder: Path, *, progress: Progress
) -> list[Figure]:
    """Store `number` offers in two cities, into one of them before the text index, and return what that cost.

    Beside it stands `executemany` of the same rows into the same tables without a text index, in turns.
    """
    fillings = {_WITH: Filling(city, number), _WITHOUT: Filling(without_text, number, with_text=False)}
    rates: dict[str, list[float]] = {name: [] for name in ("raw", *fillings)}
    done = 0
    with raw_rows.opened(city.house.database, folder) as raw:
        while done < number:
            for name, filling in fillings.items():
                turn = filling.go_on()
                rates[name].append(turn.number / turn.seconds)
            rates["raw"].append(turn.number / raw.go_on())
            done += turn.number
            progress("storing offers", done, number)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    middle = {name: median(each) for name, each in rates.items()}
    return [
        *(_beside(name, middle[name], middle["raw"], least) for name, least in ((_WITHOUT, 0.4), (_WITH, 0.15))),
        Figure(
            what="memory of the importing process, at most (with the rows that are compared)",
            ours=memory_mb,
            unit="MB",
            goal=f"≤ {_MOST_MB} MB",
            reached=memory_mb <= _MOST_MB,
        ),
    ]


def _beside(name: str, ours: float, raw: float, least: float) -> Figure:
    return Figure(
        what=f"import of normalised offers, {name}",
        ours=ours,
        unit="a second",
        beside="raw executemany",
        theirs=raw,
        ratio=ours / raw,
        goal=f"≥ {least:g} ×",
        reached=ours / raw >= least,
    )


def _without_text(city: OpenCity) -> CatalogueIndex:
    config = city.house.config
    words = dict.fromkeys(config.languages, Analyser(city.languages))
    return _WithoutText(analysers=words, timezone=config.timezone, city_id=config.id)

"""Made-up offers for measurements: the same number and seed give the same offers, spread as in a real city.

Nothing of them is real: words are syllables, but for a few that searches look for.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from zoneinfo import ZoneInfo

from col_core.base.settings import Bounds
from col_core.catalogue.records import (
    Ages,
    Draft,
    Occurrence,
    OrganiserRef,
    Place,
    Price,
    Registration,
    Schedule,
    Skill,
)
from col_core.catalogue.store import Prepared
from col_core.catalogue.vocabulary import Access, Category, OpportunityType, Reach, RegistrationMode, Signal, Status

# How many of a hundred offers have each word somewhere: one is in every tenth offer, one in 6 of 1,000.
COMMON, MEDIUM = "workshop", "ceramics"
_COMMON_SHARE, _MEDIUM_SHARE = 0.10, 0.006
_WORDS = 6_000
_OFFERS_PER_ORGANISER = 40
_ZONE = "Europe/Ljubljana"
_TZ = ZoneInfo(_ZONE)
_SYLLABLES = [a + b for a in "bcdfghjklmnprstvzčšž" for b in "aeiou"]
_LANGUAGES = ("sl", "en", "lt", "de", "it", "hr", "uk", "fr")
_LANGUAGE_WEIGHTS = (80, 25, 6, 5, 4, 4, 3, 2)


@dataclass(frozen=True, kw_only=True)
class Quarter:
    """A part of the city where offers gather."""

    name: str
    lat_deg: float
    lon_deg: float
    spread_deg: float


class Offers:
    """Offers for a city within `bounds` at `now` (aware), which it shows as far as `reach` says."""

    def __init__(self, *, bounds: Bounds, now: datetime, seed: int = 1, reach: Reach | None = None) -> None:
        self._bounds, self._now, self._seed, self._reach = bounds, now, seed, reach
        dice = random.Random(seed)  # noqa: S311 (nothing secret)
        self._words = _vocabulary(dice)
        self._word_weights = list(accumulate(1 / (rank + 30) for rank in range(_WORDS)))
        self._quarters = _quarters(bounds, dice)
        self._quarter_weights = list(accumulate(1 / (rank + 1) for rank in range(len(self._quarters))))
        self._types = list(OpportunityType)
        self._categories = list(Category)
        self._category_weights = list(accumulate(1 / (rank + 2) for rank in range(len(self._categories))))

    def organiser_names(self, number: int) -> list[str]:
        """Return the names of the organisations that `number` offers have."""
        return [f"Organisation {each + 1}" for each in range(max(1, min(2_000, number // _OFFERS_PER_ORGANISER)))]

    def batches(
        self, number: int, *, organisers: Sequence[OrganiserRef], size: int = 1000, source_id: str = "bench"
    ) -> Iterator[list[Prepared]]:
        """Return `number` offers ready to be stored, `size` at a time, so that memory does not grow with `number`.

        `organisers` are those that `organiser_names` names.
        """
        dice = random.Random(self._seed + 1)  # noqa: S311
        for start in range(0, number, size):
            yield [self._offer(each, dice, organisers, source_id) for each in range(start, min(number, start + size))]

    def _offer(self, number: int, dice: random.Random, organisers: Sequence[OrganiserRef], source_id: str) -> Prepared:
        kind = dice.random()
        online = kind < 0.08
        place = None if online or kind < 0.12 else self._place(dice)
        schedule, dates = self._dates(dice)
        draft = Draft(
            title={"sl": self._text(dice, dice.randint(2, 5), number)},
            summary={"sl": self._text(dice, 10)},
            description={"sl": f"<p>{self._text(dice, dice.randint(20, 60))}</p>"},
            type=dice.choices(self._types, (30, 6, 10, 6, 6, 8, 18, 16))[0],
            categories=tuple(
                dict.fromkeys(
                    dice.choices(self._categories, cum_weights=self._category_weights, k=dice.choice((1, 1, 2, 3)))
                )
            ),
            skills=(Skill(label={"sl": self._words[dice.randrange(200)]}),) if kind > 0.6 else (),
            place=place,
            online=online,
            schedule=schedule,
            ages=Ages(min=dice.choice((None, 6, 10, 12, 15, 15, 18)), max=dice.choice((None, None, 19, 25, 29, 29))),
            price=Price(free=True) if kind < 0.6 else Price(amount=Decimal(dice.randint(2, 60))),
            languages=tuple(dict.fromkeys(dice.choices(_LANGUAGES, _LANGUAGE_WEIGHTS, k=dice.choice((1, 1, 1, 2))))),
            accessibility=tuple(each for each in Access if dice.random() < 0.12),
            signals=tuple(each for each in Signal if dice.random() < 0.15),
            registration=Registration(mode=dice.choice(list(RegistrationMode))),
            reach=self._reach,
        )
        return Prepared(
            content=draft,
            status=Status.PUBLISHED,
            organiser=organisers[int(len(organisers) * dice.random() ** 2)] if kind < 0.97 else None,
            place=place,
            occurrences=dates,
            source_id=source_id,
            external_id=str(number),
            source_hash=f"{number:064x}",
        )

    def _place(self, dice: random.Random) -> Place:
        bounds = self._bounds
        quarter = dice.choices(self._quarters, cum_weights=self._quarter_weights)[0]
        lat_deg = min(max(dice.gauss(quarter.lat_deg, quarter.spread_deg), bounds.south_deg), bounds.north_deg)
        lon_deg = min(max(dice.gauss(quarter.lon_deg, quarter.spread_deg * 1.4), bounds.west_deg), bounds.east_deg)
        return Place(
            name=f"Hall {dice.randrange(5000)}",
            address=f"Street {dice.randrange(900)} {dice.randrange(99)}",
            district=quarter.name,
            lat_deg=round(lat_deg, 6),
            lon_deg=round(lon_deg, 6),
        )

    def _dates(self, dice: random.Random) -> tuple[Schedule | None, tuple[Occurrence, ...]]:
        kind = dice.random()
        if kind < 0.1:
            return None, ()
        day = self._now.replace(hour=0, minute=0, second=0, microsecond=0)
        shift_d = -dice.randint(1, 120) if kind < 0.25 else int(dice.expovariate(1 / 30))
        hour = dice.choice((8, 9, 14, 16, 17, 17, 18, 19))
        start = day.replace(tzinfo=None) + timedelta(days=shift_d, hours=hour)
        length = timedelta(minutes=dice.choice((60, 90, 120, 180)))
        times = dice.randint(4, 30) if kind > 0.7 else 1
        schedule = Schedule(
            start=start,
            end=start + length,
            timezone=_ZONE,
            rrule=f"FREQ=WEEKLY;COUNT={times}" if times > 1 else None,
        )
        week = timedelta(days=7)
        starts = [(start + week * each).replace(tzinfo=_TZ).astimezone(UTC) for each in range(times)]
        return schedule, tuple(Occurrence(start=each, end=each + length) for each in starts)

    def _text(self, dice: random.Random, length: int, number: int | None = None) -> str:
        words = dice.choices(self._words, cum_weights=self._word_weights, k=length)
        if number is not None:
            words += [COMMON] * (dice.random() < _COMMON_SHARE) + [MEDIUM] * (dice.random() < _MEDIUM_SHARE)
        return " ".join(words).capitalize()


def _vocabulary(dice: random.Random) -> list[str]:
    made: dict[str, None] = {}
    while len(made) < _WORDS:
        made["".join(dice.choices(_SYLLABLES, k=dice.choice((2, 2, 3, 3, 4))))] = None
    return list(made)


def _quarters(bounds: Bounds, dice: random.Random) -> list[Quarter]:
    width, height = bounds.east_deg - bounds.west_deg, bounds.north_deg - bounds.south_deg
    return [
        Quarter(
            name=f"Quarter {each + 1}",
            lat_deg=bounds.south_deg + height * (0.5 if each == 0 else dice.uniform(0.1, 0.9)),
            lon_deg=bounds.west_deg + width * (0.4 if each == 0 else dice.uniform(0.1, 0.9)),
            spread_deg=height * dice.uniform(0.04, 0.12),
        )
        for each in range(17)
    ]

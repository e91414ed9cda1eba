"""Issuing as a city does it: an order, carried on chunk by chunk, signed and stored on a real database."""

import time

from col_core.badges.achievements import defining
from col_core.badges.achievements.records import Draft, Origin
from col_core.badges.awards.records import Order, Recipient
from col_core.bench.town import town
from col_core.house import open_city

_NAME = {"sl": "Kolesarska delavnica", "en": "Bicycle workshop"}
_BADGE = Draft(
    id="bicycle",
    name=_NAME,
    description={"sl": "Kdor ima to značko, popravi kolo.", "en": "Whoever has this badge mends a bicycle."},
    criteria={"sl": "Popravi tri kolesa.", "en": "Mend three bicycles."},
    abilities={"sl": ("Znam zakrpati zračnico.",), "en": ("I can mend a tyre.",)},
)


def each_ms(number: int, engine: str) -> float:
    """Issue a badge to `number` people in a throw-away city; return how long one took. Raises ConfigError."""
    with town(engine) as made, open_city(made.config) as city:
        with city.house.database.write() as session:
            defining.define(session, _BADGE, origin=Origin.DATABASE, clock=city.house.clock)
        people = [
            Recipient(email=f"person-{each}@example.org", name=f"Person {each}", narrative=f"Mended bicycle {each}.")
            for each in range(number)
        ]
        issuing = city.office.issuing
        begun = time.perf_counter()
        run = issuing.order(Order(achievement_id=_BADGE.id, recipients=people, language="en"))
        while run.finished is None:
            run = issuing.advance(run.id)
        return (time.perf_counter() - begun) * 1000 / number

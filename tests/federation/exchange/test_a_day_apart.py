"""Two cities that are cut from each other for a day while both go on, and are healed; and kills in the middle."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from col_core.base.config import load_city
from col_core.base.database import Database
from col_core.catalogue import store
from col_core.catalogue.tables import OpportunityRow
from col_core.catalogue.vocabulary import Reach
from col_core.federation.exchange.status import status
from col_core.federation.exchange.tables import RemoteOfferRow
from col_core.federation.records import SOURCE
from col_core.house import open_city
from col_core.testing.clock import FixedClock
from col_core.testing.processes import running, until
from col_core.testing.towns import write_town
from col_core.testing.wires import Fault, wire

from .conftest import a_pair, an_offer

pytestmark = pytest.mark.long

STEP_H, OFFERS = 3, 1_200
NETWORK = [
    (Fault.CUT, Fault.CUT),
    (Fault.NONE, Fault.CUT),
    (Fault.LOSSY, Fault.SLOW),
]


class Life:
    """What happens in a city by and by: offers come, change, are cancelled, go, and are shared no longer."""

    def __init__(self, town, name, chance):
        self.town, self.name, self.chance = town, name, chance
        self.drafts, self.number = {}, 0

    def go_on(self, comings=5):
        for _ in range(comings):
            self.number += 1
            self.drafts[f"{self.name}-{self.number}"] = an_offer(f"{self.name} {self.number}")
        for id_ in self.chance.sample(sorted(self.drafts), min(6, len(self.drafts))):
            draft, what = self.drafts[id_], self.chance.randrange(4)
            if what == 0:
                del self.drafts[id_]
            elif what == 1:
                self.drafts[id_] = an_offer(draft.title["en"], cancelled=True)
            elif what == 2:
                self.drafts[id_] = an_offer(draft.title["en"], summary={"en": f"Said anew at {self.number}"})
            else:
                self.drafts[id_] = replace(draft, reach=Reach.LOCAL)
        self.town.offer(dict(self.drafts))

    def shares(self):
        """What partners must show of it, by its id."""
        return {
            each.id: (each.content.title["en"], each.status, dict(each.content.summary))
            for each in self.town.stored()
            if each.is_shared
        }


def held_of(here, there):
    """What `here` shows of `there`, by the id that it has there; each once."""
    with here.database.read() as session:
        names = dict(
            session.execute(
                select(OpportunityRow.id, OpportunityRow.external_id).where(
                    OpportunityRow.source_id == SOURCE + there.host
                )
            ).all()
        )
        found = store.get_many(session, list(names))
    shown = [each for each in found.values() if each.status.is_public]
    assert max(Counter(names[each.id] for each in shown).values(), default=1) == 1
    assert max(Counter(each.content.title["en"] for each in shown).values(), default=1) == 1
    return {names[each.id]: (each.content.title["en"], each.status, dict(each.content.summary)) for each in shown}


def is_equal(here, there, clock):
    with here.database.read() as session:
        (found,) = [each for each in status(session, now=clock.now()) if each.host == there.host]
    return found.equal


@pytest.mark.parametrize(("to_one", "to_other"), NETWORK, ids=lambda each: each.value)
def test_after_a_day_apart_both_show_what_the_other_has_within_two_minutes(tmp_path, clock, to_one, to_other):
    chance = random.Random(f"{to_one} {to_other}")
    with a_pair(tmp_path, clock) as (one, other):
        one.follow(other)
        lives = [Life(one, "Home", chance), Life(other, "Away", chance)]
        for life in lives:
            life.go_on(comings=20)
        for _ in range(3):
            for town in (one, other):
                town.work()
            clock.advance(seconds=40)
        assert held_of(other, one) == lives[0].shares()
        one.wire.suffer(to_one)
        other.wire.suffer(to_other)
        for _ in range(24 // STEP_H):
            clock.advance(hours=STEP_H)
            for life in lives:
                life.go_on()
                life.town.work()
        one.wire.heal()
        other.wire.heal()
        for _ in range(12):
            clock.advance(seconds=10)
            for town in (one, other):
                town.work()
        assert held_of(other, one) == lives[0].shares()
        assert held_of(one, other) == lives[1].shares()
        assert is_equal(other, one, clock)
        assert is_equal(one, other, clock)


@pytest.mark.parametrize("killed", ["reader", "source"])
def test_a_kill_in_the_middle_of_reading_costs_nothing_and_doubles_nothing(tmp_path, killed):
    with wire() as line:
        trust = (
            f'\n[http]\nallow_hosts = ["{line.host}"]\n\n'
            f'[federation]\nallow = ["{line.host}"]\npeers = ["{line.url}"]\n'
        )
        home = write_town(tmp_path / "home", base_url=line.url, more=_SOURCE)
        away = write_town(tmp_path / "away", more=trust)
        rows = [f"{number},Workshop {number}" for number in range(OFFERS)]
        (home / "offers.csv").write_text("\n".join(["external_id,title_en", *rows]), encoding="utf-8")
        environ = {"COL_VAR": str(tmp_path / "var")}
        at_home = {**environ, "COL_DATABASE_URL": f"sqlite:///{tmp_path / 'home.db'}"}
        from_away = {**environ, "COL_DATABASE_URL": f"sqlite:///{tmp_path / 'away.db'}"}
        with open_city(load_city(home, environ=at_home)) as city:
            for each in city.gathering.sources:
                city.gathering.sync(each)
        with open_city(load_city(away, environ=from_away)):
            pass
        database = Database(from_away["COL_DATABASE_URL"])

        def held():
            with database.read() as session:
                return len(session.scalars(select(RemoteOfferRow.external_id)).all())

        line.suffer(Fault.SLOW)
        with running(home, "serve", environ=at_home) as server, running(away, "worker", environ=from_away) as worker:
            line.target = server.port
            until(lambda: line.passed > 2_000)
            (worker if killed == "reader" else server).kill()
        assert held() < OFFERS
        line.heal()
        with running(home, "serve", environ=at_home) as server:
            line.target = server.port
            later = FixedClock(datetime.now(UTC) + timedelta(hours=2))
            with open_city(load_city(away, environ=from_away), clock=later) as city:
                city.worker().drain(rounds=1_000)
        with database.read() as session:
            found = session.scalars(select(OpportunityRow.external_id)).all()
            (stands,) = status(session, now=later.now())
        database.dispose()
        assert len(found) == len(set(found)) == OFFERS
        assert stands.equal


_SOURCE = """
[[sources]]
id = "table"
plugin = "csv"
url = "offers.csv"
publish = "auto"
reach = "network"
"""

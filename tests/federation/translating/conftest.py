"""A city that shows what another one offers, and a translator that a test can look into."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from col_core.app import create_app
from col_core.base.config import load_city
from col_core.catalogue import store
from col_core.catalogue.records import Draft, Origin
from col_core.catalogue.store import Prepared
from col_core.catalogue.vocabulary import Reach, Status
from col_core.federation.translating import editing
from col_core.federation.translating import store as translations
from col_core.federation.translating.asking import Translators
from col_core.federation.translating.filling import Filling
from col_core.house import open_city
from col_core.testing.fakes import MarkingTranslator
from col_core.testing.towns import write_town

HOST = "vilnius.example"
GRAFFITI = Draft(
    title={"lt": "Grafičiai"},
    summary={"lt": "Dvi valandos prie upės."},
    description={"lt": "<p>Ateik <strong>vienas</strong>.</p>"},
    bring={"lt": "Senus drabužius\nVandens"},
    reach=Reach.NETWORK,
)


@dataclass(kw_only=True)
class Town:
    """The city, its pages, and its translator, which is of no plugin that it enables."""

    city: Any
    client: Any
    translator: MarkingTranslator

    @property
    def database(self):
        return self.city.house.database

    def store(self, draft, *, id_="1", status=Status.PUBLISHED, occurrences=()):
        """Store an offer of the other city as reading its feed does, anew where it is there; return its id here."""
        origin = Origin(city="vilnius", host=HOST, name={"en": "Vilnius"}, url=f"https://{HOST}/lt/opportunities/{id_}")
        with self.database.write() as session:
            known = store.known(session, f"peer:{HOST}", [id_]).get(id_)
            ((_, one),) = store.write_many(
                session,
                [
                    Prepared(
                        content=draft,
                        status=status,
                        occurrences=occurrences,
                        source_id=f"peer:{HOST}",
                        external_id=id_,
                        origin=origin,
                        known=known,
                    )
                ],
                index=self.city.index,
                clock=self.city.house.clock,
            )
        return one.id

    def filling(self, *translators, **bounds):
        made = [("fake", each) for each in translators or (self.translator,)]
        return Filling(self.city.federation.ground, Translators(self.city.house.plugins, made), **bounds)

    def fill(self):
        return self.filling().run()

    def kept(self, id_):
        with self.database.read() as session:
            return translations.of_offers(session, [id_]).get(id_, {})

    def edit(self, id_, language, **texts):
        house = self.city.house
        with self.database.write() as session:
            return editing.edit(session, id_, language, texts, config=house.config, clock=house.clock)

    def remove(self, id_, language, *, again=False):
        with self.database.write() as session:
            editing.remove(session, id_, language, again=again, clock=self.city.house.clock)

    def states(self):
        with self.database.read() as session:
            return {each.kept.language: each.state.value for each in editing.listing(session)}

    def page(self, id_, language="sl", *, original=False):
        return self.client.get(f"/{language}/opportunities/{id_}{'?original=1' if original else ''}").text


@pytest.fixture
def town(database_url, clock, tmp_path):
    """A city in Slovenian, Lithuanian and English, once on each engine."""
    folder = write_town(tmp_path / "town", plugins=("lang_sl", "lang_lt", "lang_en"))
    file = folder / "city.toml"
    said = file.read_text(encoding="utf-8").replace('["sl", "en"]', '["sl", "lt", "en"]')
    file.write_text(said, encoding="utf-8")
    config = load_city(folder, environ={"COL_VAR": str(tmp_path / "var"), "COL_DATABASE_URL": database_url})
    with open_city(config, clock=clock) as city:
        yield Town(city=city, client=create_app(city).test_client(), translator=MarkingTranslator())


@pytest.fixture
def offered(town):
    """The id of an offer that its city wrote in Lithuanian."""
    return town.store(GRAFFITI)


def changed(draft, **texts):
    """Return `draft` with other texts in Lithuanian."""
    return replace(draft, **{name: {"lt": text} for name, text in texts.items()})

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from col_core.badges.achievements.records import Achievement, Origin
from col_core.badges.achievements.saying import achieved
from col_core.badges.credentials.records import Issuer
from col_core.base.config import load_city
from col_core.house import open_city

CITY = Path(__file__).parents[3] / "cities" / "ljubljana"
ISSUER = Issuer(id="did:web:example.org", name="Ljubljana", url="https://example.org")
NOW = datetime(2026, 1, 7, tzinfo=UTC)


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    config = load_city(CITY, environ={"COL_VAR": str(tmp_path_factory.mktemp("var"))})
    with open_city(config, upgrade=False) as city:
        yield city.house.i18n


def say(draft, language, words, version=3):
    stored = Achievement(
        content=draft, version=version, digest="", origin=Origin.FILE, archived=False, created=NOW, updated=NOW
    )
    return achieved(
        stored, language=language, base_url="https://example.org", issuer=ISSUER, words=words.translator(language)
    )


def test_it_says_everything_in_the_language_that_was_asked_for(workshop, words):
    said = say(workshop, "sl", words)
    assert (said.name, said.language, said.version, said.kind) == ("Popravim kolo", "sl", "3", "Badge")
    assert said.id == "https://example.org/achievements/kolesarska-delavnica"
    assert said.criteria_url == "https://example.org/sl/badges/kolesarska-delavnica"
    assert said.image == f"{said.id}/image.png?version=3"
    assert said.related == {"en": f"{said.id}?language=en"}
    assert said.names == workshop.name
    assert said.abilities == workshop.abilities
    assert said.creator == ISSUER
    assert (said.alignments[0].name, said.alignments[0].framework) == ("pokazati pobudo", "ESCO")
    assert [(each.framework, each.code) for each in said.alignments][1:] == [
        ("Key competences for lifelong learning (2018/C 189/01)", "stem"),
        ("Key competences for lifelong learning (2018/C 189/01)", "personal"),
    ]


def test_a_text_that_is_missing_falls_back_by_itself(workshop, words):
    said = say(replace(workshop, description={"en": "Only in English."}), "sl", words)
    assert (said.name, said.description) == ("Popravim kolo", "Only in English.")
    assert say(workshop, "lt", words).name == "I fix my bike"


def test_a_micro_credential_keeps_every_element(course, words):
    said = say(course, "en", words).micro_credential
    assert (said.country, said.workload_h, said.ects, said.eqf_level) == ("SI", 50, 2, 4)
    assert said.assessment == said.participation == said.quality_assurance == "A piece of work before a panel."
    assert said.prerequisites is None

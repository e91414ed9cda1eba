from dataclasses import replace
from pathlib import Path

import pytest

from col_core.badges.achievements import defining, reading, skills
from col_core.badges.achievements.records import Origin
from col_core.badges.achievements.syncing import BadgeFiles
from col_core.base.config import load_city
from col_core.base.files import FolderStore
from col_core.organisers import directory
from col_core.web.assets import badge_symbols
from tests.badges.achievements.test_files import GOOD

CITIES = Path(__file__).parents[3] / "cities"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "town" / "content" / "badges"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def badges(database, clock, folder, tmp_path):
    config = load_city(CITIES / "ljubljana", environ={"COL_VAR": str(tmp_path / "var")})
    return BadgeFiles(
        replace(config, content=folder.parent),
        database=database,
        store=FolderStore(tmp_path / "files"),
        clock=clock,
        symbols=badge_symbols,
    )


def listed(database, **narrowed):
    with database.read() as session:
        return {each.id: each for each in reading.listing(session, **narrowed)}


def test_what_the_files_say_is_in_the_portal(badges, database, folder):
    (folder / "kolo.toml").write_text(f'organisation = "Kolesarji"\n{GOOD}', encoding="utf-8")
    (folder / "drugo.toml").write_text(GOOD, encoding="utf-8")
    assert (badges.sync().new, badges.sync().unchanged) == (["drugo", "kolo"], 2)
    found = listed(database)
    with database.read() as session:
        assert directory.by_slug(session, "kolesarji").id == found["kolo"].content.organiser_id
    assert found["drugo"].content.organiser_id is None


def test_an_organisation_may_be_named_by_its_slug(badges, database, folder, clock):
    with database.write() as session:
        there = directory.find_or_create(session, ["Društvo Žolna"], clock=clock)["Društvo Žolna"]
    (folder / "kolo.toml").write_text(f'organisation = "{there.slug}"\n{GOOD}', encoding="utf-8")
    badges.sync()
    assert listed(database)["kolo"].content.organiser_id == there.id


def test_a_changed_file_is_noticed_a_removed_one_is_archived(badges, database, folder):
    file = folder / "kolo.toml"
    file.write_text(GOOD, encoding="utf-8")
    badges.freshen()
    assert listed(database)["kolo"].version == 1
    file.write_text(GOOD.replace("24", "36"), encoding="utf-8")
    badges.freshen()
    assert (listed(database)["kolo"].version, listed(database)["kolo"].content.valid_months) == (2, 36)
    file.unlink()
    badges.freshen()
    assert (list(listed(database)), list(listed(database, archived=True))) == ([], ["kolo"])


def test_a_file_that_is_spoilt_leaves_its_badge_as_it_was(badges, database, folder):
    file = folder / "kolo.toml"
    file.write_text(GOOD, encoding="utf-8")
    badges.sync()
    file.write_text(GOOD.replace('level = "skill"', "level ="), encoding="utf-8")
    synced = badges.sync()
    assert (len(synced.faults), synced.archived) == (1, [])
    assert listed(database)["kolo"].version == 1


def test_a_badge_of_an_organisation_is_not_overwritten_by_a_file(badges, database, folder, clock, workshop):
    with database.write() as session:
        owner = directory.find_or_create(session, ["Društvo"], clock=clock)["Društvo"].id
        own = replace(workshop, organiser_id=owner)
        defining.define(session, own, origin=Origin.DATABASE, clock=clock)
    (folder / f"{workshop.id}.toml").write_text(GOOD, encoding="utf-8")
    synced = badges.sync()
    assert "looked after in the portal itself" in synced.faults[0].message
    assert listed(database)[workshop.id].content == own


def test_skills_get_the_names_that_the_city_knows(badges, database, folder, tmp_path):
    nameless = GOOD.replace('label = { en = "tune bicycles" }\n', "")
    (folder / "kolo.toml").write_text(nameless, encoding="utf-8")
    (fault,) = badges.faults()
    assert "skills (number 1) label is missing" in fault.message
    esco = tmp_path / "esco"
    esco.mkdir()
    uri = "http://data.europa.eu/esco/skill/1f9cd253-7d74-45a2-acf6-0bd2354aed2f"
    for tag, label in (("en", "tune bicycles"), ("sl", "nastavljati kolesa")):
        (esco / f"skills_{tag}.csv").write_text(f"conceptUri,preferredLabel\n{uri},{label}\n", encoding="utf-8")
    with database.write() as session:
        skills.import_folder(session, esco, languages=("sl", "en"))
    badges.sync()
    assert listed(database)["kolo"].content.skills[0].label == {"en": "tune bicycles", "sl": "nastavljati kolesa"}


def test_a_city_without_badges_has_none(badges, database, folder):
    folder.rmdir()
    badges.freshen()
    assert badges.sync().unchanged == 0
    assert listed(database) == {}


@pytest.mark.parametrize("name", ["ljubljana", "vilnius"])
def test_the_badges_that_a_shipped_city_brings_are_whole_in_every_language(name, database, clock, tmp_path):
    config = load_city(CITIES / name, environ={"COL_VAR": str(tmp_path / "var")})
    badges = BadgeFiles(
        config, database=database, store=FolderStore(tmp_path / "files"), clock=clock, symbols=badge_symbols
    )
    assert not badges.sync().faults
    found = listed(database)
    assert len(found) >= 8
    assert any(each.content.micro_credential for each in found.values())
    for each in found.values():
        assert each.content.example, f"{each.id} is awarded by nobody who exists, and does not say so"
        for texts in (each.content.name, each.content.description, each.content.criteria, each.content.abilities):
            assert set(texts) == set(config.languages), each.id

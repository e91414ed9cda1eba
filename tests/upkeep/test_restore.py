import hashlib
import json
import zipfile

import pytest
from sqlalchemy import select, text

from col_core.base import migrate, migration_steps
from col_core.base.config import load_city
from col_core.base.database import Database
from col_core.base.errors import ColError, Conflict, InvalidInput
from col_core.base.outbox import OutboxRow
from col_core.content.feedback import MAIL_JOB
from col_core.testing.clock import START
from col_core.upkeep import marks

PICTURE = "opportunities/ab/cdef-480.webp"


def outbox_of(town):
    with town.open() as city, city.house.database.read() as session:
        return {row.job: row.state for row in session.scalars(select(OutboxRow))}


def test_a_backup_of_either_engine_becomes_the_same_city_on_either(town, elsewhere, tmp_path):
    offers, messages = town.offers(), town.messages()
    done = elsewhere.restore(town.back_up(tmp_path / "a.zip").file)
    assert (done.offers, done.files) == (2, 1)
    assert elsewhere.offers() == offers
    assert elsewhere.messages() == messages
    assert elsewhere.files() == town.files() == {PICTURE: b"a picture"}
    assert elsewhere.found("chess") == town.found("chess") == ["Chess for beginners"]
    assert (elsewhere.config.var / "secret.key").read_text() == (town.config.var / "secret.key").read_text()
    assert marks.unfinished_restore(elsewhere.config.var) is None


def test_numbers_count_on_after_a_restore(a_town, elsewhere, tmp_path):
    elsewhere.restore(a_town.back_up(tmp_path / "a.zip").file)
    elsewhere.fill()
    assert len({each.id for each in elsewhere.messages()}) == 2
    with elsewhere.open() as city, city.house.database.read() as session:
        numbers = session.scalars(select(OutboxRow.id).order_by(OutboxRow.id)).all()
    assert len(numbers) == len(set(numbers)) > 4


def test_a_city_with_something_in_it_is_kept_and_what_would_be_lost_is_said(town, tmp_path):
    file = town.back_up(tmp_path / "a.zip").file
    with pytest.raises(Conflict, match=r"all of this would be lost: .*2 in opportunity.*1 files.*--force"):
        town.restore(file)
    assert len(town.offers()) == 2


def test_with_force_the_city_is_what_it_was_and_nothing_newer_is_left(town, tmp_path):
    file = town.back_up(tmp_path / "a.zip").file
    with town.open() as city:
        city.house.files.put("opportunities/ff/newer-480.webp", b"newer", "image/webp")
        with city.house.database.write() as session:
            session.execute(text("DELETE FROM feedback"))
    town.restore(file, force=True)
    assert len(town.messages()) == 1
    assert list(town.files()) == [PICTURE]
    assert not [each for each in (town.config.var / "files").iterdir() if each.name.startswith(".")]


def test_what_others_would_notice_waits_for_a_decision(a_town, elsewhere, tmp_path):
    done = elsewhere.restore(a_town.back_up(tmp_path / "a.zip").file)
    states = outbox_of(elsewhere)
    assert states[MAIL_JOB] == "parked"
    # A picture is only fetched: nobody gets it twice.
    assert states["catalogue.picture"] == "waiting"
    assert done.parked == 3
    assert states["event"] == "parked"
    with elsewhere.open() as city:
        city.worker().drain(rounds=5)
    assert outbox_of(elsewhere)[MAIL_JOB] == "parked"


def test_one_may_say_that_nothing_of_it_ran_since(a_town, beside, tmp_path):
    done = beside.restore(a_town.back_up(tmp_path / "a.zip").file, run_pending=True)
    assert done.parked == 0
    assert set(outbox_of(beside).values()) == {"waiting"}


def test_a_parked_job_does_not_swallow_the_next_one_of_its_kind(a_town, beside, tmp_path):
    beside.restore(a_town.back_up(tmp_path / "a.zip").file)
    beside.fill()
    with beside.open() as city, city.house.database.read() as session:
        mails = session.scalars(select(OutboxRow.state).where(OutboxRow.job == MAIL_JOB)).all()
    assert sorted(mails) == ["parked", "waiting"]


def test_an_older_backup_is_brought_to_the_present_form(tmp_path, empty_database_url, beside, new_town):
    old = new_town("old", url=empty_database_url)
    old.config.var.mkdir(parents=True)
    database = Database(empty_database_url)
    with database.write() as session:
        migration_steps.take(session.connection(), "0001")
        session.execute(
            text(
                "INSERT INTO organiser (id, slug, name, name_key, summary, verified, created) "
                "VALUES ('o1', 'zmaji', 'Zmaji', 'zmaji', '{}', :no, '2026-01-07 12:00:00')"
            ),
            {"no": False},
        )
    database.dispose()
    done = beside.restore(old.back_up(tmp_path / "a.zip").file)
    assert done.manifest.migration == "0001"
    with beside.open() as city, city.house.database.read() as session:
        name, created = session.execute(text("SELECT name, created FROM organiser")).one()
        assert name == "Zmaji"
        assert str(created).startswith(f"{START:%Y-%m-%d %H:%M:%S}")
        assert migrate.pending(city.house.database) == []


def test_a_row_that_does_not_fit_leaves_everything_as_it_was(town, tmp_path):
    file = town.back_up(tmp_path / "a.zip").file

    def forget(name, data):
        return b"" if name == "tables/organiser.jsonl" else data

    forged = rewritten(file, tmp_path / "forged.zip", forget)
    with pytest.raises(InvalidInput, match="Nothing was changed"):
        town.restore(forged, force=True)
    assert len(town.offers()) == 2
    assert list(town.files()) == [PICTURE]
    assert town.found("graffiti") == ["Graffiti workshop"]
    assert marks.unfinished_restore(town.config.var) is None


def test_a_backup_of_a_newer_version_is_refused_before_anything_happens(a_town, beside, tmp_path):
    def newer(manifest):
        return {**manifest, "migration": "9999", "version": "7.0.0"}

    forged = rewritten(a_town.back_up(tmp_path / "a.zip").file, tmp_path / "b.zip", manifest=newer)
    with pytest.raises(Conflict, match=r"made by a newer version \(7\.0\.0"):
        beside.restore(forged)
    assert not beside.config.var.exists()


def test_another_citys_backup_is_refused(a_town, tmp_path, new_town):
    settings = (a_town.folder / "city.toml").read_text().replace('id = "testville"', 'id = "otherville"')
    other = new_town("other", settings=settings)
    with pytest.raises(Conflict, match=r"a backup of 'testville', and the city here is 'otherville'"):
        other.restore(a_town.back_up(tmp_path / "a.zip").file)


def test_a_table_of_somebody_else_survives(a_town, tmp_path):
    file = a_town.back_up(tmp_path / "a.zip").file
    database = Database(a_town.environ["COL_DATABASE_URL"])
    with database.write() as session:
        session.execute(text("CREATE TABLE someone_elses (id INTEGER)"))
    a_town.restore(file, force=True)
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM someone_elses")) == 0
    database.dispose()


def test_a_secret_from_the_environment_is_not_overwritten_but_a_difference_is_said(a_town, beside, tmp_path):
    beside.config = load_city(beside.folder, environ={**beside.environ, "COL_SECRET_KEY": "e" * 40})
    done = beside.restore(a_town.back_up(tmp_path / "a.zip").file)
    assert "COL_SECRET_KEY is another secret" in done.notes[0]
    assert not (beside.config.var / "secret.key").exists()


def test_a_city_whose_plugins_fail_is_not_touched(a_town, tmp_path, new_town):
    settings = (a_town.folder / "city.toml").read_text().replace('["lang_en"]', '["lang_en", "not_there"]')
    broken = new_town("broken", settings=settings)
    with pytest.raises(ColError, match="no plugin 'not_there'"):
        broken.restore(a_town.back_up(tmp_path / "a.zip").file)
    assert not (tmp_path / "broken.db").exists()


def rewritten(file, target, change=lambda _name, data: data, *, manifest=lambda said: said):
    """Write a backup again with other entries, all of them hashed as they should be."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        said = json.loads(old.read("manifest.json"))
        for name in old.namelist():
            if name == "manifest.json":
                continue
            data = change(name, old.read(name))
            new.writestr(name, data)
            part = said["tables"].get(name.removeprefix("tables/").removesuffix(".jsonl"))
            if part is not None:
                part |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        new.writestr("manifest.json", json.dumps(manifest(said)))
    return target

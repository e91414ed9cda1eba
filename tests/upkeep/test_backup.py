import os
import stat
import subprocess
import sys
import tracemalloc
import zipfile

import pytest
from sqlalchemy import text

from col_core.base.database import Base, Database
from col_core.base.errors import ColError, Conflict, NotFound
from col_core.upkeep import marks
from col_core.upkeep.archive import Archive
from col_core.upkeep.records import silent


def test_one_file_for_its_owner_alone_holds_rows_files_and_secret(town, tmp_path):
    done = town.back_up(tmp_path / "a.zip")
    assert stat.S_IMODE(done.file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.glob("*.zip")] == ["a.zip"]
    assert not list(tmp_path.glob(".*"))
    archive = Archive(done.file)
    archive.verify(silent)
    assert archive.manifest.tables["opportunity"].rows == 2
    assert [each.key for each in archive.files()] == ["opportunities/ab/cdef-480.webp"]
    assert archive.read("secret.key").decode() == (town.config.var / "secret.key").read_text().strip()
    archive.close()


def test_a_command_that_loads_little_leaves_no_table_out(town, tmp_path):
    command = [sys.executable, "-m", "col_core", "--city", str(town.folder), "backup", str(tmp_path / "a.zip")]
    environ = os.environ | town.environ
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ)
    assert "none of this city's" not in done.stderr
    archive = Archive(tmp_path / "a.zip")
    kept = archive.manifest.tables
    archive.close()
    known = {each.name for each in Base.metadata.tables.values() if not each.info.get("derived")}
    assert kept.keys() == known
    assert kept["feedback"].rows == 1


def test_what_can_be_made_again_is_left_out(town, tmp_path):
    archive = Archive(town.back_up(tmp_path / "a.zip").file)
    assert not {"search_entry", "search_text", "facet_value", "rate_window"} & archive.manifest.tables.keys()
    archive.close()


def test_it_shows_one_moment_although_others_go_on_writing(town, tmp_path):
    database = Database(town.environ["COL_DATABASE_URL"])

    def write(_what, _done, _total):
        # Both rows in one commit, while the backup reads: it must hold neither.
        with database.write() as session:
            session.execute(text("UPDATE feedback SET message = 'later'"))
            session.execute(text("UPDATE outbox SET payload = 'later'"))
            session.execute(text("DELETE FROM opportunity"))

    archive = Archive(town.back_up(tmp_path / "a.zip", progress=write).file)
    database.dispose()
    lines = b"".join(line for name in archive.manifest.tables for line in archive.lines(f"tables/{name}.jsonl"))
    archive.close()
    assert b"later" not in lines
    assert archive.manifest.tables["opportunity"].rows == 2


def test_a_file_that_is_there_stays_unless_one_says_so(a_town, tmp_path):
    (tmp_path / "a.zip").write_bytes(b"precious")
    with pytest.raises(Conflict, match="--force overwrites"):
        a_town.back_up(tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == b"precious"
    a_town.back_up(tmp_path / "a.zip", force=True)
    assert zipfile.is_zipfile(tmp_path / "a.zip")


def test_what_goes_wrong_leaves_no_half_of_a_backup(a_town, tmp_path):
    def fail(_what, _done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        a_town.back_up(tmp_path / "a.zip", progress=fail)
    assert not [each for each in tmp_path.iterdir() if "a.zip" in each.name]
    assert marks.last_backup(a_town.config.var) is None


def test_in_a_folder_it_is_named_by_its_time_and_old_ones_go(a_town, tmp_path, clock):
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "testville-notes.zip").write_bytes(b"not ours")
    made = []
    for _ in range(4):
        made.append(a_town.back_up(folder, keep=2))
        clock.advance(days=1)
    assert made[0].file.name == "testville-20260107-120000.zip"
    assert [each.name for each in sorted(folder.iterdir())] == [
        "testville-20260109-120000.zip",
        "testville-20260110-120000.zip",
        "testville-notes.zip",
    ]
    assert made[3].removed == [made[1].file]
    assert marks.last_backup(a_town.config.var).file == made[3].file


def test_a_folder_that_is_not_there_is_said(a_town, tmp_path):
    with pytest.raises(NotFound, match="There is no folder"):
        a_town.back_up(tmp_path / "nowhere" / "a.zip")
    with pytest.raises(ColError, match="--keep needs a folder"):
        a_town.back_up(tmp_path / "a.zip", keep=3)


def test_an_empty_city_has_nothing_to_back_up(beside, tmp_path):
    beside.config.var.mkdir(parents=True)
    with pytest.raises(NotFound, match="nothing to back up"):
        beside.back_up(tmp_path / "a.zip")


def test_a_table_that_is_not_the_citys_is_named_and_left_out(a_town, tmp_path):
    database = Database(a_town.environ["COL_DATABASE_URL"])
    with database.write() as session:
        session.execute(text("CREATE TABLE someone_elses (id INTEGER)"))
    database.dispose()
    done = a_town.back_up(tmp_path / "a.zip")
    assert done.strangers == ["someone_elses"]


def test_a_large_table_is_never_wholly_in_memory(town, tmp_path):
    town.raw_items(1500, 20_000)
    tracemalloc.start()
    try:
        done = town.back_up(tmp_path / "a.zip")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert done.rows > 1500
    assert peak < 16_000_000

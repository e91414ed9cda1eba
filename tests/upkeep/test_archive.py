import json
import stat
import zipfile

import pytest

from col_core.base.errors import InvalidInput
from col_core.upkeep.archive import Archive
from col_core.upkeep.records import silent


@pytest.fixture
def backup(a_town, tmp_path):
    return a_town.back_up(tmp_path / "a.zip").file


def read(file):
    archive = Archive(file)
    try:
        archive.verify(silent)
    finally:
        archive.close()


def with_entry(file, target, info, data):
    """Copy a backup and put one more entry in."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr(info, data)
    return target


def a_link():
    info = zipfile.ZipInfo("files/link.webp")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("info", "said"),
    [
        ("../../etc/cron.d/evil", "leads out of it"),
        ("/etc/cron.d/evil", "leads out of it"),
        ("files/..\\evil.webp", "leads out of it"),
        ("files/folder/", "leads out of it"),
        (a_link(), "is a link"),
        ("files/extra.webp", "other entries than its list names"),
        ("tables/evil.jsonl", "other entries than its list names"),
    ],
)
def test_an_entry_that_no_backup_has_is_refused(backup, tmp_path, info, said):
    with pytest.raises(InvalidInput, match=said):
        read(with_entry(backup, tmp_path / "b.zip", info, b"evil"))


def test_a_bomb_is_refused_before_it_is_unpacked(backup, tmp_path):
    bomb = with_entry(backup, tmp_path / "b.zip", "files/bomb.webp", b"\0" * 60_000_000)
    assert bomb.stat().st_size < 200_000
    with pytest.raises(InvalidInput, match="would unpack to 60000000 bytes"):
        read(bomb)


def test_every_changed_byte_of_an_entry_is_found(backup, tmp_path):
    with zipfile.ZipFile(backup) as file:
        names = file.namelist()
    for changed in names:
        with zipfile.ZipFile(backup) as old, zipfile.ZipFile(tmp_path / "b.zip", "w") as new:
            for name in names:
                data = old.read(name)
                new.writestr(name, data[:-2] + b"#\n" if name == changed else data)
        with pytest.raises(InvalidInput, match=r"damaged or altered|is no backup"):
            read(tmp_path / "b.zip")


def test_a_file_that_breaks_off_is_refused(backup, tmp_path):
    whole = backup.read_bytes()
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        (tmp_path / "b.zip").write_bytes(whole[:length])
        with pytest.raises(InvalidInput, match="no backup, or only a part of one"):
            read(tmp_path / "b.zip")


def test_damage_on_the_disk_is_refused(backup, tmp_path):
    whole = bytearray(backup.read_bytes())
    with zipfile.ZipFile(backup) as file:
        at = file.getinfo("tables/opportunity.jsonl").header_offset + 200
    whole[at : at + 8] = b"\xff" * 8
    (tmp_path / "b.zip").write_bytes(whole)
    with pytest.raises(InvalidInput, match="damaged"):
        read(tmp_path / "b.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name_are_refused(backup, tmp_path):
    with pytest.raises(InvalidInput, match="an entry twice"):
        read(with_entry(backup, tmp_path / "b.zip", "secret.key", b"another"))


@pytest.mark.parametrize("name", ["nothing.zip", "text.zip", "plain.zip"])
def test_what_is_no_backup_is_said(tmp_path, name):
    (tmp_path / "text.zip").write_text("hello")
    with zipfile.ZipFile(tmp_path / "plain.zip", "w") as file:
        file.writestr("holiday.jpg", b"x")
    with pytest.raises(InvalidInput, match=r"There is no file|is no backup"):
        read(tmp_path / name)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": "something"}, "no backup of a city"),
        ({"format_version": 2}, "backup format 2; this version reads 1"),
        ({"tables": [1, 2]}, "manifest.json cannot be read"),
        ({"files": -1}, "other entries"),
        ({"secret": None}, "other entries"),
    ],
)
def test_a_manifest_that_says_something_else_is_refused(backup, tmp_path, change, said):
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(tmp_path / "b.zip", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, json.dumps(json.loads(data) | change) if name == "manifest.json" else data)
    with pytest.raises(InvalidInput, match=said):
        read(tmp_path / "b.zip")

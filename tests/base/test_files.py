from pathlib import Path

import pytest

from col_core.base.errors import ConfigError, InvalidInput, NotFound
from col_core.base.files import FolderStore, open_store


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "files")


def test_what_was_put_can_be_read_replaced_and_deleted(store: FolderStore) -> None:
    store.put("opportunities/ab/cd-480.webp", b"one", "image/webp")
    store.put("opportunities/ab/cd-480.webp", b"two", "image/webp")
    with store.open("opportunities/ab/cd-480.webp") as file:
        assert file.read() == b"two"
    store.delete("opportunities/ab/cd-480.webp")
    store.delete("opportunities/ab/cd-480.webp")
    assert not store.exists("opportunities/ab/cd-480.webp")
    with pytest.raises(NotFound):
        store.open("opportunities/ab/cd-480.webp")


@pytest.mark.parametrize(
    "key", ["../x.webp", "/etc/x.webp", "a/../b.webp", "a//b.webp", ".x.webp", "a\0.webp", "a", "A.webp"]
)
def test_a_key_never_leads_out_of_the_folder(store: FolderStore, key: str) -> None:
    with pytest.raises(NotFound):
        store.put(key, b"", "image/webp")
    with pytest.raises(NotFound):
        store.open(key)


def test_the_ending_says_the_type(store: FolderStore) -> None:
    with pytest.raises(InvalidInput):
        store.put("a.webp", b"<html>", "text/html")


def test_nothing_half_written_stays(store: FolderStore, tmp_path: Path) -> None:
    store.put("a/b.webp", b"x", "image/webp")
    assert [each.name for each in (tmp_path / "files").rglob("*") if each.is_file()] == ["b.webp"]


def test_only_folders_are_stores_yet(tmp_path: Path) -> None:
    open_store((tmp_path / "with space").as_uri()).put("a.webp", b"x", "image/webp")
    assert (tmp_path / "with space" / "a.webp").is_file()
    with pytest.raises(ConfigError):
        open_store("s3://bucket")

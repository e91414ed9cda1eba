import pytest

from col_core.testing.towns import write_town


@pytest.fixture
def town(tmp_path, database_url, monkeypatch):
    """The folder of a small city whose commands use the database of the test."""
    monkeypatch.setenv("COL_DATABASE_URL", database_url)
    monkeypatch.setenv("COL_VAR", str(tmp_path / "var"))
    return write_town(tmp_path, plugins=("lang_sl", "lang_en", "csv", "ical"))

"""The commands of an administrator: what they say, and with which code they end."""

from pathlib import Path

import pytest
from sqlalchemy import text

from col_core.base.database import Database
from col_core.cli.main import main

CITY = Path(__file__).parents[2] / "cities" / "ljubljana"


@pytest.fixture
def col(tmp_path, monkeypatch, capsys):
    """Run a command of `col` for Ljubljana; return its code and what it said."""
    monkeypatch.setenv("COL_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("COL_CITY", str(CITY))
    monkeypatch.delenv("COL_DATABASE_URL", raising=False)

    def run(*words):
        code = main(list(words))
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


def test_to_check_a_database_that_is_not_there_makes_none(col, tmp_path):
    code, told = col("db", "check")
    assert code == 1
    assert "There is no database yet" in told
    assert not (tmp_path / "var").exists()


def test_an_upgrade_says_what_it_did_and_then_nothing_is_missing(col):
    code, told = col("db", "upgrade")
    assert code == 0
    assert told.startswith("Done: 0001")
    assert col("db", "upgrade") == (0, "The database is up to date.\n")
    assert col("db", "check") == (0, "The database is up to date.\n")


def test_a_database_of_a_newer_version_is_left_alone(col, tmp_path):
    col("db", "upgrade")
    database = Database(f"sqlite:///{tmp_path / 'var' / 'ljubljana' / 'city.db'}")
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.dispose()
    for action in ("check", "upgrade"):
        code, told = col("db", action)
        assert code == 1
        assert "written by a newer version" in told


def test_a_server_that_does_not_answer_is_one_sentence(col, monkeypatch, tmp_path):
    monkeypatch.setenv("COL_DATABASE_URL", "postgresql://u:hunter2@127.0.0.1:1/x")
    for words in (["db", "check"], ["db", "upgrade"], ["backup", str(tmp_path / "a.zip")], ["jobs", "list"]):
        code, told = col(*words)
        assert code == 1
        assert "Traceback" not in told
        assert "hunter2" not in told
        assert "cannot be reached" in told


@pytest.mark.parametrize("action", ["show", "export"])
def test_settings_are_shown_without_secrets_and_with_their_origin(col, monkeypatch, action):
    monkeypatch.setenv("COL_DATABASE_URL", "postgresql://u:hunter2@127.0.0.1/x")
    monkeypatch.setenv("COL_METRICS_TOKEN", "abcdefghijklmnopqrstuvwxyz")
    monkeypatch.setenv("COL_SECRET_KEY", "e" * 40)
    monkeypatch.setenv("COL_PROXIES", "1")
    code, told = col("config", action)
    assert code == 0
    for secret in ("hunter2", "abcdefgh", "eeee"):
        assert secret not in told
    assert "postgresql://u:***@127.0.0.1/x" in told
    if action == "show":
        lines = dict(line.split(" = ", 1) for line in told.splitlines())
        assert lines["metrics_token"] == '"(set; not shown)"    # environment (COL_METRICS_TOKEN)'
        assert lines["proxies"] == "1    # environment (COL_PROXIES)"
        assert lines["timezone"].startswith('"Europe/Ljubljana"    # city.toml:')


def test_plugins_are_listed_and_checked(col):
    code, told = col("plugins", "list")
    assert code == 0
    assert "enabled  lang_sl" in told
    code, told = col("plugins", "check")
    assert code == 0
    assert "keeps what its hooks promise" in told

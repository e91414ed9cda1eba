"""Each command in a process of its own, as people run it: what one command loads, another may never have met."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from col_core.testing.towns import write_town

pytestmark = pytest.mark.long

NEXT_MONTH = datetime.now(UTC).date() + timedelta(days=30)
TABLE = f"external_id,title_sl,start,end,venue,lat,lon\na,Čaj,{NEXT_MONTH} 17:00,{NEXT_MONTH} 18:00,Grad,46.05,14.51\n"
SOURCE = '\n[[sources]]\nid = "table"\nplugin = "csv"\nurl = "table.csv"\npublish = "auto"\n'


@pytest.fixture(scope="module")
def col(tmp_path_factory):
    """Run `col --city TOWN …` as a process; return its exit code and what it said, errors behind the rest."""
    home = tmp_path_factory.mktemp("alone")
    folder = write_town(home / "town", more=SOURCE)
    (folder / "table.csv").write_text(TABLE, encoding="utf-8")
    environ = {**os.environ, "COL_VAR": str(home / "var")}

    def run(*words):
        command = [sys.executable, "-m", "col_core", "--city", str(folder), *words]
        done = subprocess.run(command, capture_output=True, text=True, env=environ, cwd=home, timeout=120, check=False)
        return done.returncode, done.stdout + done.stderr

    assert run("organisations", "add", "Mladi")[0] == 0
    assert run("sources", "sync")[0] == 0
    assert run("api-token", "--organisation", "mladi", "--scope", "opportunities:read")[0] == 0
    return run


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("config", "show"), "testville"),
        (("config", "export"), "testville"),
        (("content", "check"), ""),
        (("db", "check"), ""),
        (("db", "upgrade"), ""),
        (("doctor",), ""),
        (("feedback", "list"), ""),
        (("jobs", "list"), ""),
        (("opportunities", "export", "--format", "csv"), "Čaj"),
        (("opportunities", "export", "--format", "ics"), "SUMMARY"),
        (("opportunities", "waiting"), ""),
        (("opportunities", "doubles"), ""),
        (("organisations", "list"), "mladi"),
        (("plugins", "list"), "csv"),
        (("plugins", "check"), ""),
        (("sources", "list"), "table"),
        (("sources", "preview", "table"), ""),
        (("sources", "errors", "table"), "table"),
        (("api-token", "--organisation", "mladi", "--list"), "opportunities:read"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_a_command_finds_what_it_needs(col, words, said):
    code, output = col(*words)
    assert "Traceback" not in output
    assert code == (1 if words == ("doctor",) else 0), output
    assert said in output


def test_a_backup_made_alone_restores_alone(col, tmp_path):
    code, output = col("backup", str(tmp_path / "town.zip"))
    assert (code, "Traceback" in output) == (0, False), output
    code, output = col("restore", str(tmp_path / "town.zip"), "--force")
    assert (code, "Traceback" in output) == (0, False), output
    assert "mladi" in col("organisations", "list")[1]
    assert "Čaj" in col("opportunities", "export", "--format", "csv")[1]
    assert "opportunities:read" in col("api-token", "--organisation", "mladi", "--list")[1]

"""What a command notes while it works: one line each, without the values of variables."""

import subprocess
import sys

from col_core.cli.main import main

BROKEN = """
from col_core.plugin import hookimpl

@hookimpl
def col_opportunity_sources(city):
    secret = "open sesame"
    raise ZeroDivisionError("out of order")
"""


def test_a_broken_plugin_is_a_line_and_not_a_traceback(tmp_path, monkeypatch):
    town = tmp_path / "town"
    assert main(["city", "new", "Town", str(town)]) == 0
    (town / "plugins" / "broken").mkdir()
    (town / "plugins" / "broken" / "__init__.py").write_text(BROKEN, encoding="utf-8")
    text = (town / "city.toml").read_text(encoding="utf-8").replace('"csv"]', '"csv", "broken"]')
    (town / "city.toml").write_text(f'{text}\n[[sources]]\nid = "b"\nplugin = "broken"\n', encoding="utf-8")
    monkeypatch.setenv("COL_VAR", str(tmp_path / "var"))
    command = [sys.executable, "-m", "col_core", "--city", str(town), "sources", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "! Plugin 'broken': col_opportunity_sources raised ZeroDivisionError: out of order" in done.stdout
    assert "plugin.raised" in done.stderr
    assert "Traceback" not in done.stderr
    assert "open sesame" not in done.stderr

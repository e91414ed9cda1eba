import importlib.util
from pathlib import Path

import pytest

from col_core.house import SPECIFICATIONS

ROOT = Path(__file__).parents[2]


def the_script():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts" / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def a_wide_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")


def test_the_reference_says_what_the_code_says():
    for name, text in the_script().pages().items():
        written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
        assert written == text.rstrip() + "\n", f"docs/reference/{name} is old: run python scripts/reference.py"


def test_every_hook_says_when_it_is_called():
    for module in SPECIFICATIONS:
        for name, hook in the_script().specified(module):
            assert "Called" in (hook.__doc__ or ""), f"{name} does not say when it is called"


def test_no_word_of_this_project_leads_to_a_machine_of_its_makers():
    for file in [*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md")]:
        text = file.read_text(encoding="utf-8")
        assert "/home/" not in text, file
        assert "/root/" not in text, file

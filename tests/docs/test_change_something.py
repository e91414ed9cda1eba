"""The guide to the code names files that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/change-something.md").read_text(encoding="utf-8")
# Where a file is named without its folder, it lies in one of these.
FOLDERS = ("", "col_core/catalogue", "col_core/web/static/src", "col_core/web", "docs")


def test_every_file_that_the_guide_names_is_there():
    names = [
        each for each in re.findall(r"`([^`<>]+)`", GUIDE) if re.fullmatch(r"[\w./-]+(\.(py|md|html|css|json)|/)", each)
    ]
    rooms = {"records.py", "tables.py", "hooks.py", "pages.py", "api.py", "checks.py", "figures.py"}
    missing = [each for each in names if each not in rooms and not any((ROOT / at / each).exists() for at in FOLDERS)]
    assert len(names) > 30
    assert missing == []

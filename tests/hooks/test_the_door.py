"""Plugins come in by one door, and the core looks out of none."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGINS = sorted(
    {*ROOT.glob("plugins/*/col_plugin_*/**/*.py"), *ROOT.glob("plugins/*/tests/**/*.py")}
    | {*ROOT.glob("cities/*/plugins/**/*.py"), *ROOT.glob("tests/towns/*/plugins/**/*.py")}
)
CORE = sorted(ROOT.glob("col_core/**/*.py"))


def imported(file):
    """The modules that a file imports; `from a import b` counts as `a` and as `a.b`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{each.name}" for each in node.names)


def is_within(name, *packages):
    return any(name == each or name.startswith(f"{each}.") for each in packages)


@pytest.mark.parametrize("file", PLUGINS, ids=lambda each: str(each.relative_to(ROOT)))
def test_a_plugin_imports_nothing_of_the_core_but_its_door(file):
    doors = ["col_core.plugin", *(["col_core.testing"] if "tests" in file.relative_to(ROOT).parts else [])]
    ours = [name for name in imported(file) if is_within(name, "col_core")]
    assert [name for name in ours if not is_within(name, *doors)] == []


def test_the_core_imports_no_plugin():
    assert len(CORE) > 200
    assert [
        str(file) for file in CORE for name in imported(file) if name.partition(".")[0].startswith("col_plugin_")
    ] == []

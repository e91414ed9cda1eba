import sys
from pathlib import Path

import pytest

from col_core.base.config import load_city
from col_core.base.errors import ConfigError, PluginError
from col_core.base.jobs import Periodic
from col_core.house import load_plugins

OWN = """
from col_core.plugin import ConfigSchemas, Operations, Periodic, PluginSchema, hookimpl
from marshmallow import fields

class Settings(PluginSchema):
    greeting = fields.String(required=True)

@hookimpl
def col_config_schema():
    return Settings

@hookimpl
def col_operations(city):
    return Operations(periodics=[Periodic(name=city.settings["greeting"], every_s=60, run=print)])
"""


def a_city(folder: Path, plugins: str, more: str = "", package: str = ""):
    (folder / "city.toml").write_text(
        f"""
[city]
id = "testville"
name = "Testville"
country = "SI"
timezone = "Europe/Ljubljana"
languages = ["en"]
bbox = [14.38, 45.95, 14.83, 46.15]
age_of_consent = 15
base_url = "http://localhost:8001"
[plugins]
enabled = [{plugins}]
{more}
""",
        encoding="utf-8",
    )
    if package:
        (folder / "plugins" / "own").mkdir(parents=True)
        (folder / "plugins" / "own" / "__init__.py").write_text(package, encoding="utf-8")
    return load_city(folder, environ={"COL_VAR": str(folder / "var")})


def test_a_name_that_is_not_there_says_what_is(tmp_path, clock):
    with pytest.raises(PluginError, match=r"no plugin 'nowhere'.*Installed:.*demo"):
        load_plugins(a_city(tmp_path, '"nowhere"'), clock=clock)


def test_a_plugin_in_the_citys_own_folder_works_without_installation(tmp_path, clock):
    city = a_city(tmp_path, '"own"', '[plugins.own]\ngreeting = "Živjo"', OWN)
    loaded = load_plugins(city, clock=clock)
    ((name, operations),) = loaded.plugins.must_call("col_operations", loaded.arguments)
    assert name == "own"
    assert [each.name for each in operations.periodics] == ["Živjo"]
    assert isinstance(operations.periodics[0], Periodic)
    del sys.modules["own"]


def test_a_wrong_setting_of_a_plugin_names_the_file_and_the_key(tmp_path, clock):
    city = a_city(tmp_path, '"own"', '[plugins.own]\ngreting = "Živjo"', OWN)
    with pytest.raises(ConfigError, match=r"city.toml:14: \[plugins.own\] greting is not a setting; .* greeting"):
        load_plugins(city, clock=clock)
    del sys.modules["own"]


def test_a_plugin_that_cannot_be_imported_is_named(tmp_path, clock):
    city = a_city(tmp_path, '"own"', package="import nothing_of_that_name")
    with pytest.raises(PluginError, match=r"'own' in .*cannot be imported: ModuleNotFoundError"):
        load_plugins(city, clock=clock)


def test_a_plugin_that_ends_the_program_at_import_is_named(tmp_path, clock):
    city = a_city(tmp_path, '"own"', package="import sys; sys.exit(3)")
    with pytest.raises(PluginError, match=r"'own' in .*cannot be imported: SystemExit"):
        load_plugins(city, clock=clock)


@pytest.mark.parametrize("name", ["json", "flask"])
def test_a_plugin_with_the_name_of_a_module_is_refused_before_it_stands_in_its_way(tmp_path, clock, name):
    city = a_city(tmp_path, f'"{name}"')
    (tmp_path / "plugins" / name).mkdir(parents=True)
    (tmp_path / "plugins" / name / "__init__.py").write_text("raise SystemExit", encoding="utf-8")
    with pytest.raises(PluginError, match=f"{name} has the name of a module of Python: call it otherwise"):
        load_plugins(city, clock=clock)

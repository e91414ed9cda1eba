import sys
from pathlib import Path
from types import ModuleType

import pytest

from col_core.badges.hooks import BadgeIssuer, SignedCredential
from col_core.base.config import load_city
from col_core.base.errors import ConfigError, PluginError
from col_core.base.jobs import Periodic
from col_core.hooks.isolation import FAULTS_BEFORE_OUT
from col_core.hooks.registry import Plugins
from col_core.house import SPECIFICATIONS, load_plugins
from col_core.plugin import Language, hookimpl

SLOVENE = Language(tag="sl", name="slovenščina", plural_forms="nplurals=2; plural=(n != 1);")


class Seal:
    format = "test-seal"

    def sign(self, credential: bytes) -> SignedCredential:
        return SignedCredential(body=credential + b"#sealed", media_type="text/plain")

    def verify(self, signed: SignedCredential) -> bool:
        return signed.body.endswith(b"#sealed")


def a_plugin(**hooks):
    module = ModuleType("a_plugin")
    for name, function in hooks.items():
        setattr(module, name, hookimpl(function))
    return module


def plugins_with(**by_name):
    plugins = Plugins(SPECIFICATIONS)
    for name, plugin in by_name.items():
        plugins.register(name, plugin)
    plugins.check()
    return plugins


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


def test_a_misspelt_hook_refuses_to_boot_and_says_which_there_are():
    with pytest.raises(PluginError, match=r"col_langauges.*\n?.*col_languages"):
        plugins_with(typo=a_plugin(col_langauges=lambda: []))


def test_a_name_that_is_not_there_says_what_is(tmp_path, clock):
    with pytest.raises(PluginError, match=r"no plugin 'nowhere'.*Installed:.*demo"):
        load_plugins(a_city(tmp_path, '"nowhere"'), clock=clock)


def test_a_plugin_for_another_hook_api_is_refused():
    plugin = a_plugin()
    plugin.HOOK_API = 2
    with pytest.raises(PluginError, match="hook API 2"):
        plugins_with(newer=plugin)


def test_a_plugin_that_raises_costs_only_itself():
    def broken():
        raise ZeroDivisionError("oops")

    plugins = plugins_with(broken=a_plugin(col_languages=broken), good=a_plugin(col_languages=lambda: [SLOVENE]))
    results = dict(plugins.call_each("col_languages"))
    assert results["good"] == [SLOVENE]
    assert isinstance(results["broken"], PluginError)
    assert "'broken'" in str(results["broken"])
    assert [(fault.plugin, fault.hook, fault.out) for fault in plugins.faults()] == [("broken", "col_languages", False)]


def test_a_plugin_that_fails_again_and_again_is_no_longer_called():
    calls = []

    def broken():
        calls.append(1)
        raise ZeroDivisionError("oops")

    plugins = plugins_with(broken=a_plugin(col_languages=broken))
    for _ in range(FAULTS_BEFORE_OUT + 3):
        plugins.call_each("col_languages")
    assert len(calls) == FAULTS_BEFORE_OUT
    assert plugins.faults()[0].out


def test_a_hook_that_decides_whether_to_boot_raises():
    def broken():
        raise ZeroDivisionError("oops")

    with pytest.raises(PluginError, match="'broken': col_languages raised ZeroDivisionError"):
        plugins_with(broken=a_plugin(col_languages=broken)).must_call("col_languages")


@pytest.mark.parametrize(
    ("returned", "said"),
    [("sl", "returned str, expected a list of Language"), (["sl"], "str, expected Language"), (None, "NoneType")],
)
def test_a_result_of_the_wrong_type_names_the_plugin_and_what_was_expected(returned, said):
    plugins = plugins_with(odd=a_plugin(col_languages=lambda: returned))
    ((name, error),) = plugins.call_each("col_languages")
    assert name == "odd"
    assert said in str(error)


def test_an_object_that_breaks_its_protocol_is_told_what_it_lacks():
    plugins = plugins_with(odd=a_plugin(col_badge_issuers=lambda city: [object()]))
    ((_, error),) = plugins.call_each("col_badge_issuers", lambda _: {"city": None})
    assert "lacks format, sign, verify" in str(error)


def test_a_coroutine_is_refused_because_nobody_would_await_it():
    async def later():
        return [SLOVENE]

    ((_, error),) = plugins_with(odd=a_plugin(col_languages=later)).call_each("col_languages")
    assert "hooks are plain functions" in str(error)


def test_a_plugin_may_leave_out_arguments_that_it_does_not_need():
    plugins = plugins_with(seal=a_plugin(col_badge_issuers=lambda: [Seal()]))
    ((_, issuers),) = plugins.must_call("col_badge_issuers", lambda _: {"city": None})
    assert isinstance(issuers[0], BadgeIssuer)


def test_a_badge_issuer_signs_and_verifies_what_it_signed():
    plugins = plugins_with(seal=a_plugin(col_badge_issuers=lambda city: [Seal()]))
    ((_, (issuer,)),) = plugins.must_call("col_badge_issuers", lambda _: {"city": None})
    signed = issuer.sign(b'{"name": "Diver"}')
    assert issuer.verify(signed)
    assert not issuer.verify(SignedCredential(body=b'{"name": "Pilot"}', media_type="text/plain"))


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
    with pytest.raises(ConfigError, match=r"city.toml: \[plugins.own\] greting: .*Unknown field.*knows: greeting"):
        load_plugins(city, clock=clock)
    del sys.modules["own"]


def test_a_plugin_that_cannot_be_imported_is_named(tmp_path, clock):
    city = a_city(tmp_path, '"own"', package="import nothing_of_that_name")
    with pytest.raises(PluginError, match=r"'own' in .*cannot be imported: ModuleNotFoundError"):
        load_plugins(city, clock=clock)

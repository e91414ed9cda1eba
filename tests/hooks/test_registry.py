from types import ModuleType

import pytest

from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.hooks import BadgeIssuer, SignedCredential
from col_core.base.errors import PluginError
from col_core.hooks.registry import Plugins
from col_core.house import SPECIFICATIONS
from col_core.testing.badges import a_badge


class Seal:
    format = "test-seal"
    media_type = "text/plain"
    key_kind = None
    at_once = True

    def issue(self, badges, *, signer):
        return [SignedCredential(body=each.id.encode() + b"#sealed", media_type="text/plain") for each in badges]

    def revoke(self, badge_id, signed):
        """Nothing outside knows of it."""

    def verify(self, signed: SignedCredential, *, key: PublicKey | None) -> bool:
        return signed.body.endswith(b"#sealed")


def test_a_misspelt_hook_refuses_to_boot_and_says_which_there_are(plugins_with):
    with pytest.raises(PluginError, match=r"col_langauges.*\n?.*col_languages"):
        plugins_with(typo={"col_langauges": lambda: []})


def test_a_plugin_for_another_hook_api_is_refused(plugins_with):
    plugin = ModuleType("newer")
    plugin.HOOK_API = 2
    with pytest.raises(PluginError, match="hook API 2"):
        plugins_with().register("newer", plugin)


@pytest.mark.parametrize(
    ("returned", "said"),
    [("sl", "returned str, expected a list of Language"), (["sl"], "str, expected Language"), (None, "NoneType")],
)
def test_a_result_of_the_wrong_type_names_the_plugin_and_what_was_expected(plugins_with, returned, said):
    plugins = plugins_with(odd={"col_languages": lambda: returned})
    ((name, error),) = plugins.call_each("col_languages")
    assert name == "odd"
    assert said in str(error)


def test_an_object_that_breaks_its_protocol_is_told_what_it_lacks(plugins_with):
    plugins = plugins_with(odd={"col_badge_issuers": lambda city: [object()]})
    ((_, error),) = plugins.call_each("col_badge_issuers", lambda _: {"city": None})
    assert "lacks at_once, format, issue, key_kind, media_type, revoke, verify" in str(error)


def test_a_plugin_may_leave_out_arguments_that_it_does_not_need(plugins_with):
    plugins = plugins_with(seal={"col_badge_issuers": lambda: [Seal()]})
    ((_, issuers),) = plugins.must_call("col_badge_issuers", lambda _: {"city": None})
    assert isinstance(issuers[0], BadgeIssuer)


def test_a_badge_issuer_verifies_what_it_issued(plugins_with):
    plugins = plugins_with(seal={"col_badge_issuers": lambda city: [Seal()]})
    ((_, (issuer,)),) = plugins.must_call("col_badge_issuers", lambda _: {"city": None})
    (signed,) = issuer.issue([a_badge()], signer=None)
    assert issuer.verify(signed, key=None)
    assert not issuer.verify(SignedCredential(body=b"https://city.example/badges/2", media_type="text/plain"), key=None)


def test_a_misspelt_argument_refuses_to_boot_and_names_it(plugins_with):
    with pytest.raises(PluginError, match=r"'typo'(.|\n)*town"):
        plugins_with(typo={"col_badge_issuers": lambda town: []})


def test_a_plugin_that_is_enabled_twice_is_refused(plugins_with):
    plugins = plugins_with(one={})
    with pytest.raises(PluginError, match="'one' is enabled twice"):
        plugins.register("one", ModuleType("another"))


def test_a_citys_own_plugin_is_another_one_once_its_code_is(tmp_path):
    code = tmp_path / "board_of_a_city" / "__init__.py"
    code.parent.mkdir()

    def version(text):
        code.write_text(text, encoding="utf-8")
        plugins = Plugins(SPECIFICATIONS, folder=tmp_path)
        plugins.load(["board_of_a_city", "csv"])
        assert plugins.version("csv")
        return plugins.version("board_of_a_city")

    assert version("HOOK_API = 1") == version("HOOK_API = 1") != version("HOOK_API = 1  # mended")

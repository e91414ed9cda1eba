"""How a hook or an argument goes away: first it warns, and names the plugin that still uses it."""

import warnings
from types import ModuleType

import pytest

from col_core.hooks.deprecated import leaving
from col_core.hooks.markers import hookspec
from col_core.hooks.registry import Plugins
from col_core.plugin import hookimpl

OLD_ARGUMENT = leaving("the argument `town` of col_greet", instead="use `city`", removed_in="0.3")
OLD_HOOK = leaving("col_wave", instead="implement col_greet", removed_in="0.3")


def specifications():
    module = ModuleType("specifications")

    @hookspec(warn_on_impl_args={"town": OLD_ARGUMENT})
    def col_greet(city, town) -> None:
        """Called in this test."""

    @hookspec(warn_on_impl=OLD_HOOK)
    def col_wave() -> None:
        """Called in this test."""

    module.col_greet, module.col_wave = col_greet, col_wave
    return module


def a_plugin(**hooks):
    module = ModuleType("greeter")
    for name, function in hooks.items():
        setattr(module, name, hookimpl(function))
    return module


@pytest.mark.parametrize(
    ("hooks", "said"),
    [
        ({"col_greet": lambda town: None}, "`town` of col_greet is deprecated and goes away in 0.3: use `city`"),
        ({"col_wave": lambda: None}, "col_wave is deprecated and goes away in 0.3: implement col_greet"),
    ],
)
def test_what_goes_away_warns_and_still_works(hooks, said):
    plugins = Plugins([specifications()])
    with pytest.warns(DeprecationWarning, match=said):
        plugins.register("greeter", a_plugin(**hooks))
    (hook,) = hooks
    assert plugins.call_each(hook, lambda _: {"city": 1, "town": 2}) == [("greeter", None)]


def test_a_plugin_that_uses_what_stays_is_not_warned():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Plugins([specifications()]).register("greeter", a_plugin(col_greet=lambda city: None))


def test_an_argument_that_is_new_costs_old_plugins_nothing():
    plugins = Plugins([specifications()])
    plugins.register("greeter", a_plugin(col_greet=lambda: None))
    assert plugins.call_each("col_greet", lambda _: {"city": 1, "town": 2}) == [("greeter", None)]

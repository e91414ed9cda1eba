"""Plugins made on the spot."""

from types import ModuleType

import pytest

from col_core.hooks.registry import Plugins
from col_core.house import SPECIFICATIONS
from col_core.plugin import hookimpl


def a_plugin(**hooks):
    module = ModuleType("a_plugin")
    for name, function in hooks.items():
        setattr(module, name, hookimpl(function))
    return module


@pytest.fixture
def plugins_with():
    """Make the registry of a city with plugins: for each its name and, by name, its hooks."""

    def plugins_with(**by_name):
        plugins = Plugins(SPECIFICATIONS)
        for name, hooks in by_name.items():
            plugins.register(name, a_plugin(**hooks))
        plugins.check()
        return plugins

    return plugins_with

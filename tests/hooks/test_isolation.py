import sys
import threading

import pytest
from flask import Flask, request

from col_core.base.errors import PluginError
from col_core.hooks.isolation import FAULTS_BEFORE_OUT
from col_core.plugin import Language

SLOVENE = Language(tag="sl", name="slovenščina", plural_forms="nplurals=2; plural=(n != 1);")


def test_a_plugin_that_raises_costs_only_itself(plugins_with):
    def broken():
        raise ZeroDivisionError("oops")

    plugins = plugins_with(broken={"col_languages": broken}, good={"col_languages": lambda: [SLOVENE]})
    results = dict(plugins.call_each("col_languages"))
    assert results["good"] == [SLOVENE]
    assert isinstance(results["broken"], PluginError)
    assert "'broken'" in str(results["broken"])
    assert [(fault.plugin, fault.hook, fault.out) for fault in plugins.faults()] == [("broken", "col_languages", False)]


def test_a_plugin_that_fails_again_and_again_is_no_longer_called(plugins_with):
    calls = []

    def broken():
        calls.append(1)
        raise ZeroDivisionError("oops")

    plugins = plugins_with(broken={"col_languages": broken})
    for _ in range(FAULTS_BEFORE_OUT + 3):
        plugins.call_each("col_languages")
    assert len(calls) == FAULTS_BEFORE_OUT
    assert plugins.faults()[0].out


def test_a_hook_that_decides_whether_to_boot_raises(plugins_with):
    def broken():
        raise ZeroDivisionError("oops")

    with pytest.raises(PluginError, match="'broken': col_languages raised ZeroDivisionError"):
        plugins_with(broken={"col_languages": broken}).must_call("col_languages")


def test_a_coroutine_is_refused_because_nobody_would_await_it(plugins_with):
    async def later():
        return [SLOVENE]

    ((_, error),) = plugins_with(odd={"col_languages": later}).call_each("col_languages")
    assert "hooks are plain functions" in str(error)


def test_a_plugin_that_ends_the_program_costs_only_itself(plugins_with):
    ((_, error),) = plugins_with(odd={"col_languages": lambda: sys.exit(3)}).call_each("col_languages")
    assert "raised SystemExit" in str(error)


def test_one_answer_that_is_good_makes_up_for_the_faults_before(plugins_with):
    answers = [*[None] * (FAULTS_BEFORE_OUT - 1), [SLOVENE], *[None] * (FAULTS_BEFORE_OUT - 1)]
    plugins = plugins_with(shaky={"col_languages": lambda: answers.pop()})
    for _ in range(2 * FAULTS_BEFORE_OUT - 1):
        plugins.call_each("col_languages")
    assert answers == []
    assert not plugins.faults()[0].out


def test_a_plugin_that_hangs_costs_a_moment_and_soon_nothing(plugins_with):
    let_go, plugins = threading.Event(), plugins_with(slow={})
    for _ in range(FAULTS_BEFORE_OUT):
        with pytest.raises(PluginError, match=r"did not come back within 0\.05 seconds"):
            plugins.guard("slow", "block home", lambda: let_go.wait(60), within_s=0.05)
    with pytest.raises(PluginError, match="switched off"):
        plugins.guard("slow", "block home", lambda: "well again", within_s=0.05)
    assert plugins.guard("slow", "block footer", lambda: "another one", within_s=5) == "another one"
    let_go.set()


def test_what_a_bounded_call_raises_is_told_as_ever(plugins_with):
    def broken():
        raise ZeroDivisionError("oops")

    with pytest.raises(PluginError, match="raised ZeroDivisionError: oops"):
        plugins_with(broken={}).guard("broken", "block home", broken, within_s=5)


def test_a_bounded_call_knows_of_the_request(plugins_with):
    with Flask("test").test_request_context("/sl/"):
        assert plugins_with(good={}).guard("good", "block home", lambda: request.path, within_s=5) == "/sl/"

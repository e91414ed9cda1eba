"""Calling plugins so that a broken one costs its own function and nothing else."""

import contextvars
import inspect
import queue
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from col_core.base.errors import PluginError

_log = structlog.get_logger()
FAULTS_BEFORE_OUT = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What last went wrong in one hook of one plugin; `out` where it is no longer called."""

    plugin: str
    hook: str
    message: str
    count: int
    out: bool


class Isolation:
    """Counts faults a plugin and hook; after `FAULTS_BEFORE_OUT` in a row that hook of that plugin is left out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._messages: dict[tuple[str, str], str] = {}

    def call(self, plugin: str, hook: str, function: Callable[[], Any], check: Callable[[Any], str | None]) -> Any:
        """Return what `function` returns, checked. Raises PluginError that names the plugin and the hook."""
        if self.is_out(plugin, hook):
            raise PluginError(f"Plugin {plugin!r}: {hook} failed {FAULTS_BEFORE_OUT} times and is switched off.")
        try:
            result = function()
            problem = _not_a_value(result) or check(result)
        # A plugin that calls sys.exit() must not end the server.
        except (Exception, SystemExit) as error:
            _log.exception("plugin.raised", plugin=plugin, hook=hook)
            self._note(plugin, hook, f"{type(error).__name__}: {error}")
            raise PluginError(f"Plugin {plugin!r}: {hook} raised {type(error).__name__}: {error}") from error
        if problem is not None:
            _log.error("plugin.wrong_result", plugin=plugin, hook=hook, problem=problem)
            self._note(plugin, hook, problem)
            raise PluginError(f"Plugin {plugin!r}: {hook} {problem}.")
        with self._lock:
            self._counts.pop((plugin, hook), None)
        return result

    def is_out(self, plugin: str, hook: str) -> bool:
        with self._lock:
            return self._counts[plugin, hook] >= FAULTS_BEFORE_OUT

    def faults(self) -> list[Fault]:
        """Return what is wrong now, for the people who look after the city."""
        with self._lock:
            return [
                Fault(
                    plugin=plugin,
                    hook=hook,
                    message=self._messages[plugin, hook],
                    count=count,
                    out=count >= FAULTS_BEFORE_OUT,
                )
                for (plugin, hook), count in sorted(self._counts.items())
                if count
            ]

    def _note(self, plugin: str, hook: str, message: str) -> None:
        with self._lock:
            self._counts[plugin, hook] += 1
            self._messages[plugin, hook] = message


def _not_a_value(result: object) -> str | None:
    # pluggy hands a coroutine back un-awaited; what it would have done never happens.
    if inspect.iscoroutine(result) or inspect.isgenerator(result) or inspect.isasyncgen(result):
        if inspect.iscoroutine(result):
            result.close()
        return "returned a coroutine or generator; hooks are plain functions"
    return None


def within(seconds: float, function: Callable[[], Any]) -> Callable[[], Any]:
    """Return a function that does what `function` does, and raises TimeoutError where that takes longer.

    It runs in a thread of its own, with what this one knows of the request. A thread cannot be ended from outside: one
    that hangs stays; a hook that hangs again and again is soon left out, so they are few.
    """

    def bounded() -> Any:
        answers: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
        context = contextvars.copy_context()

        def work() -> None:
            try:
                answers.put((context.run(function), None))
            except BaseException as error:
                answers.put((None, error))

        threading.Thread(target=work, name="plugin", daemon=True).start()
        try:
            result, error = answers.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError(f"it did not come back within {seconds:g} seconds") from None
        if error is not None:
            raise error
        return result

    return bounded

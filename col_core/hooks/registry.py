"""Finding, loading and calling the plugins of one city."""

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_origin, get_type_hints

import pluggy

from col_core.base.errors import PluginError
from col_core.hooks.isolation import Fault, Isolation, within
from col_core.hooks.markers import HOOK_API, PROJECT

ENTRY_POINTS = "col.plugins"


class Plugins:
    """The plugins that one city loads.

    `specifications` are the modules in which the rooms declare hooks. Raises PluginError for a name that cannot be
    found or imported, a misspelt hook, or a plugin made for another `HOOK_API`.
    """

    def __init__(self, specifications: Iterable[ModuleType], *, folder: Path | None = None) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._checks: dict[str, Callable[[Any], str | None]] = {}
        for module in specifications:
            self._manager.add_hookspecs(module)
            self._checks |= _result_checks(module)
        self._folder = folder
        self._isolation = Isolation()
        self._versions: dict[str, str] = {}

    def load(self, names: Iterable[str]) -> None:
        """Load plugins by name: from the city's own folder first, then among what is installed."""
        for name in names:
            self.register(name, self._import(name))
        self.check()

    def register(self, name: str, plugin: object) -> None:
        """Take a plugin in that is imported already."""
        wanted = getattr(plugin, "HOOK_API", HOOK_API)
        if wanted != HOOK_API:
            raise PluginError(f"Plugin {name!r} is made for hook API {wanted}; this is {HOOK_API}. Update one of them.")
        if name in self.names:
            raise PluginError(f"Plugin {name!r} is enabled twice: name it once.")
        try:
            self._manager.register(plugin, name)
        except pluggy.PluginValidationError as error:
            raise PluginError(str(error)) from error

    def check(self) -> None:
        """Raise PluginError where a plugin implements a hook that does not exist."""
        try:
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            known = ", ".join(sorted(self._checks))
            raise PluginError(f"{error} Known hooks are: {known}.") from error

    def version(self, name: str) -> str:
        """Return what tells a plugin from an earlier one: its version; of a city's own plugin a digest of its code."""
        return self._versions.get(name, "")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, plugin in self._manager.list_name_plugin() if plugin is not None)

    @property
    def hooks(self) -> tuple[str, ...]:
        """Names of every hook that is specified."""
        return tuple(sorted(self._checks))

    @property
    def hooks_at_start(self) -> tuple[str, ...]:
        """Names of the hooks that need nothing but the city: those that are called when it starts."""
        specified = ((name, getattr(self._manager.hook, name).spec) for name in self.hooks)
        return tuple(name for name, spec in specified if spec is not None and set(spec.argnames) <= {"city"})

    def implemented(self, name: str) -> tuple[str, ...]:
        """Return which hooks the plugin `name` implements."""
        callers = self._manager.get_hookcallers(self._manager.get_plugin(name)) or []
        return tuple(sorted(caller.name for caller in callers))

    def call_each(
        self,
        hook: str,
        arguments: Callable[[str], Mapping[str, Any]] | None = None,
        *,
        only: str | None = None,
    ) -> list[tuple[str, Any | PluginError]]:
        """Call `hook` of each plugin alone, in the order of loading; `only` names the one plugin to call.

        `arguments` gives the arguments for one plugin by name. Returns pairs of plugin name and result; a plugin
        that raised, or returned what the hook does not allow, gives the PluginError instead.
        """
        results: list[tuple[str, Any | PluginError]] = []
        caller = getattr(self._manager.hook, hook)
        for implementation in caller.get_hookimpls():
            name = implementation.plugin_name
            if only not in (None, name):
                continue
            given = arguments(name) if arguments else {}
            wanted = {key: given[key] for key in implementation.argnames}
            try:
                result = self._isolation.call(
                    name, hook, partial(implementation.function, **wanted), self._checks[hook]
                )
            except PluginError as error:
                results.append((name, error))
            else:
                results.append((name, result))
        return results

    def must_call(
        self,
        hook: str,
        arguments: Callable[[str], Mapping[str, Any]] | None = None,
        *,
        only: str | None = None,
    ) -> list[tuple[str, Any]]:
        """Like `call_each`, for hooks without which the city cannot start: raises the first PluginError."""
        results = self.call_each(hook, arguments, only=only)
        for _, result in results:
            if isinstance(result, PluginError):
                raise result
        return results

    def implementing(self, hook: str) -> list[str]:
        """Return the names of the plugins that implement `hook`."""
        return [each.plugin_name for each in getattr(self._manager.hook, hook).get_hookimpls()]

    def guard(self, plugin: str, what: str, function: Callable[[], Any], *, within_s: float | None = None) -> Any:
        """Call an object that a plugin registered under the same isolation. Raises PluginError.

        `within_s` is how long it may take, where somebody waits for it.
        """
        bounded = function if within_s is None else within(within_s, function)
        return self._isolation.call(plugin, what, bounded, lambda _: None)

    def faults(self) -> list[Fault]:
        return self._isolation.faults()

    def _import(self, name: str) -> ModuleType:
        folder = self._folder / name if self._folder else None
        if folder is not None and (folder / "__init__.py").is_file():
            if is_taken(name):
                raise PluginError(f"{folder} has the name of a module of Python: call it otherwise.")
            self._versions[name] = _digest(folder)
            return _from_folder(name, folder)
        found = [each for each in _installed() if each.name == name]
        if not found:
            own = _own_plugins(self._folder)
            installed = sorted({each.name for each in _installed()})
            raise PluginError(
                f"There is no plugin {name!r}. Installed: {', '.join(installed) or 'none'}; "
                f"in the city's own folder: {', '.join(own) or 'none'}."
            )
        self._versions[name] = found[0].dist.version if found[0].dist else ""
        return _from_entry_point(found[0])


def available(folder: Path | None) -> Mapping[str, str]:
    """Return each plugin that could be enabled and where it is: a path, or the name of its distribution."""
    found = {each.name: f"{each.dist.name} {each.dist.version}" if each.dist else each.value for each in _installed()}
    return {**found, **{name: str(folder / name) for name in _own_plugins(folder) if folder is not None}}


@cache
def _installed() -> tuple[EntryPoint, ...]:
    # Asked once in a process: it reads a file of every distribution there is.
    return tuple(entry_points(group=ENTRY_POINTS))


def is_taken(name: str) -> bool:
    """Return whether a city's own plugin of that name would stand in the way of an installed module."""
    if name in sys.stdlib_module_names:
        return True
    try:
        spec = importlib.util.find_spec(name)
    except ValueError:
        return False
    return spec is not None and "site-packages" in Path(spec.origin or "").parts


def _own_plugins(folder: Path | None) -> list[str]:
    if folder is None or not folder.is_dir():
        return []
    return sorted(each.parent.name for each in folder.glob("*/__init__.py"))


def _digest(folder: Path) -> str:
    return hashlib.sha256(b"\0".join(each.read_bytes() for each in sorted(folder.rglob("*.py")))).hexdigest()[:12]


def _from_entry_point(point: EntryPoint) -> ModuleType:
    try:
        module = point.load()
    except (Exception, SystemExit) as error:
        raise PluginError(f"Plugin {point.name!r} cannot be imported: {type(error).__name__}: {error}") from error
    if not isinstance(module, ModuleType):
        raise PluginError(f"Plugin {point.name!r} points to {point.value}, which is not a module.")
    return module


def _from_folder(name: str, folder: Path) -> ModuleType:
    """Import a package that lies in a city's folder under its own name.

    Two cities may have a plugin of one name in one process (tests, the demonstration): the folder decides.
    """
    present = sys.modules.get(name)
    if present is not None and Path(getattr(present, "__file__", None) or "").parent == folder:
        return present
    for stale in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
        del sys.modules[stale]
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise PluginError(f"Plugin {name!r} in {folder} cannot be imported: {type(error).__name__}: {error}") from error
    return module


def _result_checks(module: ModuleType) -> dict[str, Callable[[Any], str | None]]:
    """Make, for each hook of `module`, the check of what an implementation may return, from its annotation."""
    checks = {}
    for name in dir(module):
        function = getattr(module, name)
        if getattr(function, f"{PROJECT}_spec", None) is not None:
            checks[name] = _check_of(get_type_hints(function).get("return", Any))
    return checks


def _check_of(expected: Any) -> Callable[[Any], str | None]:
    if expected is Any:
        return lambda _: None
    if expected is type(None):
        return lambda result: None if result is None else "returned something; it must return nothing"
    if get_origin(expected) is list:
        (inner,) = get_args(expected)

        def check_list(result: Any) -> str | None:
            if not isinstance(result, list | tuple):
                return f"returned {type(result).__name__}, expected a list of {inner.__name__}"
            wrong = next((each for each in result if not _is_a(each, inner)), None)
            return None if wrong is None else f"returned a list with {_lacks(wrong, inner)}"

        return check_list
    return lambda result: None if _is_a(result, expected) else f"returned {_lacks(result, expected)}"


def _is_a(value: object, expected: Any) -> bool:
    options = list(get_args(expected)) or [expected]
    return any(
        (each is type(None) and value is None) or (isinstance(each, type) and isinstance(value, each))
        for each in options
    )


def _lacks(value: object, expected: Any) -> str:
    name = getattr(expected, "__name__", str(expected))
    members: set[str] = set()
    if getattr(expected, "_is_protocol", False):
        declared = {**getattr(expected, "__annotations__", {}), **vars(expected)}
        members = {each for each in declared if not each.startswith("_") and not hasattr(value, each)}
    detail = f" (it lacks {', '.join(sorted(members))})" if members else ""
    return f"{type(value).__name__}, expected {name}{detail}"

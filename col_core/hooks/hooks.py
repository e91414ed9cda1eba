"""Hooks that concern every room: a plugin's settings, languages, commands and periodic jobs, events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from marshmallow import RAISE, Schema

from col_core.base.jobs import Job, Periodic
from col_core.base.languages import Language
from col_core.base.outbox import Event
from col_core.hooks.city import City
from col_core.hooks.markers import hookspec

if TYPE_CHECKING:
    import argparse


class PluginSchema(Schema):
    """Base for a plugin's settings: an unknown key is an error that names it."""

    class Meta:
        unknown = RAISE


@dataclass(frozen=True, kw_only=True)
class ConfigSchemas:
    """`settings` checks the plugin's table in city.toml, `source` the further keys of its `[[sources]]`."""

    settings: type[Schema] | None = None
    source: type[Schema] | None = None


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command `col --city DIR <name>`: `arguments` adds to its parser, `run` returns the exit code."""

    name: str
    help: str
    arguments: "Callable[[argparse.ArgumentParser], None]"
    run: "Callable[[argparse.Namespace, City], int]"


@dataclass(frozen=True, kw_only=True)
class Operations:
    """What a plugin adds to running a city."""

    commands: Sequence[Command] = ()
    jobs: Sequence[Job] = ()
    periodics: Sequence[Periodic] = field(default_factory=tuple)


@hookspec
def col_config_schema() -> Any:
    """Say what may stand in the plugin's table in city.toml, and in its sources.

    Called once, at boot. Return a marshmallow Schema class (for `[plugins.NAME]`) or `ConfigSchemas`. A wrong
    setting, or a hook that raises, refuses to boot with the file, line and key.
    """


@hookspec
def col_languages() -> list[Language]:  # type: ignore[empty-body]
    """Return the languages that the plugin brings.

    Called once, at boot. A city uses those that its `languages` name; a name that no plugin brings refuses to boot.
    """


@hookspec
def col_operations(city: City) -> Operations:  # type: ignore[empty-body]
    """Return commands, jobs and periodic jobs. Called once, at boot; a fault refuses to boot."""


@hookspec
def col_observe(event: Event) -> None:
    """Hear of something that happened, after it was committed, at least once.

    Called in the worker for each event and each plugin alone. Where it raises, it is called again later, and after
    the last try the event is kept as a dead letter.
    """

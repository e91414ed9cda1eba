"""Telling plugins what happened: each hears of an event by itself, so that one that fails costs the others nothing."""

from collections.abc import Mapping
from typing import Any

from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import PluginError
from col_core.base.jobs import Job
from col_core.base.outbox import EVENT_JOB, Event
from col_core.hooks.registry import Plugins

HOOK = "col_observe"
OBSERVE_JOB = "observe"


def jobs(plugins: Plugins, *, database: Database, clock: Clock) -> list[Job]:
    """Return the job that takes an event to each plugin that observes, and the job that tells one plugin."""

    def share(payload: Mapping[str, Any]) -> None:
        with database.write() as session:
            for name in plugins.implementing(HOOK):
                outbox.enqueue(session, OBSERVE_JOB, {"plugin": name, "event": dict(payload)}, clock=clock)

    def tell(payload: Mapping[str, Any]) -> None:
        said = payload["event"]
        event = Event(name=said["name"], subject=said["subject"], data=said["data"])
        for name, result in plugins.call_each(HOOK, lambda _: {"event": event}, only=str(payload["plugin"])):
            if isinstance(result, PluginError):
                # A plugin may work again after its own trouble is over, so this is no permanent error.
                raise RuntimeError(f"plugin {name!r} failed to observe {event.name}: {result}")

    return [Job(name=EVENT_JOB, run=share), Job(name=OBSERVE_JOB, run=tell)]

"""Telling rooms and plugins what happened: each hears of an event by itself, so that one that fails costs the others
nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
HEAR_JOB = "hear"


@dataclass(frozen=True, kw_only=True)
class Listener:
    """A room of the house that hears, at least once and after the commit, of events whose name begins with one of
    `events`. `name` is its own among all.
    """

    name: str
    events: tuple[str, ...]
    hear: Callable[[Event], None]


def jobs(plugins: Plugins, *, listeners: Sequence[Listener] = (), database: Database, clock: Clock) -> list[Job]:
    """Return the job that takes an event to all who observe, and the jobs that tell one plugin, one room."""
    rooms = {each.name: each for each in listeners}

    def share(payload: Mapping[str, Any]) -> None:
        with database.write() as session:
            for name in plugins.implementing(HOOK):
                outbox.enqueue(session, OBSERVE_JOB, {"plugin": name, "event": dict(payload)}, clock=clock)
            for each in listeners:
                if str(payload["name"]).startswith(each.events):
                    outbox.enqueue(session, HEAR_JOB, {"room": each.name, "event": dict(payload)}, clock=clock)

    def tell(payload: Mapping[str, Any]) -> None:
        event = _event(payload["event"])
        for name, result in plugins.call_each(HOOK, lambda _: {"event": event}, only=str(payload["plugin"])):
            if isinstance(result, PluginError):
                # A plugin may work again after its own trouble is over, so this is no permanent error.
                raise RuntimeError(f"plugin {name!r} failed to observe {event.name}: {result}")

    def hear(payload: Mapping[str, Any]) -> None:
        room = rooms.get(str(payload["room"]))
        if room is not None:
            room.hear(_event(payload["event"]))

    return [Job(name=EVENT_JOB, run=share), Job(name=OBSERVE_JOB, run=tell), Job(name=HEAR_JOB, run=hear)]


def _event(said: Mapping[str, Any]) -> Event:
    return Event(name=said["name"], subject=said["subject"], data=said["data"])

from types import ModuleType

import pytest

from col_core.base import outbox
from col_core.base.jobs import Worker
from col_core.base.outbox import Event
from col_core.hooks import hooks, observing
from col_core.hooks.registry import Plugins
from col_core.plugin import hookimpl


def an_observer(heard, *, fails=False):
    module = ModuleType("observer")

    @hookimpl
    def col_observe(event):
        heard.append(event)
        if fails:
            raise RuntimeError("out of order")

    module.col_observe = col_observe
    return module


@pytest.fixture
def plugins():
    return Plugins((hooks,), folder=None)


def test_every_plugin_hears_of_an_event_though_another_one_fails(database, clock, plugins):
    broken, well = [], []
    plugins.register("broken", an_observer(broken, fails=True))
    plugins.register("well", an_observer(well))
    worker = Worker(database, jobs=observing.jobs(plugins, database=database, clock=clock), periodics=(), clock=clock)
    event = Event(name="opportunity.cancelled", subject="a1", data={"version": 2})
    with database.write() as session:
        outbox.publish(session, event, clock=clock)
    worker.drain()
    assert well == [event]
    assert broken == [event]
    with database.read() as session:
        assert outbox.counts(session) == {"waiting": 1, "dead": 0}

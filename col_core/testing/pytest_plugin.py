"""The test kit as pytest fixtures: a database on each engine, a clock, Redis, Chromium. Plugins' tests use them too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
import structlog

from col_core.base.database import Database
from col_core.base.migrate import upgrade
from col_core.testing import servers
from col_core.testing.clock import FixedClock

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from col_core.testing.browser import Visit

_USED = pytest.StashKey[Counter[str]]()
_LEFT_OUT = pytest.StashKey[dict[str, str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_USED] = Counter()
    config.stash[_LEFT_OUT] = {}
    # Unconfigured, structlog prints every traceback with the values of all variables.
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand on to the process that began them what was used, where tests run in several (pytest-xdist)."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        used, left_out = session.config.stash[_USED], session.config.stash[_LEFT_OUT]
        output["engines"], output["left_out"] = dict(used), dict(left_out)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Add up what the processes used."""
    output = getattr(node, "workeroutput", {})
    node.config.stash[_USED].update(output.get("engines", {}))
    node.config.stash[_LEFT_OUT].update(output.get("left_out", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say on which engines the tests ran, and what was left out and why."""
    used = config.stash[_USED]
    if not used and not config.stash[_LEFT_OUT]:
        return
    counts = " ".join(f"{engine}={used[engine]}" for engine in ("sqlite", "postgresql", "redis", "browser"))
    terminalreporter.write_line(f"engines: {counts}")
    for engine, reason in config.stash[_LEFT_OUT].items():
        terminalreporter.write_line(f"left out: {engine}, because there is {reason}")


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[servers.Server]:
    """A PostgreSQL server; tests that need it are skipped where there is none."""
    yield from _server(request, "postgresql", servers.postgres())


@pytest.fixture(scope="session")
def redis_server(request: pytest.FixtureRequest) -> Iterator[servers.Server]:
    yield from _server(request, "redis", servers.redis())


def _server(request: pytest.FixtureRequest, engine: str, found: servers.Server | str) -> Iterator[servers.Server]:
    if isinstance(found, str):
        _leave_out(request, engine, found)
    yield found
    found.stop()


def _leave_out(request: pytest.FixtureRequest, engine: str, reason: str) -> NoReturn:
    request.config.stash[_LEFT_OUT][engine] = reason
    pytest.skip(reason)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once on each engine."""
    request.config.stash[_USED][request.param] += 1
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'city.db'}"
        return
    try:
        server = request.getfixturevalue("postgres_server")
    except pytest.skip.Exception:
        request.config.stash[_USED]["postgresql"] -= 1
        raise
    url = servers.new_database(server)
    yield url
    servers.drop_database(server, url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with every migration applied, once on each engine."""
    made = Database(database_url)
    upgrade(made)
    yield made
    made.dispose()


@pytest.fixture
def redis_url(request: pytest.FixtureRequest, redis_server: servers.Server) -> str:
    request.config.stash[_USED]["redis"] += 1
    return redis_server.url


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """A real Chromium; tests that need it are skipped where there is none."""
    try:
        # Only these tests need Playwright, which the tests of a plugin may do without.
        from playwright.sync_api import sync_playwright

        from col_core.testing.browser import launch
    except ImportError:
        _leave_out(request, "browser", "no Playwright")
    with sync_playwright() as playwright:
        launched = launch(playwright)
        if isinstance(launched, str):
            _leave_out(request, "browser", launched)
        yield launched
        launched.close()


@pytest.fixture
def visit(request: pytest.FixtureRequest, chromium: Browser) -> Callable[..., AbstractContextManager[Visit]]:
    """Open a window of a real Chromium at the address of a site: `with visit(address) as visitor:`."""
    from col_core.testing.browser import visit as visit_with

    request.config.stash[_USED]["browser"] += 1
    return partial(visit_with, chromium)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()

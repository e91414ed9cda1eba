"""The test kit as pytest fixtures: a database on each engine, a clock, Redis, Chromium. Plugins' tests use them too.

Tests that run programs of other hands, installed by npm, carry the mark `foreign` with the folder, seen from the test
file, in which they are installed: `pytestmark = pytest.mark.foreign("foreign")`. The fixture `node` is what runs them.
They are counted and left out as those are that need a server: the last line of a run says `foreign=N`, and CI fails
where any of them was left out.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
import structlog

from col_core.base.database import Database
from col_core.testing import servers
from col_core.testing.clock import FixedClock
from col_core.testing.databases import PostgresDatabases, SqliteFiles

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from col_core.testing.browser import Visit

_USED = pytest.StashKey[Counter[str]]()
_LEFT_OUT = pytest.StashKey[dict[str, str]]()
_ENGINES = ("sqlite", "postgresql", "redis", "browser", "foreign")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_USED] = Counter()
    config.stash[_LEFT_OUT] = {}
    config.addinivalue_line("markers", "foreign(folder): runs programs of other hands that npm installed into folder")
    # Unconfigured, structlog prints every traceback with the values of all variables.
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Count a test that runs programs of other hands, or leave it out where they are not there."""
    mark = item.get_closest_marker("foreign")
    if mark is None:
        return
    folder = item.path.parent / mark.args[0]
    missing = "no Node" if _node() is None else "" if (folder / "node_modules").is_dir() else f"nothing in {folder}"
    if missing:
        reason = f"{missing}; `make test` installs it"
        item.config.stash[_LEFT_OUT]["foreign"] = reason
        pytest.skip(reason)
    item.config.stash[_USED]["foreign"] += 1


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
    counts = " ".join(f"{engine}={used[engine]}" for engine in _ENGINES)
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


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    return SqliteFiles(tmp_path_factory.mktemp("migrated"))


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: servers.Server) -> Iterator[PostgresDatabases]:
    made = PostgresDatabases(postgres_server)
    yield made
    made.drop_all()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with every migration applied and nothing in it, once on each engine."""
    yield from _migrated(request, tmp_path / "city.db")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same, one for all tests of a module: for those that fill it once and then only ask."""
    yield from _migrated(request, tmp_path_factory.mktemp("module") / "city.db")


def _migrated(request: pytest.FixtureRequest, file: Path) -> Iterator[str]:
    if request.param == "sqlite":
        request.config.stash[_USED]["sqlite"] += 1
        yield request.getfixturevalue("sqlite_files").copy(file)
        return
    databases = request.getfixturevalue("postgres_databases")
    request.config.stash[_USED]["postgresql"] += 1
    with databases.one() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without a table, once on each engine."""
    if request.param == "sqlite":
        request.config.stash[_USED]["sqlite"] += 1
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    request.config.stash[_USED]["postgresql"] += 1
    url = servers.new_database(server)
    yield url
    servers.drop_database(server, url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with every migration applied and nothing in it, once on each engine."""
    made = Database(database_url)
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


@pytest.fixture(scope="session")
def node() -> str:
    """The program that runs what npm installed, for tests with the mark `foreign`."""
    found = _node()
    if found is None:
        pytest.skip("no Node; `make test` installs it")
    return found


def _node() -> str | None:
    # The lock of Python packages brings Node; one on PATH stands in where it has none for the machine.
    return shutil.which("node", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()

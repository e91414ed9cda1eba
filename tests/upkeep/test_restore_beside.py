"""A restore beside processes of the city that run for real: it is refused, and nothing is touched, until they end."""

import os
import signal
import subprocess
import sys

import httpx
import pytest

from col_core.base import heartbeats
from col_core.base.database import Database
from col_core.testing.processes import running, until


def col(town, *words):
    return subprocess.run(
        [sys.executable, "-m", "col_core", "--city", str(town.folder), *words],
        env={**os.environ, **town.environ},
        capture_output=True,
        text=True,
        check=False,
    )


def works(town):
    database = Database(town.environ["COL_DATABASE_URL"])
    with database.read() as session:
        seen = heartbeats.last_seen(session)
    database.dispose()
    return seen is not None


def restore(town, file):
    return col(town, "restore", str(file), "--force")


@pytest.mark.parametrize("word", ["serve", "worker"])
def test_a_restore_beside_a_running_process_is_refused_until_that_ends_even_by_a_kill(town, tmp_path, word):
    file = town.back_up(tmp_path / "a.zip").file
    with running(town.folder, word, environ=town.environ) as process:
        until(lambda: word == "serve" or works(town))
        refused = restore(town, file)
        assert refused.returncode == 1
        assert refused.stderr.splitlines()[-1] == (
            "A server or a worker of testville is running, here or on another machine with the same database, or "
            "another restore is. Stop `col serve` and `col worker` of this city, then restore again. Nothing was "
            "touched."
        )
        assert process.process.poll() is None
        process.kill()
    ended = []
    until(lambda: ended.append(restore(town, file)) or ended[-1].returncode == 0, within_s=30)
    assert "Deleted after the backup was made, and therefore deleted again: 0." in ended[-1].stdout


def test_what_goes_on_to_answer_after_its_parent_was_killed_is_noticed(town, tmp_path):
    file = town.back_up(tmp_path / "a.zip").file
    with running(town.folder, "serve", environ=town.environ) as server:
        group = server.process.pid
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(10)
        try:
            assert httpx.get(server.url("/healthz"), timeout=10).status_code == 200
            assert restore(town, file).returncode == 1
        finally:
            os.killpg(group, signal.SIGKILL)
    until(lambda: restore(town, file).returncode == 0, within_s=30)


def test_one_that_is_told_to_stop_makes_way_at_once(town, tmp_path):
    file = town.back_up(tmp_path / "a.zip").file
    with running(town.folder, "worker", environ=town.environ) as worker:
        until(lambda: works(town))
        assert worker.terminate() == 0
    assert restore(town, file).returncode == 0

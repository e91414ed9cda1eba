"""A restore beside processes of the city that run for real: it is refused, and nothing is touched, until they end."""

import os
import signal

import httpx
import pytest

from col_core.base import heartbeats
from col_core.base.database import Database
from col_core.base.errors import Conflict
from col_core.testing.processes import running, until

pytestmark = pytest.mark.long


def works(town):
    database = Database(town.environ["COL_DATABASE_URL"])
    with database.read() as session:
        seen = heartbeats.last_seen(session)
    database.dispose()
    return seen is not None


def restored(town, file):
    """What a restore in this process did; None where it was refused."""
    try:
        return town.restore(file, force=True)
    except Conflict:
        return None


@pytest.mark.parametrize("word", ["serve", "worker"])
def test_a_restore_beside_a_running_process_is_refused_until_that_ends_even_by_a_kill(town, tmp_path, word):
    file = town.back_up(tmp_path / "a.zip").file
    with running(town.folder, word, environ=town.environ) as process:
        until(lambda: word == "serve" or works(town))
        with pytest.raises(Conflict, match=r"A server or a worker of testville is running.*Nothing was touched\.$"):
            town.restore(file, force=True)
        assert process.process.poll() is None
        process.kill()
    ended = []
    until(lambda: ended.append(restored(town, file)) or ended[-1] is not None)
    assert ended[-1].deleted_again == 0


def test_what_goes_on_to_answer_after_its_parent_was_killed_is_noticed(town, tmp_path):
    file = town.back_up(tmp_path / "a.zip").file
    with running(town.folder, "serve", environ=town.environ) as server:
        group = server.process.pid
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(60)
        try:
            assert httpx.get(server.url("/healthz"), timeout=60).status_code == 200
            assert restored(town, file) is None
        finally:
            os.killpg(group, signal.SIGKILL)
    until(lambda: restored(town, file) is not None)


def test_one_that_is_told_to_stop_makes_way_at_once(town, tmp_path):
    file = town.back_up(tmp_path / "a.zip").file
    with running(town.folder, "worker", environ=town.environ) as worker:
        until(lambda: works(town))
        assert worker.terminate() == 0
    assert restored(town, file) is not None

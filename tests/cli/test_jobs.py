import pytest
from sqlalchemy import update

from col_core.base import outbox
from col_core.base.clock import SystemClock
from col_core.base.database import Database
from col_core.base.outbox import OutboxRow
from col_core.cli.main import main


@pytest.fixture
def col(town, capfd):
    def run(*words):
        code = main(["--city", str(town), *words])
        out, err = capfd.readouterr()
        return code, out.splitlines(), err

    assert run("db", "upgrade")[0] == 0
    return run


@pytest.fixture
def jobs(col, database_url):
    """One job that was parked, one that failed for good, one that waits."""
    database = Database(database_url)
    with database.write() as session:
        for number, state in enumerate((outbox.PARKED, outbox.DEAD, "waiting")):
            outbox.enqueue(session, "note", {}, clock=SystemClock(), key=str(number))
            chosen = update(OutboxRow).where(OutboxRow.key == str(number))
            session.execute(chosen.values(state=state, attempts=number, error=None if state == "waiting" else state))
    yield
    database.dispose()


@pytest.mark.usefixtures("jobs")
def test_what_was_parked_and_what_failed_for_good_is_forgotten(col):
    assert col("jobs", "drop")[1] == ["1 parked and 1 failed jobs are forgotten."]
    assert col("jobs", "list")[1] == ["1 note wait for the worker"]


@pytest.mark.usefixtures("jobs")
def test_what_failed_is_forgotten_alone(col):
    assert col("jobs", "drop", "--failed")[1] == ["1 failed jobs are forgotten."]
    assert col("jobs", "list")[1] == ["1 note are parked: parked", "1 note wait for the worker"]


@pytest.mark.usefixtures("jobs")
def test_what_failed_is_tried_again_alone(col):
    assert col("jobs", "release", "--failed")[1] == ["1 jobs are released; the worker runs them."]
    assert col("jobs", "list")[1] == ["1 note are parked: parked", "2 note wait for the worker"]
    assert col("jobs", "release")[1] == ["1 jobs are released; the worker runs them."]
    assert col("jobs", "list")[1] == ["3 note wait for the worker"]


def test_failed_jobs_are_released_or_dropped_and_not_listed_apart(col):
    code, _, err = col("jobs", "list", "--failed")
    assert code == 2
    assert "`col jobs list` without --failed" in err

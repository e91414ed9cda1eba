"""Whatever is logged, and whoever logs it, names no person."""

import io
import json
import logging
import sys
import traceback

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from col_core.base import logs


@pytest.fixture
def written(monkeypatch):
    stream, root = io.StringIO(), logging.getLogger()
    before, level, configuration = root.handlers[:], root.level, structlog.get_config()
    monkeypatch.setattr(sys, "stdout", stream)
    logs.set_up(city="testville", as_json=True)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)
    structlog.configure(**configuration)


@pytest.mark.parametrize(
    "said",
    [
        "no mail for jaz.novak+x@example.org (550)",
        "refused: {'jaz@sub.example.org': (550, b'no')}",
        "from 193.2.1.66:4711",
        "from 2001:67c:1d0::c102:142 and ::ffff:193.2.1.66",
        "https://example.org/search?q=Ana+Novak&near=46.05,14.5 answered 500",
        "postgresql://city:secret@db/col cannot be reached",
    ],
)
def test_addresses_and_what_was_asked_for_are_struck_out(written, said):
    structlog.get_logger().warning("something", reason=said)
    logging.getLogger("a.library").warning("it said: %s", said)
    for line in written():
        whole = json.dumps(line)
        assert not any(each in whole for each in ("jaz", "193.2", "67c", "Novak", "secret"))
        assert "[left out]" in whole


@pytest.mark.parametrize(
    "said", ["at 12:30:45", "2026-01-07T12:00:00+00:00", "Is it so? Yes", "version 1.2.3", "Outbox::take"]
)
def test_what_is_no_address_stays(written, said):
    structlog.get_logger().info("something", reason=said)
    assert written()[0]["reason"] == said


def test_an_error_stands_in_one_line_with_how_it_came_about_and_without_what_was_in_it(written):
    try:
        raise ValueError("jaz@example.org is not welcome")
    except ValueError:
        structlog.get_logger().exception("job.failed", email="jaz@example.org")
    (line,) = written()
    assert "ValueError: [left out] is not welcome" in line["exception"]
    assert "test_logs.py" in line["exception"]
    assert line["email"] == "[left out]"


def test_an_error_of_the_database_does_not_tell_what_was_to_be_written(database):
    secret = " ".join(["what", "a", "child", "wrote"])
    with pytest.raises(DBAPIError) as raised, database.write() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:secret)"), {"secret": secret})
    assert secret not in "".join(traceback.format_exception(raised.value))

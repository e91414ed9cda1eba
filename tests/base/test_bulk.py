from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from col_core.base import bulk
from col_core.catalogue.tables import RawItemRow

TABLE = RawItemRow.__table__
AWKWARD = "tab\t new\nline \\ back, \"quotes\" 'single' \\N čžš"


def a_row(number):
    return {
        "source_id": "s",
        "external_id": f"{number}",
        "body": bytes(range(256)),
        "media_type": "",
        "address": AWKWARD,
        "fetched": datetime(2026, 3, 1, 12, 30, 15, 250, tzinfo=UTC),
    }


def stored(database):
    with database.read() as session:
        return [dict(each._mapping) for each in session.execute(select(TABLE).order_by(TABLE.c.external_id))]


def test_rows_come_back_as_an_insert_would_have_written_them(database):
    with database.write() as session:
        bulk.insert_many(session, TABLE, [a_row(1), a_row(2)])
        session.execute(insert(TABLE), [a_row(3)])
    assert stored(database) == [a_row(1), a_row(2), a_row(3)]


def test_a_row_that_cannot_be_written_undoes_the_transaction(database):
    with pytest.raises(DBAPIError), database.write() as session:
        bulk.insert_many(session, TABLE, [a_row(1), a_row(1)])
    assert stored(database) == []


def test_no_rows_are_no_work(database):
    with database.write() as session:
        bulk.insert_many(session, TABLE, [])
    assert stored(database) == []


def test_any_number_of_values_is_asked_for_at_once(database):
    with database.write() as session:
        bulk.insert_many(session, TABLE, [a_row(each) for each in (1, 2, AWKWARD)])
    column = TABLE.c.external_id
    with database.read() as session:

        def found(values):
            return sorted(session.scalars(select(column).where(bulk.among(session, column, values))))

        assert found(["2", AWKWARD, *map(str, range(100, 70_000))]) == sorted(["2", AWKWARD])
        assert found([]) == []

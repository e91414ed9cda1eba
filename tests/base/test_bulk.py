from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from col_core.base import bulk
from col_core.catalogue.tables import RawItemRow, SourceStateRow

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


def test_a_text_that_is_handed_over_in_utf_8_is_a_text_as_any(database):
    row = {**a_row(1), "address": AWKWARD.encode()}
    with database.write() as session:
        bulk.insert_rows(session, TABLE, list(row), [tuple(row.values())], utf8=("address",))
    assert stored(database) == [a_row(1)]
    with database.read() as session:
        assert session.scalar(select(TABLE.c.external_id).where(TABLE.c.address.contains("čžš"))) == "1"


def test_what_only_some_rows_have_stays_with_them_and_what_none_has_is_null(database):
    table = SourceStateRow.__table__
    names = ("source_id", "name", "homepage", "licence", "failures")
    rows = [("a", "A", None, "CC0-1.0", 0), ("b", "B", None, None, 0)]
    with database.write() as session:
        bulk.insert_rows(session, table, names, rows)
    with database.read() as session:
        found = session.execute(select(*(table.c[name] for name in names)).order_by(table.c.source_id))
        assert [tuple(each) for each in found] == rows


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

"""Writing many rows at once, as fast as the driver can: SQLAlchemy's own way costs as much again for each row."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson
from sqlalchemy import ARRAY, ColumnElement, Dialect, LargeBinary, Table, any_, func, literal, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_Rows = Sequence[Sequence[Any]]


def insert_many(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert `rows`, which all name the same columns; defaults of columns are not used.

    Raises sqlalchemy.exc.DBAPIError as an INSERT would.
    """
    if not rows:
        return
    connection = session.connection()
    names = list(rows[0])
    tuples = list(zip(*(_column(table, name, rows, connection.dialect) for name in names), strict=True))
    insert_tuples(connection, table.name, names, tuples)


def insert_tuples(connection: Connection, table: str, columns: Sequence[str], rows: _Rows) -> None:
    """Insert rows whose values are what the driver takes, in the order of `columns`."""
    if not rows:
        return
    quote = connection.dialect.identifier_preparer.quote
    named = f"{quote(table)} ({', '.join(quote(each) for each in columns)})"
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {named} VALUES ({marks})", list(rows))  # noqa: S608 (names of ours)
    else:
        _copy(connection, f"COPY {named} FROM STDIN", rows)


def among(session: Session, column: Any, values: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition that `column` holds one of `values` (texts or whole numbers), as one parameter.

    With a parameter for each, telling the driver of a thousand costs more than looking for them.
    """
    if session.get_bind().dialect.name == "sqlite":
        held = func.json_each(orjson.dumps(list(values)).decode()).table_valued("value")
        return cast("ColumnElement[bool]", column.in_(select(held.c.value)))
    return cast("ColumnElement[bool]", column == any_(literal(list(values), ARRAY(column.type))))


def _column(table: Table, name: str, rows: Sequence[Mapping[str, Any]], dialect: Dialect) -> list[Any]:
    """Return one column of `rows` as the driver takes it."""
    kind = table.c[name].type
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    # Both drivers take bytes as they are; SQLAlchemy would wrap each value.
    if process is None or isinstance(kind, LargeBinary):
        return [row[name] for row in rows]
    processed: list[Any] = []
    before, made = object(), None
    for row in rows:
        value = row[name]
        if value is not before:
            # Rows that are written together were written at one instant.
            before, made = value, process(value)
        processed.append(made)
    return processed


def _copy(connection: Connection, statement: str, rows: _Rows) -> None:
    driver: Any = connection.connection.driver_connection
    failure: Any = connection.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except failure as error:
        raise DBAPIError.instance(
            statement, None, error, failure, hide_parameters=True, dialect=connection.dialect
        ) from error

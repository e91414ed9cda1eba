"""Writing many rows at once, as fast as the driver can: SQLAlchemy's own way costs as much again for each row.

SQLite's driver knows whole numbers, texts and `bytearray`. Of all else, such as `bytes`, True or None, it first asks
whether somebody has told it what to make of it, which takes as long as writing it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, cast

import orjson
from sqlalchemy import ARRAY, Column, ColumnElement, Dialect, LargeBinary, Table, any_, func, literal, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_Rows = Sequence[Sequence[Any]]
_Column = Sequence[Any]
_Process = Callable[[Any], Any]


def insert_many(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert `rows`, which all name the same columns; defaults of columns are not used.

    Raises sqlalchemy.exc.DBAPIError as an INSERT would.
    """
    if rows:
        names = tuple(rows[0])
        insert_rows(session, table, names, [tuple(map(row.__getitem__, names)) for row in rows])


def insert_rows(
    session: Session, table: Table, columns: Sequence[str], rows: _Rows, *, utf8: Collection[str] = ()
) -> None:
    """Insert rows whose values are those of the table's types, in the order of `columns`, as `insert_many` does.

    Texts of the columns in `utf8`, none of them NULL, are handed over as bytes in UTF-8. SQLite keeps them so: that
    saves making a text of what was written as bytes, and bytes of it again.
    """
    if not rows:
        return
    connection = session.connection()
    named = dict(zip(columns, zip(*rows, strict=True), strict=True))
    bound: dict[str, _Column] = {}
    for name, values in named.items():
        process = _process(table.c[name], connection.dialect, is_utf8=name in utf8)
        if process is not None:
            bound[name] = _processed(values, process)
        elif not _is_empty(table.c[name], values):
            bound[name] = values
    as_text = utf8 if connection.dialect.name == "sqlite" else ()
    insert_tuples(connection, table.name, list(bound), list(zip(*bound.values(), strict=True)), as_text=as_text)


def insert_tuples(
    connection: Connection, table: str, columns: Sequence[str], rows: _Rows, *, as_text: Collection[str] = ()
) -> None:
    """Insert rows whose values are what the driver takes, in the order of `columns`.

    SQLite makes texts of the bytes in the columns `as_text`.
    """
    if not rows:
        return
    quote = connection.dialect.identifier_preparer.quote
    named = f"{quote(table)} ({', '.join(quote(each) for each in columns)})"
    if connection.dialect.name == "sqlite":
        marks = ", ".join("CAST(? AS TEXT)" if each in as_text else "?" for each in columns)
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


def _process(column: Column[Any], dialect: Dialect, *, is_utf8: bool) -> _Process | None:
    """Return what makes of a value of `column` what the driver takes, None where it takes the value as it is."""
    is_binary = isinstance(column.type, LargeBinary)
    if dialect.name == "sqlite" and (is_utf8 or (is_binary and not column.nullable)):
        return bytearray
    if is_utf8:
        return bytes.decode
    # Both drivers take bytes as they are; SQLAlchemy would wrap each value.
    return None if is_binary else column.type.dialect_impl(dialect).bind_processor(dialect)


def _processed(values: _Column, process: _Process) -> _Column:
    processed: list[Any] = []
    before, made = object(), None
    for value in values:
        if value is not before:
            # Rows that are written together were written at one instant.
            before, made = value, process(value)
        processed.append(made)
    return processed


def _is_empty(column: Column[Any], values: _Column) -> bool:
    """Whether a column can be left out, for no row holds anything in it."""
    return bool(column.nullable) and column.server_default is None and all(value is None for value in values)


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

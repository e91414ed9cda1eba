from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    inspect,
)

from col_core.base.database import UtcDateTime
from col_core.base.errors import ColError, InvalidInput
from col_core.upkeep import rows

# SQLite keeps them as floating-point numbers, which two places bear.
pytestmark = pytest.mark.filterwarnings("ignore:Dialect sqlite.*Decimal")
NOON = datetime(2026, 1, 7, 12, 0, 0, 123456, tzinfo=UTC)
VALUES = {
    "id": 1,
    "big": 2**62,
    "yes": True,
    "share": 0.1,
    "price": Decimal("12.50"),
    "body": b"\x00\xff",
    "made": NOON,
    "day": date(2026, 1, 7),
    "said": {"sl": ["č", None]},
    "words": "Žiga \n 😀",
    "blank": None,
}


@pytest.fixture
def table(database):
    """Every kind of column, as it is found in a database."""
    made = MetaData()
    table = Table(
        "every_kind",
        made,
        Column("id", Integer, primary_key=True),
        Column("big", BigInteger),
        Column("yes", Boolean),
        Column("share", Double),
        Column("price", Numeric(10, 2)),
        Column("body", LargeBinary),
        Column("made", UtcDateTime),
        Column("day", Date),
        Column("said", JSON),
        Column("words", Text),
        Column("blank", Text),
    )
    made.create_all(database.engine)
    with database.write() as session:
        session.execute(table.insert(), [VALUES])
    return table


def reflected(database):
    return Table("every_kind", MetaData(), autoload_with=database.engine)


def test_every_kind_of_value_comes_back_as_it_was(database, table):
    found = reflected(database)
    columns = rows.columns_of(found)
    with database.write() as session:
        line = rows.encoder(columns)(session.execute(found.select()).one())
        session.execute(found.delete())
        session.execute(found.insert(), [rows.decoder(found, columns)(line)])
        assert session.execute(table.select()).one()._asdict() == VALUES
    assert inspect(database.engine).has_table("every_kind")


@pytest.mark.parametrize("line", [b"", b"{}\n", b"[1]\n", b"nonsense", b"[true,1,1,1,1,1,1,1,1,1,1]\n"])
def test_a_line_that_does_not_fit_is_refused(database, table, line):
    found = reflected(database)
    with pytest.raises(InvalidInput, match="every_kind"):
        rows.decoder(found, rows.columns_of(found))(line)


def test_columns_of_another_form_are_refused(database, table):
    with pytest.raises(ColError, match="has another form here: day, lost"):
        rows.decoder(reflected(database), [("id", "int"), ("day", "text"), ("lost", "text")])

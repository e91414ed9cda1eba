"""Rows that search reads: one slim row an opportunity, and a dictionary of facet values.

They can be thrown away and built again from the catalogue. What is shown is never read from them.
"""

from collections.abc import Mapping

from sqlalchemy import (
    BigInteger,
    Connection,
    Double,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column

from col_core.base.database import DERIVED, Base


class SearchEntryRow(Base):
    """What the filters need of one opportunity. `pk` is the opportunity's row number.

    Single facets hold the code of their value, 0 for none; `city` is 0 for what is of this city. Several values are a
    run of little-endian uint32 codes. `occurrences` is a run of little-endian int64 pairs: start and end, microseconds
    since 1970. A row that is not `listed` is found by nobody; it stays, so that processes that loaded it hear that it
    is gone.
    """

    __tablename__ = "search_entry"
    __table_args__ = ({"info": DERIVED},)

    pk: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(String(32))
    change_seq: Mapped[int] = mapped_column(BigInteger, index=True)
    listed: Mapped[bool]
    lat_deg: Mapped[float | None] = mapped_column(Double)
    lon_deg: Mapped[float | None] = mapped_column(Double)
    age_min: Mapped[int] = mapped_column(SmallInteger)
    age_max: Mapped[int] = mapped_column(SmallInteger)
    free: Mapped[bool]
    type: Mapped[int]
    format: Mapped[int]
    district: Mapped[int]
    organiser: Mapped[int]
    city: Mapped[int] = mapped_column(default=0)
    categories: Mapped[bytes] = mapped_column(LargeBinary)
    languages: Mapped[bytes] = mapped_column(LargeBinary)
    access: Mapped[bytes] = mapped_column(LargeBinary)
    skills: Mapped[bytes] = mapped_column(LargeBinary)
    badges: Mapped[bytes] = mapped_column(LargeBinary)
    occurrences: Mapped[bytes] = mapped_column(LargeBinary)


class FacetValueRow(Base):
    """The number that stands for one value of one facet, such as the district "Center"."""

    __tablename__ = "facet_value"

    code: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(400))

    __table_args__ = (UniqueConstraint("kind", "value"), {"info": DERIVED})


# The full-text table has another shape on each engine, so it is written as DDL; migrations run the same
# statements. FTS5: our tokens are separated by spaces and folded already, and the `ascii` tokeniser leaves
# every byte above 127 as it is. `detail=column` keeps which column a token is in and not where; nothing asks
# where. A prefix index would halve the speed of an import and gain a millisecond on the shortest prefixes.
TEXT_TABLE_DDL: Mapping[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_text USING fts5("
        "title, body, tokenize=\"ascii tokenchars '~'\", detail=column, columnsize=0)",
    ),
    "postgresql": (
        "CREATE TABLE search_text (pk BIGINT PRIMARY KEY, title TSVECTOR NOT NULL, words TSVECTOR NOT NULL)",
        "CREATE INDEX ix_search_text_title ON search_text USING gin (title)",
        "CREATE INDEX ix_search_text_words ON search_text USING gin (words)",
    ),
}


@event.listens_for(SearchEntryRow.__table__, "after_create")
def _create_text_table(_table: Table, connection: Connection, **_options: object) -> None:
    for statement in TEXT_TABLE_DDL[connection.dialect.name]:
        connection.exec_driver_sql(statement)


@event.listens_for(SearchEntryRow.__table__, "before_drop")
def _drop_text_table(_table: Table, connection: Connection, **_options: object) -> None:
    connection.exec_driver_sql("DROP TABLE IF EXISTS search_text")

"""Rows of the catalogue. `document` holds the content as JSON; search has rows of its own in `search/tables.py`."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from col_core.base.database import DERIVED, Base, UtcDateTime

STATE_KEY = 1


class OpportunityRow(Base):
    """`pk` is the row's number, for search tables only; `id` is what the world knows, and is never used again.

    `provenance` maps a field to who edited it since its source said it (`person`, `organiser`): the next fetch must not
    undo that. `status` in it says who decided the state (`decisions.py`). `origin` is the city that a remote offer is
    of. `shared_seq` is the number of the last change (`changes.py`) that partner cities have to hear of, NULL for what
    they never heard of.
    """

    __tablename__ = "opportunity"

    pk: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    organiser_id: Mapped[str | None] = mapped_column(ForeignKey("organiser.id"), index=True)
    source_id: Mapped[str | None] = mapped_column(String(60))
    external_id: Mapped[str | None] = mapped_column(String(500))
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    status: Mapped[str] = mapped_column(String(12))
    document: Mapped[str] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)
    occurrences: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    provenance: Mapped[str] = mapped_column(Text, default="{}")
    findings: Mapped[str] = mapped_column(Text, default="[]")
    image_key: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)
    missing_count: Mapped[int] = mapped_column(default=0)
    origin: Mapped[str | None] = mapped_column(Text)
    shared_seq: Mapped[int | None] = mapped_column(BigInteger)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    updated: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("source_id", "external_id"),
        Index("ix_opportunity_changes", "updated", "id"),
        Index("ix_opportunity_status", "status", "source_id"),
        Index(
            "ix_opportunity_shared",
            "shared_seq",
            "id",
            sqlite_where=text("shared_seq IS NOT NULL"),
            postgresql_where=text("shared_seq IS NOT NULL"),
        ),
        Index(
            "ix_opportunity_origin",
            "source_id",
            "pk",
            sqlite_where=text("origin IS NOT NULL"),
            postgresql_where=text("origin IS NOT NULL"),
        ),
    )


class RawItemRow(Base):
    """An item as its source gave it, kept to explain what was made of it. `body` is zlib-compressed."""

    __tablename__ = "raw_item"

    source_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(500), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(Text)
    fetched: Mapped[datetime] = mapped_column(UtcDateTime)


class SourceStateRow(Base):
    """What the last runs of a source left behind, and what readers are told of it (also after it was removed)."""

    __tablename__ = "source_state"

    source_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(Text, default="")
    homepage: Mapped[str | None] = mapped_column(Text)
    licence: Mapped[str | None] = mapped_column(Text)
    cursor: Mapped[str | None] = mapped_column(Text)
    last_good: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_count: Mapped[int | None] = mapped_column()
    failures: Mapped[int] = mapped_column(default=0)
    alert: Mapped[str | None] = mapped_column(Text)
    alert_kind: Mapped[str | None] = mapped_column(String(10))
    alert_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_change: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changes: Mapped[int] = mapped_column(default=0, server_default="0")
    usual_gap_s: Mapped[int | None] = mapped_column()


class SourceRunRow(Base):
    """The history of a source: one row a run, with counts and the errors of single items."""

    __tablename__ = "source_run"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    source_id: Mapped[str] = mapped_column(String(60))
    started: Mapped[datetime] = mapped_column(UtcDateTime)
    ended: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(12))
    counts: Mapped[str] = mapped_column(Text, default="{}")
    errors: Mapped[str] = mapped_column(Text, default="[]")
    message: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_source_run_source", "source_id", "id"),)


class DuplicateRow(Base):
    """Two opportunities that are probably one. `score` 0…1; `state` is `proposed` or, by a person, `different`."""

    __tablename__ = "duplicate"

    first_id: Mapped[str] = mapped_column(ForeignKey("opportunity.id"), primary_key=True)
    second_id: Mapped[str] = mapped_column(ForeignKey("opportunity.id"), primary_key=True)
    score: Mapped[float] = mapped_column()
    reasons: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    found: Mapped[datetime] = mapped_column(UtcDateTime)


class SearchStateRow(Base):
    """The counter of changes, one row (`key` 1). Whoever writes search rows holds it until the commit.

    `change_seq` is the last change. `rebuilt_seq` is the last at which rows were taken away for good: who
    loaded rows before it loads them all again.
    """

    __tablename__ = "search_state"
    __table_args__ = ({"info": DERIVED},)

    key: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    change_seq: Mapped[int] = mapped_column(BigInteger)
    rebuilt_seq: Mapped[int] = mapped_column(BigInteger)

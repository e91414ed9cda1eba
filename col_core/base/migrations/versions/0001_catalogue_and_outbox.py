"""The catalogue, its sources and search rows, organisations, the outbox."""

import sqlalchemy as sa
from alembic import op

from col_core.base.database import UtcDateTime

revision = "0001"
down_revision = None

# The shapes of the text table on each engine; later changes to them are migrations of their own.
_TEXT_TABLE = {
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


def upgrade() -> None:

    op.create_table(
        "facet_value",
        sa.Column("code", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_facet_value")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_facet_value_kind_value")),
    )
    op.create_table(
        "organiser",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.String(length=300), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organiser")),
        sa.UniqueConstraint("name_key", name=op.f("uq_organiser_name_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_organiser_slug")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("job", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("next_attempt", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index("ix_outbox_due", "outbox", ["state", "next_attempt"], unique=False)
    op.create_table(
        "periodic_job",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("due", UtcDateTime(), nullable=False),
        sa.Column("last_run", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_periodic_job")),
    )
    op.create_table(
        "raw_item",
        sa.Column("source_id", sa.String(length=60), nullable=False),
        sa.Column("external_id", sa.String(length=500), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("fetched", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "external_id", name=op.f("pk_raw_item")),
    )
    op.create_table(
        "search_entry",
        sa.Column("pk", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("change_seq", sa.BigInteger(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("lat_deg", sa.Double(), nullable=True),
        sa.Column("lon_deg", sa.Double(), nullable=True),
        sa.Column("age_min", sa.SmallInteger(), nullable=False),
        sa.Column("age_max", sa.SmallInteger(), nullable=False),
        sa.Column("free", sa.Boolean(), nullable=False),
        sa.Column("type", sa.Integer(), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("district", sa.Integer(), nullable=False),
        sa.Column("organiser", sa.Integer(), nullable=False),
        sa.Column("categories", sa.LargeBinary(), nullable=False),
        sa.Column("languages", sa.LargeBinary(), nullable=False),
        sa.Column("access", sa.LargeBinary(), nullable=False),
        sa.Column("skills", sa.LargeBinary(), nullable=False),
        sa.Column("occurrences", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_search_entry")),
    )
    op.create_index(op.f("ix_search_entry_change_seq"), "search_entry", ["change_seq"], unique=False)
    op.create_table(
        "search_state",
        sa.Column("key", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("change_seq", sa.BigInteger(), nullable=False),
        sa.Column("rebuilt_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_search_state")),
    )
    op.create_table(
        "source_run",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("source_id", sa.String(length=60), nullable=False),
        sa.Column("started", UtcDateTime(), nullable=False),
        sa.Column("ended", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("errors", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_run")),
    )
    op.create_index("ix_source_run_source", "source_run", ["source_id", "id"], unique=False)
    op.create_table(
        "source_state",
        sa.Column("source_id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("homepage", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("last_good", UtcDateTime(), nullable=True),
        sa.Column("last_count", sa.Integer(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("alert", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_state")),
    )
    op.create_table(
        "opportunity",
        sa.Column("pk", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organiser_id", sa.String(length=32), nullable=True),
        sa.Column("source_id", sa.String(length=60), nullable=True),
        sa.Column("external_id", sa.String(length=500), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("occurrences", sa.LargeBinary(), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("image_key", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("missing_count", sa.Integer(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("updated", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organiser_id"], ["organiser.id"], name=op.f("fk_opportunity_organiser_id")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_opportunity")),
        sa.UniqueConstraint("id", name=op.f("uq_opportunity_id")),
        sa.UniqueConstraint("source_id", "external_id", name=op.f("uq_opportunity_source_id_external_id")),
    )
    op.create_index("ix_opportunity_changes", "opportunity", ["updated", "id"], unique=False)
    op.create_index(op.f("ix_opportunity_organiser_id"), "opportunity", ["organiser_id"], unique=False)
    op.create_index("ix_opportunity_status", "opportunity", ["status", "source_id"], unique=False)
    op.create_table(
        "duplicate",
        sa.Column("first_id", sa.String(length=32), nullable=False),
        sa.Column("second_id", sa.String(length=32), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("found", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["first_id"], ["opportunity.id"], name=op.f("fk_duplicate_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["opportunity.id"], name=op.f("fk_duplicate_second_id")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_duplicate")),
    )

    for statement in _TEXT_TABLE[op.get_bind().dialect.name]:
        op.execute(statement)

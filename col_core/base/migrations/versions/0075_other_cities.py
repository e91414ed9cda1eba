"""Offers of other cities: search tells them apart, and they are counted without reading every row."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0070"


def upgrade() -> None:
    op.add_column("search_entry", sa.Column("city", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_opportunity_origin",
        "opportunity",
        ["source_id", "pk"],
        sqlite_where=sa.text("origin IS NOT NULL"),
        postgresql_where=sa.text("origin IS NOT NULL"),
    )

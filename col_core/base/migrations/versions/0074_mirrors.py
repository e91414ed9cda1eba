"""Copies of what recognised issuers of other cities publish, and how old what is known of an imported badge is."""

import sqlalchemy as sa
from alembic import op

from col_core.base.database import UtcDateTime

revision = "0074"
down_revision = "0075"


def upgrade() -> None:
    op.create_table(
        "mirrored_document",
        sa.Column("place", sa.String(600), nullable=False),
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("url", sa.String(600), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("fetched", UtcDateTime(), nullable=True),
        sa.Column("changed", UtcDateTime(), nullable=True),
        sa.Column("asked", UtcDateTime(), nullable=True),
        sa.Column("etag", sa.String(200), nullable=True),
        sa.Column("doubted", UtcDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_mirrored_document")),
    )
    op.create_index("ix_mirrored_document_host", "mirrored_document", ["host"])
    op.create_table(
        "mirrored_version",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("place", sa.String(600), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place"], ["mirrored_document.place"], name=op.f("fk_mirrored_version_place_mirrored_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirrored_version")),
    )
    op.create_index("ix_mirrored_version_place", "mirrored_version", ["place"])
    op.add_column("held", sa.Column("as_of", UtcDateTime(), nullable=True))

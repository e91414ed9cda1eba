"""A journal of what was taken away for good, so that no restore brings it back."""

import sqlalchemy as sa
from alembic import op

from col_core.base.database import UtcDateTime

revision = "0050"
down_revision = "0040"


def upgrade() -> None:
    op.create_table(
        "deletion",
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("deleted", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_deletion")),
    )
    op.create_index(op.f("ix_deletion_deleted"), "deletion", ["deleted"])

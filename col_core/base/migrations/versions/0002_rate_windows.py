"""How often somebody did something, counted by hashed key."""

import sqlalchemy as sa
from alembic import op

from col_core.base.database import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "rate_window",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("ends", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_window")),
    )
    op.create_index(op.f("ix_rate_window_ends"), "rate_window", ["ends"])

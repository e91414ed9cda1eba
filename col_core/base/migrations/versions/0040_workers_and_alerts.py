"""Signs of life of workers; since when a source is in alert, and what is usual for it."""

import sqlalchemy as sa
from alembic import op

from col_core.base.database import UtcDateTime

revision = "0040"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "worker",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("started", UtcDateTime(), nullable=False),
        sa.Column("seen", UtcDateTime(), nullable=False),
        sa.Column("troubles", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )
    op.add_column("source_state", sa.Column("alert_kind", sa.String(10), nullable=True))
    op.add_column("source_state", sa.Column("alert_since", UtcDateTime(), nullable=True))
    op.add_column("source_state", sa.Column("last_change", UtcDateTime(), nullable=True))
    op.add_column("source_state", sa.Column("changes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("source_state", sa.Column("usual_gap_s", sa.Integer(), nullable=True))

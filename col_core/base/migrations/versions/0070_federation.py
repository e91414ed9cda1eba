"""Cities that are known, offers that are theirs, and what they have to hear of."""

import sqlalchemy as sa
from alembic import op

from col_core.base.database import UtcDateTime

revision = "0070"
down_revision = "0062"


def upgrade() -> None:
    op.add_column("opportunity", sa.Column("origin", sa.Text(), nullable=True))
    op.add_column("opportunity", sa.Column("shared_seq", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_opportunity_shared",
        "opportunity",
        ["shared_seq", "id"],
        sqlite_where=sa.text("shared_seq IS NOT NULL"),
        postgresql_where=sa.text("shared_seq IS NOT NULL"),
    )
    op.create_table(
        "peer",
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("base_url", sa.String(300), nullable=False),
        sa.Column("city_id", sa.String(60), nullable=True),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("country", sa.String(2), nullable=True),
        sa.Column("actor_id", sa.String(500), nullable=True),
        sa.Column("feed_url", sa.String(500), nullable=True),
        sa.Column("did", sa.String(500), nullable=True),
        sa.Column("keys", sa.Text(), nullable=True),
        sa.Column("member_since", UtcDateTime(), nullable=True),
        sa.Column("member_until", UtcDateTime(), nullable=True),
        sa.Column("recognised_until", UtcDateTime(), nullable=True),
        sa.Column("suspended", UtcDateTime(), nullable=True),
        sa.Column("denied", UtcDateTime(), nullable=True),
        sa.Column("denied_because", sa.Text(), nullable=True),
        sa.Column("quarantined", UtcDateTime(), nullable=True),
        sa.Column("quarantined_because", sa.Text(), nullable=True),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("seen", UtcDateTime(), nullable=True),
        sa.Column("asked", UtcDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_peer")),
        sa.UniqueConstraint("key", name=op.f("uq_peer_key")),
    )

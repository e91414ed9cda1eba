"""The bulk lane between cities: whom a city follows, what it holds of them, who follows it."""

import sqlalchemy as sa
from alembic import op

from col_core.base.database import UtcDateTime

revision = "0072"
down_revision = "0071"


def upgrade() -> None:
    op.create_table(
        "subscription",
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("by_settings", sa.Boolean(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("next_url", sa.Text(), nullable=True),
        sa.Column("etag", sa.String(200), nullable=True),
        sa.Column("epoch", sa.String(40), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("pass_number", sa.Integer(), nullable=False),
        sa.Column("read", UtcDateTime(), nullable=True),
        sa.Column("synced", UtcDateTime(), nullable=True),
        sa.Column("whole_synced", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry", UtcDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("equal", sa.Boolean(), nullable=True),
        sa.Column("compared", UtcDateTime(), nullable=True),
        sa.Column("doubted", UtcDateTime(), nullable=True),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_subscription")),
    )
    op.create_table(
        "remote_offer",
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("external_id", sa.String(200), nullable=False),
        sa.Column("opportunity_id", sa.String(32), nullable=True),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.String(10), nullable=False),
        sa.Column("status", sa.String(12), nullable=True),
        sa.Column("shown_as", sa.String(12), nullable=True),
        sa.Column("twin", sa.String(32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("pass_number", sa.Integer(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("changed", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("host", "external_id", name=op.f("pk_remote_offer")),
    )
    op.create_index("ix_remote_offer_held", "remote_offer", ["host", "held", "external_id"])
    op.create_index("ix_remote_offer_opportunity", "remote_offer", ["opportunity_id"])
    op.create_table(
        "remote_opening",
        sa.Column("opportunity_id", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("opportunity_id", "day", name=op.f("pk_remote_opening")),
    )
    op.create_table(
        "follower_city",
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("seen", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_follower_city")),
    )
    op.create_table(
        "delivery",
        sa.Column("opportunity_id", sa.String(32), nullable=False),
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("seen", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("opportunity_id", "host", name=op.f("pk_delivery")),
    )
    op.create_table(
        "feed_epoch",
        sa.Column("key", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_feed_epoch")),
    )

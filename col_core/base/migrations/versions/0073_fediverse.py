"""The push lane: who follows whom, what was told, what is on its way, and what came in."""

import sqlalchemy as sa
from alembic import op

from col_core.base.database import UtcDateTime

revision = "0073"
down_revision = "0074"


def upgrade() -> None:
    op.create_table(
        "fediverse_actor",
        sa.Column("id", sa.String(500), nullable=False),
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("fetched", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fediverse_actor")),
    )
    op.create_index(op.f("ix_fediverse_actor_host"), "fediverse_actor", ["host"])
    op.create_index(op.f("ix_fediverse_actor_fetched"), "fediverse_actor", ["fetched"])
    op.create_table(
        "fediverse_follower",
        sa.Column("actor", sa.String(500), nullable=False),
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("inbox", sa.String(500), nullable=False),
        sa.Column("shared_inbox", sa.String(500), nullable=True),
        sa.Column("follow", sa.String(500), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("actor", name=op.f("pk_fediverse_follower")),
    )
    op.create_index(op.f("ix_fediverse_follower_host"), "fediverse_follower", ["host"])
    op.create_table(
        "fediverse_following",
        sa.Column("actor", sa.String(500), nullable=False),
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("inbox", sa.String(500), nullable=False),
        sa.Column("peer", sa.String(253), nullable=True),
        sa.Column("follow", sa.String(500), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("actor", name=op.f("pk_fediverse_following")),
    )
    op.create_index(op.f("ix_fediverse_following_host"), "fediverse_following", ["host"])
    op.create_index(op.f("ix_fediverse_following_peer"), "fediverse_following", ["peer"])
    op.create_table(
        "fediverse_told",
        sa.Column("opportunity", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("gone", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("opportunity", name=op.f("pk_fediverse_told")),
    )
    op.create_table(
        "fediverse_letter",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("about", sa.String(500), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fediverse_letter")),
    )
    op.create_index(op.f("ix_fediverse_letter_created"), "fediverse_letter", ["created"])
    op.create_table(
        "fediverse_delivery",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("letter", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("inbox", sa.String(500), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["letter"], ["fediverse_letter.id"], name=op.f("fk_fediverse_delivery_letter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fediverse_delivery")),
    )
    op.create_index("ix_fediverse_delivery_lane", "fediverse_delivery", ["host", "state", "id"])
    op.create_index(op.f("ix_fediverse_delivery_letter"), "fediverse_delivery", ["letter"])
    op.create_table(
        "fediverse_lane",
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("signature", sa.String(10), nullable=True),
        sa.Column("busy_until", UtcDateTime(), nullable=True),
        sa.Column("next_attempt", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_fediverse_lane")),
    )
    op.create_table(
        "fediverse_seen",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("seen", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fediverse_seen")),
    )
    op.create_index(op.f("ix_fediverse_seen_seen"), "fediverse_seen", ["seen"])
    op.create_table(
        "fediverse_item",
        sa.Column("id", sa.String(500), nullable=False),
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("owners", sa.Text(), nullable=False),
        sa.Column("updated", UtcDateTime(), nullable=True),
        sa.Column("gone", UtcDateTime(), nullable=True),
        sa.Column("seen", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fediverse_item")),
    )
    op.create_index(op.f("ix_fediverse_item_host"), "fediverse_item", ["host"])

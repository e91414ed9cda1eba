"""Who keeps badges, which, and what they show to others."""

import sqlalchemy as sa
from alembic import op

from col_core.base.database import UtcDateTime

revision = "0062"
down_revision = "0061"


def upgrade() -> None:
    op.create_table(
        "holder",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("recovery_digest", sa.String(64), nullable=False),
        sa.Column("recovery_number", sa.Integer(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("seen", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder")),
        sa.UniqueConstraint("recovery_digest", name=op.f("uq_holder_recovery_digest")),
    )
    op.create_table(
        "holder_device",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("holder_id", sa.String(32), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_holder_device_holder_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_holder_device")),
    )
    op.create_index(op.f("ix_holder_device_holder_id"), "holder_device", ["holder_id"])
    op.create_table(
        "share",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("holder_id", sa.String(32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("held_ids", sa.Text(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("expires", UtcDateTime(), nullable=False),
        sa.Column("withdrawn", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_share_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
    )
    op.create_index(op.f("ix_share_holder_id"), "share", ["holder_id"])
    op.create_table(
        "held",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("holder_id", sa.String(32), nullable=False),
        sa.Column("award_id", sa.String(32), nullable=True),
        sa.Column("link_id", sa.String(16), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("picture", sa.LargeBinary(), nullable=True),
        sa.Column("picture_type", sa.String(30), nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("verdict", sa.String(10), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("checked", UtcDateTime(), nullable=True),
        sa.Column("added", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_held_award_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_held_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held")),
        sa.UniqueConstraint("award_id", name=op.f("uq_held_award_id")),
        sa.UniqueConstraint("holder_id", "digest", name=op.f("uq_held_holder_id_digest")),
    )
    op.create_index(op.f("ix_held_holder_id"), "held", ["holder_id"])

"""Translations of what partner cities offer, and up to which version each offer was looked at for them."""

import sqlalchemy as sa
from alembic import op

from col_core.base.database import UtcDateTime

revision = "0076"
down_revision = "0072"


def upgrade() -> None:
    op.create_table(
        "offer_translation",
        sa.Column("opportunity_id", sa.String(32), nullable=False),
        sa.Column("language", sa.String(60), nullable=False),
        sa.Column("source_language", sa.Text(), nullable=False),
        sa.Column("source_digest", sa.String(64), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("translator", sa.Text(), nullable=True),
        sa.Column("made", UtcDateTime(), nullable=False),
        sa.Column("edited", UtcDateTime(), nullable=True),
        sa.Column("removed", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("opportunity_id", "language", name=op.f("pk_offer_translation")),
    )
    op.create_index("ix_offer_translation_source", "offer_translation", ["source_digest", "language"])
    op.create_table(
        "offer_translation_look",
        sa.Column("opportunity_id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry", UtcDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("opportunity_id", name=op.f("pk_offer_translation_look")),
    )

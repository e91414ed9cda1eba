"""What can be earned, in versions that never change; skills and what they are called; offers by their badges."""

import sqlalchemy as sa
from alembic import op

from col_core.base.database import UtcDateTime

revision = "0060"
down_revision = "0050"


def upgrade() -> None:
    nothing = "x''" if op.get_bind().dialect.name == "sqlite" else "''::bytea"
    op.add_column(
        "search_entry", sa.Column("badges", sa.LargeBinary(), nullable=False, server_default=sa.text(nothing))
    )
    op.create_table(
        "achievement",
        sa.Column("id", sa.String(60), nullable=False),
        sa.Column("organiser_id", sa.String(32), nullable=True),
        sa.Column("origin", sa.String(10), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("updated", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organiser_id"], ["organiser.id"], name=op.f("fk_achievement_organiser_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievement")),
    )
    op.create_index(op.f("ix_achievement_organiser_id"), "achievement", ["organiser_id"])
    op.create_table(
        "achievement_version",
        sa.Column("achievement_id", sa.String(60), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievement.id"], name=op.f("fk_achievement_version_achievement_id")
        ),
        sa.PrimaryKeyConstraint("achievement_id", "number", name=op.f("pk_achievement_version")),
    )
    op.create_table(
        "achievement_mark",
        sa.Column("achievement_id", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("value", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievement.id"], name=op.f("fk_achievement_mark_achievement_id")
        ),
        sa.PrimaryKeyConstraint("achievement_id", "kind", "value", name=op.f("pk_achievement_mark")),
    )
    op.create_index("ix_achievement_mark_value", "achievement_mark", ["kind", "value"])
    op.create_table(
        "skill",
        sa.Column("uri", sa.String(300), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("broader", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("uri", name=op.f("pk_skill")),
    )
    op.create_table(
        "skill_label",
        sa.Column("uri", sa.String(300), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["uri"], ["skill.uri"], name=op.f("fk_skill_label_uri")),
        sa.PrimaryKeyConstraint("uri", "language", "number", name=op.f("pk_skill_label")),
    )
    op.create_index("ix_skill_label_key", "skill_label", ["language", "key"])

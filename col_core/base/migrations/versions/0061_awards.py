"""Keys of issuers, awards and their documents, status lists, codes, endorsements."""

import sqlalchemy as sa
from alembic import op

from col_core.base.database import UtcDateTime

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    op.create_table(
        "issuer_key",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("issuer", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("retired", UtcDateTime(), nullable=True),
        sa.Column("compromised", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuer_key")),
    )
    op.create_index(op.f("ix_issuer_key_issuer"), "issuer_key", ["issuer"])
    op.create_table(
        "status_list",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("issuer", sa.String(32), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("number_taken", sa.Integer(), nullable=False),
        sa.Column("taken", sa.LargeBinary(), nullable=False),
        sa.Column("revoked", sa.LargeBinary(), nullable=False),
        sa.Column("suspended", sa.LargeBinary(), nullable=False),
        sa.Column("changed", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_list")),
    )
    op.create_index(op.f("ix_status_list_issuer"), "status_list", ["issuer"])
    op.create_table(
        "endorsement",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("subject_kind", sa.String(12), nullable=False),
        sa.Column("subject_id", sa.String(60), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(24), nullable=False),
        sa.Column("list_id", sa.String(16), nullable=False),
        sa.Column("list_index", sa.Integer(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("withdrawn", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["key_id"], ["issuer_key.id"], name=op.f("fk_endorsement_key_id")),
        sa.ForeignKeyConstraint(["list_id"], ["status_list.id"], name=op.f("fk_endorsement_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsement")),
        sa.UniqueConstraint("list_id", "list_index", name=op.f("uq_endorsement_list_id_list_index")),
    )
    op.create_index(op.f("ix_endorsement_key_id"), "endorsement", ["key_id"])
    op.create_index("ix_endorsement_subject", "endorsement", ["subject_kind", "subject_id"])
    op.create_table(
        "award_run",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("achievement_id", sa.String(60), nullable=False),
        sa.Column("issuer", sa.String(32), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("occasion", sa.String(200), nullable=True),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("list_digest", sa.String(64), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("mails", sa.Boolean(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=True),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("finished", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["achievement_id"], ["achievement.id"], name=op.f("fk_award_run_achievement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_run")),
    )
    op.create_index(op.f("ix_award_run_issuer"), "award_run", ["issuer"])
    op.create_table(
        "claim_link",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("achievement_id", sa.String(60), nullable=False),
        sa.Column("issuer", sa.String(32), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("narrative", sa.Text(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("expires", UtcDateTime(), nullable=False),
        sa.Column("closed", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["achievement_id"], ["achievement.id"], name=op.f("fk_claim_link_achievement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_claim_link_digest")),
    )
    op.create_index(op.f("ix_claim_link_achievement_id"), "claim_link", ["achievement_id"])
    op.create_index(op.f("ix_claim_link_issuer"), "claim_link", ["issuer"])
    op.create_table(
        "award",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("achievement_id", sa.String(60), nullable=False),
        sa.Column("achievement_version", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(32), nullable=False),
        sa.Column("run_id", sa.String(32), nullable=True),
        sa.Column("run_row", sa.Integer(), nullable=True),
        sa.Column("repeat_key", sa.String(64), nullable=True),
        sa.Column("recipient_id", sa.String(60), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("narrative", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("valid_until", UtcDateTime(), nullable=True),
        sa.Column("list_id", sa.String(16), nullable=False),
        sa.Column("list_index", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("code_digest", sa.String(64), nullable=True),
        sa.Column("code_number", sa.Integer(), nullable=False),
        sa.Column("code_expires", UtcDateTime(), nullable=True),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.Column("claimed", UtcDateTime(), nullable=True),
        sa.Column("shared", UtcDateTime(), nullable=True),
        sa.Column("ended", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["achievement_id", "achievement_version"],
            ["achievement_version.achievement_id", "achievement_version.number"],
            name=op.f("fk_award_achievement_id_achievement_version"),
        ),
        sa.ForeignKeyConstraint(["list_id"], ["status_list.id"], name=op.f("fk_award_list_id")),
        sa.ForeignKeyConstraint(["run_id"], ["award_run.id"], name=op.f("fk_award_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_award_code_digest")),
        sa.UniqueConstraint("list_id", "list_index", name=op.f("uq_award_list_id_list_index")),
        sa.UniqueConstraint("repeat_key", name=op.f("uq_award_repeat_key")),
        sa.UniqueConstraint("run_id", "run_row", name=op.f("uq_award_run_id_run_row")),
    )
    op.create_index("ix_award_achievement", "award", ["achievement_id", "state"])
    op.create_index("ix_award_issuer", "award", ["issuer", "state"])
    op.create_table(
        "award_document",
        sa.Column("award_id", sa.String(32), nullable=False),
        sa.Column("format", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("key_id", sa.String(24), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_award_document_award_id")),
        sa.ForeignKeyConstraint(["key_id"], ["issuer_key.id"], name=op.f("fk_award_document_key_id")),
        sa.PrimaryKeyConstraint("award_id", "format", name=op.f("pk_award_document")),
    )
    op.create_index(op.f("ix_award_document_key_id"), "award_document", ["key_id"])
    op.create_table(
        "claim_use",
        sa.Column("link_id", sa.String(16), nullable=False),
        sa.Column("holder_id", sa.String(32), nullable=False),
        sa.Column("award_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_claim_use_award_id")),
        sa.ForeignKeyConstraint(["link_id"], ["claim_link.id"], name=op.f("fk_claim_use_link_id")),
        sa.PrimaryKeyConstraint("link_id", "holder_id", name=op.f("pk_claim_use")),
    )
    op.create_index(op.f("ix_claim_use_award_id"), "claim_use", ["award_id"])

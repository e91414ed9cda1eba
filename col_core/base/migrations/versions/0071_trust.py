"""The network's anchor as it was met, and the papers that it gave to this city."""

import sqlalchemy as sa
from alembic import op

from col_core.base.database import UtcDateTime

revision = "0071"
down_revision = "0073"


def upgrade() -> None:
    op.create_table(
        "network_anchor",
        sa.Column("url", sa.String(300), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("given", sa.String(64), nullable=True),
        sa.Column("configuration", sa.Text(), nullable=True),
        sa.Column("about_us", sa.Text(), nullable=True),
        sa.Column("asked", UtcDateTime(), nullable=True),
        sa.Column("seen", UtcDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_network_anchor")),
    )
    op.create_table(
        "network_peer_mark",
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_network_peer_mark")),
    )
    op.create_table(
        "network_paper",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("anchor", sa.String(300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=True),
        sa.Column("issued", UtcDateTime(), nullable=False),
        sa.Column("expires", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_network_paper")),
    )

"""Messages that are told together with others, who wants none any more, the key that links in messages are signed by, and which rules gather."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
EMPTY = sa.text("''")


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("told_in", sa.Text()))
    some = sa.text("told_in IS NOT NULL")
    op.create_index("ix_deliveries_told_in", "deliveries", ["told_in"], sqlite_where=some, postgresql_where=some)
    op.add_column("rule_versions", sa.Column("gathers", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_matches_rule_id_matched_at", "matches", ["rule_id", "matched_at"])
    op.create_table(
        "unsubscribed",
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("digest_id", sa.Text(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("why", sa.Text(), nullable=False, server_default=EMPTY),
        sa.PrimaryKeyConstraint("channel_id", "recipient", "digest_id", name="pk_unsubscribed"),
    )
    op.create_table(
        "keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_keys"),
    )

"""Who unsubscribed is known by address and digest, whatever channel the messages come by and however that is called."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE unsubscribed_before AS "
        "SELECT recipient, digest_id, MIN(since) AS since, MIN(why) AS why FROM unsubscribed GROUP BY recipient, digest_id"
    )
    op.drop_table("unsubscribed")
    op.create_table(
        "unsubscribed",
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("digest_id", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.PrimaryKeyConstraint("recipient", "digest_id", name="pk_unsubscribed"),
    )
    op.execute(
        "INSERT INTO unsubscribed (recipient, digest_id, since, why) "
        "SELECT recipient, digest_id, since, why FROM unsubscribed_before"
    )
    op.drop_table("unsubscribed_before")

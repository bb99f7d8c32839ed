"""Who unsubscribed is known by address (in any case) and digest, whatever channel the messages come by and however that is called."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    conn = op.get_bind()
    before = conn.execute(sa.text("SELECT recipient, digest_id, since, why FROM unsubscribed ORDER BY since DESC"))
    # No database folds the case of all letters; of some that are one address the first counts.
    kept = {(row.recipient.casefold(), row.digest_id): (row.since, row.why) for row in before}
    op.drop_table("unsubscribed")
    op.create_table(
        "unsubscribed",
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("digest_id", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.PrimaryKeyConstraint("recipient", "digest_id", name="pk_unsubscribed"),
    )
    rows = [
        {"recipient": recipient, "digest_id": digest_id, "since": since, "why": why}
        for (recipient, digest_id), (since, why) in kept.items()
    ]
    new = "INSERT INTO unsubscribed (recipient, digest_id, since, why) VALUES (:recipient, :digest_id, :since, :why)"
    if rows:
        conn.execute(sa.text(new), rows)

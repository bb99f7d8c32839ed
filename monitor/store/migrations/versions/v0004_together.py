"""Messages that were not delivered for long and are told together: which edition tells them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("told_in", sa.Text()))
    some = sa.text("told_in IS NOT NULL")
    op.create_index("ix_deliveries_told_in", "deliveries", ["told_in"], sqlite_where=some, postgresql_where=some)

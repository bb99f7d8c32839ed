"""Deliveries that were given up are few, and counted every few seconds."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    some = sa.text("state = 'dead'")
    op.create_index("ix_deliveries_state", "deliveries", ["state"], sqlite_where=some, postgresql_where=some)

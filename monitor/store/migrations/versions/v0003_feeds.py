"""What is known of each feed beyond its polls: who owns it, why it is stopped, how it is doing; and the pages of articles."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EMPTY = sa.text("''")
BUSY = {"fillfactor": 80, "autovacuum_vacuum_scale_factor": 0.02}

STOPPED = "UPDATE feeds SET stopped = 'removed' WHERE next_poll_at IS NULL"
HEALTH = """
UPDATE feeds SET health_why = error,
    health = CASE WHEN failures > 0 THEN 'failing' WHEN baseline_at IS NULL THEN 'new' ELSE 'ok' END
"""


def upgrade() -> None:
    for column in (*_ownership(), *_health()):
        op.add_column("feeds", column)
    op.execute(STOPPED)
    op.execute(HEALTH)
    op.create_index("ix_feeds_stopped_health", "feeds", ["stopped", "health"])
    _feed_changes()
    _hosts()
    for column in (_text("publisher"), _text("page"), _text("page_why")):
        op.add_column("articles", column)
    _pages()


def _text(name: str, default: sa.TextClause | str = EMPTY) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _ownership() -> list[sa.Column[Any]]:
    return [
        _text("origin", "config"),
        _text("entry"),
        _text("stopped"),
        sa.Column("stopped_at", TIME, nullable=True),
        _text("stopped_why"),
        sa.Column("full_text", sa.String(16), server_default="maybe", nullable=False),
    ]


def _health() -> list[sa.Column[Any]]:
    return [
        sa.Column("health", sa.String(16), server_default="new", nullable=False),
        sa.Column("health_since", TIME, nullable=True),
        _text("health_why"),
        _text("rhythm"),
        _text("hints"),
        _text("moved_to"),
        sa.Column("moved_since", TIME, nullable=True),
        sa.Column("moved_sightings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("followed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("gone_since", TIME, nullable=True),
        sa.Column("gone_sightings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("gap_at", TIME, nullable=True),
    ]


def _feed_changes() -> None:
    op.create_table(
        "feed_changes",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("feed_id", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("health", sa.String(16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_feed_changes_feed_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_feed_changes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feed_changes_feed_id_at", "feed_changes", ["feed_id", "at"])
    op.create_index("ix_feed_changes_at", "feed_changes", ["at"])


def _hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_hosts"),
        postgresql_with=BUSY,
    )


def _pages() -> None:
    op.create_table(
        "pages",
        sa.Column("article_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("feed_id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("queued_at", TIME, nullable=False),
        sa.Column("next_at", TIME, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_token", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_pages_article_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", name="pk_pages"),
        postgresql_with=BUSY,
    )
    op.create_index("ix_pages_next_at", "pages", ["next_at"])

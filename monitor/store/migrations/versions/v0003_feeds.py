"""What is known of each feed beyond its polls: who owns it, why it is stopped, how it is doing; and the pages of articles.

Articles get all the keys they are known by, and room for earlier texts. What was unique in their table moves to that of the keys, so
that on PostgreSQL the table can be partitioned by month.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from monitor.core.articles import canonical_url
from monitor.core.identity import digest
from monitor.core.stories import is_page

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

BATCH = 500
BATCH_AFTER = "SELECT id, feed_id, key, url, seen_at FROM articles WHERE id > :after ORDER BY id LIMIT :batch"
KEEP = sa.text(
    "INSERT INTO article_keys (feed_id, key, article_id, seen_at) VALUES (:feed, :key, :id, :seen) ON CONFLICT DO NOTHING"
)

BEFORE = (
    "ALTER TABLE articles RENAME TO articles_before",
    "ALTER TABLE articles_before DROP CONSTRAINT uq_articles_feed_id_key",
    "ALTER TABLE articles_before DROP CONSTRAINT pk_articles",
    "ALTER TABLE articles_before DROP CONSTRAINT fk_articles_feed_id",
    "ALTER TABLE articles_before DROP CONSTRAINT fk_articles_story_id",
    "DROP INDEX ix_articles_seen_at",
    "DROP INDEX ix_articles_story_id",
    "CREATE TABLE articles (LIKE articles_before INCLUDING DEFAULTS) PARTITION BY RANGE (seen_at)",
    "ALTER SEQUENCE articles_id_seq OWNED BY articles.id",
    "CREATE TABLE articles_rest PARTITION OF articles DEFAULT",
)
# The months of the articles there are, and those that begin soon.
MONTHS = """
SELECT date_trunc('month', seen_at) FROM articles_before
UNION SELECT date_trunc('month', now()) + make_interval(months => n) FROM generate_series(0, 3) n ORDER BY 1
"""
MOVE = sa.text("INSERT INTO articles SELECT * FROM articles_before WHERE seen_at >= :first AND seen_at < :end")
AFTER = (
    "DROP TABLE articles_before",
    "ALTER TABLE articles ADD CONSTRAINT pk_articles PRIMARY KEY (id, seen_at)",
    "ALTER TABLE articles ADD CONSTRAINT fk_articles_feed_id FOREIGN KEY (feed_id) REFERENCES feeds (id)",
    "ALTER TABLE articles ADD CONSTRAINT fk_articles_story_id FOREIGN KEY (story_id) REFERENCES stories (id)",
    "CREATE INDEX ix_articles_seen_at ON articles (seen_at)",
    "CREATE INDEX ix_articles_story_id ON articles (story_id)",
    "ANALYZE articles",
)


def upgrade() -> None:
    for column in (*_ownership(), *_health()):
        op.add_column("feeds", column)
    op.execute(STOPPED)
    op.execute(HEALTH)
    op.create_index("ix_feeds_stopped_health", "feeds", ["stopped", "health"])
    op.add_column("mutes", _text("made_by"))
    _feed_changes()
    _hosts()
    _story_bands()
    for column in (_text("publisher"), _text("page"), _text("page_why")):
        op.add_column("articles", column)
    _article_keys()
    _article_versions()
    _pages()
    if op.get_bind().dialect.name == "postgresql":
        _partition()
    else:
        _rebuild()
    _fill()


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


def _story_bands() -> None:
    op.create_table(
        "story_bands",
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("period", "band", "article_id", name="pk_story_bands"),
        sqlite_with_rowid=False,
    )


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
        *_of_article("pages"),
        sa.PrimaryKeyConstraint("article_id", name="pk_pages"),
        postgresql_with=BUSY,
    )
    op.create_index("ix_pages_next_at", "pages", ["next_at"])


def _article_keys() -> None:
    op.create_table(
        "article_keys",
        sa.Column("feed_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("article_id", NUMBER, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        *_of_article("article_keys"),
        sa.PrimaryKeyConstraint("feed_id", "key", name="pk_article_keys"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_keys_article_id", "article_keys", ["article_id"])


def _article_versions() -> None:
    op.create_table(
        "article_versions",
        sa.Column("article_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("replaced_at", TIME, nullable=False),
        *_of_article("article_versions"),
        sa.PrimaryKeyConstraint("article_id", "version", name="pk_article_versions"),
    )


def _of_article(table: str) -> list[sa.ForeignKeyConstraint]:
    """Return the foreign key to articles, which PostgreSQL cannot have where these are partitioned."""
    if op.get_bind().dialect.name == "postgresql":
        return []
    return [sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=f"fk_{table}_article_id", ondelete="CASCADE")]


def _rebuild() -> None:
    """Take the unique constraint off articles; what numbers were given is not forgotten."""
    number = op.get_bind().exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'articles'").scalar()
    with op.batch_alter_table("articles", recreate="always", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_constraint("uq_articles_feed_id_key", type_="unique")
    if number is not None:
        op.get_bind().exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = 'articles'")
        op.get_bind().exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES ('articles', ?)", (number,))


def _partition() -> None:
    """Put articles into a table with a partition for each month, and one for what is in none."""
    for table in ("matches", "article_words"):
        op.drop_constraint(f"fk_{table}_article_id", table, type_="foreignkey")
    for statement in BEFORE:
        op.execute(statement)
    for start in op.get_bind().exec_driver_sql(MONTHS).scalars().all():
        end = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
        within = f"FROM ('{start.isoformat()}') TO ('{end.isoformat()}')"
        op.execute(f"CREATE TABLE articles_{start:%Y_%m} PARTITION OF articles FOR VALUES {within}")
        op.get_bind().execute(MOVE, {"first": start, "end": end})
    for statement in AFTER:
        op.execute(statement)


def _fill() -> None:
    """Give the articles there are their keys: the one they had, and their page. Of two with one page the older is known by it."""
    conn, after = op.get_bind(), 0
    while rows := conn.execute(sa.text(BATCH_AFTER), {"after": after, "batch": BATCH}).all():
        pages = {row.id: canonical_url(row.url) for row in rows}
        keys = [(row, row.key) for row in rows]
        keys += [(row, digest("page", pages[row.id])) for row in rows if is_page(pages[row.id])]
        conn.execute(KEEP, [{"feed": row.feed_id, "key": key, "id": row.id, "seen": row.seen_at} for row, key in keys])
        after = rows[-1].id

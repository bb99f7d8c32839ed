"""The index of words over all articles, those stored before included.

SQLite's is a virtual table that keeps no text (contentless), no positions (detail=none), and splits at spaces alone: it is
given words that are ready, in which every sign that is not ASCII belongs to a word, and so do the two named here.
PostgreSQL's table is narrow, its words put out of line, so that looking up which articles are there reads little.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from monitor.core.match.indexing import index_words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BATCH = 500

FTS5 = """
CREATE VIRTUAL TABLE article_words USING fts5(
    words, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '''_*'"
)
"""
KEEP = {
    "sqlite": "INSERT INTO article_words(rowid, words) VALUES (:id, :words)",
    "postgresql": "INSERT INTO article_words(article_id, words) VALUES (:id, array_to_tsvector(string_to_array(:words, ' ')))",
}
BATCH_AFTER = "SELECT id, title, summary, body FROM articles WHERE id > :after ORDER BY id LIMIT :batch"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(FTS5)
        _fill()
        return
    op.create_table(
        "article_words",
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("words", TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_article_words_article_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_article_words"),
        postgresql_with={"toast_tuple_target": 128},
    )
    _fill()
    op.create_index("ix_article_words_words", "article_words", ["words"], postgresql_using="gin")


def _fill() -> None:
    """Index the articles there are, a batch at a time: what is read and made of them at once is a few megabytes."""
    # The words are made by today's code whenever this runs, for it is today's code that will look for them.
    conn, after = op.get_bind(), 0
    keep = sa.text(KEEP[conn.dialect.name])
    while rows := conn.execute(sa.text(BATCH_AFTER), {"after": after, "batch": BATCH}).all():
        conn.execute(keep, [{"id": row.id, "words": index_words(row.title, row.summary, row.body)} for row in rows])
        after = rows[-1].id

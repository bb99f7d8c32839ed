"""What recent articles are found by when one is copied, made anew from their texts: of other words of theirs than before, and in fewer rows."""

import sqlalchemy as sa
from alembic import op

from monitor.core.articles import without_publisher
from monitor.core.copies import FOUND_BY, REMEMBERED, bands
from monitor.core.stories import STORY_WINDOW
from monitor.store.copies import period_of
from monitor.store.tx import batches
from monitor.store.types import UtcTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FORGET = {"sqlite": "DELETE FROM story_bands", "postgresql": "TRUNCATE story_bands"}
NEWEST = sa.text("SELECT max(seen_at) AS seen_at FROM articles").columns(seen_at=UtcTime())
RECENT = sa.text("SELECT id FROM articles WHERE seen_at >= :since AND story_id IS NOT NULL ORDER BY id").bindparams(
    sa.bindparam("since", type_=UtcTime())
)
TEXTS = (
    sa.text("SELECT id, title, publisher, summary, body, published, seen_at FROM articles WHERE id IN :some AND seen_at >= :since")
    .bindparams(sa.bindparam("some", expanding=True), sa.bindparam("since", type_=UtcTime()))
    .columns(published=UtcTime(), seen_at=UtcTime())
)  # fmt: skip
KEEP = sa.text("INSERT INTO story_bands (period, band, article_id) VALUES (:period, :band, :id)")
# A band takes so many articles: what everybody prints under everything.
CROWDED = """
DELETE FROM story_bands WHERE (period, band, article_id) IN (
    SELECT period, band, article_id FROM (
        SELECT period, band, article_id, row_number() OVER (PARTITION BY period, band ORDER BY article_id) AS place FROM story_bands
    ) AS placed WHERE place > :most
)
"""


def upgrade() -> None:
    conn = op.get_bind()
    op.execute(FORGET[conn.dialect.name])
    newest = conn.execute(NEWEST).scalar()
    if newest is None:
        return
    since = newest - STORY_WINDOW
    for some in batches(conn.execute(RECENT, {"since": since}).scalars().all()):
        rows = [
            {"period": period_of(each.seen_at), "band": band, "id": each.id}
            for each in conn.execute(TEXTS, {"some": some, "since": since})
            if each.seen_at - each.published <= STORY_WINDOW
            for band in bands(without_publisher(each.title, each.publisher), each.summary, each.body)[:FOUND_BY]
        ]
        if rows:
            conn.execute(KEEP, rows)
    conn.execute(sa.text(CROWDED), {"most": REMEMBERED})

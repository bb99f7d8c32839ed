"""What has come in since: for those who watch the daemon at work."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.store import feeds as feed_rows
from monitor.store.schema import articles, feeds, matches
from monitor.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article that came in, and the rules that took it. `published` is in UTC."""

    id: int
    feed: str
    title: str
    published: datetime
    rules: tuple[str, ...]


def after(tx: Tx, id: int, limit: int = 200) -> list[Arrival]:
    """Return the articles that came in after the one with this id, in order, with the rules that matched each."""
    query = (
        sa.select(articles.c.id, articles.c.title, articles.c.published, feed_rows.label.label("feed"))
        .select_from(articles.join(feeds))
        .where(articles.c.id > id)
        .order_by(articles.c.id)
        .limit(limit)
    )
    rows = tx.conn.execute(query).all()
    taken: dict[int, list[str]] = {}
    hits = sa.select(matches.c.article_id, matches.c.rule_id).order_by(matches.c.id)
    for hit in tx.conn.execute(hits.where(matches.c.article_id.in_([row.id for row in rows]))):
        taken.setdefault(hit.article_id, []).append(hit.rule_id)
    return [Arrival(row.id, row.feed, row.title, row.published, tuple(taken.get(row.id, ()))) for row in rows]

"""Stories: articles that tell the same thing, found by the keys they share within a window of time."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from monitor.core.model import Article
from monitor.core.stories import counterparts, sought
from monitor.store.postgres import STORY_LOCK
from monitor.store.schema import articles, matches, stories, story_keys
from monitor.store.tx import Tx, batches


def assign(tx: Tx, saved: Mapping[int, Article], window: timedelta) -> dict[int, int]:
    """Give each saved article (by its id) its story; return the story's id by article id.

    An article that has a story keeps it. Else it joins the oldest story that recorded one of its keys (or what its title seeks) at
    most `window` before the article was seen, and where there is none, begins one.
    """
    if not saved:
        return {}
    _in_turn(tx)
    stored = _stored(tx, saved)
    chosen = {row.id: row.story_id for row in stored if row.story_id is not None}
    known = _known(tx, saved, window)
    for article_id, article in saved.items():
        if article_id not in chosen:
            keys = (*article.story_keys, *sought(article.title_keys, known))
            shared = [known[key] for key in keys if key in known]
            chosen[article_id] = min(shared) if shared else _begin(tx, article.seen_at)
        for key in (*article.story_keys, *article.title_keys):
            known.setdefault(key, chosen[article_id])
    _place(tx, [row for row in stored if row.story_id is None], chosen)
    _record(tx, saved, chosen)
    return chosen


def prune(tx: Tx, before: datetime, limit: int = 1000) -> int:
    """Delete up to `limit` keys recorded before `before`, then stories last seen before it without articles or matches."""
    old = sa.select(story_keys.c.key, story_keys.c.story_id).where(story_keys.c.seen_at < before).limit(limit)
    pair = sa.tuple_(story_keys.c.key, story_keys.c.story_id)
    pairs = [(row.key, row.story_id) for row in tx.conn.execute(old)]
    gone = sum(tx.run(sa.delete(story_keys).where(pair.in_(some))) for some in batches(pairs))
    used = [sa.select(table.c.id).where(table.c.story_id == stories.c.id).exists() for table in (articles, matches)]
    empty = sa.select(stories.c.id).where(stories.c.last_seen_at < before, ~used[0], ~used[1]).limit(limit - gone)
    ids = tx.conn.execute(empty).scalars().all()
    return gone + sum(tx.run(sa.delete(stories).where(stories.c.id.in_(some))) for some in batches(ids))


def _in_turn(tx: Tx) -> None:
    """Let one daemon at a time decide: two that see copies of one story at once would begin two stories."""
    if tx.conn.dialect.name == "postgresql":
        tx.conn.execute(sa.select(sa.func.pg_advisory_xact_lock(STORY_LOCK)))


def _stored(tx: Tx, article_ids: Iterable[int]) -> list[sa.Row[Any]]:
    query = sa.select(articles.c.id, articles.c.seen_at, articles.c.story_id)
    rows: list[sa.Row[Any]] = []
    for some in batches(article_ids):
        rows += tx.conn.execute(query.where(articles.c.id.in_(some)))
    return rows


def _known(tx: Tx, saved: Mapping[int, Article], window: timedelta) -> dict[str, int]:
    """Return the oldest live story of each key the articles have."""
    since = min(each.seen_at for each in saved.values()) - window
    oldest = sa.func.min(story_keys.c.story_id).label("story_id")
    query = sa.select(story_keys.c.key, oldest).where(story_keys.c.seen_at >= since).group_by(story_keys.c.key)
    keys = {key for each in saved.values() for key in _asked(each)}
    rows = (row for some in batches(keys) for row in tx.conn.execute(query.where(story_keys.c.key.in_(some))))
    return {row.key: row.story_id for row in rows}


def _asked(article: Article) -> tuple[str, ...]:
    return (*article.story_keys, *article.title_keys, *counterparts(article.title_keys).values())


def _begin(tx: Tx, seen_at: datetime) -> int:
    statement = sa.insert(stories).values(first_seen_at=seen_at, last_seen_at=seen_at).returning(stories.c.id)
    story_id: int = tx.conn.execute(statement).scalar_one()
    return story_id


def _place(tx: Tx, rows: Iterable[sa.Row[Any]], chosen: Mapping[int, int]) -> None:
    # Where articles are partitioned, the time says in which partition to look.
    article = sa.and_(articles.c.id == sa.bindparam("of_article"), articles.c.seen_at == sa.bindparam("seen"))
    statement = sa.update(articles).where(article).values(story_id=sa.bindparam("to_story"))
    tx.many(statement, [{"of_article": row.id, "seen": row.seen_at, "to_story": chosen[row.id]} for row in rows])


def _record(tx: Tx, saved: Mapping[int, Article], chosen: Mapping[int, int]) -> None:
    rows = [
        {"key": key, "story_id": chosen[article_id], "seen_at": each.seen_at}
        for article_id, each in saved.items()
        for key in (*each.story_keys, *each.title_keys)
    ]
    tx.many(tx.insert(story_keys).on_conflict_do_nothing(), rows)
    late = sa.and_(stories.c.id == sa.bindparam("of_story"), stories.c.last_seen_at < sa.bindparam("seen_at"))
    seen = [{"of_story": chosen[article_id], "seen_at": each.seen_at} for article_id, each in saved.items()]
    tx.many(sa.update(stories).where(late).values(last_seen_at=sa.bindparam("seen_at")), seen)

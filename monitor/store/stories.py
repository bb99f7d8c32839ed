"""Stories: articles that tell the same thing, found within a window of time by the keys they share, or as edited copies."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from monitor.core.copies import Memory
from monitor.core.model import Article
from monitor.core.stories import counterparts, sought
from monitor.store import copies
from monitor.store.postgres import STORY_LOCK
from monitor.store.schema import articles, matches, stories, story_keys
from monitor.store.tx import Tx, batches

NEW = 1 << 62
"""Stands for the number of a story that is to begin, more than any there is."""

# Made once, for every poll needs them: SQLAlchemy takes longer to make a statement than SQLite to answer it.
_SOME: sa.BindParameter[list[int | str]] = sa.bindparam("some", expanding=True)
_STORED = sa.select(articles.c.id, articles.c.seen_at, articles.c.story_id).where(articles.c.id.in_(_SOME))
_KNOWN = (
    sa.select(story_keys.c.key, sa.func.min(story_keys.c.story_id).label("story_id"))
    .where(story_keys.c.seen_at >= sa.bindparam("since"), story_keys.c.key.in_(_SOME))
    .group_by(story_keys.c.key)
)
_BEGIN = sa.insert(stories).returning(stories.c.id, sort_by_parameter_order=True)
# Where articles are partitioned, the time says in which partition to look.
_PLACE = (
    sa.update(articles)
    .where(articles.c.id == sa.bindparam("of_article"), articles.c.seen_at == sa.bindparam("seen"))
    .values(story_id=sa.bindparam("to_story"))
)
_PROLONG = (
    sa.update(stories)
    .where(stories.c.id == sa.bindparam("of_story"), stories.c.last_seen_at < sa.bindparam("seen_at"))
    .values(last_seen_at=sa.bindparam("seen_at"))
)


def assign(tx: Tx, saved: Mapping[int, Article], window: timedelta) -> dict[int, int]:
    """Give each saved article (by its id) its story; return the story's id by article id.

    An article that has a story keeps it. Else it joins the oldest story that recorded one of its keys (or what its title seeks) at
    most `window` before the article was seen; where there is none, that of the text which it copies; and else it begins one.
    """
    if not saved:
        return {}
    _in_turn(tx)
    stored = _stored(tx, saved)
    chosen = {row.id: row.story_id for row in stored if row.story_id is not None}
    known = _known(tx, saved, window)
    recent = copies.memory(tx, [each for article_id, each in saved.items() if article_id not in chosen], window)
    new: list[datetime] = []
    found_by: dict[int, list[int]] = {}
    for article_id, article in saved.items():
        if article_id not in chosen:
            story = _joined(article, known, recent, window)
            chosen[article_id] = NEW + len(new) if story is None else story
            new += [article.seen_at] if story is None else []
            found_by[article_id] = recent.add(article_id, copies.told(article, chosen[article_id]), article.bands)
        for key in (*article.story_keys, *article.title_keys):
            known.setdefault(key, chosen[article_id])
    begun = _begin(tx, new)
    chosen = {id: begun[story_id - NEW] if story_id >= NEW else story_id for id, story_id in chosen.items()}
    _place(tx, [row for row in stored if row.story_id is None], chosen)
    _record(tx, saved, chosen)
    copies.record(tx, {article_id: saved[article_id].seen_at for article_id in found_by}, found_by)
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
    rows: list[sa.Row[Any]] = []
    for some in batches(article_ids):
        rows += tx.conn.execute(_STORED, {"some": some})
    return rows


def _known(tx: Tx, saved: Mapping[int, Article], window: timedelta) -> dict[str, int]:
    """Return the oldest live story of each key the articles have."""
    since = min(each.seen_at for each in saved.values()) - window
    keys = {key for each in saved.values() for key in _asked(each)}
    rows = (row for some in batches(keys) for row in tx.conn.execute(_KNOWN, {"since": since, "some": some}))
    return {row.key: row.story_id for row in rows}


def _joined(article: Article, known: Mapping[str, int], recent: Memory, window: timedelta) -> int | None:
    keys = (*article.story_keys, *sought(article.title_keys, known))
    shared = [known[key] for key in keys if key in known]
    return min(shared) if shared else recent.story_of(copies.told(article, 0), article.bands, window)


def _asked(article: Article) -> tuple[str, ...]:
    return (*article.story_keys, *article.title_keys, *counterparts(article.title_keys).values())


def _begin(tx: Tx, seen: Sequence[datetime]) -> Sequence[int]:
    rows = [{"first_seen_at": each, "last_seen_at": each} for each in seen]
    return tx.conn.execute(_BEGIN, rows).scalars().all() if rows else ()


def _place(tx: Tx, rows: Iterable[sa.Row[Any]], chosen: Mapping[int, int]) -> None:
    tx.many(_PLACE, [{"of_article": row.id, "seen": row.seen_at, "to_story": chosen[row.id]} for row in rows])


def _record(tx: Tx, saved: Mapping[int, Article], chosen: Mapping[int, int]) -> None:
    rows = [
        {"key": key, "story_id": chosen[article_id], "seen_at": each.seen_at}
        for article_id, each in saved.items()
        for key in (*each.story_keys, *each.title_keys)
    ]
    tx.many(tx.insert(story_keys).on_conflict_do_nothing(), rows)
    seen = [{"of_story": chosen[article_id], "seen_at": each.seen_at} for article_id, each in saved.items()]
    tx.many(_PROLONG, seen)

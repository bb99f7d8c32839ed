"""Stories: articles that tell the same thing, found within a window of time by the keys they share, as edited copies, or by their title."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from monitor.core.model import Article, Story
from monitor.core.stories import Known, counterparts
from monitor.store import copies, namesakes
from monitor.store.postgres import STORY_LOCK
from monitor.store.schema import articles, matches, stories, story_keys
from monitor.store.tx import Tx, batches

NEW = 1 << 62
"""Stands for the number of a story that is to begin, more than any there is."""

# Made once, for every poll needs them: SQLAlchemy takes longer to make a statement than SQLite to answer it.
_SOME: sa.BindParameter[list[int | str]] = sa.bindparam("some", expanding=True)
_SINCE: sa.BindParameter[datetime] = sa.bindparam("since")
_STORED = (
    sa.select(articles.c.id, articles.c.seen_at, articles.c.story_id, stories.c.first_seen_at)
    .outerjoin(stories, stories.c.id == articles.c.story_id)
    .where(articles.c.id.in_(_SOME))
)
_KNOWN = (
    sa.select(story_keys.c.key, stories.c.id, stories.c.first_seen_at)
    .join(stories, stories.c.id == story_keys.c.story_id)
    .where(story_keys.c.seen_at >= _SINCE, story_keys.c.key.in_(_SOME), stories.c.first_seen_at >= _SINCE)
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

    An article that has a story keeps it. Else it joins, of the stories that began at most `window` before it was seen, the oldest that has
    one of its keys (or what its title seeks); where there is none, that of the text which it copies, or that of its title where there is
    too little text; and else it begins one.
    """
    if not saved:
        return {}
    _in_turn(tx)
    stored = _stored(tx, saved)
    placed = {row.id: Story(row.story_id, row.first_seen_at) for row in stored if row.story_id is not None}
    known = _known(tx, saved, window)
    recent = copies.memory(tx, [each for article_id, each in saved.items() if article_id not in placed], window)
    titled = namesakes.Titled(tx, known, window)
    new: list[Story] = []
    found_by: dict[int, list[int]] = {}
    for article_id, article in saved.items():
        if article_id not in placed:
            own = Story(NEW + len(new), article.seen_at)
            told = copies.told(article, own)
            story = (
                known.story_of(article.story_keys, article.title_keys, article.seen_at, window)
                or recent.story_of(told, article.bands, window)
                or titled.story_of(article, own)
                or own
            )
            placed[article_id] = story
            new += [own] if story is own else []
            found_by[article_id] = recent.add(article_id, replace(told, story=story), article.bands)
        titled.add(article, placed[article_id])
        for key in (*article.story_keys, *article.title_keys):
            known.add(key, placed[article_id])
    begun = _begin(tx, [each.began for each in new])
    chosen = {id: begun[each.number - NEW] if each.number >= NEW else each.number for id, each in placed.items()}
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


def _known(tx: Tx, saved: Mapping[int, Article], window: timedelta) -> Known:
    """Return which stories of late have the keys that the articles have or seek."""
    since = min(each.seen_at for each in saved.values()) - window
    known = Known()
    for some in batches({key for each in saved.values() for key in _asked(each)}):
        for row in tx.conn.execute(_KNOWN, {"since": since, "some": some}):
            known.add(row.key, Story(row.id, row.first_seen_at))
    return known


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

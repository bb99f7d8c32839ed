"""Articles: what the feeds brought, each stored once by feed and key, and again under a new version when its text changes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.core.model import Article
from monitor.core.text.cleaning import storable
from monitor.store import words
from monitor.store.schema import articles, matches
from monitor.store.tx import Tx, batches, columns

STORED = [column.name for column in columns(articles, Article)]
CHANGING = ["url", "title", "summary", "body", "author", "language", "tags", "published", "content_hash", "publisher"]
"""What a new version may change: identity and the time of first sight stay."""

SAMPLE, SAMPLED, LONGEST_SAMPLED = 300, 10_000, 5_000
"""Articles in a sample of the archive, articles that it is taken from, and characters of a body in it."""


def known(tx: Tx, feed_id: str, keys: Iterable[str]) -> dict[str, str]:
    """Return the stored content hash of each key the feed has brought before."""
    return {key: row.content_hash for key, row in _stored(tx, feed_id, keys).items()}


def save(tx: Tx, found: Sequence[Article]) -> dict[str, int]:
    """Store the articles of ONE feed that are new or whose text changed; return the ids of exactly those, by key.

    Of two articles with one key the first counts. A changed one keeps its id, story and time of first sight.
    """
    if not found:
        return {}
    by_key: dict[str, Article] = {}
    for each in found:
        by_key.setdefault(storable(each.key), each)
    before = _stored(tx, found[0].feed_id, by_key)
    new = {key: each for key, each in by_key.items() if key not in before}
    changed = {
        key: each for key, each in by_key.items() if key in before and before[key].content_hash != each.content_hash
    }
    tx.many(tx.insert(articles).on_conflict_do_nothing(), [_row(each) for each in new.values()])
    _rewrite(tx, [(before[key].id, each) for key, each in changed.items()])
    after = _stored(tx, found[0].feed_id, new)
    saved = {key: row.id for key, row in after.items()} | {key: before[key].id for key in changed}
    words.keep(tx, {id: by_key[key] for key, id in saved.items()}, changed=[before[key].id for key in changed])
    return {each.key: saved[key] for key, each in by_key.items() if key in saved}


def sample(tx: Tx) -> list[str]:
    """Return the texts of up to `SAMPLE` articles, the beginnings of long ones, spread evenly over the newest `SAMPLED`."""
    newest: int = tx.conn.execute(sa.select(sa.func.max(articles.c.id))).scalar() or 0
    ids = range(newest, max(0, newest - SAMPLED), -max(1, min(newest, SAMPLED) // SAMPLE))
    body = sa.func.substr(articles.c.body, 1, LONGEST_SAMPLED)
    query = sa.select(articles.c.title, articles.c.summary, body)
    rows = [row for some in batches(ids) for row in tx.conn.execute(query.where(articles.c.id.in_(some)))]
    return ["\n".join(row) for row in rows[:SAMPLE]]


def oldest(tx: Tx) -> datetime | None:
    """Return when the first of the articles that are stored was seen; None where there is none."""
    moment: datetime | None = tx.conn.execute(sa.select(sa.func.min(articles.c.seen_at))).scalar()
    return moment


def prune(tx: Tx, before: datetime, limit: int = 1000) -> int:
    """Delete up to `limit` articles first seen before `before` that no match refers to; return how many."""
    matched = sa.select(matches.c.id).where(matches.c.article_id == articles.c.id).exists()
    old = (
        sa.select(articles.c.id)
        .where(articles.c.seen_at < before, ~matched)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = tx.conn.execute(old).scalars().all()
    words.forget(tx, ids)
    return sum(tx.run(sa.delete(articles).where(articles.c.id.in_(some))) for some in batches(ids))


def _stored(tx: Tx, feed_id: str, keys: Iterable[str]) -> dict[str, sa.Row[Any]]:
    query = sa.select(articles.c.key, articles.c.id, articles.c.content_hash).where(articles.c.feed_id == feed_id)
    rows: list[sa.Row[Any]] = []
    for some in batches(keys):
        rows += tx.conn.execute(query.where(articles.c.key.in_(some)))
    return {row.key: row for row in rows}


def _row(article: Article) -> dict[str, Any]:
    return {name: getattr(article, name) for name in STORED} | {"version": 1}


def _rewrite(tx: Tx, changed: Sequence[tuple[int, Article]]) -> None:
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in CHANGING}
    statement = (
        sa.update(articles)
        .where(articles.c.id == sa.bindparam("of_id"))
        .values(**values, version=articles.c.version + 1)
    )
    tx.many(
        statement,
        [{"of_id": number, **{f"new_{name}": getattr(each, name) for name in CHANGING}} for number, each in changed],
    )

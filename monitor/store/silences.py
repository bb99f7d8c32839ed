"""Since when rules are silent, and whether anybody would have heard."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.core.match.origins import ANY
from monitor.core.match.values import host
from monitor.core.model import Document, FateState
from monitor.store import rule_versions
from monitor.store.schema import article_keys, articles, editions, fates, feeds, matches
from monitor.store.tx import Tx

FEEDS = 500
"""Feeds that are asked for at a time."""


def since(tx: Tx, rule_id: str, digest_id: str) -> datetime | None:
    """Return when (UTC) a rule last matched for a digest, or came into force where it never did; None for a rule that never was."""
    told = sa.and_(fates.c.match_id == matches.c.id, fates.c.digest_id == digest_id)
    heard = sa.select(fates.c.match_id).where(told, fates.c.state != FateState.BASELINE).exists()
    last = sa.select(matches.c.matched_at).where(matches.c.rule_id == rule_id, heard)
    found: datetime | None = tx.conn.execute(last.order_by(matches.c.matched_at.desc()).limit(1)).scalar()
    return found or rule_versions.first_seen(tx, [rule_id]).get(rule_id)


def is_told(tx: Tx, digest_id: str, slot: str) -> bool:
    """Tell whether an edition says it already."""
    query = sa.select(editions.c.id).where(editions.c.digest_id == digest_id, editions.c.slot == slot)
    return tx.conn.execute(query).first() is not None


def brought(tx: Tx, wanted: Callable[[Document], bool], after: datetime, until: datetime) -> bool:
    """Tell whether one of the feeds that are `wanted`, each an origin of any language and host, brought an article in a time."""
    return any(_any_of(tx, [each.source for each in some if wanted(each)], after, until) for some in _feeds(tx))


def read_between(tx: Tx, after: datetime, until: datetime) -> list[tuple[Document, int]]:
    """Return where the articles come from that came in a time, and how many of each: feed, its tags, language, and an address where one host has them all."""
    query = (
        sa.select(feeds.c.id, feeds.c.tags, articles.c.language, sa.func.count().label("number"))
        .add_columns(sa.func.min(articles.c.url).label("first"), sa.func.max(articles.c.url).label("last"))
        .join_from(articles, feeds)
        .where(articles.c.seen_at > after, articles.c.seen_at <= until)
        .group_by(feeds.c.id, articles.c.language)
    )
    return [(_origin(row), row.number) for row in tx.conn.execute(query)]


def _feeds(tx: Tx) -> Iterator[list[Document]]:
    """Yield all feeds, some at a time: there may be a million, and the first of them nearly always tell."""
    query = sa.select(feeds.c.id, feeds.c.tags).order_by(feeds.c.id).limit(FEEDS)
    last = ""
    while rows := tx.conn.execute(query.where(feeds.c.id > last)).all():
        yield [Document("", source=row.id, source_tags=tuple(row.tags), language=ANY) for row in rows]
        last = rows[-1].id


def _any_of(tx: Tx, feed_ids: Sequence[str], after: datetime, until: datetime) -> bool:
    # Articles have no index by feed, and their rows are wide; their keys lie by feed, and are narrow.
    came = sa.and_(article_keys.c.seen_at > after, article_keys.c.seen_at <= until)
    query = sa.select(article_keys.c.article_id).where(article_keys.c.feed_id.in_(feed_ids), came).limit(1)
    return bool(feed_ids) and tx.conn.execute(query).first() is not None


def _origin(row: sa.Row[Any]) -> Document:
    one = host(row.first) == host(row.last)
    return Document("", source=row.id, source_tags=tuple(row.tags), language=row.language, url=row.first if one else "")

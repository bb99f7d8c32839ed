"""Articles: what the feeds brought, each stored once whatever its feed calls it, and again under a new version when its text changes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.core.identity import Known, sorted_out
from monitor.core.model import Article
from monitor.core.text.cleaning import storable
from monitor.store import words
from monitor.store.schema import article_keys, article_versions, articles, matches, pages
from monitor.store.tx import Tx, batches, columns
from monitor.store.types import UtcTime

STORED = [column.name for column in columns(articles, Article)]
CHANGING = ["url", "title", "summary", "body", "author", "language", "tags", "published", "content_hash", "publisher"]
"""What a new version may change: the first key and the time of first sight stay."""

KEYS, VERSIONS = 50, 20
"""Keys of an article, and earlier texts, that are kept: some feeds invent an id at every poll, and some pages tick."""

SAMPLE, SAMPLED, LONGEST_SAMPLED = 300, 10_000, 5_000
"""Articles in a sample of the archive, articles that it is taken from, and characters of a body in it."""


# Made once, like all statements here that every poll needs: SQLAlchemy takes longer to make one than SQLite to answer it.
# Where articles are partitioned, the time says in which partition to look.
_KNOWN = (
    sa.select(
        article_keys.c.feed_id,
        article_keys.c.key,
        *(articles.c[name] for name in ("id", "title", "content_hash", "seen_at")),
    )
    .join_from(
        article_keys,
        articles,
        sa.and_(articles.c.id == article_keys.c.article_id, articles.c.seen_at == article_keys.c.seen_at),
    )
    .where(sa.tuple_(article_keys.c.feed_id, article_keys.c.key).in_(sa.bindparam("some", expanding=True)))
)
# In order, so that two daemons seldom wait for one another.
_KNOWN_LOCKED = _KNOWN.order_by(articles.c.id).with_for_update(of=articles)
_INSERT = sa.insert(articles).returning(articles.c.id, sort_by_parameter_order=True)


outlet = sa.case((articles.c.publisher != "", articles.c.publisher), else_=articles.c.feed_id)
"""Who published an article, as `Article.outlet` says."""

KnownByKey = Mapping[str, Known]


class Saved(dict[str, int]):
    """The ids of the articles that are new or whose text changed, by first key; `changed` has those of the latter."""

    changed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class EarlierText:
    """A text that an article had until `replaced_at` (UTC), when the next one was seen."""

    version: int
    title: str
    summary: str
    body: str
    replaced_at: datetime


def known(tx: Tx, feed_id: str, keys: Iterable[str]) -> dict[str, Known]:
    """Return what is stored of the articles of a feed that have some of these keys, by key."""
    return known_of(tx, {feed_id: keys})[feed_id]


def known_of(tx: Tx, keys: Mapping[str, Iterable[str]], *, lock: bool = False) -> dict[str, dict[str, Known]]:
    """Return by feed what is stored of its articles that have some of its keys, by key; `lock` keeps others from deleting them."""
    asked = {(feed_id, storable(key)): key for feed_id, some in keys.items() for key in some}
    query = _KNOWN_LOCKED if lock else _KNOWN
    found: dict[str, dict[str, Known]] = {feed_id: {} for feed_id in keys}
    for some in batches(asked):
        for feed_id, key, *stored in tx.conn.execute(query, {"some": some}):
            found[feed_id][asked[feed_id, key]] = Known(*stored)
    return found


def save(tx: Tx, found: Sequence[Article]) -> Saved:
    """Store the articles of ONE feed, as `save_all` does those of several."""
    return save_all(tx, [found])[0]


def save_all(tx: Tx, found: Sequence[Sequence[Article]]) -> list[Saved]:
    """Store the articles of each feed that are new or whose text changed; return for each feed the ids of exactly those.

    Which are new, `monitor.core.identity` says; of two that are one the first counts. A changed one keeps its id, story and time of
    first sight, and its text before is kept. One whose text is the same but goes by new keys gets these, its address and its date.
    """
    keys = {some[0].feed_id: [key for each in some for key in each.keys] for some in found if some}
    if not keys:
        return [Saved() for _ in found]
    before = known_of(tx, keys, lock=True)
    judged = [_sorted_out(some, before[some[0].feed_id] if some else {}) for some in found]
    ids = iter(_insert(tx, [each for one in judged for each in one.new]))
    saved = [Saved((each.key, next(ids)) for each in one.new) for one in judged]
    changed = [pair for one in judged for pair in one.changed]
    _rewrite(tx, changed)
    _move(tx, [pair for one in judged for pair in one.same])
    _learn(tx, [pair for one in judged for pair in (*one.changed, *one.same)], before)
    texts = {into[each.key]: each for into, one in zip(saved, judged, strict=True) for each in one.new}
    words.keep(tx, texts | {stored.id: each for stored, each in changed}, changed=[stored.id for stored, _ in changed])
    for into, one in zip(saved, judged, strict=True):
        into.changed = frozenset(stored.id for stored, _ in one.changed)
        into.update((each.key, stored.id) for stored, each in one.changed)
    return saved


def earlier(tx: Tx, article_id: int) -> list[EarlierText]:
    """Return the texts that an article had before, the oldest first; at most `VERSIONS`."""
    query = sa.select(*columns(article_versions, EarlierText)).where(article_versions.c.article_id == article_id)
    return tx.rows(EarlierText, query.order_by(article_versions.c.version))


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
    """Delete up to `limit` articles first seen before `before` that no match refers to, with all that is kept of them; return how many."""
    unmatched = ~sa.select(matches.c.id).where(matches.c.article_id == articles.c.id).exists()
    old = sa.select(articles.c.id).where(articles.c.seen_at < before, unmatched).limit(limit)
    ids = tx.conn.execute(old.with_for_update(skip_locked=True)).scalars().all()
    # Asked again now that they are locked: a match may have come in between, and PostgreSQL has no foreign key that would say so.
    query = sa.delete(articles).where(articles.c.seen_at < before, unmatched).returning(articles.c.id)
    gone = [id for some in batches(ids) for id in tx.conn.execute(query.where(articles.c.id.in_(some))).scalars()]
    words.forget(tx, gone)
    for some in batches(gone):
        for table in (article_keys, article_versions, pages):
            tx.run(sa.delete(table).where(table.c.article_id.in_(some)))
    return len(gone)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The articles of one feed: new ones, and stored ones with what is said of them now, whose text changed or is the same."""

    new: list[Article]
    changed: list[tuple[Known, Article]]
    same: list[tuple[Known, Article]]


def _sorted_out(found: Sequence[Article], before: Mapping[str, Known]) -> _Sorted:
    new: list[Article] = []
    stored: dict[int, tuple[Known, Article]] = {}
    for each, known_as in sorted_out(_once(found), before):
        if known_as is None:
            new.append(each)
        else:
            stored.setdefault(known_as.id, (known_as, each))
    changed = [pair for pair in stored.values() if pair[0].content_hash != pair[1].content_hash]
    return _Sorted(new, changed, [pair for pair in stored.values() if pair[0].content_hash == pair[1].content_hash])


def _once(found: Sequence[Article]) -> list[Article]:
    by_key: dict[str, Article] = {}
    for each in found:
        by_key.setdefault(each.key, each)
    return list(by_key.values())


def _insert(tx: Tx, new: Sequence[Article]) -> Sequence[int]:
    """Store new articles; return their ids, in order."""
    if not new:
        return ()
    ids = tx.conn.execute(_INSERT, [_row(each) for each in new]).scalars().all()
    keys = [_key(key, id, each.feed_id, each.seen_at) for id, each in zip(ids, new, strict=True) for key in each.keys]
    tx.many(tx.insert(article_keys).on_conflict_do_nothing(), keys)
    return ids


def _row(article: Article) -> dict[str, Any]:
    return {name: getattr(article, name) for name in STORED} | {"version": 1}


def _key(key: str, article_id: int, feed_id: str, seen_at: datetime) -> dict[str, Any]:
    return {"feed_id": feed_id, "key": key, "article_id": article_id, "seen_at": seen_at}


_THIS = sa.and_(articles.c.id == sa.bindparam("of_id"), articles.c.seen_at == sa.bindparam("of_seen_at"))


def _rewrite(tx: Tx, changed: Sequence[tuple[Known, Article]]) -> None:
    """Give articles a new text; the one before is kept as an earlier version."""
    if not changed:
        return
    names = ["version", "title", "summary", "body", "content_hash"]
    before = sa.select(articles.c.id, *(articles.c[name] for name in names), sa.bindparam("replaced_at", type_=UtcTime))
    keep = sa.insert(article_versions).from_select(["article_id", *names, "replaced_at"], before.where(_THIS))
    tx.many(keep, [{**_of(stored), "replaced_at": each.seen_at} for stored, each in changed])
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in CHANGING}
    statement = sa.update(articles).where(_THIS).values(**values, version=articles.c.version + 1)
    tx.many(
        statement,
        [{**_of(stored), **{f"new_{name}": getattr(each, name) for name in CHANGING}} for stored, each in changed],
    )
    ours = article_versions.c.article_id == sa.bindparam("of_id")
    newest = sa.select(sa.func.max(article_versions.c.version)).where(ours).scalar_subquery()
    tx.many(
        sa.delete(article_versions).where(ours, article_versions.c.version <= newest - VERSIONS),
        [{"of_id": stored.id} for stored, _ in changed],
    )


def _move(tx: Tx, moved: Sequence[tuple[Known, Article]]) -> None:
    """Let articles be where they are now, and of the day that they state now."""
    if not moved:
        return
    dated = sa.func.coalesce(sa.bindparam("new_published", type_=UtcTime), articles.c.published)
    statement = sa.update(articles).where(_THIS).values(url=sa.bindparam("new_url"), published=dated)
    rows = [
        {
            **_of(stored),
            "new_url": each.url,
            "new_published": None if each.published == each.seen_at else each.published,
        }
        for stored, each in moved
    ]
    tx.many(statement, rows)


def _of(stored: Known) -> dict[str, Any]:
    return {"of_id": stored.id, "of_seen_at": stored.seen_at}


def _learn(tx: Tx, same: Iterable[tuple[Known, Article]], before: Mapping[str, Collection[str]]) -> None:
    """Keep the keys by which articles go now too, as long as they do not have too many. `before`: those known, by feed."""
    pairs = [(stored, each) for stored, each in same if any(key not in before[each.feed_id] for key in each.keys)]
    if not pairs:
        return
    unknown = {stored.id: [key for key in each.keys if key not in before[each.feed_id]] for stored, each in pairs}
    query = sa.select(article_keys.c.article_id, sa.func.count()).group_by(article_keys.c.article_id)
    counted = (
        row for some in batches(unknown) for row in tx.conn.execute(query.where(article_keys.c.article_id.in_(some)))
    )
    have = {row[0]: row[1] for row in counted}
    rows = [
        _key(key, stored.id, each.feed_id, stored.seen_at)
        for stored, each in pairs
        for key in unknown[stored.id][: max(0, KEYS - have[stored.id])]
    ]
    tx.many(tx.insert(article_keys).on_conflict_do_nothing(), rows)

"""The archive: every stored article that may hold what is looked for, as a stream, oldest or newest first.

The index of words narrows; whoever reads the stream lets a matcher decide. A stream reads in many short transactions, so that
it never keeps SQLite from writing its log back, and holds a few hundred articles at a time.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from monitor.core.match.narrowing import EVERYTHING, Formula
from monitor.core.model import Document
from monitor.store import feeds as feed_rows
from monitor.store import words
from monitor.store.schema import articles, feeds
from monitor.store.tx import Tx, batches

Reading = Callable[[], AbstractContextManager[Tx]]
"""Gives reading transactions: `store.reading`."""

BATCH = 200
"""Articles read at once."""
FIRST_IDS, MOST_IDS = 1_000, 500_000
"""Ids asked of the index at once: few at first, for often these are enough, then many, for each question has its price."""

DISORDER = timedelta(days=1)
"""By how much the order of ids and that of times of first sight may differ: polls take a while, and clocks are set."""
LAST_ID = 1 << 62


@dataclass(frozen=True, slots=True)
class Archived:
    """A stored article and what its feed says of it. `feed` is what people call the feed; times are in UTC."""

    id: int
    feed_id: str
    feed: str
    feed_tags: tuple[str, ...]
    story_id: int | None
    url: str
    title: str
    summary: str
    body: str
    author: str
    language: str
    tags: tuple[str, ...]
    published: datetime
    seen_at: datetime
    publisher: str = ""

    @property
    def document(self) -> Document:
        """What a query can look at."""
        return Document(
            title=self.title,
            summary=self.summary,
            body=self.body,
            author=self.author,
            source=self.feed_id,
            source_tags=self.feed_tags,
            url=self.url,
            language=self.language,
            tags=self.tags,
        )


@dataclass(frozen=True, slots=True)
class Window:
    """The articles first seen in [since, until); None leaves a side open."""

    since: datetime | None = None
    until: datetime | None = None


ALWAYS = Window()


def count(tx: Tx, window: Window = ALWAYS) -> int:
    """Return how many articles were first seen in a window."""
    query = sa.select(sa.func.count()).select_from(articles).where(*_within(window))
    number: int = tx.conn.execute(query).scalar_one()
    return number


def count_candidates(tx: Tx, formula: Formula, window: Window = ALWAYS) -> int:
    """Return how many articles `candidates` would give, near enough for a progress bar."""
    if formula == EVERYTHING:
        return count(tx, window)
    found, bounds = words.holding(tx, formula), _bounds(tx, window)
    number: int = tx.conn.execute(sa.select(sa.func.count()).where(found.between(*bounds))).scalar_one()
    return number


def candidates(
    reading: Reading, formula: Formula, window: Window = ALWAYS, *, newest_first: bool = False
) -> Iterator[Archived]:
    """Yield the articles of a window that meet a formula, in the order in which they came in, or the other way round.

    An article that comes in meanwhile may be among them or not. `reading` gives a transaction for each batch.
    """
    with reading() as tx:
        bounds = _bounds(tx, window)
    known: dict[str, tuple[str, tuple[str, ...]]] = {}
    for batch in _ids(reading, formula, bounds, newest_first):
        with reading() as tx:
            rows = _rows(tx, batch, window)
            known |= _feeds(tx, {row["feed_id"] for row in rows} - known.keys())
        found = {row["id"]: row for row in rows}
        for row in (found[each] for each in batch if each in found):
            feed, tags = known[row["feed_id"]]
            yield Archived(feed=feed, feed_tags=tags, **row)


def _within(window: Window) -> Iterator[sa.ColumnElement[bool]]:
    if window.since:
        yield articles.c.seen_at >= window.since
    if window.until:
        yield articles.c.seen_at < window.until


def _bounds(tx: Tx, window: Window) -> tuple[int, int]:
    """Return ids between which all articles of a window lie."""
    first = last = None
    if window.since:
        before = sa.select(articles.c.id).where(articles.c.seen_at < window.since - DISORDER)
        first = tx.conn.execute(before.order_by(articles.c.seen_at.desc()).limit(1)).scalar()
    if window.until:
        behind = sa.select(articles.c.id).where(articles.c.seen_at >= window.until + DISORDER)
        last = tx.conn.execute(behind.order_by(articles.c.seen_at).limit(1)).scalar()
    return (first or 0) + 1, (last or LAST_ID) - 1


def _feeds(tx: Tx, ids: Iterable[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return what each of some feeds is called, and its tags."""
    query = sa.select(feeds.c.id, feed_rows.label, feeds.c.tags)
    rows = (row for some in batches(ids) for row in tx.conn.execute(query.where(feeds.c.id.in_(some))))
    return {id: (label, tags) for id, label, tags in rows}


def _ids(reading: Reading, formula: Formula, bounds: tuple[int, int], newest_first: bool) -> Iterator[list[int]]:
    """Yield the ids of the articles that meet a formula in batches."""
    first, last = bounds
    size = FIRST_IDS
    while first <= last:
        with reading() as tx:
            found = articles.c.id if formula == EVERYTHING else words.holding(tx, formula)
            order = found.desc() if newest_first else found
            query = sa.select(found).where(found.between(first, last)).order_by(order).limit(size)
            ids: Sequence[int] = tx.conn.execute(query).scalars().all()
        for start in range(0, len(ids), BATCH):
            yield list(ids[start : start + BATCH])
        if len(ids) < size:
            return
        first, last = (first, ids[-1] - 1) if newest_first else (ids[-1] + 1, last)
        size = FIRST_IDS if formula == EVERYTHING else MOST_IDS


_NAMES = "id feed_id story_id url title summary body author language tags published seen_at publisher"
_COLUMNS = [articles.c[name] for name in _NAMES.split()]


def _rows(tx: Tx, ids: Sequence[int], window: Window) -> Sequence[sa.RowMapping]:
    return tx.conn.execute(sa.select(*_COLUMNS).where(articles.c.id.in_(ids), *_within(window))).mappings().all()

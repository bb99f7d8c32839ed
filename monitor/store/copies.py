"""What recent articles are found by when one is copied: rows of period, band and article, and the texts behind them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from monitor.core.copies import CHARACTERS, COMPARED, Memory, Told
from monitor.core.model import Article, Story
from monitor.core.stories import STORY_WINDOW
from monitor.store.articles import outlet
from monitor.store.schema import articles, stories, story_bands
from monitor.store.tx import Tx, batches

PERIOD = STORY_WINDOW
"""A window reaches into two periods at the most, and a band is looked for in each."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Thousands of bands are one parameter: SQLAlchemy takes longer to write down so many than SQLite to look them up.
_BANDS: dict[str, sa.ColumnElement[bool]] = {
    "sqlite": story_bands.c.band.in_(
        sa.select(sa.func.json_each(sa.bindparam("bands", type_=sa.JSON)).table_valued("value").c.value)
    ),
    "postgresql": story_bands.c.band == sa.any_(sa.bindparam("bands", type_=ARRAY(sa.BigInteger))),
}
_FOUND_BY = {
    dialect: sa.select(story_bands.c.band, story_bands.c.article_id).where(
        story_bands.c.period.in_(sa.bindparam("periods", expanding=True)), among
    )
    for dialect, among in _BANDS.items()
}
_SOME: sa.BindParameter[list[int]] = sa.bindparam("some", expanding=True)
# Where articles are partitioned, the time says in which partitions to look.
_LATE = (
    sa.select(articles.c.id)
    .join(stories, stories.c.id == articles.c.story_id)
    .where(
        articles.c.id.in_(_SOME),
        articles.c.seen_at >= sa.bindparam("since"),
        stories.c.first_seen_at >= sa.bindparam("since"),
    )
)
_TOLD = _LATE.add_columns(
    outlet.label("outlet"),
    articles.c.title,
    *(sa.func.substr(articles.c[name], 1, CHARACTERS).label(name) for name in ("summary", "body")),
    articles.c.story_id,
    stories.c.first_seen_at,
)


# The shortest way into each: SQLite takes a row of numbers faster from its driver than out of JSON, PostgreSQL all rows at once.
_ROW = "INSERT INTO story_bands (period, band, article_id) VALUES (?, ?, ?)"
_ROWS = sa.text(
    "INSERT INTO story_bands (period, band, article_id) "
    "SELECT * FROM unnest(CAST(:periods AS integer[]), CAST(:bands AS bigint[]), CAST(:ids AS bigint[]))"
)


def memory(tx: Tx, new: Iterable[Article], window: timedelta) -> Memory:
    """Return what is remembered of articles that share bands with the new ones, of stories begun at most `window` before these."""
    recent, new = Memory(), [each for each in new if each.bands]
    if not new:
        return recent
    since = min(each.seen_at for each in new) - window
    periods = range(period_of(since), period_of(max(each.seen_at for each in new)) + 1)
    asked = {"periods": list(periods), "bands": sorted({band for each in new for band in each.bands})}
    by_band = defaultdict(list)
    for band, article_id in tx.conn.execute(_FOUND_BY[tx.conn.dialect.name], asked):
        by_band[band].append(article_id)
    recent.recall(by_band)
    likely = [recent.candidates(each.bands) for each in new]
    asked_for = set(chain.from_iterable(likely))
    if gone := asked_for - {row.id for row in _rows(tx, _LATE, asked_for, since)}:
        recent.forget(gone)
        likely = [recent.candidates(each.bands) for each in new]
    for row in _rows(tx, _TOLD, {candidate for some in likely for candidate in some[:COMPARED]}, since):
        story = Story(row.story_id, row.first_seen_at)
        recent.learn(row.id, Told(row.outlet, row.title, row.summary, row.body, story))
    return recent


def told(article: Article, story: Story) -> Told:
    """Return what an article of this story tells."""
    return Told(article.outlet, article.title, article.summary, article.body, story)


def record(tx: Tx, new: Mapping[int, datetime], bands: Mapping[int, Iterable[int]]) -> None:
    """Record by which bands new articles are found: by id, when each was seen and its bands."""
    rows = sorted((period_of(new[article_id]), band, article_id) for article_id, some in bands.items() for band in some)
    if rows and tx.conn.dialect.name == "sqlite":
        tx.conn.exec_driver_sql(_ROW, rows)
    elif rows:
        periods, each_band, ids = (list(column) for column in zip(*rows, strict=True))
        tx.conn.execute(_ROWS, {"periods": periods, "bands": each_band, "ids": ids})


def prune(tx: Tx, before: datetime, limit: int = 1000) -> int:
    """Delete up to `limit` rows of articles seen in the periods before that of `before`."""
    row = sa.tuple_(*story_bands.primary_key.columns)
    old = sa.select(*story_bands.primary_key.columns).where(story_bands.c.period < period_of(before)).limit(limit)
    return tx.run(sa.delete(story_bands).where(row.in_(old)))


def _rows(tx: Tx, query: sa.Select[Any], ids: Iterable[int], since: datetime) -> Iterator[sa.Row[Any]]:
    for some in batches(ids):
        yield from tx.conn.execute(query, {"some": some, "since": since})


def period_of(moment: datetime) -> int:
    """Return the number of the period, counted from 1970, that a moment is in."""
    return (moment - _EPOCH) // PERIOD

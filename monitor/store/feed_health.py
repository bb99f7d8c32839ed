"""How feeds are doing, for those who look: counted by health, those that need a person, one by itself, and what has changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from monitor.core.model import Health
from monitor.store.feeds import PAUSED, REMOVED, label
from monitor.store.schema import articles, feed_changes, feeds
from monitor.store.tx import Tx, batches, columns

ILL = (Health.FAILING, Health.LATE, Health.GAP)
"""The states in which articles may be missing. `MOVED` and `GONE` want a person too, but nothing is lost by them."""

MOST_CHANGES = 1000
PAGE = 500


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed as a list shows it. `state` is its health, or "paused", "gone", "removed"; `since` and `why` are of that."""

    id: str
    label: str
    url: str
    tags: tuple[str, ...]
    origin: str
    state: str
    since: datetime | None
    why: str
    next_poll_at: datetime | None
    next_poll_reason: str
    last_good_at: datetime | None
    last_new_at: datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a feed's health, or the last of several: what it is now, and what it was before."""

    feed_id: str
    label: str
    before: Health
    health: Health
    why: str
    at: datetime


_current: sa.ColumnElement[str] = sa.case(
    (feeds.c.stopped != "", feeds.c.stopped), else_=sa.cast(feeds.c.health, sa.Text)
)
_LINE = (
    *columns(feeds, FeedLine),
    label.label("label"),
    _current.label("state"),
    sa.case((feeds.c.stopped != "", feeds.c.stopped_at), else_=feeds.c.health_since).label("since"),
    sa.case((feeds.c.stopped != "", feeds.c.stopped_why), else_=feeds.c.health_why).label("why"),
)


def counts(tx: Tx) -> dict[str, int]:
    """Return how many feeds are in each state; removed ones are not counted."""
    query = sa.select(feeds.c.stopped, feeds.c.health, sa.func.count()).group_by(feeds.c.stopped, feeds.c.health)
    found: dict[str, int] = {}
    for stopped, health, count in tx.conn.execute(query):
        state = stopped or health.value
        found[state] = found.get(state, 0) + count
    found.pop(REMOVED, None)
    return found


def needing(tx: Tx, limit: int = PAGE) -> list[FeedLine]:
    """Return the feeds that need a person, what was lost longest first: ill, gone, moved, and paused ones."""
    troubled = [Health.FAILING, Health.LATE, Health.GAP, Health.MOVED]
    ill = sa.and_(feeds.c.stopped == "", feeds.c.health.in_(troubled))
    query = sa.select(*_LINE).where(sa.or_(ill, feeds.c.stopped.in_((Health.GONE.value, PAUSED))))
    return tx.rows(FeedLine, query.order_by(feeds.c.stopped != "", feeds.c.health_since, feeds.c.id).limit(limit))


def listing(tx: Tx, *, state: str = "", tag: str = "", word: str = "") -> Iterator[FeedLine]:
    """Yield feeds by id, a page at a time: those in a state ("": all but removed ones), with a tag, with a word in id, title or address."""
    query = sa.select(*_LINE).order_by(feeds.c.id).limit(PAGE)
    query = query.where(_current == state if state else feeds.c.stopped != REMOVED)
    if word:
        found = [column.icontains(word, autoescape=True) for column in (feeds.c.id, label, feeds.c.url)]
        query = query.where(sa.or_(*found))
    after = ""
    while rows := tx.rows(FeedLine, query.where(feeds.c.id > after)):
        yield from (each for each in rows if not tag or tag in each.tags)
        after = rows[-1].id


def one(tx: Tx, feed_id: str) -> Mapping[str, object] | None:
    """Return everything that is known of a feed, by column; None where there is none of this id."""
    row = tx.conn.execute(sa.select(feeds, label.label("label")).where(feeds.c.id == feed_id)).mappings().first()
    return dict(row) if row else None


def ids(tx: Tx) -> list[str]:
    """Return the ids of all feeds that are not removed."""
    query = sa.select(feeds.c.id).where(feeds.c.stopped != REMOVED).order_by(feeds.c.id)
    return list(tx.conn.execute(query).scalars())


def history(tx: Tx, feed_id: str, limit: int = 20) -> list[tuple[datetime, Health, str]]:
    """Return the latest changes of a feed's health, the newest first."""
    query = sa.select(feed_changes.c.at, feed_changes.c.health, feed_changes.c.why)
    query = query.where(feed_changes.c.feed_id == feed_id).order_by(feed_changes.c.at.desc(), feed_changes.c.id.desc())
    return [(row.at, row.health, row.why) for row in tx.conn.execute(query.limit(limit))]


def brought(tx: Tx, feed_id: str, within: timedelta) -> int:
    """Return how many articles a feed has brought of late."""
    query = sa.select(sa.func.count()).select_from(articles)
    found: int = tx.conn.execute(
        query.where(articles.c.feed_id == feed_id, articles.c.seen_at >= tx.now - within)
    ).scalar_one()
    return found


def changes(tx: Tx, since: datetime) -> list[Change]:
    """Return what has changed since a moment, one change a feed, the latest first: what came and went in between is not told."""
    query = sa.select(feed_changes, label.label("label")).select_from(feed_changes.join(feeds))
    query = query.where(feed_changes.c.at > since, feeds.c.stopped != REMOVED)
    rows = tx.conn.execute(query.order_by(feed_changes.c.at.desc(), feed_changes.c.id.desc()).limit(MOST_CHANGES)).all()
    latest = {row.feed_id: row for row in reversed(rows)}
    before = _healths(tx, latest, since)
    told = (
        Change(id, row.label, before.get(id, Health.NEW), row.health, row.why, row.at) for id, row in latest.items()
    )
    real = [each for each in told if each.health is not each.before and _worth_telling(each)]
    return sorted(real, key=lambda each: each.at, reverse=True)


def prune(tx: Tx, before: datetime, limit: int) -> int:
    """Delete up to `limit` changes from before `before`; return how many."""
    old = sa.select(feed_changes.c.id).where(feed_changes.c.at < before).limit(limit)
    return tx.run(sa.delete(feed_changes).where(feed_changes.c.id.in_(old)))


def _worth_telling(change: Change) -> bool:
    """A new feed that can be read is no news, and neither is one that has the same to say under another name."""
    return not (change.before is Health.NEW and change.health is Health.OK)


def _healths(tx: Tx, wanted: Mapping[str, object], moment: datetime) -> dict[str, Health]:
    """Return the health of each of these feeds at a moment."""
    found: dict[str, Health] = {}
    query = sa.select(feed_changes.c.feed_id, feed_changes.c.health).where(feed_changes.c.at <= moment)
    for some in batches(wanted):
        rows = tx.conn.execute(
            query.where(feed_changes.c.feed_id.in_(some)).order_by(feed_changes.c.at, feed_changes.c.id)
        )
        found |= {row.feed_id: row.health for row in rows}
    return found

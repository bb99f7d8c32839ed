"""Feeds that the database owns, and what people do to any feed: each change in one transaction, with what became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from monitor.core.model import Feed
from monitor.store.feed_health import PAUSED, REMOVED
from monitor.store.feeds import UNDER_WAY, fresh, settings_of
from monitor.store.schema import feeds
from monitor.store.tx import Tx, batches

APART, THROUGH = timedelta(milliseconds=50), timedelta(minutes=15)
"""How far apart feeds that are added together are due at the most, and when the last of them is."""


@dataclass(frozen=True, slots=True)
class Own:
    """A feed that the database is to own: what it is, and the [[feeds]] table that says so, as JSON (references to secrets only)."""

    feed: Feed
    entry: str


@dataclass(frozen=True, slots=True)
class Named:
    """A feed that is there: its id, its address, and who owns it ("config" or "database")."""

    id: str
    url: str
    origin: str
    stopped: str


def add(tx: Tx, wanted: Sequence[Own]) -> list[str]:
    """Let the database own these feeds, due one after the other from now on; return the ids of those that were added.

    One that was removed comes back with its history. An id that is there already is left as it is.
    """
    there = {each.id: each for each in named(tx, [own.feed.id for own in wanted])}
    new = [each for each in wanted if each.feed.id not in there]
    back = [each for each in wanted if each.feed.id in there and there[each.feed.id].stopped == REMOVED]
    # A list of thousands takes its turns with those that are there: twenty a second, or what it takes to be through in time.
    gap = min(APART, THROUGH / max(len(new), 1))
    rows = [{"id": each.feed.id, **_values(each), "next_poll_at": tx.now + at * gap} for at, each in enumerate(new)]
    tx.many(tx.insert(feeds).on_conflict_do_nothing(), rows)
    for each in back:
        renewed = fresh() if there[each.feed.id].url != each.feed.url else {}
        values = {**_values(each), **renewed, **_going(tx)}
        tx.run(sa.update(feeds).where(feeds.c.id == each.feed.id).values(**values))
    return [each.feed.id for each in (*new, *back)]


def named(tx: Tx, ids: Iterable[str]) -> list[Named]:
    """Return those of these feeds that are there, removed ones too."""
    query = sa.select(feeds.c.id, feeds.c.url, feeds.c.origin, feeds.c.stopped)
    return [Named(*row) for some in batches(ids) for row in tx.conn.execute(query.where(feeds.c.id.in_(some)))]


def at(tx: Tx, urls: Iterable[str]) -> list[Named]:
    """Return the feeds at these addresses that are not removed."""
    query = sa.select(feeds.c.id, feeds.c.url, feeds.c.origin, feeds.c.stopped).where(feeds.c.stopped != REMOVED)
    return [Named(*row) for some in batches(urls) for row in tx.conn.execute(query.where(feeds.c.url.in_(some)))]


def tagged(tx: Tx, tag: str) -> list[str]:
    """Return the ids of the feeds with a tag that are not removed."""
    query = sa.select(feeds.c.id, feeds.c.tags).where(feeds.c.stopped != REMOVED)
    return [row.id for row in tx.conn.execute(query) if tag in row.tags]


def pause(tx: Tx, ids: Iterable[str], why: str) -> list[str]:
    """Ask these feeds no more until they are resumed; return those that were going. A poll under way is void."""
    stop = {"stopped": PAUSED, "stopped_at": tx.now, "stopped_why": why, "next_poll_at": None}
    return _change(tx, ids, feeds.c.stopped == "", {**stop, "lease_token": feeds.c.lease_token + 1})


def resume(tx: Tx, ids: Iterable[str]) -> list[str]:
    """Ask paused feeds, and those that were given up as gone, again, at once; return which."""
    again = {**_going(tx), "gone_since": None, "gone_sightings": 0}
    return _change(tx, ids, feeds.c.stopped.in_((PAUSED, "gone")), again)


def retry(tx: Tx, ids: Iterable[str]) -> list[str]:
    """Make feeds due at once, however long they wait for their turn; return which."""
    waiting = sa.and_(feeds.c.stopped == "", feeds.c.next_poll_reason != UNDER_WAY)
    return _change(tx, ids, waiting, {"next_poll_at": tx.now, "next_poll_reason": "asked for by a person"})


def remove(tx: Tx, ids: Iterable[str]) -> list[str]:
    """Strike out feeds of the database; what they brought stays. Return which."""
    gone = {"stopped": REMOVED, "stopped_at": tx.now, "stopped_why": "removed by a person", "next_poll_at": None}
    theirs = sa.and_(feeds.c.origin == "database", feeds.c.stopped != REMOVED)
    return _change(tx, ids, theirs, {**gone, "lease_token": feeds.c.lease_token + 1})


def tags_of(tx: Tx) -> dict[str, tuple[str, ...]]:
    """Return the tags of every feed that the database owns, by id."""
    query = sa.select(feeds.c.id, feeds.c.tags).where(feeds.c.origin == "database", feeds.c.stopped != REMOVED)
    return {row.id: row.tags for row in tx.conn.execute(query)}


def entries(tx: Tx) -> list[tuple[Feed, str, str]]:
    """Return every feed that is not removed, with its own title and its entry, by id."""
    columns = [feeds.c[name] for name in ("id", "url", "title", "tags", "weight", "every", "max_every", "full_text")]
    query = sa.select(*columns, feeds.c.own_title, feeds.c.entry).where(feeds.c.stopped != REMOVED).order_by(feeds.c.id)
    return [(Feed(*row[:8]), row.own_title, row.entry) for row in tx.conn.execute(query)]


def _values(own: Own) -> dict[str, object]:
    return {**settings_of(own.feed), "origin": "database", "entry": own.entry}


def _going(tx: Tx) -> dict[str, object]:
    return {"stopped": "", "stopped_at": None, "stopped_why": "", "next_poll_at": tx.now}


def _change(tx: Tx, ids: Iterable[str], condition: sa.ColumnElement[bool], values: dict[str, object]) -> list[str]:
    changed: list[str] = []
    for some in batches(ids):
        statement = sa.update(feeds).where(feeds.c.id.in_(some), condition).values(**values).returning(feeds.c.id)
        changed += tx.conn.execute(statement).scalars()
    return sorted(changed)

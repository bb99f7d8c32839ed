"""Feeds that the database owns, and what people do to any feed: each change in one transaction, with what became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from monitor.core.model import Feed, Health
from monitor.store.feeds import PAUSED, REMOVED, SETTINGS, UNDER_WAY, fresh, going, settings_of, stopping
from monitor.store.schema import feeds
from monitor.store.tx import Tx, batches, columns

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


_NAMED = sa.select(*columns(feeds, Named))


def add(tx: Tx, wanted: Sequence[Own]) -> list[str]:
    """Let the database own these feeds, due one after the other from now on; return the ids of those that were added.

    One that was removed comes back with its history. An id that is there already is left as it is.
    """
    there = {each.id: each for each in named(tx, [own.feed.id for own in wanted])}
    new = [each for each in wanted if each.feed.id not in there]
    back = [each for each in wanted if each.feed.id in there and there[each.feed.id].stopped == REMOVED]
    # A list of thousands takes its turns with those that are there: twenty a second, or what it takes to be through in time.
    gap = min(APART, THROUGH / max(len(new), 1))
    rows = [
        {"id": each.feed.id, **settings_of(each.feed, each.entry), "next_poll_at": tx.now + at * gap}
        for at, each in enumerate(new)
    ]
    tx.many(tx.insert(feeds).on_conflict_do_nothing(), rows)
    for each in back:
        values = {**settings_of(each.feed, each.entry), **going(tx)}
        if there[each.feed.id].url != each.feed.url:
            values |= fresh()
        else:
            values.pop("host")  # that of a feed that has moved is where it went
        tx.run(sa.update(feeds).where(feeds.c.id == each.feed.id).values(**values))
    return [each.feed.id for each in (*new, *back)]


def named(tx: Tx, ids: Iterable[str]) -> list[Named]:
    """Return those of these feeds that are there, removed ones too."""
    return [row for some in batches(ids) for row in tx.rows(Named, _NAMED.where(feeds.c.id.in_(some)))]


def at(tx: Tx, urls: Iterable[str]) -> list[Named]:
    """Return the feeds at these addresses that are not removed."""
    query = _NAMED.where(feeds.c.stopped != REMOVED)
    return [row for some in batches(urls) for row in tx.rows(Named, query.where(feeds.c.url.in_(some)))]


def tagged(tx: Tx, tag: str) -> list[str]:
    """Return the ids of the feeds with a tag that are not removed."""
    query = sa.select(feeds.c.id, feeds.c.tags).where(feeds.c.stopped != REMOVED)
    return [row.id for row in tx.conn.execute(query) if tag in row.tags]


def pause(tx: Tx, ids: Iterable[str], why: str) -> list[str]:
    """Ask these feeds no more until they are resumed; return those that were going. A poll under way is void."""
    return _change(tx, ids, feeds.c.stopped == "", stopping(tx, PAUSED, why))


def resume(tx: Tx, ids: Iterable[str]) -> list[str]:
    """Ask paused feeds, and those that were given up as gone, again, at once; return which."""
    again = {**going(tx), "gone_since": None, "gone_sightings": 0}
    return _change(tx, ids, feeds.c.stopped.in_((PAUSED, Health.GONE.value)), again)


def retry(tx: Tx, ids: Iterable[str]) -> list[str]:
    """Make feeds due at once, however long they wait for their turn; return which."""
    waiting = sa.and_(feeds.c.stopped == "", feeds.c.next_poll_reason != UNDER_WAY)
    return _change(tx, ids, waiting, {"next_poll_at": tx.now, "next_poll_reason": "asked for by a person"})


def remove(tx: Tx, ids: Iterable[str]) -> list[str]:
    """Strike out feeds of the database; what they brought stays. Return which."""
    theirs = sa.and_(feeds.c.origin == "database", feeds.c.stopped != REMOVED)
    return _change(tx, ids, theirs, stopping(tx, REMOVED, "removed by a person"))


def tags_of(tx: Tx) -> dict[str, tuple[str, ...]]:
    """Return the tags of every feed that the database owns, by id."""
    query = sa.select(feeds.c.id, feeds.c.tags).where(feeds.c.origin == "database", feeds.c.stopped != REMOVED)
    return {row.id: row.tags for row in tx.conn.execute(query)}


def entries(tx: Tx) -> list[tuple[Feed, str]]:
    """Return every feed that is not removed, with its own title, by id."""
    query = sa.select(*SETTINGS, feeds.c.own_title).where(feeds.c.stopped != REMOVED).order_by(feeds.c.id)
    return [(Feed(*settings), own_title) for *settings, own_title in tx.conn.execute(query)]


def _change(tx: Tx, ids: Iterable[str], condition: sa.ColumnElement[bool], values: dict[str, object]) -> list[str]:
    changed: list[str] = []
    for some in batches(ids):
        statement = sa.update(feeds).where(feeds.c.id.in_(some), condition).values(**values).returning(feeds.c.id)
        changed += tx.conn.execute(statement).scalars()
    return sorted(changed)

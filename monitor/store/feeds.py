"""Feeds: what to poll, when, from which validators, and how it has gone. Claimed by lease and token."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from monitor.core.model import Feed
from monitor.store.gates import HOST, shut
from monitor.store.schema import feeds
from monitor.store.tx import Tx, batches, columns

ERROR_LENGTH = 500
TITLE_LENGTH = 300

UNDER_WAY = "being read"
"""The reason that a leased feed gives for its `next_poll_at`, which is the lease's end."""

MENDABLE = (
    "bad-url",
    "dns",
    "file-missing",
    "file-unreadable",
    "http-401",
    "http-403",
    "http-404",
    "refused-address",
    "tls",
)
"""Kinds of failure that a changed configuration may end. Never those by which a server asks to be left alone."""

label = sa.func.coalesce(sa.func.nullif(feeds.c.title, ""), sa.func.nullif(feeds.c.own_title, ""), feeds.c.id)
"""What people call a feed: the configured title, else the one its document states, else its id."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to poll one feed until `until`, and what its last polls left behind.

    `marks` recognise the items of its last document. `first`: no poll of this feed has succeeded yet. `last_new_at`: when
    a poll last brought a new article.
    """

    feed_id: str
    token: int
    until: datetime
    url: str
    host: str
    etag: str
    last_modified: str
    body_hash: str
    marks: str
    failures: int
    first: bool
    last_polled_at: datetime | None
    last_good_at: datetime | None
    last_new_at: datetime | None


@dataclass(frozen=True, slots=True)
class PollResult:
    """How one poll ended, and when the next is due. None leaves what is stored as it is.

    An `error_kind` makes it a failure: it counts up `failures`, and validators stay. `new`: articles not seen before.
    """

    next_poll_at: datetime
    reason: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    marks: str | None = None
    title: str | None = None
    new: int = 0
    error_kind: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed as status and dashboard show it. `next_poll_at` is None for one that is no longer configured."""

    id: str
    url: str
    label: str
    tags: tuple[str, ...]
    weight: int
    every: timedelta
    max_every: timedelta
    next_poll_at: datetime | None
    next_poll_reason: str
    failures: int
    error_kind: str
    error: str
    last_polled_at: datetime | None
    last_good_at: datetime | None
    last_new_at: datetime | None
    baseline_at: datetime | None


def sync(tx: Tx, configured: Sequence[Feed]) -> None:
    """Make the table list exactly the configured feeds as due some time; one that is gone keeps its history.

    A new feed, and one with a new address, is due at once; the latter starts without validators, and a poll of the old
    address that is still under way loses its lease. One that is now to be asked more often need not wait for its old turn.
    """
    stored = {row.id: row for row in tx.conn.execute(sa.select(feeds))}
    wanted = {feed.id: _settings(feed) for feed in configured}
    new = [{"id": each, **values, "next_poll_at": tx.now} for each, values in wanted.items() if each not in stored]
    tx.many(tx.insert(feeds).on_conflict_do_nothing(), new)
    for each in stored.keys() & wanted.keys():
        _adopt(tx, stored[each], wanted[each])
    gone = [row.id for row in stored.values() if row.id not in wanted and row.next_poll_at is not None]
    for some in batches(gone):
        tx.run(_of(some).values(next_poll_at=None, lease_token=feeds.c.lease_token + 1))


def claim(tx: Tx, limit: int, lease: timedelta) -> list[Claim]:
    """Take up to `limit` due feeds, the longest due first, for `lease`; those of one host stand together.

    Feeds of a paused host are passed over. No other claimer gets them until the lease ends.
    """
    due = (
        sa.select(feeds.c.id)
        .where(feeds.c.next_poll_at <= tx.now, ~shut(tx, HOST, feeds.c.host))
        .order_by(feeds.c.next_poll_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taken = (
        sa.update(feeds)
        .where(feeds.c.id == due.c.id)
        .values(next_poll_at=tx.now + lease, next_poll_reason=UNDER_WAY, lease_token=feeds.c.lease_token + 1)
        .returning(
            feeds.c.id.label("feed_id"),
            feeds.c.lease_token.label("token"),
            feeds.c.next_poll_at.label("until"),
            feeds.c.baseline_at,
            *columns(feeds, Claim),
        )
    )
    claims = [_claim(**row) for row in tx.conn.execute(taken).mappings()]
    return sorted(claims, key=lambda each: (each.host, each.feed_id))


def complete(tx: Tx, feed_id: str, token: int, result: PollResult) -> bool:
    """Store how a poll ended. False: the lease was lost, so the caller undoes whatever else it stored of this poll.

    Call it before the poll's articles are stored: it locks the feed's row, so two polls of one feed never cross.
    """
    statement = sa.update(feeds).where(feeds.c.id == feed_id, feeds.c.lease_token == token)
    values = _failed(result) if result.error_kind else _succeeded(tx.now, result)
    shared = {"next_poll_at": result.next_poll_at, "next_poll_reason": result.reason, "last_polled_at": tx.now}
    return tx.run(statement.values(**shared, **values)) == 1


def release(tx: Tx, claims: Iterable[Claim]) -> None:
    """Give back feeds that were not polled after all: they are due at once."""
    statement = (
        sa.update(feeds)
        .where(feeds.c.id == sa.bindparam("of_feed"), feeds.c.lease_token == sa.bindparam("of_token"))
        .values(next_poll_at=tx.now, lease_token=feeds.c.lease_token + 1)
    )
    tx.many(statement, [{"of_feed": each.feed_id, "of_token": each.token} for each in claims])


def recover(tx: Tx) -> None:
    """Make due at once what a daemon that died was reading. On PostgreSQL another daemon may be reading it: there the lease decides."""
    if tx.conn.dialect.name == "sqlite":
        leased = sa.and_(feeds.c.next_poll_reason == UNDER_WAY, feeds.c.next_poll_at.is_not(None))
        tx.run(sa.update(feeds).where(leased).values(next_poll_at=tx.now))


def try_again(tx: Tx) -> None:
    """Make due at once the feeds whose failure only a person can mend: called when one has changed something."""
    mended = (feeds.c.failures > 0, feeds.c.error_kind.in_(MENDABLE), feeds.c.next_poll_at.is_not(None))
    tx.run(sa.update(feeds).where(*mended, feeds.c.next_poll_reason != UNDER_WAY).values(next_poll_at=tx.now))


def clamp(tx: Tx, horizon: timedelta) -> int:
    """Make feeds due now that a clock set wrong had put off beyond `horizon`; return how many."""
    return tx.run(sa.update(feeds).where(feeds.c.next_poll_at > tx.now + horizon).values(next_poll_at=tx.now))


def overview(tx: Tx) -> list[FeedRow]:
    """Return every feed, configured or not, by id."""
    return tx.rows(FeedRow, sa.select(*columns(feeds, FeedRow), label.label("label")).order_by(feeds.c.id))


def next_due(tx: Tx) -> datetime | None:
    """Return when the next feed is due (it may be past), None where no feed is configured."""
    moment: datetime | None = tx.conn.execute(sa.select(sa.func.min(feeds.c.next_poll_at))).scalar()
    return moment


def _claim(*, baseline_at: datetime | None, **row: Any) -> Claim:
    # Not asked of the database: SQLite 3.38 to 3.40 answers `IS NULL` wrongly in a RETURNING.
    return Claim(first=baseline_at is None, **row)


def _settings(feed: Feed) -> dict[str, Any]:
    return {
        "url": feed.url,
        "host": urlsplit(feed.url).hostname or "",
        "title": feed.title,
        "tags": feed.tags,
        "weight": feed.weight,
        "every": feed.every,
        "max_every": feed.max_every,
    }


def _adopt(tx: Tx, row: sa.Row[Any], values: dict[str, Any]) -> None:
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if "url" in changed:
        changed |= {"etag": "", "last_modified": "", "body_hash": "", "marks": ""}
        changed |= {"failures": 0, "error_kind": "", "error": ""}
        changed["lease_token"] = feeds.c.lease_token + 1
    if "url" in changed or row.next_poll_at is None:
        changed["next_poll_at"] = tx.now
    elif row.next_poll_reason != UNDER_WAY:
        # A feed that fails waits for its turn as its failures have it, but no longer than the longest wait.
        bounds = {"max_every"} if row.failures else {"every", "max_every"}
        latest = [tx.now + values[each] for each in bounds & changed.keys()]
        if latest and row.next_poll_at > min(latest):
            changed |= {"next_poll_at": min(latest), "next_poll_reason": "to be asked more often now"}
    if changed:
        tx.run(_of([row.id]).values(**changed))


def _of(ids: Sequence[str]) -> sa.Update:
    return sa.update(feeds).where(feeds.c.id.in_(ids))


def _succeeded(now: datetime, result: PollResult) -> dict[str, Any]:
    told = {name: getattr(result, name) for name in ("etag", "last_modified", "body_hash", "marks")}
    kept: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    if result.title is not None:
        kept["own_title"] = result.title[:TITLE_LENGTH]
    if result.new:
        kept["last_new_at"] = now
    seen = sa.func.coalesce(feeds.c.baseline_at, sa.literal(now, feeds.c.baseline_at.type))
    return {"failures": 0, "error_kind": "", "error": "", "last_good_at": now, "baseline_at": seen, **kept}


def _failed(result: PollResult) -> dict[str, Any]:
    return {
        "failures": feeds.c.failures + 1,
        "error_kind": result.error_kind,
        "error": result.error[:ERROR_LENGTH],
    }

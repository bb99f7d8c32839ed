"""Feeds: what to poll, when, from which validators, and how it has gone. Claimed by lease and token."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from monitor.core.feeds import FeedState
from monitor.core.hosts import host_of
from monitor.core.model import Feed, Health
from monitor.store import hosts, leases
from monitor.store.gates import HOST, shut
from monitor.store.hosts import Turns
from monitor.store.schema import feeds
from monitor.store.tx import Tx, batches, columns
from monitor.store.types import UtcTime

UNDER_WAY = "being read"
"""The reason that a leased feed gives for its `next_poll_at`, which is the lease's end."""

TURN = "waits for its turn: its host has other feeds that are asked first"

PAUSED, REMOVED = "paused", "removed"
"""What a feed may be stopped as besides `Health.GONE`."""

MENDABLE = (
    "bad-url",
    "dns",
    "file-missing",
    "file-unreadable",
    "http-401",
    "http-403",
    "http-404",
    "refused-address",
    "secret",
    "tls",
)
"""Kinds of failure that a changed configuration may end. Never those by which a server asks to be left alone."""

label = sa.func.coalesce(sa.func.nullif(feeds.c.title, ""), sa.func.nullif(feeds.c.own_title, ""), feeds.c.id)
"""What people call a feed: the configured title, else the one its document states, else its id."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to poll one feed until `until`, and what its last polls left behind.

    `entry` is what the database itself says of a feed that it owns ("" for one of a file). `url` is where the feed is asked:
    its own address, or the one it has moved to. `marks` recognise the items of its last document.
    """

    feed: Feed
    token: int
    until: datetime
    entry: str
    url: str
    host: str
    etag: str
    last_modified: str
    body_hash: str
    marks: str
    state: FeedState

    @property
    def feed_id(self) -> str:
        """The id of the feed."""
        return self.feed.id


@dataclass(frozen=True, slots=True)
class PollResult:
    """How one poll ended, and when the next is due: None for never again. None leaves what is stored of a document as it is.

    `host_until`: until when the other feeds of its host are left alone, too; or those of `host`, to which a redirect led.
    """

    next_poll_at: datetime | None
    reason: str = ""
    state: FeedState = field(default_factory=FeedState)
    host_until: datetime | None = None
    host: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    marks: str | None = None
    title: str | None = None


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
    stopped: str
    health: Health
    health_since: datetime | None
    health_why: str


SETTINGS = [feeds.c[each.name] for each in fields(Feed)]
STATE = [feeds.c[each.name] for each in fields(FeedState)]
"""The columns that a feed as configured, and its state, are made of."""

DOCUMENT = ("etag", "last_modified", "body_hash", "marks")
"""What is kept of a feed's last document."""

_SETTINGS_OF = attrgetter(*(each.name for each in SETTINGS))
_CLAIMED = ("lease_token", "next_poll_at", "entry", "host", *DOCUMENT)


def settings_of(feed: Feed, entry: str = "") -> dict[str, Any]:
    """Return what a feed is, as values of its row but for its id. `entry`: what the database says of it, "" where a file does."""
    told = {column.name: getattr(feed, column.name) for column in SETTINGS if column is not feeds.c.id}
    origin = "database" if entry else "config"
    return {**told, "host": host_of(feed.url), "origin": origin, "entry": entry}


def sync(tx: Tx, configured: Sequence[Feed]) -> None:
    """Make the table list exactly these feeds of the configuration's files; one they dropped keeps its history.

    Feeds that the database owns are left alone, but for one that the files now name too: from then on it is theirs. A new feed,
    and one with a new address, is due at once; the latter starts without validators, and a poll of the old address that is still
    under way loses its lease. One that is now to be asked more often need not wait for its old turn. One that was paused stays so.
    """
    stored = {row.id: row for row in tx.conn.execute(sa.select(*SETTINGS, feeds.c.origin, feeds.c.stopped))}
    wanted = {feed.id: feed for feed in configured}
    new = [{"id": id, **settings_of(each), "next_poll_at": tx.now} for id, each in wanted.items() if id not in stored]
    tx.many(tx.insert(feeds).on_conflict_do_nothing(), new)
    # Of a hundred thousand feeds a reload changes a few.
    other = [id for id, each in wanted.items() if id in stored and not _as_stored(each, tuple(stored[id]))]
    for some in batches(other):
        for row in tx.conn.execute(sa.select(feeds).where(feeds.c.id.in_(some))).all():
            _adopt(tx, row, settings_of(wanted[row.id]))
    dropped = [
        row.id for row in stored.values() if row.id not in wanted and row.origin == "config" and row.stopped != REMOVED
    ]
    for some in batches(dropped):
        tx.run(_of(some).values(**stopping(tx, REMOVED, "no longer configured")))


def claim(tx: Tx, limit: int, lease: timedelta, turns: Turns | None = None) -> list[Claim]:
    """Take up to `limit` due feeds, the longest due first, for `lease`; those of one host stand together.

    Feeds of a paused host are passed over, and with `turns` those of a host that was asked a moment ago; what of a host's feeds is
    beyond its turns is due a little later. No other claimer gets what was taken until the lease ends.
    """
    free = [~shut(tx, HOST, feeds.c.host)]
    if turns is None:
        return _in_order(_taken(tx, limit, lease, free))
    free.append(~hosts.resting(tx, feeds.c.host))
    claims: list[Claim] = []
    while room := limit - len(claims):
        asked = {each.host for each in claims if turns.asked_politely(each.host)}
        taken = _taken(tx, room, lease, [*free, feeds.c.host.not_in(asked)] if asked else free)
        now, later = hosts.in_turn(tx, taken, lambda each: each.host, turns)
        leases.put_off(
            tx,
            feeds.c.id,
            feeds.c.next_poll_at,
            [(each.feed_id, each.token, at) for each, at in later],
            next_poll_reason=TURN,
        )
        claims += now
        if not later:
            break
    # All together, in order, so that two daemons never wait for one another.
    hosts.rest(tx, (each.host for each in claims), turns)
    return _in_order(claims)


def awaits_turn(tx: Tx) -> bool:
    """Tell whether some feed is due, or soon, that only waits for its turn at its host; not one whose host wants to be left alone."""
    due = sa.and_(feeds.c.next_poll_at <= tx.now, hosts.resting(tx, feeds.c.host))
    put_off = sa.and_(feeds.c.next_poll_reason == TURN, feeds.c.next_poll_at.is_not(None))
    free = ~shut(tx, HOST, feeds.c.host)
    return tx.conn.execute(sa.select(feeds.c.id).where(sa.or_(due, put_off), free).limit(1)).first() is not None


def _taken(tx: Tx, limit: int, lease: timedelta, free: Sequence[sa.ColumnElement[bool]]) -> list[Claim]:
    taken = leases.take(tx, feeds.c.id, feeds.c.next_poll_at, limit, lease, *free, next_poll_reason=UNDER_WAY)
    told = taken.returning(*SETTINGS, *STATE, *(feeds.c[each] for each in _CLAIMED))
    return [_claim(row) for row in tx.conn.execute(told)]


def _in_order(claims: Sequence[Claim]) -> list[Claim]:
    return sorted(claims, key=lambda each: (each.host, each.feed_id))


def release(tx: Tx, claims: Iterable[Claim]) -> None:
    """Give back feeds that were not polled after all: they are due at once."""
    leases.give_back(tx, feeds.c.id, feeds.c.next_poll_at, ((each.feed_id, each.token) for each in claims))


def recover(tx: Tx) -> None:
    """Make due at once what a daemon that died was reading. On PostgreSQL another daemon may be reading it: there the lease decides."""
    if tx.conn.dialect.name == "sqlite":
        leased = sa.and_(feeds.c.next_poll_reason == UNDER_WAY, feeds.c.next_poll_at.is_not(None))
        tx.run(sa.update(feeds).where(leased).values(next_poll_at=tx.now))


def stagger(tx: Tx, late: timedelta, a_second: int, within: timedelta) -> int:
    """Spread what is overdue by more than `late`, as after a night switched off; return how many feeds that are.

    `a_second` of them are due each second, or as many as it takes for all to be due `within`; first those that are asked
    most often, and of these the longest overdue.
    """
    overdue = feeds.c.next_poll_at < tx.now - late
    waiting: int = tx.conn.execute(sa.select(sa.func.count()).where(overdue)).scalar_one()
    if waiting <= a_second:
        return 0
    seconds = min(-(-waiting // a_second), within // timedelta(seconds=1))
    slots = sa.values(sa.column("slot", sa.Integer), sa.column("due", UtcTime), name="slots")
    spread = slots.data([(each, tx.now + timedelta(seconds=each)) for each in range(seconds)]).cte("spread")
    place = sa.func.row_number().over(order_by=(feeds.c.every, feeds.c.next_poll_at, feeds.c.id)) - 1
    placed = sa.select(feeds.c.id, (place * seconds // waiting).label("slot")).where(overdue).cte("placed")
    mine = sa.and_(feeds.c.id == placed.c.id, spread.c.slot == placed.c.slot, overdue)
    return tx.run(sa.update(feeds).where(mine).values(next_poll_at=spread.c.due))


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


def count(tx: Tx) -> int:
    """Return how many feeds are polled."""
    polled = sa.select(sa.func.count()).select_from(feeds).where(feeds.c.stopped == "")
    found: int = tx.conn.execute(polled).scalar_one()
    return found


def last_new_at(tx: Tx) -> datetime | None:
    """Return when a poll of any feed last brought a new article."""
    moment: datetime | None = tx.conn.execute(sa.select(sa.func.max(feeds.c.last_new_at))).scalar()
    return moment


def next_due(tx: Tx) -> datetime | None:
    """Return when the next feed is due (it may be past), None where no feed is configured."""
    moment: datetime | None = tx.conn.execute(sa.select(sa.func.min(feeds.c.next_poll_at))).scalar()
    return moment


def _claim(row: sa.Row[Any]) -> Claim:
    # By place, not by name: of a claim's forty columns each look-up counts.
    values = tuple(row)
    feed, state = Feed(*values[: len(SETTINGS)]), FeedState(*values[len(SETTINGS) : -len(_CLAIMED)])
    told = dict(zip(_CLAIMED, values[-len(_CLAIMED) :], strict=True))
    token, until = told.pop("lease_token"), told.pop("next_poll_at")
    return Claim(feed, token, until, url=state.moved_to if state.followed else feed.url, state=state, **told)


def fresh() -> dict[str, Any]:
    """Return what a feed with a new address begins with: nothing of the old one's, and no poll under way."""
    return {
        "etag": "",
        "last_modified": "",
        "body_hash": "",
        "marks": "",
        "failures": 0,
        "error_kind": "",
        "error": "",
        "health": Health.NEW,
        "health_why": "",
        "moved_to": "",
        "moved_sightings": 0,
        "followed": False,
        "gone_sightings": 0,
        "lease_token": feeds.c.lease_token + 1,
    }


def stopping(tx: Tx, stopped: str, why: str) -> dict[str, Any]:
    """Return what a feed becomes that is asked no more; a poll under way is void."""
    told = {"stopped": stopped, "stopped_at": tx.now, "stopped_why": why}
    return {**told, "next_poll_at": None, "lease_token": feeds.c.lease_token + 1}


def going(tx: Tx) -> dict[str, Any]:
    """Return what a feed becomes that is asked again, at once."""
    return {"stopped": "", "stopped_at": None, "stopped_why": "", "next_poll_at": tx.now}


def _as_stored(feed: Feed, row: tuple[Any, ...]) -> bool:
    """Whether a feed of the files stands in the table as it is configured."""
    *settings, origin, stopped = row
    return origin == "config" and stopped != REMOVED and _SETTINGS_OF(feed) == tuple(settings)


def _adopt(tx: Tx, row: sa.Row[Any], values: dict[str, Any]) -> None:
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if "url" in changed:
        changed |= fresh()
    else:
        changed.pop("host", None)  # that of a feed that has moved is where it went
    if row.stopped == PAUSED:
        pass
    elif "url" in changed or row.stopped == REMOVED:
        changed |= going(tx)
    elif not row.stopped and row.next_poll_reason != UNDER_WAY:
        # A feed that fails waits for its turn as its failures have it, but no longer than the longest wait.
        bounds = {"max_every"} if row.failures else {"every", "max_every"}
        latest = [tx.now + values[each] for each in bounds & changed.keys()]
        if latest and row.next_poll_at > min(latest):
            changed |= {"next_poll_at": min(latest), "next_poll_reason": "to be asked more often now"}
    if changed:
        tx.run(_of([row.id]).values(**changed))


def _of(ids: Sequence[str]) -> sa.Update:
    return sa.update(feeds).where(feeds.c.id.in_(ids))

"""Proof of life: what was read, for the foot of a message, and how things stand, for the gauges."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from monitor.core.digest import FeedChange, ProofOfLife
from monitor.core.model import DeliveryState
from monitor.store import feed_health, gates, mutes, notices
from monitor.store.outbox import BY_PEOPLE
from monitor.store.schema import articles, deliveries, fates, feeds
from monitor.store.tx import Tx

# The index of them asks for these very words.
_DEAD = (
    sa.select(sa.func.count())
    .select_from(deliveries)
    .where(sa.text("deliveries.state = 'dead'"), deliveries.c.reason.not_in(BY_PEOPLE))
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Feeds by state (their health, "paused" or "gone"); deliveries that are not final, and the age of the oldest; whether the ledger closes.

    `dead`: deliveries that were given up, but for those that people gave up.
    """

    feeds: Mapping[str, int]
    deliveries: Mapping[DeliveryState, int]
    oldest: timedelta
    ledger_closes: bool
    dead: int = 0


def since(tx: Tx, moment: datetime, digest_id: str = "", *, changed: datetime | None = None) -> ProofOfLife:
    """Count the articles first seen at `moment` or later, the feeds that are polled, and those that are ill; tell what changed with them (since `changed`).

    With a digest, count the matches too that were not told in it since, as their rules are muted.

    Where no feed had been read by then, it counts from the first reading: nothing can be said of the time before.
    """
    began, unread_for = _readings(tx)
    moment = max(moment, began) if began else moment
    read = sa.select(sa.func.count()).select_from(articles).where(articles.c.seen_at >= moment)
    polled = sa.select(sa.func.count()).select_from(feeds).where(feeds.c.stopped == "")
    ill = polled.where(feeds.c.health.in_(feed_health.ILL))
    counted: list[int] = [tx.conn.execute(query).scalar_one() for query in (read, polled, ill)]
    off = notices.switched_off(notices.standing(tx))
    changes = tuple(map(_told, feed_health.changes(tx, changed or moment)))
    silenced = _silenced(tx, moment, digest_id) if digest_id else 0
    return ProofOfLife(counted[0], counted[1], counted[2], moment, off, changes, silenced, unread_for=unread_for)


def _readings(tx: Tx) -> tuple[datetime | None, timedelta | None]:
    """Return when the first feed was first read, and how long ago that of the feeds that are well was read which was read before all others."""
    well = sa.and_(feeds.c.stopped == "", feeds.c.health.not_in(feed_health.ILL))
    oldest = sa.func.min(sa.case((well, feeds.c.last_good_at)))
    began, read_at = tx.conn.execute(sa.select(sa.func.min(feeds.c.baseline_at), oldest)).one()
    return began, max(tx.now - read_at, timedelta(0)) if read_at else None


def _silenced(tx: Tx, moment: datetime, digest_id: str) -> int:
    ours = (fates.c.digest_id == digest_id, mutes.SILENCED, fates.c.changed_at >= moment)
    number: int = tx.conn.execute(sa.select(sa.func.count()).select_from(fates).where(*ours)).scalar_one()
    return number


def standing(tx: Tx) -> Standing:
    """Count the feeds that are polled and the deliveries that wait, by state; of what is final nothing is read."""
    waiting = sa.select(deliveries.c.state, sa.func.count(), sa.func.min(deliveries.c.first_at))
    rows = tx.conn.execute(waiting.where(deliveries.c.next_at.is_not(None)).group_by(deliveries.c.state)).all()
    return Standing(
        feed_health.counts(tx),
        {name: count for name, count, _ in rows},
        tx.now - min((oldest for _, _, oldest in rows), default=tx.now),
        gates.get(tx, notices.FATES) is None,
        tx.conn.execute(_DEAD).scalar_one(),
    )


def _told(change: feed_health.Change) -> FeedChange:
    return FeedChange(change.label, change.health, change.why)

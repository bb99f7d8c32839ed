"""Channels that take no messages, and messages that were given up: what somebody has to be told of by another way."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from monitor.core.digest import Reason
from monitor.core.model import DeliveryState, FateState
from monitor.store import gates, unsubscribed
from monitor.store.outbox import BY_PEOPLE, STRUCK
from monitor.store.schema import attempts, deliveries, editions, fates
from monitor.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Stuck:
    """A channel that has taken nothing since `since` (UTC) and has `waiting` messages, or is paused until a person mends it. `answer`: what it last said."""

    channel_id: str
    since: datetime
    waiting: int
    paused: bool
    answer: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Messages of a channel to one recipient that were given up on the day of `since` (UTC). `answer`: what was last said to one of them.
    `ended`: nothing more is sent there.
    """

    channel_id: str
    recipient: str
    count: int
    since: datetime
    answer: str
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """Messages to somebody who was taken out of a channel, given up on the day of `since` (UTC), whose stories reached nobody else. `edition_id`: the last."""

    channel_id: str
    recipient: str
    count: int
    since: datetime
    edition_id: str


def stuck(tx: Tx, age: timedelta) -> list[Stuck]:
    """Return the channels whose messages wait for `age` or longer though some were tried, and those that are paused, by name."""
    waits = sa.select(deliveries.c.edition_id).where(deliveries.c.next_at.is_not(None))
    concerned = sa.or_(deliveries.c.next_at.is_not(None), deliveries.c.told_in.in_(waits))
    # What was folded into a message that waits has waited as long.
    query = (
        sa.select(
            deliveries.c.channel_id,
            sa.func.min(editions.c.made_at).label("since"),
            sa.func.count(sa.distinct(sa.case((editions.c.reason != Reason.TOGETHER, editions.c.id)))).label("waiting"),
            sa.func.max(deliveries.c.lease_token).label("tries"),
        )
        .join_from(deliveries, editions)
        .where(concerned)
        .group_by(deliveries.c.channel_id)
    )
    rows = {row.channel_id: row for row in tx.conn.execute(query)}
    paused = gates.paused(tx)
    found = [
        Stuck(id, gate.since, rows[id].waiting if id in rows else 0, paused=True, answer=gate.why)
        for id, gate in paused.items()
    ]
    found += [
        Stuck(id, row.since, row.waiting, paused=False, answer=_last_answer(tx, id))
        for id, row in rows.items()
        if id not in paused and row.tries and row.since <= tx.now - age
    ]
    return sorted(found, key=lambda each: each.channel_id)


def given_up(tx: Tx) -> list[GivenUp]:
    """Return what was given up today (UTC), by channel and recipient, but for what people wanted given up."""
    ended = unsubscribed.of(tx, unsubscribed.EVERY)
    return [
        GivenUp(channel, recipient, count, today, _answer(tx, last), unsubscribed.known_as(recipient) in ended)
        for today, channel, recipient, count, last in _dead(tx, deliveries.c.reason.not_in(BY_PEOPLE))
    ]


def unread(tx: Tx) -> list[Unread]:
    """Return what was given up today (UTC) with its recipient, who was taken out of the channel or is spelt otherwise there now, and nobody else got."""
    failed = sa.select(fates.c.match_id).where(
        fates.c.edition_id == deliveries.c.edition_id, fates.c.state == FateState.FAILED
    )
    return [
        Unread(channel, recipient, count, today, _edition(tx, last))
        for today, channel, recipient, count, last in _dead(tx, sa.and_(deliveries.c.reason == STRUCK, failed.exists()))
    ]


def _dead(tx: Tx, why: sa.ColumnElement[bool]) -> Iterator[tuple[datetime, str, str, int, int]]:
    """Yield the start of today and, by channel and recipient, how many messages died since for such a reason, and the last of them."""
    today = tx.now.replace(hour=0, minute=0, second=0, microsecond=0)
    dead = sa.and_(deliveries.c.state == DeliveryState.DEAD, deliveries.c.settled_at >= today, why)
    query = (
        sa.select(deliveries.c.channel_id, deliveries.c.recipient, sa.func.count(), sa.func.max(deliveries.c.id))
        .where(dead, deliveries.c.id >= _newest(tx) - LOOKED_AT)
        .group_by(deliveries.c.channel_id, deliveries.c.recipient)
        .order_by(deliveries.c.channel_id, deliveries.c.recipient)
        .limit(MOST_TOLD)
    )
    return ((today, *row) for row in tx.conn.execute(query).all())


LOOKED_AT = 20_000
"""The newest deliveries, among which those of today are looked for: nothing else finds them without an index of their own."""
MOST_TOLD = 20


def _newest(tx: Tx) -> int:
    found: int | None = tx.conn.execute(sa.select(sa.func.max(deliveries.c.id))).scalar()
    return found or 0


def _edition(tx: Tx, delivery_id: int) -> str:
    query = sa.select(deliveries.c.edition_id).where(deliveries.c.id == delivery_id)
    return str(tx.conn.execute(query).scalar_one())


def _last_answer(tx: Tx, channel_id: str) -> str:
    waiting = sa.select(sa.func.max(attempts.c.delivery_id)).join_from(attempts, deliveries)
    ours = (deliveries.c.channel_id == channel_id, deliveries.c.next_at.is_not(None))
    last: int | None = tx.conn.execute(waiting.where(*ours)).scalar()
    return _answer(tx, last) if last else ""


def _answer(tx: Tx, delivery_id: int) -> str:
    query = sa.select(attempts.c.stage, attempts.c.code, attempts.c.text).where(attempts.c.delivery_id == delivery_id)
    row = tx.conn.execute(query.order_by(attempts.c.id.desc()).limit(1)).first()
    # Slack's word for an error is all that it says of it: not twice.
    return " ".join(dict.fromkeys(part for part in row if part)) if row else ""

"""Deliveries: one message for one recipient each, sent at least once and always the same bytes. Claimed by lease and token."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from monitor.core.delivery import Verdict
from monitor.core.model import DeliveryState, Parcel, Receipt
from monitor.store import breakers, editions, gates, leases, unsubscribed
from monitor.store.schema import attempts, deliveries
from monitor.store.tx import Tx, columns

ANSWER_LENGTH = 500

IDLE = timedelta(hours=1)
"""A delivery that is overdue by more was not tried in vain in that time: nobody was there, or its channel was paused."""


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery taken to be sent until `until`. `attempts` before this one, the first of them at `first_at`."""

    id: int
    token: int
    until: datetime
    key: str
    edition_id: str
    channel_id: str
    recipient: str
    part: int
    payload: str
    attempts: int
    first_at: datetime

    @property
    def parcel(self) -> Parcel:
        """What the channel is given to send."""
        return Parcel(self.key, self.channel_id, self.recipient, self.part, self.payload)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to send: when it began, how long it took, what was answered."""

    at: datetime
    duration: timedelta
    receipt: Receipt


def claim(tx: Tx, limit: int, lease: timedelta, per_channel: int = 8) -> list[DeliveryRow]:
    """Take up to `limit` due deliveries for `lease`, the longest due first, passing over paused channels.

    At most `per_channel` of one channel are under way at once, counting every daemon's, so that one that hangs leaves
    room for the others; and one only where its breaker is open. What is for somebody who has unsubscribed is given up.
    """
    half_open = breakers.half_open(tx, lock=True)
    waiting = sa.select(deliveries.c.channel_id).where(
        deliveries.c.next_at <= tx.now, ~gates.shut(tx, gates.CHANNEL, deliveries.c.channel_id)
    )
    channels = waiting.group_by(deliveries.c.channel_id).order_by(sa.func.min(deliveries.c.next_at))
    taken: list[DeliveryRow] = []
    for channel_id in tx.conn.execute(channels).scalars().all():
        most = 1 if channel_id in half_open else per_channel
        room = min(limit - len(taken), most - _under_way(tx, channel_id))
        if room <= 0:
            continue
        # Of what was tried some may have arrived; nothing more shall get into that doubt while the channel is down.
        tried = deliveries.c.lease_token > 0
        again = _claim_of(tx, channel_id, room, lease, tried) if channel_id in half_open else []
        taken += again or _claim_of(tx, channel_id, room, lease)
    return _wanted(tx, taken)


def settle(tx: Tx, delivery_id: int, token: int, attempt: Attempt | None, verdict: Verdict) -> bool:
    """Store an attempt (None: it was not tried) and what follows from it: another at `verdict.next_at`, or, where that is None, the end.

    The last delivery of an edition to end settles its matches. False: the lease was lost, nothing was stored.
    """
    final = verdict.next_at is None
    statement = (
        sa.update(deliveries)
        .where(
            deliveries.c.id == delivery_id,
            deliveries.c.lease_token == token,
            deliveries.c.state == DeliveryState.LEASED,
        )
        .values(
            state=verdict.state,
            reason=verdict.reason,
            next_at=verdict.next_at,
            attempts=verdict.attempts,
            settled_at=tx.now if final else None,
        )
        .returning(deliveries.c.edition_id)
    )
    edition_id = tx.conn.execute(statement).scalar()
    if edition_id is None:
        return False
    if attempt is not None:
        _write_down(tx, delivery_id, attempt)
    if final:
        editions.settle(tx, edition_id)
    return True


def release(tx: Tx, claims: Iterable[DeliveryRow]) -> None:
    """Give back deliveries that were not tried after all: they are due at once."""
    ours = (deliveries.c.id == sa.bindparam("of_id"), deliveries.c.lease_token == sa.bindparam("of_token"))
    statement = sa.update(deliveries).where(*ours, deliveries.c.state == DeliveryState.LEASED)
    statement = statement.values(state=DeliveryState.PENDING, next_at=tx.now)
    tx.many(statement, [{"of_id": each.id, "of_token": each.token} for each in claims])


def recover(tx: Tx) -> None:
    """Make due at once what a daemon that died was sending. On PostgreSQL another daemon may be sending it: there the lease decides."""
    if tx.conn.dialect.name == "sqlite":
        leased = sa.and_(deliveries.c.next_at.is_not(None), deliveries.c.state == DeliveryState.LEASED)
        tx.run(sa.update(deliveries).where(leased).values(next_at=tx.now))


def clamp(tx: Tx, horizon: timedelta) -> int:
    """Make deliveries due now that a clock set wrong had put off beyond `horizon`; return how many."""
    return tx.run(sa.update(deliveries).where(deliveries.c.next_at > tx.now + horizon).values(next_at=tx.now))


def begin_anew(tx: Tx, channel_id: str | None = None) -> int:
    """Let overdue deliveries be tried as if they were new, of a channel that was mended, or (None) of all after a standstill; return how many."""
    overdue = sa.update(deliveries).where(deliveries.c.next_at < tx.now - IDLE)
    if channel_id is not None:
        overdue = overdue.where(deliveries.c.channel_id == channel_id)
    return tx.run(overdue.values(first_at=tx.now, attempts=0))


def resume(tx: Tx, channel_id: str) -> bool:
    """Let a channel that was mended be tried at once, as if what waits for it were new; return whether it was paused, or seemed to be down."""
    paused = channel_id in gates.paused(tx)
    if paused:
        gates.lift(tx, gates.channel(channel_id))
        begin_anew(tx, channel_id)
    return breakers.close(tx, channel_id) or paused


def waiting(tx: Tx) -> dict[str, int]:
    """Return how many messages wait at each channel, by name."""
    query = sa.select(deliveries.c.channel_id, sa.func.count()).where(deliveries.c.next_at.is_not(None))
    rows = tx.conn.execute(query.group_by(deliveries.c.channel_id).order_by(deliveries.c.channel_id))
    return {row[0]: row[1] for row in rows}


def stood_still(tx: Tx) -> bool:
    """Tell whether nobody, here or in another daemon, has tried to send anything of late."""
    last: datetime | None = tx.conn.execute(sa.select(attempts.c.at).order_by(attempts.c.id.desc()).limit(1)).scalar()
    return last is None or last < tx.now - IDLE


def history(tx: Tx, delivery_id: int) -> list[Attempt]:
    """Return every attempt to send a delivery, the first one first."""
    query = sa.select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.id)
    return [
        Attempt(row.at, row.duration, Receipt(row.outcome, row.stage, row.code, row.text, degraded=row.degraded))
        for row in tx.conn.execute(query)
    ]


def count_by_state(tx: Tx) -> dict[DeliveryState, int]:
    """Return how many deliveries are in each state."""
    query = sa.select(deliveries.c.state, sa.func.count()).group_by(deliveries.c.state)
    return {row[0]: row[1] for row in tx.conn.execute(query)}


def oldest_waiting(tx: Tx) -> datetime | None:
    """Return since when the oldest delivery that is not final waits, None where none does."""
    query = sa.select(sa.func.min(deliveries.c.first_at)).where(deliveries.c.next_at.is_not(None))
    moment: datetime | None = tx.conn.execute(query).scalar()
    return moment


def next_due(tx: Tx) -> datetime | None:
    """Return when the next delivery of a channel that is not paused is due (it may be past), None where none waits."""
    query = sa.select(sa.func.min(deliveries.c.next_at)).where(~gates.shut(tx, gates.CHANNEL, deliveries.c.channel_id))
    moment: datetime | None = tx.conn.execute(query).scalar()
    return moment


def _under_way(tx: Tx, channel_id: str) -> int:
    leased = (deliveries.c.channel_id == channel_id, deliveries.c.state == DeliveryState.LEASED)
    query = sa.select(sa.func.count()).select_from(deliveries).where(*leased, deliveries.c.next_at > tx.now)
    number: int = tx.conn.execute(query).scalar_one()
    return number


def _claim_of(
    tx: Tx, channel_id: str, limit: int, lease: timedelta, *which: sa.ColumnElement[bool]
) -> list[DeliveryRow]:
    key, at, ours = deliveries.c.id, deliveries.c.next_at, deliveries.c.channel_id == channel_id
    taken = leases.take(tx, key, at, limit, lease, ours, *which, then=[key], state=DeliveryState.LEASED).returning(
        deliveries.c.lease_token.label("token"),
        deliveries.c.next_at.label("until"),
        *columns(deliveries, DeliveryRow),
    )
    return sorted(tx.rows(DeliveryRow, taken), key=lambda each: each.id)


def _wanted(tx: Tx, taken: list[DeliveryRow]) -> list[DeliveryRow]:
    """Give up what was being sent or made while its recipient unsubscribed, and return the rest."""
    unwanted = unsubscribed.unwanted(tx, {each.id: each.recipient for each in taken})
    for each in taken:
        if each.id in unwanted:
            gone = Verdict(DeliveryState.SUPPRESSED, None, unsubscribed.WHY, each.attempts)
            settle(tx, each.id, each.token, None, gone)
    return [each for each in taken if each.id not in unwanted]


def _write_down(tx: Tx, delivery_id: int, attempt: Attempt) -> None:
    receipt = attempt.receipt
    values = {
        "delivery_id": delivery_id,
        "at": attempt.at,
        "duration": attempt.duration,
        "outcome": receipt.outcome,
        "stage": receipt.stage,
        "code": receipt.code,
        "text": receipt.text[:ANSWER_LENGTH],
        "degraded": receipt.degraded,
    }
    tx.conn.execute(sa.insert(attempts).values(**values))

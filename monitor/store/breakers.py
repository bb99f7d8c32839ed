"""Breakers: of a channel whose messages fail one after the other, one is tried at a time, until one gets through."""

from datetime import datetime

import sqlalchemy as sa

from monitor.core.delivery import OPENS_AFTER, Breaker, breaker, probe_wait
from monitor.core.model import DeliveryState, Receipt
from monitor.store import gates
from monitor.store.schema import breakers, deliveries
from monitor.store.tx import Tx


def note(tx: Tx, channel_id: str, delivery_id: int, receipt: Receipt) -> None:
    """Let what a channel answered open its breaker, keep it open for longer, or close it: then all that waits is due."""
    before = _of(tx, channel_id)
    if breaker(before, receipt, delivery_id) == before:
        return
    before = _locked(tx, channel_id)
    after = breaker(before, receipt, delivery_id)
    gate = gates.channel(channel_id)
    # What was under way when it opened says nothing new.
    if after == before or (after.is_open and gates.get(tx, gate)):
        return
    values = {"failures": after.failures, "delivery_id": after.delivery_id}
    tx.run(sa.update(breakers).where(breakers.c.channel_id == channel_id).values(**values))
    if after.is_open:
        why = f"{after.failures} messages failed one after the other, the last: {receipt.told or receipt.outcome}"
        until = tx.now + probe_wait(channel_id, after)
        gates.put(tx, gate, until, why)
        _due_by(tx, channel_id, until)
    elif before.is_open:
        _due_by(tx, channel_id, tx.now)


def half_open(tx: Tx, *, lock: bool = False) -> set[str]:
    """Return the channels of which one message is to be tried at a time. `lock`: to try one; another daemon that would waits for what is taken."""
    query = sa.select(breakers.c.channel_id).where(breakers.c.failures >= OPENS_AFTER)
    return set(tx.conn.execute(query.with_for_update() if lock else query).scalars())


def close(tx: Tx, channel_id: str) -> bool:
    """Let everything of a channel be tried at once, as somebody may have mended what failed; return whether it was not."""
    was_open = _of(tx, channel_id).is_open
    if was_open:
        shut = gates.get(tx, gates.channel(channel_id))
        if shut and shut.until is not None:
            gates.lift(tx, shut.name)
        _due_by(tx, channel_id, tx.now)
    tx.run(sa.delete(breakers).where(breakers.c.channel_id == channel_id))
    return was_open


def _of(tx: Tx, channel_id: str, *, lock: bool = False) -> Breaker:
    query = sa.select(breakers.c.failures, breakers.c.delivery_id).where(breakers.c.channel_id == channel_id)
    row = tx.conn.execute(query.with_for_update() if lock else query).first()
    return Breaker(row.failures, row.delivery_id) if row else Breaker()


def _locked(tx: Tx, channel_id: str) -> Breaker:
    """Return how a channel is doing, and let nobody else say anything of it meanwhile: several messages fail at one time."""
    new = tx.insert(breakers).values(channel_id=channel_id, failures=0, delivery_id=0)
    tx.conn.execute(new.on_conflict_do_nothing())
    return _of(tx, channel_id, lock=True)


def _due_by(tx: Tx, channel_id: str, moment: datetime) -> None:
    """Make due by then what would wait for its next attempt until later: something to look at the channel with, or all of it."""
    waits = sa.and_(
        deliveries.c.channel_id == channel_id,
        deliveries.c.next_at > moment,
        deliveries.c.state.in_((DeliveryState.PENDING, DeliveryState.UNCERTAIN)),
    )
    tx.run(sa.update(deliveries).where(waits).values(next_at=moment))

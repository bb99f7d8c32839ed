"""Deliveries as people see and handle them: what waits, what was given up and why, sent again or dropped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.core.model import DeliveryState, FateState
from monitor.store import editions
from monitor.store.fates import DROPPED
from monitor.store.schema import deliveries, fates
from monitor.store.schema import editions as edition_rows
from monitor.store.tx import Tx, batches, columns

STRUCK = "its recipient is no longer in 'to' of its channel"
BY_PEOPLE = (DROPPED, STRUCK)
"""Why messages are given up that nothing was wrong with."""
WAITING = "waiting"
"""What people call a delivery that is to be sent, or sent again, whatever its state says."""

GIVEN_UP = (DeliveryState.DEAD,)
_OVER = (*GIVEN_UP, DeliveryState.SUPPRESSED, DeliveryState.UNCERTAIN, DeliveryState.SENT)
STATES = (WAITING, *(each.value for each in _OVER))


@dataclass(frozen=True, slots=True)
class Line:
    """One message for one recipient. `next_at` is None where no attempt follows; `settled_at` says since when.
    `told_in` is the edition that tells it together with others, where it was not sent by itself. Times are in UTC.
    """

    id: int
    key: str
    edition_id: str
    digest_id: str
    channel_id: str
    recipient: str
    part: int
    state: DeliveryState
    attempts: int
    reason: str
    first_at: datetime
    next_at: datetime | None
    settled_at: datetime | None
    told_in: str | None = None

    @property
    def called(self) -> str:
        """One of `STATES`."""
        return WAITING if self.next_at else self.state.value


def listing(
    tx: Tx,
    *,
    states: Sequence[str] = STATES,
    channel: str = "",
    edition: str = "",
    since: datetime | None = None,
    ids: Sequence[int] = (),
    limit: int | None = None,
) -> list[Line]:
    """Return deliveries, the newest first: those in some of `STATES`, of a channel, of an edition, made since a time, or with some numbers."""
    query = sa.select(*columns(deliveries, Line), edition_rows.c.digest_id).join_from(deliveries, edition_rows)
    over = [each for each in states if each != WAITING]
    chosen = sa.and_(deliveries.c.next_at.is_(None), deliveries.c.state.in_(over))
    query = query.where(sa.or_(chosen, deliveries.c.next_at.is_not(None)) if WAITING in states else chosen)
    if channel:
        query = query.where(deliveries.c.channel_id == channel)
    if edition:
        query = query.where(deliveries.c.edition_id == edition)
    if since:
        query = query.where(deliveries.c.first_at >= since)
    if ids:
        query = query.where(deliveries.c.id.in_(ids))
    return tx.rows(Line, query.order_by(deliveries.c.id.desc()).limit(limit))


def payload(tx: Tx, delivery_id: int) -> str:
    """Return a delivery's message as it is handed over."""
    query = sa.select(deliveries.c.payload).where(deliveries.c.id == delivery_id)
    found: str = tx.conn.execute(query).scalar_one()
    return found


def send_again(tx: Tx, ids: Iterable[int], *, sent: bool = False) -> list[int]:
    """Make deliveries due now, with all their attempts before them, and return which those were: not one that is being sent, nor one that was.

    `sent`: those that were sent, too. What was given up gets as long as a new message; it keeps its key and its bytes. Matches that had failed or were silenced with it wait again.
    """
    rows = _at_rest(tx, ids)
    again = [each for each in rows if sent or each.state is not DeliveryState.SENT]
    for some in batches(each.id for each in again):
        values = {"state": DeliveryState.PENDING, "reason": "", "settled_at": None}
        moved = {"next_at": tx.now, "first_at": tx.now, "attempts": 0}
        tx.run(sa.update(deliveries).where(deliveries.c.id.in_(some)).values(**values, **moved))
    for some in batches(sorted({name for each in again for name in editions.told_by(tx, each.edition_id)})):
        tx.run(sa.update(edition_rows).where(edition_rows.c.id.in_(some)).values(settled_at=None))
        untold = sa.and_(fates.c.edition_id.in_(some), fates.c.state.in_((FateState.FAILED, FateState.SILENCED)))
        tx.run(sa.update(fates).where(untold).values(state=FateState.PENDING, reason="", changed_at=tx.now))
    return [each.id for each in again]


def drop(tx: Tx, ids: Iterable[int]) -> list[int]:
    """Give deliveries up that wait, and return which those were: not one that is being sent."""
    gone = [each for each in _at_rest(tx, ids) if each.next_at is not None]
    editions.end(tx, {each.id: each.edition_id for each in gone}, DeliveryState.DEAD, DROPPED)
    return [each.id for each in gone]


def _at_rest(tx: Tx, ids: Iterable[int]) -> list[sa.Row[Any]]:
    """Lock deliveries and return them, in order, without those that are being sent at this moment."""
    query = sa.select(deliveries.c.id, deliveries.c.state, deliveries.c.next_at, deliveries.c.edition_id)
    under_way = sa.and_(deliveries.c.state == DeliveryState.LEASED, deliveries.c.next_at > tx.now)
    free = query.where(~under_way)
    rows: list[sa.Row[Any]] = []
    for some in batches(ids):
        rows += tx.conn.execute(free.where(deliveries.c.id.in_(some)).order_by(deliveries.c.id).with_for_update())
    return rows

"""Which messages carry an edition to its readers: its own, and those that took their place when they could not be delivered one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.core.model import DeliveryState, Outcome
from monitor.store.schema import attempts, deliveries
from monitor.store.tx import Tx

ARRIVED = (DeliveryState.SENT, DeliveryState.UNCERTAIN)
"""States of a message for which no attempt follows and that its reader has, or may have."""

_other = deliveries.alias()
_tries = sa.select(sa.func.count(attempts.c.id)).where(attempts.c.delivery_id == deliveries.c.id)
UNTOUCHED = sa.and_(
    deliveries.c.next_at.is_not(None),
    deliveries.c.state == DeliveryState.PENDING,
    deliveries.c.lease_token == _tries.scalar_subquery(),
    ~_tries.where(attempts.c.outcome == Outcome.UNCERTAIN).with_only_columns(attempts.c.id).exists(),
    ~sa.select(_other.c.id)
    .where(
        _other.c.edition_id == deliveries.c.edition_id,
        _other.c.channel_id == deliveries.c.channel_id,
        _other.c.recipient == deliveries.c.recipient,
        _other.c.state.in_(ARRIVED),
    )
    .exists(),
)
"""The condition that a delivery waits and nothing of it can have arrived: not a message of which a part arrived, one of whose answers was
lost, or one over which a daemon died, so that there was a lease without an answer. Those go out again as they are, so that a repeat is recognised.
"""


@dataclass(frozen=True, slots=True)
class Carrier:
    """How a message stands that carries an edition. `next_at` (UTC) is None where no attempt follows."""

    state: DeliveryState
    reason: str
    next_at: datetime | None

    @property
    def arrived(self) -> bool:
        """Whether its reader has it, or may have."""
        return self.next_at is None and self.state in ARRIVED


def of(tx: Tx, edition_id: str) -> tuple[list[Carrier], list[Carrier]]:
    """Return the messages that carry an edition: its own, and those that took the place of some."""
    columns = ("state", "reason", "next_at")
    own = sa.select(*(deliveries.c[name] for name in columns)).where(deliveries.c.edition_id == edition_id)
    first, instead = deliveries.alias(), deliveries.alias()
    others = sa.select(*(instead.c[name] for name in columns)).select_from(
        first.join(instead, _takes_place(first, instead))
    )
    queries = (own, others.where(first.c.edition_id == edition_id))
    found = [[Carrier(row.state, row.reason, row.next_at) for row in tx.conn.execute(each)] for each in queries]
    return found[0], found[1]


def carried(
    edition_id: sa.ColumnElement[str], how: Callable[[sa.FromClause], sa.ColumnElement[bool]]
) -> sa.ColumnElement[bool]:
    """Return the condition that some message that carries an edition stands `how`."""
    own, first, instead = deliveries.alias(), deliveries.alias(), deliveries.alias()
    return sa.or_(
        sa.select(own.c.id).where(own.c.edition_id == edition_id, how(own)).exists(),
        sa.select(instead.c.id)
        .select_from(first.join(instead, _takes_place(first, instead)))
        .where(first.c.edition_id == edition_id, how(instead))
        .exists(),
    )


def _takes_place(first: sa.FromClause, instead: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(
        instead.c.edition_id == first.c.told_in,
        instead.c.channel_id == first.c.channel_id,
        instead.c.recipient == first.c.recipient,
    )

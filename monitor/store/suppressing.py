"""Messages that wait and of which nobody wants to hear any more: all that they tell is of rules that have been muted since."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from monitor.core.digest import Reason
from monitor.core.model import DeliveryState, FateState
from monitor.store import editions
from monitor.store.schema import deliveries, fates, matches
from monitor.store.schema import editions as edition_rows
from monitor.store.tx import Tx, batches


def silence(tx: Tx, muted: Mapping[str, str]) -> int:
    """Send no message of which every match is of a rule in `muted` (with the reason in words) and of which nothing has left yet; return how many.

    Their matches are silenced like those that come now, and stay with their edition: `revive` sends it as it is.
    """
    silenced = 0
    for edition_id in _waiting(tx):
        rules = _rules(tx, edition_id)
        if rules and rules <= muted.keys():
            silenced += _silence(tx, edition_id, muted[min(rules)])
    return silenced


def revive(tx: Tx, names: Collection[str]) -> None:
    """Send after all what `silence` kept back of some editions, the same to the byte; their matches wait with it."""
    for some in batches(sorted(names)):
        kept = sa.and_(
            deliveries.c.edition_id.in_(some),
            deliveries.c.state == DeliveryState.SUPPRESSED,
            deliveries.c.reason.startswith(Reason.MUTED.sentence),
        )
        due = {"state": DeliveryState.PENDING, "reason": "", "settled_at": None, "next_at": tx.now}
        tx.run(sa.update(deliveries).where(kept).values(**due, first_at=tx.now, attempts=0))
        tx.run(sa.update(edition_rows).where(edition_rows.c.id.in_(some)).values(settled_at=None))
        silenced = sa.and_(fates.c.edition_id.in_(some), fates.c.state == FateState.SILENCED)
        tx.run(sa.update(fates).where(silenced).values(state=FateState.PENDING, reason="", changed_at=tx.now))


def _waiting(tx: Tx) -> list[str]:
    """Return the editions of which messages wait that are not being sent and cannot have arrived."""
    waits = sa.select(deliveries.c.edition_id).where(deliveries.c.next_at.is_not(None)).distinct()
    return sorted(tx.conn.execute(waits.where(deliveries.c.state == DeliveryState.PENDING)).scalars())


def _rules(tx: Tx, edition_id: str) -> set[str]:
    """Return the rules that an edition tells of, also in the place of others."""
    told = sa.select(deliveries.c.edition_id).where(deliveries.c.told_in == edition_id)
    names = {edition_id, *tx.conn.execute(told).scalars()}
    query = sa.select(matches.c.rule_id).join_from(fates, matches).distinct()
    return {
        rule_id
        for some in batches(sorted(names))
        for rule_id in tx.conn.execute(query.where(fates.c.edition_id.in_(some))).scalars()
    }


def _silence(tx: Tx, edition_id: str, why: str) -> int:
    ours = deliveries.c.edition_id == edition_id
    waits = sa.and_(ours, deliveries.c.state == DeliveryState.PENDING, deliveries.c.next_at.is_not(None))
    gone = {"state": DeliveryState.SUPPRESSED, "reason": why, "next_at": None, "settled_at": tx.now}
    count = tx.run(sa.update(deliveries).where(waits).values(**gone))
    elsewhere = sa.select(deliveries.c.id).where(ours, deliveries.c.state.in_(_ELSEWHERE)).limit(1)
    if count and tx.conn.execute(elsewhere).first() is None:
        taken = sa.and_(fates.c.edition_id == edition_id, fates.c.state == FateState.PENDING)
        tx.run(sa.update(fates).where(taken).values(state=FateState.SILENCED, reason=why, changed_at=tx.now))
    editions.settle(tx, edition_id)
    return count


_ELSEWHERE = (DeliveryState.SENT, DeliveryState.UNCERTAIN, DeliveryState.LEASED, DeliveryState.PENDING)
"""States of a message that arrived, may have, or is on its way."""

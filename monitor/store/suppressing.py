"""Messages that wait and of which nobody wants to hear any more: all that they tell is of rules that have been muted since."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from monitor.core.digest import Reason
from monitor.core.model import DeliveryState, FateState
from monitor.store import editions
from monitor.store.carriers import UNTOUCHED
from monitor.store.schema import deliveries, fates, matches
from monitor.store.schema import editions as edition_rows
from monitor.store.tx import Tx, batches


def silence(tx: Tx, muted: Mapping[str, str], edition_id: str | None = None) -> int:
    """Send no message of which every match is of a rule in `muted` (with the reason in words) and of which nothing can have arrived; return
    how many; of all editions, or of one.

    Matches that nobody else is told are silenced like those that come now, and stay with their edition: `revive` sends it as it is.
    """
    silenced = 0
    for name in _waiting(tx) if edition_id is None else [edition_id]:
        rules = set(_rules(tx, name)) if muted else set()
        if rules and rules <= muted.keys():
            gone = {"state": DeliveryState.SUPPRESSED, "reason": muted[min(rules)], "next_at": None}
            waits = sa.and_(deliveries.c.edition_id == name, UNTOUCHED)
            silenced += tx.run(sa.update(deliveries).where(waits).values(**gone, settled_at=tx.now))
            editions.settle(tx, name)
    return silenced


def revive(tx: Tx, rule_id: str, since: datetime) -> int:
    """Send after all what `silence` kept back of a rule since a time, the same to the byte; return how many of its matches that tells."""
    kept = sa.and_(
        deliveries.c.state == DeliveryState.SUPPRESSED,
        deliveries.c.reason.startswith(Reason.MUTED.sentence),
        deliveries.c.settled_at >= since,
    )
    names = tx.conn.execute(sa.select(deliveries.c.edition_id).where(kept).distinct()).scalars().all()
    revived = 0
    for name in sorted(names):
        if number := _rules(tx, name).get(rule_id, 0):
            revived += number
            due = {"state": DeliveryState.PENDING, "reason": "", "settled_at": None, "next_at": tx.now}
            ours = sa.and_(deliveries.c.edition_id == name, kept)
            tx.run(sa.update(deliveries).where(ours).values(**due, first_at=tx.now, attempts=0))
            _open(tx, editions.told_by(tx, name))
    return revived


def _open(tx: Tx, names: Collection[str]) -> None:
    """Let editions be settled anew, by what becomes of their messages."""
    for some in batches(sorted(names)):
        tx.run(sa.update(edition_rows).where(edition_rows.c.id.in_(some)).values(settled_at=None))
        silenced = sa.and_(fates.c.edition_id.in_(some), fates.c.state == FateState.SILENCED)
        tx.run(sa.update(fates).where(silenced).values(state=FateState.PENDING, reason="", changed_at=tx.now))


def _waiting(tx: Tx) -> list[str]:
    """Return the editions of which messages wait of which nothing can have arrived."""
    return sorted(tx.conn.execute(sa.select(deliveries.c.edition_id).where(UNTOUCHED).distinct()).scalars())


def _rules(tx: Tx, edition_id: str) -> dict[str, int]:
    """Return the rules that an edition tells of, also in the place of others, with how many matches of each."""
    count = sa.select(matches.c.rule_id, sa.func.count()).join_from(fates, matches).group_by(matches.c.rule_id)
    found: dict[str, int] = {}
    for some in batches(editions.told_by(tx, edition_id)):
        for rule_id, number in tx.conn.execute(count.where(fates.c.edition_id.in_(some))):
            found[rule_id] = found.get(rule_id, 0) + number
    return found

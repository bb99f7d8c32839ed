"""Messages that wait and of which nobody wants to hear any more: all that they tell is of rules that have been muted since."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from monitor.core.digest import Reason
from monitor.core.model import DeliveryState
from monitor.store import editions, outbox
from monitor.store.carriers import UNTOUCHED
from monitor.store.schema import deliveries, fates, matches
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
    held: dict[str, list[int]] = {}
    for row in tx.conn.execute(
        sa.select(deliveries.c.edition_id, deliveries.c.id).where(kept).order_by(deliveries.c.id)
    ):
        held.setdefault(row.edition_id, []).append(row.id)
    numbers = {name: _rules(tx, name).get(rule_id, 0) for name in held}
    outbox.send_again(tx, [each for name, ids in held.items() if numbers[name] for each in ids])
    return sum(numbers.values())


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

"""The ledger of fates, gone over: every match has its fate in every digest of its rule, and whatever waits will come to an end.

It closes by construction. Going over it finds what construction cannot see to: a fault of ours, a hand in the database, a damaged restore.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from monitor.store import gates, notices, orphans
from monitor.store.carriers import carried
from monitor.store.fates import OPEN
from monitor.store.schema import deliveries, editions, fates, matches, rule_versions
from monitor.store.tx import Tx

GONE_OVER = f"{notices.LEDGER}gone-over"
"""A gate that is shut until the ledger is to be gone over again, by whichever daemon."""

NAMED = 3
"""How many findings the notice names."""


def due(tx: Tx) -> bool:
    """Tell whether the ledger is to be gone over."""
    return gates.get(tx, GONE_OVER) is None


def findings(tx: Tx, configured: Collection[str], patience: timedelta) -> list[str]:
    """Return what does not add up, each in a sentence, nothing where all is well.

    `configured` are the digests in force; what has waited for another for longer than `patience` should have expired.
    """
    return [*_owed(tx), *_endless(tx), *_left(tx, configured, tx.now - patience), *_unsent(tx)]


def write_down(tx: Tx, found: Sequence[str], lasting: timedelta) -> None:
    """Put what was found up as a notice, or take that down, and have the ledger gone over again after `lasting`."""
    gates.put(tx, GONE_OVER, tx.now + lasting, "")
    if not found:
        gates.lift(tx, notices.FATES)
        return
    more = [f"and {len(found) - NAMED} more"] if len(found) > NAMED else []
    notices.put(tx, notices.FATES, "; ".join([*found[:NAMED], *more]))


def _owed(tx: Tx) -> Iterator[str]:
    """Matches without a fate in a digest that their rule delivers to, and fates in others. No match can have two in one: that is the key."""
    version = (matches.c.rule_id, matches.c.rule_version)
    made = sa.select(*version, sa.func.count()).group_by(*version).order_by(*version)
    kept = sa.select(*version, fates.c.digest_id, sa.func.count())
    kept = kept.select_from(matches.join(fates)).group_by(*version, fates.c.digest_id)
    have = {(rule, of, digest): number for rule, of, digest, number in tx.conn.execute(kept)}
    goes_to = {(row.rule_id, row.version): row.deliver for row in tx.conn.execute(sa.select(rule_versions))}
    for rule, of, number in tx.conn.execute(made):
        for digest in sorted(set(goes_to[rule, of])):
            there = have.pop((rule, of, digest), 0)
            if there != number:
                yield f"{number - there} matches of rule {rule} have no fate in digest {digest}"
    for rule, of, digest in have:
        number, first = orphans.not_handed(tx, rule, of, digest)
        if number:
            yield f"{number} matches of rule {rule}, such as {first}, have a fate in digest {digest}, to which it did not deliver"


def _endless(tx: Tx) -> Iterator[str]:
    """Fates that are open in an edition of which no message is on its way: nothing will settle them."""
    coming = carried(fates.c.edition_id, lambda each: each.c.next_at.is_not(None))
    query = (
        sa.select(fates.c.edition_id, sa.func.count(), sa.func.min(fates.c.match_id))
        .where(fates.c.state.in_(OPEN), fates.c.edition_id.is_not(None), ~coming)
        .group_by(fates.c.edition_id)
        .order_by(fates.c.edition_id)
    )
    for edition, number, first in tx.conn.execute(query):
        yield f"{number} matches, such as {first}, wait in edition {edition}, of which no message is on its way"


def _left(tx: Tx, configured: Collection[str], before: datetime) -> Iterator[str]:
    """Fates that wait for a digest that nobody makes."""
    query = (
        sa.select(fates.c.digest_id, sa.func.count(), sa.func.min(fates.c.match_id))
        .select_from(fates.join(matches))
        .where(fates.c.state.in_(OPEN), fates.c.edition_id.is_(None), matches.c.matched_at < before)
        .where(fates.c.digest_id.not_in(list(configured)))
        .group_by(fates.c.digest_id)
        .order_by(fates.c.digest_id)
    )
    for digest, number, first in tx.conn.execute(query):
        yield f"{number} matches, such as {first}, wait for digest {digest}, which is not configured"


def _unsent(tx: Tx) -> Iterator[str]:
    """Editions that took matches and have no message to carry them."""
    carried = sa.select(deliveries.c.id).where(deliveries.c.edition_id == editions.c.id).exists()
    query = sa.select(editions.c.id, editions.c.size).where(editions.c.size > 0, ~carried).order_by(editions.c.id)
    for edition, size in tx.conn.execute(query):
        yield f"edition {edition} has {size} matches and no message"

"""Matches that wait for digests which are not configured any more: counted, handed over to others, and given up in the end."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from monitor.core.digest.handing import GONE, HANDED, Handing, Orphan, hand_over
from monitor.core.model import FateState
from monitor.store import fates as fate_rows
from monitor.store.fates import OPEN, NewFate
from monitor.store.schema import fates, matches, rule_versions
from monitor.store.tx import Tx

PATIENCE = timedelta(days=7)
"""How long after the match nobody waits any more for its digest to be configured again."""
AT_ONCE = 1000
"""Fates that are handed over by one statement."""


@dataclass(frozen=True, slots=True)
class Orphans:
    """How many matches wait for a digest that is not configured, and when (UTC) the first of them is given up."""

    digest_id: str
    waiting: int
    until: datetime


def listing(tx: Tx, configured: Collection[str]) -> list[Orphans]:
    """Return what waits for digests that are not configured, by digest."""
    query = (
        sa.select(fates.c.digest_id, sa.func.count(), sa.func.min(matches.c.matched_at))
        .select_from(fates.join(matches))
        .where(_waiting_in(_gone(tx, configured)))
        .group_by(fates.c.digest_id)
        .order_by(fates.c.digest_id)
    )
    return [Orphans(digest, number, first + PATIENCE) for digest, number, first in tx.conn.execute(query)]


def hand_on(
    tx: Tx, configured: Collection[str], deliver: Mapping[str, Sequence[str]]
) -> Counter[tuple[str, tuple[str, ...]]]:
    """Let digests that rules deliver to now (`deliver`, by rule) tell what waits for one that is not configured; return how many
    matches, by the digest that is gone and its heirs. What an heir has a fate for already stays with that."""
    handed: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for digest_id in _gone(tx, configured):
        last = 0
        while orphans := _orphans(tx, digest_id, last):
            handings = list(hand_over(orphans, deliver))
            _hand(tx, handings)
            handed.update((each.orphan.digest_id, each.heirs) for each in handings)
            last = orphans[-1].match_id
    return handed


def expire(tx: Tx, configured: Collection[str]) -> int:
    """Settle as EXPIRED what has waited too long for a digest that is not configured; return how many."""
    before = tx.now - PATIENCE
    old = sa.select(matches.c.id).where(matches.c.id == fates.c.match_id, matches.c.matched_at < before).exists()
    left = sa.update(fates).where(_waiting_in(_gone(tx, configured)), old)
    return tx.run(left.values(state=FateState.EXPIRED, reason=GONE, changed_at=tx.now))


def not_handed(tx: Tx, rule_id: str, version: str, digest_id: str) -> tuple[int, int]:
    """Return how many matches of a rule's version have a fate in a digest that was not handed over to it, and the first of them."""
    other = fates.alias()
    handed = sa.select(other.c.match_id).where(
        other.c.match_id == fates.c.match_id,
        other.c.state == FateState.EXPIRED,
        other.c.reason.startswith(HANDED, autoescape=True),
    )
    theirs = (matches.c.rule_id == rule_id, matches.c.rule_version == version, fates.c.digest_id == digest_id)
    query = sa.select(sa.func.count(), sa.func.min(matches.c.id)).select_from(matches.join(fates))
    number, first = tx.conn.execute(query.where(*theirs, ~handed.exists())).one()
    return number, first or 0


def _gone(tx: Tx, configured: Collection[str]) -> list[str]:
    """Return the digests that a rule ever delivered to and that are not configured: far fewer rows than there are fates."""
    ever = {each for deliver in tx.conn.execute(sa.select(rule_versions.c.deliver)).scalars() for each in deliver}
    return sorted(ever - set(configured))


def _waiting_in(digest_ids: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.and_(fates.c.digest_id.in_(digest_ids), fates.c.state.in_(OPEN), fates.c.edition_id.is_(None))


def _orphans(tx: Tx, digest_id: str, after: int) -> list[Orphan]:
    """Return the next of a digest's matches, locked: another daemon may still make editions of it."""
    query = (
        sa.select(fates.c.match_id, fates.c.digest_id, matches.c.rule_id)
        .select_from(fates.join(matches))
        .where(_waiting_in([digest_id]), fates.c.match_id > after)
        .order_by(fates.c.match_id)
        .limit(AT_ONCE)
        .with_for_update(of=fates)
    )
    return [Orphan(*row) for row in tx.conn.execute(query)]


def _hand(tx: Tx, handings: Sequence[Handing]) -> None:
    fate_rows.add(tx, (NewFate(each.orphan.match_id, heir) for each in handings for heir in each.heirs))
    ours = (fates.c.match_id == sa.bindparam("of_match"), fates.c.digest_id == sa.bindparam("of_digest"))
    told = {"state": FateState.EXPIRED, "changed_at": tx.now, "reason": sa.bindparam("why")}
    rows = [
        {"of_match": each.orphan.match_id, "of_digest": each.orphan.digest_id, "why": each.reason} for each in handings
    ]
    tx.many(sa.update(fates).where(*ours).values(**told), rows)

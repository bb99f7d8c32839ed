"""Since when rules are silent, and whether anybody would have heard."""

from datetime import datetime

import sqlalchemy as sa

from monitor.core.model import FateState
from monitor.store import rule_versions
from monitor.store.schema import articles, editions, fates, matches
from monitor.store.tx import Tx


def since(tx: Tx, rule_id: str, digest_id: str) -> datetime | None:
    """Return when (UTC) a rule last matched for a digest, or came into force where it never did; None for a rule that never was."""
    told = sa.and_(fates.c.match_id == matches.c.id, fates.c.digest_id == digest_id)
    heard = sa.select(fates.c.match_id).where(told, fates.c.state != FateState.BASELINE).exists()
    last = sa.select(matches.c.matched_at).where(matches.c.rule_id == rule_id, heard)
    found: datetime | None = tx.conn.execute(last.order_by(matches.c.matched_at.desc()).limit(1)).scalar()
    return found or rule_versions.first_seen(tx, [rule_id]).get(rule_id)


def is_told(tx: Tx, digest_id: str, slot: str) -> bool:
    """Tell whether an edition says it already."""
    query = sa.select(editions.c.id).where(editions.c.digest_id == digest_id, editions.c.slot == slot)
    return tx.conn.execute(query).first() is not None


def read_between(tx: Tx, after: datetime, until: datetime) -> int:
    """Return how many articles of any feed came in a time: where none did, nobody was listening."""
    query = sa.select(sa.func.count()).select_from(articles)
    found: int = tx.conn.execute(query.where(articles.c.seen_at > after, articles.c.seen_at <= until)).scalar_one()
    return found

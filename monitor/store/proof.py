"""Proof of life: what was read, for the foot of a message."""

from datetime import datetime

import sqlalchemy as sa

from monitor.core.digest import ProofOfLife
from monitor.store.schema import articles, feeds
from monitor.store.tx import Tx


def since(tx: Tx, moment: datetime) -> ProofOfLife:
    """Count the articles first seen at `moment` or later, the feeds that are polled, and those whose last poll failed."""
    read = sa.select(sa.func.count()).select_from(articles).where(articles.c.seen_at >= moment)
    polled = sa.select(sa.func.count()).select_from(feeds).where(feeds.c.next_poll_at.is_not(None))
    failing = polled.where(feeds.c.failures > 0)
    counted: list[int] = [tx.conn.execute(query).scalar_one() for query in (read, polled, failing)]
    return ProofOfLife(counted[0], counted[1], counted[2], moment)

"""How long things are kept, and one small step of deleting what is older."""

from datetime import timedelta

from monitor.core.model import Retention
from monitor.store import articles, copies, editions, feed_health, gates, hosts, instances, matches, stories
from monitor.store.tx import Tx

STORY_KEYS = timedelta(days=7)
"""Longer than any window in which copies of a story are looked for."""

INSTANCES = timedelta(days=1)


def prune(tx: Tx, keep: Retention, limit: int = 1000) -> int:
    """Delete at most `limit` rows that are old enough (and what hangs on them); return how many.

    Call it again, each time in a transaction of its own, until it returns 0: other writers get in between.
    """
    gates.prune(tx)
    hosts.prune(tx)
    instances.prune(tx, tx.now - INSTANCES)
    return (
        editions.prune(tx, tx.now - keep.deliveries, limit // 10)
        or matches.prune(tx, tx.now - keep.matches, limit // 2)
        or articles.prune(tx, tx.now - keep.articles, limit)
        or stories.prune(tx, tx.now - STORY_KEYS, limit)
        or copies.prune(tx, tx.now - STORY_KEYS, limit)
        or feed_health.prune(tx, tx.now - keep.deliveries, limit)
    )

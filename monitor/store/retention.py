"""How long things are kept, and one small step of deleting what is older."""

from dataclasses import dataclass
from datetime import timedelta

from monitor.store import articles, editions, gates, instances, matches, stories
from monitor.store.tx import Tx

STORY_KEYS = timedelta(days=7)
"""Longer than any window in which copies of a story are looked for."""

INSTANCES = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each is kept. An article stays for as long as one of its matches does; what still waits is never deleted."""

    articles: timedelta = timedelta(days=180)
    matches: timedelta = timedelta(days=730)
    deliveries: timedelta = timedelta(days=730)


def prune(tx: Tx, keep: Retention, limit: int = 1000) -> int:
    """Delete at most `limit` rows that are old enough (and what hangs on them); return how many.

    Call it again, each time in a transaction of its own, until it returns 0: other writers get in between.
    """
    gates.prune(tx)
    instances.prune(tx, tx.now - INSTANCES)
    return (
        editions.prune(tx, tx.now - keep.deliveries, limit // 10)
        or matches.prune(tx, tx.now - keep.matches, limit // 2)
        or articles.prune(tx, tx.now - keep.articles, limit)
        or stories.prune(tx, tx.now - STORY_KEYS, limit)
    )

"""A process that claims and completes feeds for some seconds: `python -m bench.support.lessee URL BATCH SECONDS [bare]`.

Every poll ends as most do: nothing was new. `bare` is the SQL of it alone, without the store. Prints what it did as JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import psycopg
import sqlalchemy as sa

from monitor.store import Store, Tx, feeds, polls
from monitor.store.feeds import PollResult

LEASE = timedelta(minutes=2)

_CLAIM = """
WITH due AS (SELECT id FROM feeds WHERE next_poll_at <= now() ORDER BY next_poll_at LIMIT %s FOR UPDATE SKIP LOCKED)
UPDATE feeds f SET next_poll_at = now() + interval '2 minutes', lease_token = lease_token + 1 FROM due WHERE f.id = due.id
RETURNING f.id, f.lease_token
"""
_COMPLETE = "UPDATE feeds SET next_poll_at = now() + interval '1 day' WHERE id = %s AND lease_token = %s"


def through(url: str, batch: int) -> Callable[[], int]:
    """Return what claims and completes one batch through the store, as the poller does."""
    store = Store(url)
    store.open(exclusive=False)

    def turn() -> int:
        with store.transaction() as tx:
            claims = feeds.claim(tx, batch, LEASE)
        with store.transaction() as tx:
            if not all(polls.complete(tx, [(each, _unchanged(tx, each)) for each in claims])):
                raise RuntimeError("a lease was lost, though nobody else has these feeds")
        return len(claims)

    return turn


def _unchanged(tx: Tx, claim: feeds.Claim) -> PollResult:
    state = replace(claim.state, last_polled_at=tx.now, last_good_at=tx.now)
    return PollResult(tx.now + timedelta(days=1), "an article every 42 minutes", state)


def bare(url: str, batch: int) -> Callable[[], int]:
    """Return what claims and completes one batch with the SQL alone."""
    parsed = sa.make_url(url)
    connection = psycopg.connect(f"host={parsed.query['host']} user={parsed.username} dbname={parsed.database}")

    def turn() -> int:
        claims = connection.execute(_CLAIM, [batch]).fetchall()
        connection.commit()
        with closing(connection.cursor()) as cursor:
            cursor.executemany(_COMPLETE, claims)
            done = cursor.rowcount
        connection.commit()
        return done

    return turn


def main(url: str, batch: str, seconds: str, *how: str) -> None:
    """Take turns for some seconds."""
    turn = (bare if how else through)(url, int(batch))
    turn()
    started, used, done = time.monotonic(), time.process_time(), 0
    while time.monotonic() - started < float(seconds):
        done += turn()
    took, spent = time.monotonic() - started, time.process_time() - used
    print(json.dumps({"feeds": done, "seconds": took, "cpu": spent}))


if __name__ == "__main__":
    main(*sys.argv[1:])

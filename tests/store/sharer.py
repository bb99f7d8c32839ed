"""A process that shares feeds with others: it claims, and completes what it claimed, until nothing is left to do.

What it has done stands in the table `done`, written in the transaction that completes the poll: a feed done twice has two rows.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from multiprocessing.connection import Connection
from typing import TypeVar

import sqlalchemy as sa

from monitor.store import Store, Tx, feeds, polls
from monitor.store.feeds import Claim, PollResult

T = TypeVar("T")

TABLE = "CREATE TABLE done (feed_id text NOT NULL, token bigint NOT NULL)"
CLAIMED, TOGETHER = 100, 10
TOMORROW = timedelta(days=1)

_done = sa.table("done", sa.column("feed_id"), sa.column("token"))


def share(url: str, lease: timedelta, told: Connection) -> None:
    """Work until every feed is done, by whomever. `told` hears "claimed" once the first feeds are claimed."""
    with Store(url) as store:
        store.open(exclusive=False)
        first = True
        while not _all_done(store):
            claims = _claim(store, lease)
            if first:
                told.send("claimed")
                first = False
            for start in range(0, len(claims), TOGETHER):
                _complete(store, claims[start : start + TOGETHER])


def oversleep(url: str, lease: timedelta, told: Connection) -> None:
    """Claim once, say how many that were, complete them when told to, and say how many completions were taken."""
    with Store(url) as store:
        store.open(exclusive=False)
        claims = _claim(store, lease)
        told.send(len(claims))
        told.recv()
        told.send(_complete(store, claims))


def _claim(store: Store, lease: timedelta) -> list[Claim]:
    return _within(store, lambda tx: feeds.claim(tx, CLAIMED, lease))


def _complete(store: Store, claims: list[Claim]) -> int:
    def complete(tx: Tx) -> int:
        ends = [PollResult(tx.now + TOMORROW, "done", replace(each.state, baseline_at=tx.now)) for each in claims]
        taken = polls.complete(tx, list(zip(claims, ends, strict=True)))
        held = [each for each, kept in zip(claims, taken, strict=True) if kept]
        tx.many(sa.insert(_done), [{"feed_id": each.feed_id, "token": each.token} for each in held])
        return len(held)

    return _within(store, complete)


def _all_done(store: Store) -> bool:
    due = _within(store, feeds.next_due)
    now = _within(store, lambda tx: tx.now)
    return due is None or due > now + TOMORROW / 2


def _within(store: Store, act: Callable[[Tx], T]) -> T:
    with store.transaction() as tx:
        return act(tx)

"""Real processes on one PostgreSQL that are killed and stopped: no feed is missed, and none is done twice."""

import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

import pytest

from monitor.core.model import Feed
from monitor.store import Store, feeds
from tests.store import sharer

FEEDS, KILLS = 20_000, 40
LEASE = timedelta(seconds=1)
PATIENCE = 60

#: Starts our processes in a few milliseconds, with everything imported; a plain start takes most of a second.
STARTER = multiprocessing.get_context("forkserver")
STARTER.set_forkserver_preload(["tests.store.sharer"])


@pytest.fixture
def many(postgres_url: str) -> Iterator[Store]:
    """A database with 20,000 feeds, all due, on its own clock."""
    with Store(postgres_url) as store:
        store.open()
        with store.transaction() as tx:
            feeds.sync(tx, [Feed(f"f{number:05}", f"https://host{number}.example/") for number in range(FEEDS)])
            tx.conn.exec_driver_sql(sharer.TABLE)
        yield store


@contextmanager
def working(
    work: Callable[[str, timedelta, Connection], None], url: str
) -> Iterator[tuple[ForkServerProcess, Connection]]:
    """Have a process do `work`; it is gone at the end of the block."""
    ours, theirs = STARTER.Pipe()
    process = STARTER.Process(target=work, args=(url, LEASE, theirs))
    process.start()
    theirs.close()
    try:
        yield process, ours
    finally:
        process.kill()
        process.join(PATIENCE)
        ours.close()


def test_a_poller_killed_forty_times_misses_no_feed_and_does_none_twice(many: Store, postgres_url: str) -> None:
    chance = random.Random(20261126)
    for _ in range(KILLS):
        with working(sharer.share, postgres_url) as (process, told):
            assert told.poll(PATIENCE)
            process.join(chance.uniform(0.0, 0.2))
            assert process.is_alive(), "it had done everything: kill sooner"
    with working(sharer.share, postgres_url) as (one, _), working(sharer.share, postgres_url) as (two, _):
        one.join(PATIENCE)
        two.join(PATIENCE)
        assert (one.exitcode, two.exitcode) == (0, 0)
    assert len(done(many)) == FEEDS
    assert set(done(many).values()) == {1}


def test_of_three_pollers_one_stopped_past_its_lease_is_refused_and_the_others_do_its_feeds(
    many: Store, postgres_url: str
) -> None:
    with working(sharer.oversleep, postgres_url) as (stopped, told):
        assert told.poll(PATIENCE)
        claimed = told.recv()
        send(stopped, signal.SIGSTOP)
        told.send("complete them")
        with working(sharer.share, postgres_url) as (one, _), working(sharer.share, postgres_url) as (two, _):
            one.join(PATIENCE)
            two.join(PATIENCE)
            assert (one.exitcode, two.exitcode) == (0, 0)
        assert set(done(many).values()) == {1}
        assert len(done(many)) == FEEDS
        send(stopped, signal.SIGCONT)
        assert told.poll(PATIENCE)
        assert (claimed, told.recv()) == (sharer.CLAIMED, 0)
    assert set(done(many).values()) == {1}


def send(process: ForkServerProcess, number: signal.Signals) -> None:
    """Send a signal to a running process."""
    assert process.pid is not None
    os.kill(process.pid, number)


def done(store: Store) -> Counter[str]:
    """How often each feed was done."""
    with store.reading() as tx:
        return Counter(tx.conn.exec_driver_sql("SELECT feed_id FROM done").scalars())

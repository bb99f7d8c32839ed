"""Several daemons on one PostgreSQL: what they share, and what only one of them may do."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

from monitor.core.model import FateState, Feed
from monitor.store import Store, Tx, deliveries, editions, fates, feeds, schema
from tests.clock import ManualClock
from tests.store.newsroom import LEASE, SENT, answer, article, edition, open_house, parcel, polled, publish

T = TypeVar("T")


@pytest.fixture
def pair(postgres_store: Store, postgres_url: str, clock: ManualClock) -> Iterator[tuple[Store, Store]]:
    """Two daemons on one database with two feeds and two rules."""
    with postgres_store.transaction() as tx:
        open_house(tx)
    with Store(postgres_url, clock=clock) as other:
        other.open()
        yield postgres_store, other


@contextmanager
def held_up(first: Store, second: Store, act: Callable[[Tx], T]) -> Iterator[tuple[Tx, list[Future[T]]]]:
    """Give a transaction of the first daemon. It commits only when the second's `act`, begun at the end of the block, has
    come to wait for it (or found no need to); the list then holds what came of `act`."""
    futures: list[Future[T]] = []
    with ThreadPoolExecutor(1) as pool:
        with first.transaction() as tx:
            yield tx, futures
            futures.append(pool.submit(_within, second, act))
            while not _somebody_waits(first) and not futures[0].done():
                pass
        futures[0].result(30)


def _within(store: Store, act: Callable[[Tx], T]) -> T:
    with store.transaction() as tx:
        return act(tx)


def _somebody_waits(store: Store) -> bool:
    with store.reading() as tx:
        return bool(tx.conn.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar_one())


def drain(store: Store, take: Callable[[Tx], list[Any]]) -> list[Any]:
    taken: list[Any] = []
    while True:
        with store.transaction() as tx:
            some = take(tx)
        if not some:
            return taken
        taken += some


def test_two_daemons_share_the_due_feeds_without_overlap(pair: tuple[Store, Store]) -> None:
    with pair[0].transaction() as tx:
        feeds.sync(tx, [Feed(f"f{number}", f"https://host{number}.example/") for number in range(400)])
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(lambda store: drain(store, lambda tx: feeds.claim(tx, 7, LEASE)), pair)
    assert len(one) + len(two) == 400
    assert len({each.feed_id for each in one + two}) == 400


def test_two_daemons_share_the_due_deliveries_without_overlap(pair: tuple[Store, Store]) -> None:
    with pair[0].transaction() as tx:
        parcels = [parcel("e", f"channel{number % 3}", f"r{number}@example.org") for number in range(300)]
        editions.make(tx, edition("e"), [], parcels)
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(lambda store: drain(store, lambda tx: deliveries.claim(tx, 7, LEASE, 1000)), pair)
    assert len(one) + len(two) == 300
    assert len({each.id for each in one + two}) == 300


def test_a_claim_passes_over_what_another_is_just_claiming(pair: tuple[Store, Store]) -> None:
    first, second = pair
    with first.transaction() as tx:
        (mine,) = feeds.claim(tx, 1, LEASE)
        with second.transaction() as other:
            (theirs,) = feeds.claim(other, 10, LEASE)
    assert {mine.feed_id, theirs.feed_id} == {"harbour", "valley"}


def test_copies_stored_by_two_daemons_at_once_are_one_story(pair: tuple[Store, Store]) -> None:
    with held_up(*pair, lambda tx: publish(tx, article("b", "valley", story_keys=("k",)))) as (tx, _):
        publish(tx, article("a", "harbour", story_keys=("k",)))
    with pair[0].reading() as tx:
        assert tx.conn.execute(sa.select(sa.func.count()).select_from(schema.stories)).scalar_one() == 1


def test_of_two_daemons_that_plan_one_slot_at_once_one_makes_it(pair: tuple[Store, Store]) -> None:
    with pair[0].transaction() as tx:
        taken = publish(tx, article())
    late = edition("morning/late", slot="07:00")
    with held_up(*pair, lambda tx: editions.make(tx, late, [], [parcel("morning/late")])) as (tx, made):
        assert editions.make(tx, edition("morning/first", slot="07:00"), taken, [parcel("morning/first")])
    assert not made[0].result()


def test_of_two_daemons_that_take_one_match_at_once_one_gets_it(pair: tuple[Store, Store]) -> None:
    with pair[0].transaction() as tx:
        taken = publish(tx, article("a"), article("b"))
    with held_up(*pair, lambda tx: editions.make(tx, edition("two"), taken, [parcel("two")])) as (tx, made):
        assert editions.make(tx, edition("one"), taken[1:], [parcel("one")])
    assert not made[0].result()
    with pair[0].reading() as tx:
        assert [each.match_id for each in fates.pending(tx, "instant")] == taken[:1]
        assert deliveries.count_by_state(tx) == {"pending": 1}


def test_two_daemons_that_settle_the_last_two_deliveries_at_once_settle_the_edition(pair: tuple[Store, Store]) -> None:
    with pair[0].transaction() as tx:
        parcels = [parcel(recipient="ana@example.org"), parcel(recipient="ben@example.org")]
        editions.make(tx, edition(), publish(tx, article()), parcels)
        ana, ben = deliveries.claim(tx, 2, LEASE)
    with held_up(*pair, lambda tx: answer(tx, ben, SENT)) as (tx, settled):
        assert answer(tx, ana, SENT)
        assert fates.count_by_state(tx) == {FateState.PENDING: 1}
    assert settled[0].result()
    with pair[0].reading() as tx:
        assert fates.count_by_state(tx) == {FateState.SENT: 1}


def test_a_daemon_stopped_past_its_lease_is_refused_when_it_wakes(
    pair: tuple[Store, Store], clock: ManualClock
) -> None:
    first, second = pair
    with first.transaction() as tx:
        asleep = feeds.claim(tx, 10, LEASE)
    clock.advance(LEASE)
    with second.transaction() as tx:
        awake = feeds.claim(tx, 10, LEASE)
        done = [polled(tx, each, clock.now + LEASE) for each in awake]
    with first.transaction() as tx:
        refused = [polled(tx, each, clock.now) for each in asleep]
    assert (done, refused) == ([True, True], [False, False])


async def test_a_transaction_that_another_daemons_was_in_the_way_of_is_begun_anew(pair: tuple[Store, Store]) -> None:
    meet = threading.Barrier(2)

    def both(tx: Tx, first: str, second: str, tries: list[str]) -> str:
        """Change two feeds; the first time when the other daemon has changed the second one."""
        for feed_id in (first, second):
            tx.run(sa.update(schema.feeds).where(schema.feeds.c.id == feed_id).values(own_title=f"from {first}"))
            tries.append(feed_id)
            if len(tries) == 1:
                meet.wait(10)
        return first

    tries: tuple[list[str], list[str]] = ([], [])
    ids = [each.feed_id for each in _within(pair[0], lambda tx: feeds.claim(tx, 2, LEASE))]
    done = await asyncio.gather(
        pair[0].run(both, ids[0], ids[1], tries[0]), pair[1].run(both, ids[1], ids[0], tries[1])
    )
    assert list(done) == ids
    assert max(len(each) for each in tries) >= 3  # on a busy machine both may be, the other one by the time it waited

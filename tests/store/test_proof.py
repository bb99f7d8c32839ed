"""Proof of life: what was read and how things stand, on both databases."""

from datetime import timedelta

from monitor.core.digest import ProofOfLife
from monitor.core.feeds import PollOutcome
from monitor.core.model import DeliveryState
from monitor.store import Store, deliveries, editions, feeds, notices, outbox, proof
from tests.clock import MONDAY, ManualClock
from tests.store.newsroom import (
    HARBOUR,
    LEASE,
    REFUSED,
    SENT,
    UNCERTAIN,
    answer,
    article,
    edition,
    open_house,
    parcel,
    polled,
    publish,
)

HOUR = timedelta(hours=1)


def poll(store: Store, *, error: str = "") -> None:
    """Poll whatever is due, well or ill."""
    with store.transaction() as tx:
        for claim in feeds.claim(tx, 9, LEASE):
            polled(tx, claim, tx.now + HOUR, PollOutcome(error))


def test_what_was_read_is_counted_from_a_moment_on(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        open_house(tx)
        publish(tx, article("old", seen_at=MONDAY - HOUR), article("new"), article("newer"))
    with store.reading() as tx:
        assert proof.since(tx, MONDAY) == ProofOfLife(2, 2, 0, MONDAY)
        assert proof.since(tx, MONDAY + HOUR) == ProofOfLife(0, 2, 0, MONDAY + HOUR)


def test_nothing_is_claimed_of_the_time_before_the_first_reading(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        open_house(tx)
    poll(store)
    with store.reading() as tx:
        assert proof.since(tx, MONDAY - HOUR).since == MONDAY
    clock.advance(HOUR)
    with store.reading() as tx:
        assert proof.since(tx, clock.now).since == clock.now


def test_feeds_that_fail_are_counted_and_those_that_are_gone_are_not(store: Store) -> None:
    with store.transaction() as tx:
        open_house(tx)
    poll(store, error="timeout")
    with store.transaction() as tx:
        assert proof.since(tx, MONDAY).failing == 2
        feeds.sync(tx, [HARBOUR])
        assert proof.since(tx, MONDAY) == ProofOfLife(0, 1, 1, MONDAY)


def test_it_says_how_long_ago_the_feed_was_read_that_waited_longest(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        open_house(tx)
        assert proof.since(tx, MONDAY).unread_for is None
    poll(store)
    clock.advance(HOUR)
    with store.transaction() as tx:
        (claim,) = feeds.claim(tx, 1, LEASE)
        polled(tx, claim, tx.now + HOUR, PollOutcome())
        assert proof.since(tx, MONDAY).unread_for == HOUR
    clock.advance(HOUR)
    for _ in range(3):
        poll(store, error="http-500")
        clock.advance(2 * HOUR)
    with store.reading() as tx:
        assert proof.since(tx, MONDAY).failing == 2
        assert proof.since(tx, MONDAY).unread_for is None


def test_feeds_are_counted_by_their_health(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        open_house(tx)
        assert proof.standing(tx).feeds == {"new": 2}
    poll(store)
    with store.transaction() as tx:
        assert proof.standing(tx).feeds == {"ok": 2}
        feeds.sync(tx, [HARBOUR])
    for _ in range(3):
        clock.advance(2 * HOUR)
        poll(store, error="http-500")
    with store.reading() as tx:
        assert proof.standing(tx).feeds == {"failing": 1}


def test_what_waits_to_be_delivered_is_counted_and_what_is_final_is_not(store: Store, clock: ManualClock) -> None:
    with store.transaction() as tx:
        open_house(tx)
        assert proof.standing(tx) == proof.Standing({"new": 2}, {}, timedelta(0), ledger_closes=True)
        taken = publish(tx, article())
        parcels = [parcel(recipient=f"{name}@example.org") for name in ("ana", "ben", "cyd")]
        assert editions.make(tx, edition(), taken, parcels)
    clock.advance(HOUR)
    with store.transaction() as tx:
        first, second = deliveries.claim(tx, 2, LEASE)
        answer(tx, first, SENT)
        answer(tx, second, UNCERTAIN)
        standing = proof.standing(tx)
    assert standing.deliveries == {DeliveryState.UNCERTAIN: 1, DeliveryState.PENDING: 1}
    assert standing.oldest == HOUR


def test_what_was_given_up_is_counted_until_a_person_does_something_about_it(store: Store) -> None:
    with store.transaction() as tx:
        open_house(tx)
        parcels = [parcel(recipient=f"{name}@example.org") for name in ("ana", "ben")]
        assert editions.make(tx, edition(), publish(tx, article()), parcels)
        first, second = deliveries.claim(tx, 2, LEASE)
        answer(tx, first, REFUSED)
        answer(tx, second, REFUSED)
        assert proof.standing(tx).dead == 2
        assert outbox.send_again(tx, [first.id]) == [first.id]
        assert proof.standing(tx).dead == 1
        outbox.drop(tx, [first.id])
        assert proof.standing(tx).dead == 1


def test_rules_that_are_switched_off_are_part_of_it(store: Store) -> None:
    with store.transaction() as tx:
        notices.put(tx, f"{notices.OFF}runaway", "too slow")
        notices.put(tx, notices.REFUSED, "a fault")
        assert proof.since(tx, MONDAY).switched_off == ("runaway",)

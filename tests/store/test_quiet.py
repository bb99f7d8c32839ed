"""Quiet polls, written together, on both databases."""

from dataclasses import replace

from monitor.store import Store, Tx, feeds, quiet
from monitor.store.feeds import Claim, PollResult
from tests.clock import ManualClock
from tests.store.newsroom import LEASE, open_house


def ended(tx: Tx, claim: Claim) -> tuple[Claim, PollResult]:
    """A poll that brought nothing."""
    return claim, PollResult(tx.now + LEASE, "nothing new", replace(claim.state, last_polled_at=tx.now))


def claimed(store: Store) -> list[Claim]:
    """The two feeds of the house, claimed."""
    with store.transaction() as tx:
        open_house(tx)
        return feeds.claim(tx, 2, LEASE)


def test_each_feed_has_its_own_next_turn(store: Store, clock: ManualClock) -> None:
    claims = claimed(store)
    with store.transaction() as tx:
        assert quiet.complete(tx, [ended(tx, each) for each in claims])
    with store.reading() as tx:
        rows = feeds.overview(tx)
    assert {(each.next_poll_at, each.next_poll_reason) for each in rows} == {(clock.now + LEASE, "nothing new")}
    assert {each.last_polled_at for each in rows} == {clock.now}


def test_where_one_lease_was_lost_nothing_is_written(store: Store, clock: ManualClock) -> None:
    claims = claimed(store)
    clock.advance(LEASE)
    with store.transaction() as tx:
        feeds.claim(tx, 1, LEASE)
        assert not quiet.complete(tx, [ended(tx, each) for each in claims])
    with store.reading() as tx:
        assert {each.last_polled_at for each in feeds.overview(tx)} == {None}

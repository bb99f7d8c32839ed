"""Polls that ended together, written together, on both databases."""

from dataclasses import replace

import sqlalchemy as sa

from monitor.core.feeds import PollOutcome, after
from monitor.store import Store, Tx, feeds, gates, polls, schema
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
        assert polls.complete(tx, [ended(tx, each) for each in claims]) == [True, True]
    with store.reading() as tx:
        rows = feeds.overview(tx)
    assert {(each.next_poll_at, each.next_poll_reason) for each in rows} == {(clock.now + LEASE, "nothing new")}
    assert {each.last_polled_at for each in rows} == {clock.now}


def test_one_that_lost_its_lease_is_refused_and_takes_no_other_along(store: Store, clock: ManualClock) -> None:
    claims = claimed(store)
    clock.advance(LEASE)
    with store.transaction() as tx:
        (again,) = feeds.claim(tx, 1, LEASE)
        held = polls.complete(tx, [ended(tx, each) for each in claims])
    assert held == [each.feed_id != again.feed_id for each in claims]
    with store.reading() as tx:
        polled = {each.id for each in feeds.overview(tx) if each.last_polled_at == clock.now}
    assert polled == {each.feed_id for each in claims} - {again.feed_id}


def test_of_two_polls_of_one_feed_the_later_lease_counts(store: Store, clock: ManualClock) -> None:
    claims = claimed(store)
    clock.advance(LEASE)
    with store.transaction() as tx:
        again = feeds.claim(tx, 2, LEASE)
        held = polls.complete(tx, [ended(tx, each) for each in (*claims, *again)])
    assert held == [False, False, True, True]


def test_what_a_poll_says_of_the_document_is_kept_for_it_alone(store: Store) -> None:
    harbour, valley = claimed(store)
    with store.transaction() as tx:
        read = replace(ended(tx, harbour)[1], etag='"a"', marks="m", title="Harbour news")
        failed = after(valley.feed, valley.state, PollOutcome("http-429"), tx.now)
        refused = PollResult(failed.at, failed.reason, failed.state, failed.host_until)
        assert polls.complete(tx, [(harbour, read), (valley, refused)]) == [True, True]
        tx.run(sa.update(schema.feeds).values(next_poll_at=tx.now))
        (gate,) = gates.active(tx)
        (again,) = feeds.claim(tx, 2, LEASE)
    assert (again.feed_id, again.etag, again.marks) == ("harbour", '"a"', "m")
    assert gate.name == gates.host(valley.host)

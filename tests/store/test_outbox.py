"""Messages as people handle them: listed, sent again, dropped; on both databases."""

from datetime import timedelta

import pytest

from monitor.core.model import DeliveryState, FateState
from monitor.store import Store, deliveries, editions, fates, outbox
from monitor.store.outbox import Line
from tests.clock import ManualClock
from tests.store.newsroom import (
    LATER,
    LEASE,
    REFUSED,
    SENT,
    Answer,
    answer,
    article,
    edition,
    open_house,
    parcel,
    publish,
)

WEEK = timedelta(days=7)


@pytest.fixture
def house(store: Store) -> Store:
    """An edition of one match with a message for each of two people, by mail, and one by chat."""
    with store.transaction() as tx:
        open_house(tx)
        matched = publish(tx, article())
        parcels = [parcel(recipient=each) for each in ("ana@example.org", "bo@example.org")]
        assert editions.make(tx, edition(), matched, [*parcels, parcel(channel_id="chat", recipient="")])
    return store


def answered(store: Store, *answers: Answer) -> None:
    """Send everything that is due, oldest first, and let the other side answer each in turn."""
    with store.transaction() as tx:
        due = sorted(deliveries.claim(tx, 10, LEASE), key=lambda each: each.id)
        for row, given in zip(due, answers, strict=True):
            assert answer(tx, row, given)


def lines(store: Store, *states: str, channel: str = "") -> list[Line]:
    with store.reading() as tx:
        return outbox.listing(tx, states=states or outbox.STATES, channel=channel)


def fate(store: Store) -> FateState:
    with store.reading() as tx:
        (state,) = fates.count_by_state(tx, "instant")
    return state


def test_what_waits_was_sent_and_was_given_up_is_told_apart_the_newest_first(house: Store) -> None:
    answered(house, SENT, REFUSED, LATER)
    assert [(each.id, each.called) for each in lines(house)] == [(3, "waiting"), (2, "dead"), (1, "sent")]
    assert [each.id for each in lines(house, "waiting", "dead")] == [3, 2]
    assert [each.id for each in lines(house, channel="chat")] == [3]
    assert {each.digest_id for each in lines(house)} == {"instant"}


def test_those_made_since_a_time_are_chosen(house: Store, clock: ManualClock) -> None:
    made = clock.now
    clock.advance(WEEK)
    with house.reading() as tx:
        assert len(outbox.listing(tx, since=made)) == 3
        assert outbox.listing(tx, since=made + WEEK / 2) == []


def test_what_was_given_up_is_sent_again_as_it_was_and_its_matches_wait_again(house: Store, clock: ManualClock) -> None:
    answered(house, REFUSED, REFUSED, REFUSED)
    assert fate(house) == FateState.FAILED
    clock.advance(WEEK)
    with house.transaction() as tx:
        before = outbox.payload(tx, 1)
        assert outbox.send_again(tx, [1, 99]) == [1]
    assert fate(house) == FateState.PENDING
    with house.transaction() as tx:
        (row,) = deliveries.claim(tx, 10, LEASE)
        assert (row.id, row.payload, row.attempts, row.first_at) == (1, before, 0, clock.now)
        assert answer(tx, row, SENT)
        assert len(deliveries.history(tx, 1)) == 2
    assert fate(house) == FateState.SENT


def test_what_waits_for_another_attempt_is_tried_at_once(house: Store) -> None:
    answered(house, LATER, LATER, LATER)
    with house.transaction() as tx:
        assert deliveries.claim(tx, 10, LEASE) == []
        assert outbox.send_again(tx, [2]) == [2]
        assert [each.id for each in deliveries.claim(tx, 10, LEASE)] == [2]


def test_neither_what_was_sent_nor_what_is_being_sent_is_sent_again(house: Store) -> None:
    answered(house, SENT, SENT, LATER)
    with house.transaction() as tx:
        outbox.send_again(tx, [3])
        deliveries.claim(tx, 10, LEASE)
        assert outbox.send_again(tx, [1, 2, 3]) == []
        assert outbox.drop(tx, [1, 2, 3]) == []


def test_a_message_whose_sender_died_can_be_dropped_once_its_lease_is_over(house: Store, clock: ManualClock) -> None:
    with house.transaction() as tx:
        deliveries.claim(tx, 10, LEASE)
    clock.advance(LEASE)
    with house.transaction() as tx:
        assert outbox.drop(tx, [1, 2, 3]) == [1, 2, 3]


def test_dropping_the_last_message_of_an_edition_settles_its_matches(house: Store) -> None:
    with house.transaction() as tx:
        assert outbox.drop(tx, [1, 2]) == [1, 2]
    assert fate(house) == FateState.PENDING
    with house.transaction() as tx:
        assert outbox.drop(tx, [3, 1]) == [3]
    assert fate(house) == FateState.FAILED
    assert {(each.state, each.reason) for each in lines(house)} == {(DeliveryState.DEAD, fates.DROPPED)}


def test_one_that_arrived_keeps_its_matches_sent_when_another_is_dropped_or_tried_again(house: Store) -> None:
    answered(house, SENT, LATER, REFUSED)
    with house.transaction() as tx:
        outbox.drop(tx, [2])
    assert fate(house) == FateState.SENT
    with house.transaction() as tx:
        assert outbox.send_again(tx, [2, 3]) == [2, 3]
    assert fate(house) == FateState.SENT
    answered(house, REFUSED, REFUSED)
    assert fate(house) == FateState.SENT


def test_an_edition_is_sent_once_more_to_those_it_had_reached_and_stays_sent(house: Store) -> None:
    answered(house, SENT, SENT, SENT)
    with house.transaction() as tx:
        ids = [each.id for each in outbox.listing(tx, edition="instant/1")]
        assert sorted(outbox.send_again(tx, ids, sent=True)) == [1, 2, 3]
    answered(house, REFUSED, SENT, SENT)
    assert fate(house) == FateState.SENT

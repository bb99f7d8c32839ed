"""Sending at least once: the deliveries table, on both databases."""

from datetime import timedelta

import pytest

from monitor.core.delivery import Verdict
from monitor.core.model import DeliveryState, FateState, Outcome, Receipt
from monitor.store import Store, deliveries, editions, fates, gates
from monitor.store.deliveries import DeliveryRow
from tests.clock import MONDAY, ManualClock
from tests.store.newsroom import (
    LATER,
    LEASE,
    REFUSED,
    SENT,
    UNCERTAIN,
    Answer,
    answer,
    article,
    edition,
    open_house,
    parcel,
    publish,
)

MINUTES = timedelta(minutes=1)


@pytest.fixture
def house(store: Store) -> Store:
    with store.transaction() as tx:
        open_house(tx)
    return store


def enqueued(store: Store, channel_id: str = "desk", count: int = 1, name: str = "") -> None:
    edition_id = name or f"edition-for-{channel_id}"
    with store.transaction() as tx:
        parcels = [parcel(edition_id, channel_id, f"r{number}@example.org") for number in range(count)]
        assert editions.make(tx, edition(edition_id), [], parcels)


def claimed(store: Store, limit: int = 100, per_channel: int = 8) -> list[DeliveryRow]:
    with store.transaction() as tx:
        return deliveries.claim(tx, limit, LEASE, per_channel)


def settled(store: Store, row: DeliveryRow, given: Answer) -> bool:
    with store.transaction() as tx:
        return answer(tx, row, given)


def states(store: Store) -> dict[DeliveryState, int]:
    with store.reading() as tx:
        return deliveries.count_by_state(tx)


def test_a_claimed_delivery_carries_the_message_exactly_as_it_was_made(house: Store) -> None:
    made = parcel("e")
    with house.transaction() as tx:
        editions.make(tx, edition("e"), [], [made])
    (row,) = claimed(house)
    assert row.parcel == made
    assert (row.attempts, row.first_at) == (0, MONDAY)


def test_a_claimed_delivery_is_nobody_elses_until_its_lease_ends_and_then_goes_out_again_under_its_key(
    house: Store, clock: ManualClock
) -> None:
    enqueued(house)
    (first,) = claimed(house)
    assert claimed(house) == []
    assert states(house) == {DeliveryState.LEASED: 1}
    clock.advance(LEASE)
    (second,) = claimed(house)
    assert second.parcel == first.parcel
    assert second.token == first.token + 1


def test_the_answer_of_a_lost_lease_is_refused_and_changes_nothing(house: Store, clock: ManualClock) -> None:
    enqueued(house)
    (stale,) = claimed(house)
    clock.advance(LEASE)
    (fresh,) = claimed(house)
    assert not settled(house, stale, REFUSED)
    with house.reading() as tx:
        assert deliveries.history(tx, stale.id) == []
    assert settled(house, fresh, SENT)


def test_a_delivery_cannot_be_settled_twice(house: Store) -> None:
    enqueued(house)
    (row,) = claimed(house)
    assert settled(house, row, SENT)
    assert not settled(house, row, REFUSED)
    assert states(house) == {DeliveryState.SENT: 1}


@pytest.mark.parametrize("given", [LATER, UNCERTAIN])
def test_a_delivery_to_be_tried_again_is_due_when_its_verdict_says(
    house: Store, clock: ManualClock, given: Answer
) -> None:
    enqueued(house)
    settled(house, claimed(house)[0], given)
    assert states(house) == {given.state: 1}
    assert given.wait is not None
    clock.advance(given.wait - timedelta(seconds=1))
    assert claimed(house) == []
    clock.advance(timedelta(seconds=1))
    assert claimed(house)[0].attempts == 1


@pytest.mark.parametrize("given", [SENT, REFUSED])
def test_a_delivery_that_ended_is_never_due_again(house: Store, clock: ManualClock, given: Answer) -> None:
    enqueued(house)
    settled(house, claimed(house)[0], given)
    clock.advance(timedelta(days=400))
    assert claimed(house) == []
    with house.reading() as tx:
        assert deliveries.next_due(tx) is None
        assert deliveries.oldest_waiting(tx) is None


def test_every_attempt_is_written_down(house: Store, clock: ManualClock) -> None:
    enqueued(house)
    (row,) = claimed(house)
    with house.transaction() as tx:
        receipt = Receipt(Outcome.RETRY, "rcpt", "451", "try later " * 100, degraded=True)
        attempt = deliveries.Attempt(clock.now, timedelta(seconds=1.5), receipt)
        verdict = Verdict(DeliveryState.PENDING, clock.now, "greylisted", 1)
        assert deliveries.settle(tx, row.id, row.token, attempt, verdict)
    settled(house, claimed(house)[0], SENT)
    with house.reading() as tx:
        first, second = deliveries.history(tx, row.id)
    assert (first.at, first.duration) == (clock.now, timedelta(seconds=1.5))
    assert (first.receipt.stage, first.receipt.code, first.receipt.degraded) == ("rcpt", "451", True)
    assert len(first.receipt.text) == deliveries.ANSWER_LENGTH
    assert second.receipt.outcome is Outcome.SENT


def test_a_released_delivery_is_due_at_once_and_its_old_lease_is_worth_nothing(house: Store) -> None:
    enqueued(house)
    rows = claimed(house)
    with house.transaction() as tx:
        deliveries.release(tx, rows)
    assert not settled(house, rows[0], SENT)
    assert claimed(house)[0].token == rows[0].token + 1


def test_what_a_killed_daemon_was_sending_is_due_at_once_where_no_other_can_be_sending_it(house: Store) -> None:
    enqueued(house, count=2)
    first, second = claimed(house)
    settled(house, first, LATER)
    with house.transaction() as tx:
        deliveries.recover(tx)
        alone = tx.conn.dialect.name == "sqlite"
    assert [each.key for each in claimed(house)] == ([second.key] if alone else [])


def test_releasing_a_delivery_that_was_settled_does_not_revive_it(house: Store) -> None:
    enqueued(house)
    rows = claimed(house)
    settled(house, rows[0], SENT)
    with house.transaction() as tx:
        deliveries.release(tx, rows)
    assert states(house) == {DeliveryState.SENT: 1}


def test_a_channel_never_has_more_under_way_than_its_share(house: Store) -> None:
    enqueued(house, count=10)
    first = claimed(house, per_channel=3)
    assert len(first) == 3
    assert claimed(house, per_channel=3) == []
    settled(house, first[0], SENT)
    assert len(claimed(house, per_channel=3)) == 1


def test_leases_that_ran_out_do_not_count_as_under_way(house: Store, clock: ManualClock) -> None:
    enqueued(house, count=3)
    claimed(house, per_channel=3)
    clock.advance(LEASE)
    assert len(claimed(house, per_channel=3)) == 3


def test_a_channel_with_a_long_queue_leaves_room_for_the_others(house: Store, clock: ManualClock) -> None:
    enqueued(house, "slow", count=50)
    clock.advance(MINUTES)
    enqueued(house, "quick", count=2)
    taken = [each.channel_id for each in claimed(house, limit=10, per_channel=8)]
    assert taken == ["slow"] * 8 + ["quick"] * 2


def test_a_paused_channel_is_passed_over_and_its_messages_wait(house: Store, clock: ManualClock) -> None:
    enqueued(house, "slack")
    enqueued(house, "desk")
    with house.transaction() as tx:
        gates.put(tx, gates.channel("slack"), None, "token revoked")
        assert deliveries.next_due(tx) == clock.now
    assert [each.channel_id for each in claimed(house)] == ["desk"]
    clock.advance(timedelta(days=3))
    with house.transaction() as tx:
        assert gates.lift(tx, gates.channel("slack"))
    assert "slack" in [each.channel_id for each in claimed(house)]


def test_the_parts_of_an_edition_are_taken_in_their_order(house: Store) -> None:
    with house.transaction() as tx:
        editions.make(tx, edition("long"), [], [parcel("long", part=number) for number in range(5)])
    assert [each.part for each in claimed(house)] == list(range(5))


def test_one_recipient_gets_a_part_of_an_edition_once(house: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)unique"), house.transaction() as tx:
        editions.make(tx, edition("e"), [], [parcel("e"), parcel("e")])


@pytest.mark.parametrize(("idle", "anew"), [(timedelta(minutes=50), False), (timedelta(days=3), True)])
def test_what_nobody_tried_for_long_is_tried_as_if_it_were_new(
    house: Store, clock: ManualClock, idle: timedelta, *, anew: bool
) -> None:
    enqueued(house)
    (row,) = claimed(house)
    assert settled(house, row, LATER)
    clock.advance(idle)
    with house.transaction() as tx:
        assert deliveries.stood_still(tx) == anew
        assert deliveries.begin_anew(tx, "desk") == int(anew)
        assert deliveries.begin_anew(tx, "another") == 0
    (again,) = claimed(house)
    assert (again.attempts, again.first_at) == ((0, clock.now) if anew else (1, MONDAY))


def test_a_channel_that_was_mended_is_tried_at_once_with_all_that_waits(house: Store, clock: ManualClock) -> None:
    enqueued(house)
    with house.transaction() as tx:
        assert not deliveries.resume(tx, "desk")
        gates.put(tx, gates.channel("desk"), None, "token revoked")
    clock.advance(timedelta(days=3))
    assert claimed(house) == []
    with house.transaction() as tx:
        assert deliveries.waiting(tx) == {"desk": 1}
        assert deliveries.resume(tx, "desk")
    (row,) = claimed(house)
    assert row.first_at == clock.now, "it has as long as a new message"


def test_the_oldest_waiting_delivery_is_known_even_while_its_channel_is_paused(
    house: Store, clock: ManualClock
) -> None:
    enqueued(house, "slack")
    clock.advance(MINUTES)
    enqueued(house, "desk")
    with house.transaction() as tx:
        gates.put(tx, gates.channel("slack"), None, "gone")
        assert deliveries.oldest_waiting(tx) == MONDAY
        assert deliveries.next_due(tx) == clock.now


def test_a_match_stays_pending_until_a_message_that_may_have_arrived_is_cleared_up(
    house: Store, clock: ManualClock
) -> None:
    with house.transaction() as tx:
        editions.make(tx, edition("e"), publish(tx, article()), [parcel("e")])
    settled(house, claimed(house)[0], UNCERTAIN)
    clock.advance(MINUTES)
    with house.reading() as tx:
        assert fates.count_by_state(tx) == {FateState.PENDING: 1}
    settled(house, claimed(house)[0], SENT)
    with house.reading() as tx:
        assert fates.count_by_state(tx) == {FateState.SENT: 1}

"""Mutes and the messages that already wait: what nobody wants to hear any more is not sent, and can be after all."""

from datetime import timedelta

import pytest

from monitor.core.model import DeliveryState, FateState
from monitor.store import Store, deliveries, editions, fates, ledger, outbox, suppressing
from tests.clock import MONDAY
from tests.store.newsroom import LEASE, SENT, answer, article, edition, open_house, parcel, publish

WHY = "its rule is muted by ana until 2026-03-03 08:00 UTC: enough of it"
MUTED = {"ferries": WHY}


@pytest.fixture
def house(store: Store) -> Store:
    with store.transaction() as tx:
        open_house(tx)
    return store


def states(house: Store) -> list[tuple[DeliveryState, str]]:
    with house.reading() as tx:
        return [(each.state, each.reason) for each in reversed(outbox.listing(tx))]


def of_fates(house: Store) -> dict[FateState, int]:
    with house.reading() as tx:
        assert ledger.findings(tx, ["instant", "morning"], timedelta(days=7)) == []
        return fates.count_by_state(tx)


def test_a_message_of_a_rule_that_was_muted_is_not_sent_and_its_end_can_send_it_as_it_was(house: Store) -> None:
    with house.transaction() as tx:
        editions.make(tx, edition(), publish(tx, article()), [parcel()])
        assert suppressing.silence(tx, MUTED) == 1
        assert deliveries.claim(tx, 9, LEASE) == []
    assert states(house) == [(DeliveryState.SUPPRESSED, WHY)]
    assert of_fates(house) == {FateState.SILENCED: 1}
    with house.transaction() as tx:
        assert suppressing.revive(tx, "ferries", MONDAY) == 1
        (row,) = deliveries.claim(tx, 9, LEASE)
    assert row.parcel == parcel()
    assert of_fates(house) == {FateState.PENDING: 1}


def test_a_message_that_tells_of_another_rule_too_is_sent(house: Store) -> None:
    with house.transaction() as tx:
        both = [*publish(tx, article()), *publish(tx, article("boat"), rules=("boats",))]
        editions.make(tx, edition(), both, [parcel()])
        assert suppressing.silence(tx, MUTED) == 0
        assert len(deliveries.claim(tx, 9, LEASE)) == 1


def test_what_one_reader_has_got_stays_told_though_another_gets_it_no_more(house: Store) -> None:
    ben = parcel(recipient="ben@press.example")
    with house.transaction() as tx:
        editions.make(tx, edition(), publish(tx, article()), [parcel(), ben])
        (row,) = deliveries.claim(tx, 1, LEASE)
        answer(tx, row, SENT)
        assert suppressing.silence(tx, MUTED) == 1
    assert of_fates(house) == {FateState.SENT: 1}


def test_what_is_being_sent_at_this_moment_is_left_to_end(house: Store) -> None:
    with house.transaction() as tx:
        editions.make(tx, edition(), publish(tx, article()), [parcel()])
        (row,) = deliveries.claim(tx, 1, LEASE)
        assert suppressing.silence(tx, MUTED) == 0
        answer(tx, row, SENT)
    assert of_fates(house) == {FateState.SENT: 1}

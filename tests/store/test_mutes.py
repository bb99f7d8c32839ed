"""Rules that are silent for a while, on both databases."""

from datetime import timedelta

import pytest

from monitor.core.model import FateState
from monitor.pipeline.planning import UNSUBSCRIBED
from monitor.store import Store, fates, mutes, proof
from monitor.store.fates import Settled
from tests.clock import ManualClock
from tests.store.newsroom import article, open_house, publish

HOUR = timedelta(hours=1)


@pytest.fixture
def house(store: Store, clock: ManualClock) -> Store:
    """A mute of an hour, and a match that it silenced."""
    with store.transaction() as tx:
        open_house(tx)
        (match,) = publish(tx, article())
        mutes.add(tx, "ferries", clock.now + HOUR, "the strike is over", "ana")
        fates.settle(tx, "instant", [Settled(match, FateState.SILENCED, mutes.active(tx)[0].sentence)])
    return store


def states(store: Store) -> list[FateState]:
    with store.reading() as tx:
        return list(fates.count_by_state(tx, "instant"))


def test_a_mute_says_who_until_when_and_why_and_ends_by_itself(house: Store, clock: ManualClock) -> None:
    with house.reading() as tx:
        (mute,) = mutes.active(tx)
    assert mute.sentence == "its rule is muted by ana until 2026-03-02 09:00 UTC: the strike is over"
    clock.advance(HOUR)
    with house.reading() as tx:
        assert mutes.active(tx) == []
        assert len(mutes.recent(tx, 10)) == 1


def test_a_second_mute_takes_the_place_of_the_first_even_where_it_ends_sooner(house: Store, clock: ManualClock) -> None:
    clock.advance(HOUR / 2)
    with house.transaction() as tx:
        mutes.add(tx, "ferries", clock.now + HOUR / 6, "too long")
        assert [each.reason for each in mutes.active(tx)] == ["too long"]
        assert len(mutes.recent(tx, 10)) == 2


def test_a_rule_is_heard_again_before_its_time(house: Store) -> None:
    with house.transaction() as tx:
        assert mutes.end(tx, "ferries")
        assert not mutes.end(tx, "ferries")
        assert not mutes.end(tx, "boats")


def test_what_was_silenced_waits_again_where_that_is_wanted_even_after_the_mute(
    house: Store, clock: ManualClock
) -> None:
    assert states(house) == [FateState.SILENCED]
    clock.advance(2 * HOUR)
    with house.transaction() as tx:
        assert mutes.revive(tx, "boats") == 0
        assert mutes.revive(tx, "ferries") == 1
    assert states(house) == [FateState.PENDING]


def test_a_mute_that_took_the_place_of_another_gives_back_what_both_silenced(house: Store, clock: ManualClock) -> None:
    clock.advance(HOUR / 2)
    with house.transaction() as tx:
        mutes.add(tx, "ferries", clock.now + HOUR, "longer")
        clock.advance(HOUR / 4)
    with house.transaction() as tx:
        mutes.add(tx, "ferries", clock.now + HOUR, "longer still")
        mutes.end(tx, "ferries")
        assert mutes.revive(tx, "ferries") == 1


def test_a_mute_beside_a_longer_one_cuts_its_silence_in_no_two(house: Store, clock: ManualClock) -> None:
    with house.transaction() as tx:
        mutes.add_beside(tx, "ferries", clock.now + HOUR / 4, "shorter", "bo")
        clock.advance(HOUR / 2)
    with house.transaction() as tx:
        mutes.add_beside(tx, "ferries", clock.now + HOUR, "longer", "bo")
        assert mutes.end(tx, "ferries")
        assert mutes.revive(tx, "ferries") == 1


def test_what_an_earlier_mute_silenced_stays_so(house: Store, clock: ManualClock) -> None:
    clock.advance(2 * HOUR)
    with house.transaction() as tx:
        mutes.add(tx, "ferries", clock.now + HOUR, "again")
        assert mutes.revive(tx, "ferries") == 0


def test_what_was_silent_for_another_reason_stays_so_and_is_not_counted_as_muted(
    house: Store, clock: ManualClock
) -> None:
    with house.transaction() as tx:
        (match,) = publish(tx, article("ferry-2"))
        fates.settle(tx, "instant", [Settled(match, FateState.SILENCED, UNSUBSCRIBED)])
        assert proof.since(tx, clock.now, "instant").silenced == 1
        assert mutes.revive(tx, "ferries") == 1
        assert fates.count_by_state(tx, "instant") == {FateState.PENDING: 1, FateState.SILENCED: 1}


def test_the_foot_of_a_digest_counts_what_was_not_told_in_it(house: Store, clock: ManualClock) -> None:
    with house.reading() as tx:
        assert proof.since(tx, clock.now, "instant").silenced == 1
        assert proof.since(tx, clock.now, "morning").silenced == 0
        assert proof.since(tx, clock.now + HOUR, "instant").silenced == 0

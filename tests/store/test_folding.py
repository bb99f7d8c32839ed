"""Messages told together: whose fate the matches then share, on both databases."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from monitor.core.model import FateState
from monitor.store import Store, deliveries, editions, fates, folding, schema
from monitor.store.editions import NewEdition
from tests.clock import ManualClock
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

HOUR = timedelta(hours=1)
ANA = "ana@example.org"


@pytest.fixture
def house(store: Store, clock: ManualClock) -> Store:
    """Three editions, each for the desk and for a channel that is away: both were tried in vain, an hour ago."""
    with store.transaction() as tx:
        open_house(tx)
        for number in range(3):
            made = edition(f"instant/{number}")
            parcels = [parcel(made.id, channel, ANA) for channel in ("away", "desk")]
            editions.make(tx, made, publish(tx, article(f"ferry-{number}", title=f"Ferry {number}")), parcels)
    settle(store, LATER)
    clock.advance(HOUR)
    return store


def settle(store: Store, given: Answer, channel: str = "") -> int:
    """Answer what is due, of one channel or of all; return how many messages that were."""
    with store.transaction() as tx:
        rows = [each for each in deliveries.claim(tx, 99, LEASE) if channel in ("", each.channel_id)]
        return sum(answer(tx, each, given) for each in rows)


def fold(store: Store) -> str:
    """Fold what waits at the channel that is away; return the edition that tells it."""
    with store.transaction() as tx:
        (backlog,) = [each for each in folding.backlogs(tx, 3, HOUR / 6) if each.channel_id == "away"]
        count, _, told = folding.matches_of(tx, backlog)
        assert (count, len(told)) == (3, 3)
        together = NewEdition("instant/together", "instant", "together", tx.now, tx.now, "told-together")
        assert folding.fold(tx, backlog, together, [parcel(together.id, "away", ANA)])
        return together.id


def states(store: Store) -> dict[FateState, int]:
    with store.reading() as tx:
        return fates.count_by_state(tx)


def test_matches_that_another_channel_delivers_are_sent_whatever_becomes_of_the_rest(house: Store) -> None:
    fold(house)
    assert states(house) == {FateState.PENDING: 3}
    assert settle(house, SENT, "desk") == 3
    assert states(house) == {FateState.SENT: 3}


def test_matches_that_no_other_channel_could_deliver_share_the_fate_of_what_tells_them(
    house: Store, clock: ManualClock
) -> None:
    together = fold(house)
    with house.transaction() as tx:
        rows = deliveries.claim(tx, 99, LEASE)
        assert sorted(each.channel_id for each in rows) == ["away", "desk", "desk", "desk"]
        for each in rows:
            answer(tx, each, REFUSED if each.channel_id == "desk" else LATER)
    assert states(house) == {FateState.PENDING: 3}
    with house.reading() as tx:
        assert len(fates.of_editions(tx, "instant", editions.told_by(tx, together), 9)) == 3
    clock.advance(HOUR)
    assert settle(house, SENT) == 1
    assert states(house) == {FateState.SENT: 3}


def test_what_was_sent_or_taken_meanwhile_is_not_folded(house: Store) -> None:
    with house.transaction() as tx:
        (backlog, *_) = folding.backlogs(tx, 3, HOUR / 6)
        taken = deliveries.claim(tx, 1, LEASE)
        together = NewEdition("instant/together", "instant", "together", tx.now, tx.now, "told-together")
        assert taken[0].channel_id == backlog.channel_id
        assert not folding.fold(tx, backlog, together, [parcel(together.id, "away", ANA)])
    assert states(house) == {FateState.PENDING: 3}


@pytest.mark.parametrize("given", [UNCERTAIN, None])
def test_what_may_have_arrived_is_not_told_again_under_another_name(
    house: Store, clock: ManualClock, given: Answer | None
) -> None:
    with house.transaction() as tx:
        (row,) = deliveries.claim(tx, 1, LEASE)
        if given:
            answer(tx, row, given)
    clock.advance(HOUR)
    assert settle(house, LATER) == 6
    clock.advance(HOUR)
    with house.reading() as tx:
        assert [each.channel_id for each in folding.backlogs(tx, 3, HOUR / 6)] == ["desk"]


def test_few_messages_and_fresh_ones_stay_as_they_are(house: Store) -> None:
    with house.reading() as tx:
        assert folding.backlogs(tx, 4, HOUR / 6) == []
        assert folding.backlogs(tx, 3, 2 * HOUR) == []


def test_more_than_one_message_tells_is_told_in_several(house: Store) -> None:
    with house.transaction() as tx:
        tx.run(sa.update(schema.editions).values(size=sa.case((schema.editions.c.id == "instant/2", 1500), else_=400)))
        told = {each.channel_id: each.editions for each in folding.backlogs(tx, 3, HOUR / 6)}
    assert told == {"away": ("instant/0", "instant/1"), "desk": ("instant/0", "instant/1")}

"""Several channels and readers in an outage: each gets every story once, and what becomes of a match is the truth of all of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.model import Outcome, Receipt
from monitor.pipeline import showing
from monitor.store import gates, ledger, mutes, outbox
from tests.pipeline.house import INSTANT, LOCAL, MINUTES, WIRE, House
from tests.pipeline.peers import SENT, Desk

DOWN = Receipt(Outcome.RETRY, "connect", "", "connection refused")
LOST = Receipt(Outcome.UNCERTAIN, "data", "", "the connection broke after the last byte")
HOUR = timedelta(hours=1)
TEXT = "The ferry sank this morning with two hundred people aboard, the coast guard said to reporters."


@pytest.fixture
async def away(house: House) -> Desk:
    """A second channel of the instant digest; both are down."""
    away = Desk("away", receipts=[DOWN] * 900)
    house.desk.receipts = [DOWN] * 900
    house.change(channels={"desk": house.desk, "away": away}, digests=[replace(INSTANT, to=("desk", "away"))])
    await house.first_sight()
    return away


async def alerts(house: House, *numbers: int) -> None:
    """Have so many alerts made, one in twenty minutes."""
    for number in numbers:
        house.press.publish(WIRE.url, house.story(f"Ferry {number} sails"))
        house.clock.advance(5 * MINUTES)
        await house.poll()
        await house.deliver()


def comes_back(desk: Desk) -> None:
    desk.receipts, desk.parcels = [], []


async def time_passes(house: House, hours: int = 3) -> None:
    for _ in range(hours * 12):
        house.clock.advance(5 * MINUTES)
        await house.deliver()


def told(desk: Desk, count: int, recipient: str = "") -> list[int]:
    """Which of the stories are told in what a desk, or one of its readers, was sent; each must be once."""
    payloads = [parcel.payload for parcel, _ in desk.parcels if not recipient or parcel.recipient == recipient]
    return [number for number in range(count) for each in payloads if f"Ferry {number} sails" in each]


async def test_two_channels_that_were_away_get_every_story_each(house: House, away: Desk) -> None:
    await alerts(house, *range(8))
    comes_back(house.desk)
    comes_back(away)
    await time_passes(house)
    assert told(house.desk, 8) == told(away, 8) == list(range(8))
    assert max(len(house.desk.parcels), len(away.parcels)) <= 2
    assert house.fates() == {"sent": 8}
    with house.store.reading() as tx:
        assert ledger.findings(tx, ["instant"], timedelta(days=7)) == []


async def test_what_one_channel_delivered_is_sent_though_the_other_gives_it_up(house: House, away: Desk) -> None:
    await alerts(house, *range(4))
    await time_passes(house, 1)
    comes_back(house.desk)
    await time_passes(house, 30)
    assert told(house.desk, 4) == list(range(4))
    assert house.fates() == {"sent": 4}


async def test_readers_of_one_channel_get_every_story_whatever_the_others_had(house: House) -> None:
    ana, ben = "ana@press.example", "ben@press.example"
    house.desk.recipients = (ana, ben)
    await house.first_sight()
    house.desk.receipts = [SENT, *[DOWN] * 900]
    await alerts(house, *range(9))
    first = house.desk.parcels[0][0].recipient
    comes_back(house.desk)
    await time_passes(house)
    assert {name: told(house.desk, 9, name) for name in (ana, ben)} == {
        name: list(range(1 if name == first else 0, 9)) for name in (ana, ben)
    }


async def test_a_mute_reaches_what_is_told_together_at_each_channel_and_its_end_brings_it_back(
    house: House, away: Desk
) -> None:
    await alerts(house, *range(4))
    await house.store.run(mutes.add, "ferry", house.clock() + 9 * HOUR, "enough of it", "ana")
    comes_back(house.desk)
    comes_back(away)
    await time_passes(house)
    assert house.desk.parcels == away.parcels == []
    assert house.fates() == {"silenced": 4}
    await house.store.run(mutes.end, "ferry")
    assert await house.store.run(mutes.revive, "ferry") >= 4
    await time_passes(house)
    assert told(house.desk, 4) == told(away, 4) == list(range(4))
    assert house.fates() == {"sent": 4}


async def test_the_end_of_a_mute_brings_back_what_only_one_channel_had_got(house: House, away: Desk) -> None:
    comes_back(house.desk)
    await alerts(house, 0)
    await house.store.run(mutes.add, "ferry", house.clock() + 9 * HOUR, "enough of it", "ana")
    assert house.fates() == {"sent": 1}
    comes_back(away)
    await time_passes(house)
    assert away.parcels == []
    await house.store.run(mutes.end, "ferry")
    assert await house.store.run(mutes.revive, "ferry") == 1
    await time_passes(house)
    assert told(away, 1) == [0]


async def test_a_mute_takes_nothing_that_may_have_arrived(house: House) -> None:
    await house.first_sight()
    house.desk.receipts = [LOST, DOWN, SENT]
    await alerts(house, 0)
    house.clock.advance(HOUR)
    await house.deliver()
    await house.store.run(mutes.add, "ferry", house.clock() + 9 * HOUR, "enough of it", "ana")
    await time_passes(house)
    assert house.fates() == {"sent": 1}


async def test_a_mute_reaches_a_message_that_was_being_sent_when_it_fails(house: House) -> None:
    await house.first_sight()
    house.press.publish(WIRE.url, house.story("Ferry 0 sails"))
    await house.poll()
    await house.planner.plan_due()

    class Muting(Desk):
        async def send(self, parcel: object, *, again: bool = False) -> Receipt:
            await house.store.run(mutes.add, "ferry", house.clock() + 9 * HOUR, "enough of it", "ana")
            return DOWN

    house.setup = replace(house.setup, channels={"desk": Muting()})
    await house.deliver()
    assert house.fates() == {"silenced": 1}


async def test_who_has_a_story_gets_its_sequel_whoever_still_waits_for_it(house: House, away: Desk) -> None:
    house.change(sources=[WIRE, replace(LOCAL, weight=5)])
    await house.first_sight()
    comes_back(house.desk)
    house.press.publish(WIRE.url, house.story("The ferry sank", TEXT))
    await house.poll()
    await house.deliver()
    house.press.publish(LOCAL.url, house.story("The ferry sank", TEXT))
    await time_passes(house, 2)
    await house.poller.poll_due()
    await house.poller.settle()
    await time_passes(house, 2)
    assert len(house.desk.parcels) == 2


async def test_a_message_stranded_at_a_channel_that_is_gone_keeps_no_copy_waiting(house: House) -> None:
    house.change(sources=[WIRE, LOCAL])
    await house.first_sight()
    house.desk.receipts = [DOWN] * 900
    house.press.publish(WIRE.url, house.story("The ferry sank", TEXT))
    await house.poll()
    await house.deliver()
    fresh = Desk("fresh")
    house.change(channels={"fresh": fresh}, digests=[replace(INSTANT, to=("fresh",))])
    house.press.publish(LOCAL.url, house.story("The ferry sank", TEXT))
    await house.poll()
    await time_passes(house, 30)
    assert len(fresh.parcels) == 1


async def test_a_single_message_at_a_channel_that_is_down_is_tried_every_five_minutes_too(house: House) -> None:
    await house.first_sight()
    house.desk.receipts = [DOWN] * 900
    await alerts(house, *range(8))
    await time_passes(house, 12)
    house.desk.parcels = []
    await time_passes(house, 2)
    assert len(house.desk.parcels) >= 20


async def test_a_channel_that_was_taken_out_and_put_back_gets_one_message(house: House) -> None:
    await house.first_sight()
    channels = house.setup.channels
    house.setup = replace(house.setup, channels={"other": Desk("other")})
    house.press.publish(WIRE.url)
    for number in range(6):
        house.setup = replace(house.setup, channels=channels)
        house.press.publish(WIRE.url, house.story(f"Ferry {number} sails"))
        house.clock.advance(5 * MINUTES)
        await house.poll()
        await house.planner.plan_due()
        house.setup = replace(house.setup, channels={"other": Desk("other")})
        await house.sender.deliver_due()
        await house.sender.settle()
    house.setup = replace(house.setup, channels=channels)
    await house.planner.plan_due()
    with house.store.transaction() as tx:
        gates.lift(tx, gates.channel("desk"))
    await time_passes(house)
    assert told(house.desk, 6) == list(range(6))
    assert len(house.desk.parcels) <= 2


async def test_an_edition_that_took_the_place_of_others_shows_their_stories_at_each_channel(
    house: House, away: Desk
) -> None:
    await alerts(house, *range(6))
    with house.store.reading() as tx:
        together = {each.edition_id for each in outbox.listing(tx) if "together" in each.edition_id and each.next_at}
        shown = {name: len(showing.told_in(tx, name)[1]) for name in together}
    assert len(shown) == 2
    assert min(shown.values()) >= 4


async def test_an_outage_of_answers_that_leave_it_open_puts_few_messages_in_doubt(house: House) -> None:
    await house.first_sight()
    house.desk.receipts = [LOST] * 900
    await alerts(house, *range(20))
    await time_passes(house, 4)
    comes_back(house.desk)
    await time_passes(house)
    assert told(house.desk, 20) == list(range(20))
    assert len(house.desk.parcels) <= 9


async def test_what_is_told_together_and_given_up_can_be_sent_again_by_a_person(house: House) -> None:
    await house.first_sight()
    house.desk.receipts = [*[DOWN] * 4, *[Receipt(Outcome.REFUSED, "dot", "554", "no spam")] * 99]
    await alerts(house, *range(5))
    await time_passes(house)
    with house.store.transaction() as tx:
        dead = outbox.listing(tx, states=("dead",))
        assert any("together" in each.edition_id for each in dead)
        outbox.send_again(tx, [each.id for each in dead])
    comes_back(house.desk)
    await time_passes(house)
    assert told(house.desk, 5) == list(range(5))
    assert house.fates() == {"sent": 5}

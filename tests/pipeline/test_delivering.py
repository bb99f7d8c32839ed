"""Messages are claimed, sent and settled: what is said to the other side, how often, and what becomes of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from monitor.app import assembly
from monitor.core.digest import DigestSpec, Rate, Schedule
from monitor.core.model import DeliveryState, Outcome, Receipt
from monitor.store import deliveries, gates, ledger, outbox, troubles
from monitor.store.schema import deliveries as deliveries_table
from tests.pipeline.house import INSTANT, MINUTES, WIRE, House
from tests.pipeline.peers import Desk, Faulty, away

LATER = Receipt(Outcome.RETRY, "rcpt", "451", "come back later")
LOST = Receipt(Outcome.UNCERTAIN, "data", "", "the connection broke after the last byte")
DOWN = Receipt(Outcome.RETRY, "connect", "", "connection refused")
REFUSED = Receipt(Outcome.REFUSED, "rcpt", "550", "nobody of that name")
BROKEN = Receipt(Outcome.PAUSED, "auth", "535", "wrong password")


async def with_mail(house: House, *titles: str) -> None:
    """Make one edition for each title; nothing is sent yet."""
    await house.first_sight()
    for title in titles or ("The ferry sails",):
        house.press.publish(WIRE.url, house.story(title))
        await house.poll()
        assert await house.planner.plan_due() == 1


async def send(house: House, *, after: timedelta = timedelta(0)) -> None:
    house.clock.advance(after)
    await house.sender.deliver_due()
    await house.sender.settle()


def states(house: House) -> dict[str, int]:
    with house.store.reading() as tx:
        return {state.value: count for state, count in deliveries.count_by_state(tx).items()}


async def test_a_message_that_arrives_settles_its_matches(house: House) -> None:
    await with_mail(house)
    await send(house)
    assert states(house) == {"sent": 1}
    assert house.fates() == {"sent": 1}
    assert house.desk.parcels[0][1] is False
    assert house.figure("deliveries_total", channel="desk", outcome="sent") == 1


@pytest.mark.parametrize("answer", [LATER, LOST, RuntimeError("nobody thought of this")])
async def test_a_message_that_did_not_surely_arrive_goes_out_again_the_same_to_the_byte(
    house: House, answer: Receipt | Exception
) -> None:
    await with_mail(house)
    house.desk.receipts = [answer]
    await send(house)
    assert house.fates() == {"pending": 1}
    await send(house)
    assert len(house.desk.parcels) == 1
    await send(house, after=timedelta(hours=1))
    (first, again), (second, once_more) = house.desk.parcels
    assert first == second
    assert (again, once_more) == (False, True)
    assert house.fates() == {"sent": 1}


async def test_a_refused_message_is_dead_and_the_match_failed(house: House) -> None:
    await with_mail(house)
    house.desk.receipts = [REFUSED]
    await send(house)
    assert (states(house), house.fates()) == ({"dead": 1}, {"failed": 1})
    assert house.figure("deliveries_total", channel="desk", outcome="dead") == 1


async def test_one_recipient_refused_is_not_the_others_loss(house: House) -> None:
    house.desk.recipients = ("ana@press.example", "gone@press.example")
    await with_mail(house)
    house.desk.receipts = [REFUSED]
    await send(house)
    assert (states(house), house.fates()) == ({"dead": 1, "sent": 1}, {"sent": 1})


async def test_nothing_is_tried_for_ever(house: House) -> None:
    await with_mail(house)
    house.desk.receipts = [LATER] * 200
    for _ in range(60):
        await send(house, after=timedelta(hours=1))
    assert (states(house), house.fates()) == ({"dead": 1}, {"failed": 1})
    assert house.figure("deliveries_total", channel="desk", outcome="dead") == 1


async def test_many_messages_of_a_channel_that_only_asks_to_wait_end_too(house: House) -> None:
    await with_mail(house, *(f"Ferry {number} sails" for number in range(10)))
    house.desk.receipts = [replace(LATER, retry_after=timedelta(hours=2))] * 1000
    for _ in range(24 * 12):
        await send(house, after=timedelta(hours=1))
        if states(house) == {"dead": 10}:
            break
    assert states(house) == {"dead": 10}


async def test_a_channel_that_is_broken_waits_whole_until_a_person_mends_it(house: House) -> None:
    await with_mail(house, "The ferry sails", "The ferry returns")
    house.restart(replace(house.limits, sends_per_channel=1))
    house.desk.receipts = [BROKEN]
    await send(house)
    await send(house, after=timedelta(days=9))
    assert len(house.desk.parcels) == 1
    assert states(house) == {"pending": 2}
    with house.store.transaction() as tx:
        assert gates.get(tx, "channel:desk").why == "auth 535 wrong password"  # type: ignore[union-attr]
        gates.lift(tx, "channel:desk")
    await send(house)
    assert states(house) == {"sent": 2}


async def test_a_message_that_waited_for_days_is_tried_as_long_as_a_new_one(house: House) -> None:
    await with_mail(house)
    house.desk.receipts = [LATER, BROKEN, *[LATER] * 12]
    await send(house)
    await send(house, after=MINUTES)
    with house.store.transaction() as tx:
        assert gates.get(tx, "channel:desk")
    house.clock.advance(timedelta(days=9))
    with house.store.transaction() as tx:
        assembly.adopt(tx, house.sources, house.setup)
    for _ in range(13):
        await send(house, after=30 * MINUTES)
    assert (states(house), house.fates()) == ({"sent": 1}, {"sent": 1})


async def test_of_a_channel_that_is_down_one_message_is_tried_at_a_time_until_one_arrives(house: House) -> None:
    await with_mail(house, *(f"Ferry {number} sails" for number in range(9)))
    house.restart(replace(house.limits, sends_per_channel=1))
    house.desk.receipts = [DOWN] * 6
    await send(house)
    assert len(house.desk.parcels) == 5
    await send(house)
    assert len(house.desk.parcels) == 5, "nothing is tried while the breaker is open"
    with house.store.reading() as tx:
        (gate,) = gates.active(tx)
    assert gate.why == "5 messages failed one after the other, the last: connect connection refused"
    await send(house, after=timedelta(seconds=15))
    assert len(house.desk.parcels) == 6
    with house.store.reading() as tx:
        (gate,) = gates.active(tx)
    assert gate.why.startswith("6 messages failed")
    await send(house, after=timedelta(seconds=30))
    assert states(house) == {"sent": 9}, "the first that arrives brings all the others with it"


async def test_a_channel_that_stays_down_is_looked_at_again_within_five_minutes(house: House) -> None:
    await with_mail(house, *(f"Ferry {number} sails" for number in range(9)))
    house.desk.receipts = [DOWN] * 500
    for _ in range(100):
        await send(house, after=5 * MINUTES)
    assert 100 <= len(house.desk.parcels) <= 112
    house.desk.receipts = []
    await send(house, after=5 * MINUTES)
    assert states(house) == {"sent": 9}


async def test_one_message_that_fails_again_and_again_keeps_no_other_waiting(house: House) -> None:
    await with_mail(house)
    house.desk.receipts = [LOST] * 7
    for _ in range(7):
        await send(house, after=30 * MINUTES)
    house.press.publish(WIRE.url, house.story("Another ferry sails"))
    await house.poll()
    await house.deliver()
    assert house.desk.subjects[-1].startswith("Another ferry sails")
    with house.store.reading() as tx:
        assert not gates.active(tx)


async def test_recipients_whose_server_puts_them_off_keep_no_other_waiting(house: House) -> None:
    house.desk.recipients = tuple(f"{number}@press.example" for number in range(9))
    await with_mail(house)
    house.desk.receipts = [LATER] * 8
    await send(house)
    assert states(house) == {"sent": 1, "pending": 8}


async def test_who_reloads_after_mending_a_channel_does_not_wait_for_its_breaker(house: House) -> None:
    await with_mail(house, *(f"Ferry {number} sails" for number in range(9)))
    house.desk.receipts = [DOWN] * 500
    await send(house)
    house.desk.receipts = []
    with house.store.transaction() as tx:
        assembly.adopt(tx, house.sources, house.setup)
    await send(house)
    assert states(house) == {"sent": 9}


async def alerts(house: House, count: int, start: int = 0) -> None:
    """Have so many alerts made, one in five minutes."""
    for number in range(start, start + count):
        house.press.publish(WIRE.url, house.story(f"Ferry {number} sails"))
        house.clock.advance(5 * MINUTES)
        await house.poll()
        await house.planner.plan_due()
        await house.sender.deliver_due()
        await house.sender.settle()


async def test_a_channel_that_was_away_gets_one_message_and_not_a_flood(house: House) -> None:
    await house.first_sight()
    house.desk.receipts = [DOWN] * 500
    await alerts(house, 12)
    assert states(house)["pending"] <= 2
    house.desk.receipts, house.desk.parcels = [], []
    for _ in range(3):
        await send(house, after=timedelta(hours=1))
    assert len(house.desk.parcels) <= 2
    told = " ".join(parcel.payload for parcel, _ in house.desk.parcels)
    assert all(f"Ferry {number} sails" in told for number in range(12))
    assert "11 messages are told together: this channel took none for 200 min." in told.replace("\n", " ")
    assert house.fates() == {"sent": 12}
    assert "pending" not in states(house)
    with house.store.reading() as tx:
        assert ledger.findings(tx, ["instant"], timedelta(days=7)) == []


async def test_a_channel_that_is_away_leaves_what_others_get_as_it_is(house: House) -> None:
    away = Desk("away", receipts=[DOWN] * 500)
    house.change(channels={"desk": house.desk, "away": away}, digests=[replace(INSTANT, to=("desk", "away"))])
    await house.first_sight()
    await alerts(house, 8)
    assert len(house.desk.parcels) == 8
    assert house.fates()["sent"] >= 7, "the last one waits for both channels"
    away.receipts, away.parcels = [], []
    for _ in range(3):
        await send(house, after=timedelta(hours=1))
    assert len(away.parcels) <= 2
    told = " ".join(parcel.payload for parcel, _ in away.parcels)
    assert all(f"Ferry {number} sails" in told for number in range(8))
    assert house.fates() == {"sent": 8}


async def test_what_is_told_together_takes_no_alert_from_those_who_get_theirs(house: House) -> None:
    away = Desk("away", receipts=[DOWN] * 900)
    spec = replace(INSTANT, to=("desk", "away"), max_rate=Rate(20, timedelta(hours=8)))
    house.change(channels={"desk": house.desk, "away": away}, digests=[spec])
    await house.first_sight()
    await alerts(house, 19)
    assert len(house.desk.parcels) == 19


async def test_a_message_of_which_one_part_arrived_is_not_told_again(house: House) -> None:
    house.desk.recipients = ("ana@press.example",)
    await house.first_sight()
    house.desk.receipts = [DOWN] * 500
    await alerts(house, 2)
    with house.store.transaction() as tx:
        (first, *_) = outbox.listing(tx, edition="instant/match 1")
        tx.conn.execute(
            sa.insert(deliveries_table).values(
                key="k" * 26, edition_id="instant/match 1", channel_id="desk", recipient=first.recipient, part=2,
                payload="", state=DeliveryState.SENT, first_at=tx.now,
            )
        )  # fmt: skip
    await alerts(house, 4, start=2)
    with house.store.reading() as tx:
        told = {each.edition_id: each.told_in for each in outbox.listing(tx)}
    assert told["instant/match 1"] is None
    assert any(told.values())


async def test_what_scheduled_digests_say_is_told_together_too(house: House) -> None:
    hourly = DigestSpec("instant", ("desk",), schedule=Schedule("0 * * * *"), zone="UTC")
    house.change(digests=[hourly])
    await house.first_sight()
    house.desk.receipts = [DOWN] * 500
    for number in range(12):
        house.press.publish(WIRE.url, house.story(f"Ferry {number} sails"))
        await house.poll()
        house.clock.advance(45 * MINUTES)
        await house.deliver()
    house.desk.receipts, house.desk.parcels = [], []
    for _ in range(3):
        await send(house, after=5 * MINUTES)
    assert len(house.desk.parcels) <= 2
    told = " ".join(parcel.payload for parcel, _ in house.desk.parcels)
    assert all(f"Ferry {number} sails" in told for number in range(12))
    assert house.fates() == {"sent": 12}


async def test_a_channel_that_is_paused_for_days_gets_one_message_when_it_is_mended(house: House) -> None:
    await house.first_sight()
    house.desk.receipts = [BROKEN] * 500
    await alerts(house, 30)
    assert len(house.desk.parcels) == 1, "a paused channel is left alone"
    house.desk.receipts, house.desk.parcels = [], []
    with house.store.transaction() as tx:
        assembly.adopt(tx, house.sources, house.setup)
    for _ in range(3):
        await send(house, after=MINUTES)
    assert len(house.desk.parcels) <= 2
    told = " ".join(parcel.payload for parcel, _ in house.desk.parcels)
    assert all(f"Ferry {number} sails" in told for number in range(30))
    assert house.fates() == {"sent": 30}


async def test_a_channel_that_asks_to_wait_is_left_alone_for_so_long(house: House) -> None:
    await with_mail(house, "The ferry sails", "The ferry returns")
    house.restart(replace(house.limits, sends_per_channel=1))
    house.desk.receipts = [replace(LATER, retry_after=10 * MINUTES)]
    await send(house)
    await send(house, after=9 * MINUTES)
    assert len(house.desk.parcels) == 1
    await send(house, after=2 * MINUTES)
    assert states(house) == {"sent": 2}


async def test_messages_of_a_channel_that_is_not_configured_wait_on_the_shelf(house: House) -> None:
    await with_mail(house)
    house.setup = replace(house.setup, channels={})
    await send(house)
    assert states(house) == {"pending": 1}
    house.setup = replace(house.setup, channels={"desk": house.desk})
    with house.store.transaction() as tx:
        assert gates.lift(tx, "channel:desk")
    await send(house)
    assert (states(house), house.fates()) == ({"sent": 1}, {"sent": 1})


async def test_who_was_taken_out_of_a_mail_channel_gets_nothing_that_waited_for_them(house: House) -> None:
    house.desk.kind, house.desk.recipients = "email", ("ana@press.example", "bo@press.example")
    await with_mail(house)
    house.desk.recipients = ("Ana@press.example",)
    await send(house)
    assert [parcel.recipient for parcel, _ in house.desk.parcels] == ["ana@press.example"]
    with house.store.reading() as tx:
        (struck,) = outbox.listing(tx, states=["dead"])
        assert (struck.recipient, struck.reason, struck.attempts) == ("bo@press.example", outbox.STRUCK, 0)
        assert troubles.given_up(tx) == []
    assert house.fates() == {"sent": 1}


async def test_what_waits_for_a_channel_with_another_address_of_its_own_is_sent(house: House) -> None:
    house.desk.kind = "slack"
    await with_mail(house)
    house.desk.recipients = ("another room",)
    await send(house)
    assert len(house.desk.parcels) == 1


async def test_a_channel_that_hangs_delays_no_other(house: House) -> None:
    hung, quick = Desk("hung", hung=asyncio.Event()), Desk("quick")
    house.change(digests=[replace(INSTANT, to=("hung", "quick"))], channels={"hung": hung, "quick": quick})
    house.restart(replace(house.limits, sends_per_channel=1, sends=2))
    await with_mail(house, "The ferry sails", "The ferry returns", "The ferry rests")
    async with asyncio.timeout(20):
        while len(quick.parcels) < 3:
            await house.sender.deliver_due()
            await asyncio.sleep(0)
    assert len(hung.parcels) == 1
    assert hung.hung is not None
    hung.hung.set()
    await house.sender.settle()


async def test_more_than_there_is_room_for_goes_out_without_another_beat(house: House) -> None:
    house.restart(replace(house.limits, sends=2, sends_per_channel=2))
    await with_mail(house, *(f"Ferry number {number}" for number in range(5)))
    await send(house)
    assert states(house) == {"sent": 5}


async def test_a_message_cut_off_by_a_stop_goes_out_again_as_a_repeat(house: House) -> None:
    await with_mail(house)
    house.desk.hung = asyncio.Event()
    await house.sender.deliver_due()
    await house.sender.stop(patience=0.01)
    assert states(house) == {"pending": 1}
    assert await house.sender.deliver_due() == 0
    house.desk.hung = None
    house.restart()
    await send(house)
    (first, _), (second, again) = house.desk.parcels
    assert first == second
    assert again


async def test_a_message_that_ends_within_the_patience_of_a_stop_is_settled(house: House) -> None:
    await with_mail(house)
    house.desk.hung = asyncio.Event()
    await house.sender.deliver_due()
    stopping = asyncio.create_task(house.sender.stop(patience=30))
    await asyncio.sleep(0)
    house.desk.hung.set()
    await stopping
    assert states(house) == {"sent": 1}


async def test_an_answer_that_is_being_stored_when_the_patience_ends_is_kept(frail: House, faulty: Faulty) -> None:
    await with_mail(frail)
    faulty.held = asyncio.Event()
    faulty.held.set()
    await frail.sender.deliver_due()
    faulty.held.clear()
    while states(frail) != {"sent": 1}:
        await asyncio.sleep(0)
    stopping = asyncio.create_task(frail.sender.stop(patience=0))
    await asyncio.sleep(0)
    faulty.held.set()
    await stopping
    assert states(frail) == {"sent": 1}


async def test_an_answer_that_could_not_be_stored_is_asked_for_again_under_the_same_key(
    frail: House, faulty: Faulty
) -> None:
    await with_mail(frail)
    faulty.fault = away("_conclude")
    await send(frail)
    assert frail.fates() == {"pending": 1}
    faulty.fault = None
    await send(frail)
    assert len(frail.desk.parcels) == 1  # its lease has not ended
    await send(frail, after=3 * MINUTES)
    assert [parcel.key for parcel, _ in frail.desk.parcels] == [frail.desk.parcels[0][0].key] * 2
    assert [again for _, again in frail.desk.parcels] == [False, True]
    assert frail.fates() == {"sent": 1}


async def test_an_answer_that_comes_after_its_lease_changes_nothing(house: House) -> None:
    await with_mail(house)
    house.desk.hung = asyncio.Event()
    await house.sender.deliver_due()
    house.clock.advance(3 * MINUTES)
    with house.store.transaction() as tx:
        assert len(deliveries.claim(tx, 9, 2 * MINUTES)) == 1
    house.desk.hung.set()
    await house.sender.settle()
    assert states(house) == {"leased": 1}

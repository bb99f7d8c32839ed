"""What keeps messages from going out is told by another channel, once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.model import Outcome, Receipt
from monitor.pipeline.troubles import HOUSE, tell_troubles
from monitor.store import gates, outbox, unsubscribed
from tests.pipeline.house import INSTANT, MINUTES, WIRE, House
from tests.pipeline.peers import Desk

LATER = Receipt(Outcome.RETRY, "rcpt", "451", "come back later")
REFUSED = Receipt(Outcome.REFUSED, "rcpt", "550", "nobody of that name")
BROKEN = Receipt(Outcome.PAUSED, "auth", "535", "wrong password")


@pytest.fixture
async def spare(house: House) -> Desk:
    """A second channel to which no digest goes."""
    spare = Desk("spare", recipients=("bo@press.example",))
    house.change(channels={"desk": house.desk, "spare": spare})
    await house.first_sight()
    return spare


async def told(house: House, *, after: timedelta = timedelta(0)) -> int:
    """Let time pass, try what is due, and tell of troubles."""
    house.clock.advance(after)
    await house.deliver()
    count = await tell_troubles(house.store, lambda: house.setup)
    await house.deliver()
    return count


async def alert(house: House, title: str = "The ferry sails") -> None:
    house.press.publish(WIRE.url, house.story(title))
    await house.poll()
    await house.deliver()


async def test_a_channel_that_takes_nothing_for_a_quarter_of_an_hour_is_told_of_once(house: House, spare: Desk) -> None:
    house.desk.receipts = [LATER] * 100
    await alert(house)
    assert await told(house, after=14 * MINUTES) == 0
    assert await told(house, after=2 * MINUTES) == 1
    assert await told(house, after=60 * MINUTES) == 0
    (text,) = [parcel.payload for parcel, _ in spare.parcels]
    assert "Presswatch cannot deliver to 'desk'" in text
    assert "has taken no message since Mon 02 Mar 08:30 UTC: 1 message waits." in text
    assert "rcpt 451 come back later" in text


async def test_an_answer_that_is_one_word_is_told_once(house: House, spare: Desk) -> None:
    house.desk.receipts = [Receipt(Outcome.UNCERTAIN, "post", "service_unavailable", "service_unavailable")] * 100
    await alert(house)
    assert await told(house, after=20 * MINUTES) == 1
    assert "It answered: post service_unavailable\n" in spare.parcels[0][0].payload


async def test_that_alerts_are_told_together_is_no_new_trouble(house: House, spare: Desk) -> None:
    house.desk.receipts = [LATER] * 500
    count = 0
    for number in range(8):
        await alert(house, f"Ferry {number} sails")
        count += await told(house)
    assert count == 1
    assert len(spare.parcels) == 1


async def test_a_channel_that_is_paused_is_told_of_at_once_with_what_to_do(house: House, spare: Desk) -> None:
    house.desk.receipts = [BROKEN]
    await alert(house)
    assert await told(house) == 1
    text = spare.parcels[0][0].payload
    assert "is paused since" in text
    assert "auth 535 wrong password" in text
    assert "config.toml" in text
    assert "`presswatch send-test desk`" in text


async def test_a_channel_that_is_not_configured_any_more_is_told_of_while_messages_wait_there(
    house: House, spare: Desk
) -> None:
    house.desk.receipts = [LATER]
    await alert(house)
    house.change(channels={"spare": spare}, digests=[])
    await told(house, after=timedelta(minutes=1))
    text = spare.parcels[0][0].payload
    assert "Channel 'desk' is not configured, and 1 message waits." in text
    assert "`presswatch outbox drop --channel desk` gives them up" in text
    assert "It answered" not in text


async def test_who_unsubscribed_from_such_messages_gets_none(house: House, spare: Desk) -> None:
    spare.recipients = ("bo@press.example", "cy@press.example")
    with house.store.transaction() as tx:
        unsubscribed.add(tx, "bo@press.example", HOUSE, unsubscribed.BY_LINK)
    house.desk.receipts = [BROKEN]
    await alert(house)
    await told(house)
    assert [parcel.recipient for parcel, _ in spare.parcels] == ["cy@press.example"]


async def test_messages_that_were_given_up_are_told_of_once_a_day(house: House, spare: Desk) -> None:
    house.desk.receipts = [REFUSED] * 3
    for number in range(3):
        await alert(house, f"Ferry {number} sails")
        await told(house)
    (text,) = [parcel.payload for parcel, _ in spare.parcels]
    assert "1 message to ana@press.example by channel 'desk' was given up today." in text
    assert "rcpt 550 nobody of that name" in text
    house.desk.receipts = [REFUSED]
    house.clock.advance(timedelta(days=1))
    await alert(house, "Another ferry sails")
    assert await told(house) == 1


async def test_what_waited_for_an_address_that_was_put_right_is_told_of_and_shown_by_a_command(house: House) -> None:
    await house.first_sight()
    house.desk.kind, house.desk.recipients = "email", ("ana@pres.example",)
    house.desk.receipts = [LATER]
    await alert(house)
    house.desk.recipients = ("ana@press.example",)
    assert await told(house, after=5 * MINUTES) == 1
    assert await told(house, after=5 * MINUTES) == 0
    text = house.desk.parcels[-1][0].payload
    assert "1 message to ana@pres.example was given up today, as that address is no longer in 'to'" in text
    with house.store.reading() as tx:
        (struck,) = outbox.listing(tx, states=["dead"])
    assert f"`presswatch digests show '{struck.edition_id}'` shows it" in text


@pytest.mark.parametrize("receipts", [[], [LATER, LATER]])
async def test_what_another_got_or_waits_for_is_not_told_of(house: House, receipts: list[Receipt]) -> None:
    await house.first_sight()
    house.desk.kind, house.desk.recipients = "email", ("ana@pres.example", "bo@press.example")
    house.desk.receipts = [LATER, LATER, *receipts]
    await alert(house)
    house.desk.recipients = ("bo@press.example",)
    assert await told(house, after=5 * MINUTES) == 0


async def test_an_address_that_nothing_more_is_sent_to_is_told_of(house: House, spare: Desk) -> None:
    house.desk.receipts = [Receipt(Outcome.REFUSED, "rcpt", "550", "5.1.1 nobody of that name")] * 9
    for number in range(4):
        await alert(house, f"Ferry {number} sails")
        await told(house, after=timedelta(hours=9))
    assert (
        "Nothing more is sent there until `presswatch resubscribe ana@press.example`." in spare.parcels[-1][0].payload
    )
    await alert(house, "The last ferry sails")
    assert house.fates() == {"failed": 4, "silenced": 1}


async def test_the_operators_are_told_and_others_only_where_their_channel_is_ill_itself(
    house: House, spare: Desk
) -> None:
    ops = Desk("ops", recipients=("ops@press.example",))
    house.change(channels={"desk": house.desk, "spare": spare, "ops": ops})
    house.setup = replace(house.setup, operators="ops")
    house.desk.receipts = [BROKEN]
    await alert(house)
    assert await told(house) == 1
    assert (len(spare.parcels), len(ops.parcels)) == (0, 1)
    with house.store.transaction() as tx:
        gates.put(tx, gates.channel("ops"), None, "535 wrong password")
    assert await told(house) == 1
    assert "cannot deliver to 'ops'" in spare.parcels[-1][0].payload


async def test_the_outbox_is_the_last_way_and_an_ill_channel_none(house: House) -> None:
    outbox, spare, second = Desk("box", kind="outbox"), Desk("spare"), Desk("second")
    channels = {"box": outbox, "desk": house.desk, "spare": spare, "second": second}
    house.change(channels=channels, digests=[replace(INSTANT, to=("desk",))])
    await house.first_sight()
    house.desk.receipts = [BROKEN]
    with house.store.transaction() as tx:
        gates.put(tx, gates.channel("spare"), None, "auth 535 wrong password")
    await alert(house)
    assert await told(house) == 2
    assert (len(outbox.parcels), len(spare.parcels), len(second.parcels)) == (0, 0, 2)


async def test_where_no_other_channel_is_there_nothing_is_made(house: House) -> None:
    await house.first_sight()
    house.desk.receipts = [BROKEN]
    await alert(house)
    assert await told(house) == 0

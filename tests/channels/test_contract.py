"""What every channel promises, whatever its kind: each test runs for all of them."""

from dataclasses import replace

import pytest

from monitor.core.delivery import delivery_key
from monitor.core.model import Outcome, Parcel, Receipt
from tests.channels.cases import CANARY, Case
from tests.channels.editions import EDITION, HOSTILE, MESSAGE, hostile_editions


def parcels(case: Case) -> list[Parcel]:
    channel = case.rebuilt()
    return [parcel for who in channel.recipients for parcel in channel.compose(MESSAGE, EDITION, who)]


def check(receipt: Receipt) -> None:
    """A receipt can be stored and shown as it is."""
    assert len(receipt.text.encode("utf-8")) <= 500
    assert receipt.text.isprintable()
    assert CANARY not in f"{receipt}"
    assert receipt.stage


async def test_the_same_edition_makes_the_same_parcels_even_after_a_restart(case: Case) -> None:
    assert parcels(case) == parcels(case)


async def test_a_parcel_carries_the_key_of_its_delivery(case: Case) -> None:
    for parcel in parcels(case):
        assert parcel.key == delivery_key("desk", parcel.recipient, EDITION.id, parcel.part)
        assert parcel.key in parcel.payload


async def test_every_recipient_and_every_edition_has_parcels_of_its_own(case: Case) -> None:
    channel = case.rebuilt()
    editions = [replace(EDITION, id=f"edition-{number}") for number in range(3)]
    keys = [p.key for who in channel.recipients for each in editions for p in channel.compose(MESSAGE, each, who)]
    assert len(set(keys)) == len(keys) == 3 * len(channel.recipients)


async def test_a_payload_is_plain_ascii_so_that_any_store_keeps_its_bytes(case: Case) -> None:
    assert all(parcel.payload.isascii() for parcel in parcels(case))


async def test_what_is_sent_arrives_once(case: Case) -> None:
    receipt = await case.rebuilt().send(parcels(case)[0])
    assert receipt.outcome is Outcome.SENT
    assert not receipt.degraded
    assert len(case.received()) == 1
    check(receipt)


async def test_a_repeat_is_the_same_bytes(case: Case) -> None:
    parcel = parcels(case)[0]
    for again in (False, True):
        assert (await case.rebuilt().send(parcel, again=again)).outcome is Outcome.SENT
    assert len(set(case.received())) == 1


async def test_an_unreachable_peer_is_tried_again_later(case: Case) -> None:
    receipt = await case.cut_off().send(parcels(case)[0])
    assert receipt.outcome is Outcome.RETRY
    check(receipt)


async def test_whatever_the_peer_does_ends_in_a_receipt(case: Case) -> None:
    parcel, channel = parcels(case)[0], case.rebuilt()
    for name, misbehave in case.faults.items():
        misbehave()
        receipt = await channel.send(parcel)
        assert isinstance(receipt, Receipt), name
        check(receipt)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
async def test_hostile_text_in_any_field_is_sent_like_any_other(case: Case, text: str) -> None:
    channel = case.rebuilt()
    for message, edition in hostile_editions(text):
        for parcel in channel.compose(message, edition, channel.recipients[0]):
            assert (await channel.send(parcel)).outcome is Outcome.SENT

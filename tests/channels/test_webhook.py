"""Webhooks: how requests are signed and each answer is judged, over real HTTP on loopback."""

import base64
import hmac
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.channels.settings import WebhookSettings
from monitor.channels.webhook import WebhookChannel
from monitor.core.model import Outcome, Parcel, Receipt
from monitor.errors import FetchError
from monitor.secret import Secret
from tests.channels.editions import EDITION, MESSAGE, STORY
from tests.channels.http_server import DROP, HANG, Answer
from tests.channels.receiver import PATH, Receiver
from tests.clock import MONDAY, ManualClock

KEY = b"canary, and thirty-two bytes long"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


def webhook(program: Receiver, clock: ManualClock | None = None, **changes: Any) -> WebhookChannel:
    settings = WebhookSettings(Secret(program.url), Secret(SECRET), allow_private=True, deadline=0.3)
    return WebhookChannel("archive", replace(settings, **changes), program.post, clock or ManualClock())


def parcel(channel: WebhookChannel) -> Parcel:
    [made] = channel.compose(MESSAGE, EDITION, channel.recipients[0])
    return made


async def posted(channel: WebhookChannel, *, again: bool = False) -> Receipt:
    return await channel.send(parcel(channel), again=again)


async def test_a_program_gets_the_stories_of_an_edition(program: Receiver) -> None:
    assert (await posted(webhook(program))).outcome is Outcome.SENT
    assert program.told[0]["stories"] == [STORY]
    assert program.headers[0]["content-type"] == "application/json"


async def test_a_request_is_signed_with_the_secret(program: Receiver) -> None:
    channel = webhook(program)
    await posted(channel)
    [headers], [body] = program.headers, program.bodies
    signed = b".".join([parcel(channel).key.encode(), str(int(MONDAY.timestamp())).encode(), body])
    assert headers["webhook-signature"] == "v1," + base64.b64encode(hmac.digest(KEY, signed, "sha256")).decode()


async def test_a_repeat_is_known_by_its_id_and_dated_anew(program: Receiver) -> None:
    clock = ManualClock()
    channel = webhook(program, clock)
    program.will(PATH, Answer(DROP))
    assert (await posted(channel)).outcome is Outcome.UNCERTAIN
    clock.advance(timedelta(seconds=20))
    assert (await posted(channel, again=True)).outcome is Outcome.SENT
    first, second = program.headers
    assert first["webhook-id"] == second["webhook-id"] == parcel(channel).key
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 20
    assert first["webhook-signature"] != second["webhook-signature"]
    assert len(set(program.bodies)) == 1


async def test_a_long_edition_becomes_several_requests_that_lose_nothing(program: Receiver) -> None:
    channel = webhook(program, deadline=5)
    stories = tuple({**STORY, "article": number} for number in range(1_000))
    parcels = channel.compose(replace(MESSAGE, stories=lambda: stories), EDITION, "webhook")
    assert len(parcels) > 1
    for each in parcels:
        assert (await channel.send(each)).outcome is Outcome.SENT
    assert [story["article"] for body in program.told for story in body["stories"]] == list(range(1_000))
    assert [headers["webhook-id"] for headers in program.headers] == [body["key"] for body in program.told]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.SENT),
        (202, Outcome.SENT),
        (204, Outcome.SENT),
        (301, Outcome.PAUSED),
        (302, Outcome.RETRY),
        (307, Outcome.RETRY),
        (308, Outcome.PAUSED),
        (400, Outcome.REFUSED),
        (401, Outcome.PAUSED),
        (403, Outcome.PAUSED),
        (404, Outcome.PAUSED),
        (408, Outcome.RETRY),
        (410, Outcome.PAUSED),
        (413, Outcome.REFUSED),
        (422, Outcome.REFUSED),
        (425, Outcome.RETRY),
        (429, Outcome.RETRY),
        (500, Outcome.RETRY),
        (503, Outcome.RETRY),
        (504, Outcome.RETRY),
        (599, Outcome.RETRY),
    ],
)
async def test_an_answer_is_judged_by_its_status_and_leads_nowhere_else(
    program: Receiver, status: int, outcome: Outcome
) -> None:
    program.will(PATH, Answer(status, b"", {"Location": f"{program.root}/elsewhere"}))
    receipt = await posted(webhook(program))
    assert (receipt.outcome, receipt.stage, receipt.code) == (outcome, "post", str(status))
    assert len(program.bodies) == 1


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (429, {"Retry-After": "7"}, 7),
        (429, {"Retry-After": "soon"}, 30),
        (429, {}, 30),
        (503, {"Retry-After": "120"}, 120),
        (503, {"Retry-After": "Mon, 02 Mar 2026 07:00:00 GMT"}, 30),
        (503, {}, None),
        (500, {"Retry-After": "7"}, None),
    ],
)
async def test_a_receiver_that_asks_for_a_wait_gets_it(
    program: Receiver, status: int, header: Mapping[str, str], seconds: int | None
) -> None:
    program.will(PATH, Answer(status, b"", header))
    asked = (await posted(webhook(program))).retry_after
    assert asked == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize("answer", [Answer(DROP), Answer(HANG)], ids=["hangs up", "hangs"])
async def test_a_lost_answer_leaves_it_open_whether_the_edition_arrived(program: Receiver, answer: Answer) -> None:
    program.will(PATH, answer)
    assert (await posted(webhook(program))).outcome is Outcome.UNCERTAIN
    assert len(program.bodies) == 1


async def test_an_address_in_the_own_network_needs_leave(program: Receiver) -> None:
    receipt = await posted(webhook(program, allow_private=False))
    assert (receipt.outcome, receipt.code) == (Outcome.PAUSED, "refused-address")
    assert not program.bodies


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [("dns", Outcome.RETRY), ("tls", Outcome.RETRY), ("bad-url", Outcome.PAUSED), ("protocol", Outcome.UNCERTAIN)],
)
async def test_a_request_without_an_answer_is_judged_by_whether_it_can_have_left(kind: str, outcome: Outcome) -> None:
    async def no_post(
        url: str, headers: Mapping[str, str], body: bytes, *, deadline: float, allow_private: bool
    ) -> Answer:
        raise FetchError(kind, f"{url} did not answer")

    settings = WebhookSettings(Secret("https://x.org/canary"), Secret(SECRET))
    receipt = await posted(WebhookChannel("archive", settings, no_post, ManualClock()))
    assert (receipt.outcome, receipt.code, receipt.text) == (outcome, kind, "")


@pytest.mark.parametrize(
    "said",
    [
        lambda program: f"no {program.url}?token=canary-token-1 here",
        lambda program: f"no {PATH[1:]} here",
        lambda program: "no canarycanarycanary here",
        lambda program: "the token canary-token-1 is wrong",
        lambda program: f"signed with {SECRET}",
        lambda program: f"signed with {SECRET.removeprefix('whsec_')}",
        lambda program: f"{'x' * 490}{program.url}",
        lambda program: f"{program.url} " * 500,
    ],
)
async def test_neither_address_nor_secret_reaches_a_log_or_a_receipt(
    program: Receiver, logged: io.StringIO, said: Any
) -> None:
    path = f"{PATH}?token=canary-token-1"
    program.will(path, Answer(500, said(program).encode()))
    channel = webhook(program, url=Secret(program.root + path))
    receipt = await posted(channel)
    assert receipt.text
    for told in (str(receipt), logged.getvalue(), repr(channel), repr(channel._settings)):
        assert "canary" not in told
        assert SECRET.removeprefix("whsec_") not in told
    assert len(receipt.text.encode()) <= 500


async def test_words_that_happen_to_be_part_of_an_address_are_still_told(program: Receiver) -> None:
    program.will("/hook", Answer(400, b"the hook expects XML"))
    receipt = await posted(webhook(program, url=Secret(f"{program.root}/hook")))
    assert receipt.text == "the hook expects XML"


def test_the_secret_stands_in_no_body(program: Receiver) -> None:
    assert "canary" not in json.dumps(parcel(webhook(program)).payload)

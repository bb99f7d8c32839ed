"""Slack, by webhook and by bot: how each answer is judged, over real HTTP on loopback."""

import asyncio
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.channels.settings import SlackSettings
from monitor.channels.slack import SlackChannel
from monitor.channels.slack.text import LONGEST_PLAIN
from monitor.core.model import Outcome, Parcel, Receipt
from monitor.errors import FetchError
from monitor.secret import Secret
from tests.channels.editions import EDITION, MESSAGE, text_block
from tests.channels.http_server import DROP, HANG, Answer
from tests.channels.slack_server import OK, WEBHOOK_PATH, FakeSlack, error, ok

POST = "/api/chat.postMessage"
HISTORY = "/api/conversations.history"
TOKEN = "xoxb-canary"


def webhook(slack: FakeSlack, **changes: Any) -> SlackChannel:
    settings: dict[str, Any] = {"allow_private": True, "gap": 0, "deadline": 0.3, **changes}
    return SlackChannel("war-room", SlackSettings(webhook=Secret(slack.webhook), **settings), slack.post)


def bot(slack: FakeSlack, **changes: Any) -> SlackChannel:
    settings: dict[str, Any] = {"channel": "C0123", "api": f"{slack.root}/api"}
    settings |= {"allow_private": True, "gap": 0, "deadline": 0.3, **changes}
    return SlackChannel("war-room", SlackSettings(token=Secret(TOKEN), **settings), slack.post)


def parcel(channel: SlackChannel) -> Parcel:
    [made] = channel.compose(MESSAGE, EDITION, channel.recipients[0])
    return made


async def posted(channel: SlackChannel, *, again: bool = False) -> Receipt:
    return await channel.send(parcel(channel), again=again)


async def test_a_webhook_gets_the_blocks_and_no_address_of_a_channel(slack: FakeSlack) -> None:
    assert (await posted(webhook(slack))).outcome is Outcome.SENT
    [body] = slack.posted
    assert body["blocks"] == list(MESSAGE.slack)
    assert "channel" not in body


async def test_a_bot_names_the_channel_and_shows_its_token(slack: FakeSlack) -> None:
    receipt = await posted(bot(slack))
    assert (receipt.outcome, receipt.text) == (Outcome.SENT, "1.2")
    assert slack.posted[0]["channel"] == "C0123"
    assert slack.tokens == [f"Bearer {TOKEN}"]


async def test_a_message_carries_its_key_and_unfolds_no_link(slack: FakeSlack) -> None:
    channel = bot(slack)
    await posted(channel)
    [body] = slack.posted
    assert body["metadata"] == {
        "event_type": "presswatch_delivery",
        "event_payload": {"key": parcel(channel).key, "made_at": int(EDITION.made_at.timestamp())},
    }
    assert (body["unfurl_links"], body["unfurl_media"], body["mrkdwn"]) == (False, False, False)
    assert not {"link_names", "parse"} & body.keys()


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (400, "user_not_found", Outcome.PAUSED),
        (403, "action_prohibited", Outcome.PAUSED),
        (403, "invalid_token", Outcome.PAUSED),
        (404, "channel_not_found", Outcome.PAUSED),
        (404, "no_service", Outcome.PAUSED),
        (404, "<html>nothing here</html>", Outcome.PAUSED),
        (410, "channel_is_archived", Outcome.PAUSED),
        (500, "rollup_error", Outcome.UNCERTAIN),
        (500, "", Outcome.UNCERTAIN),
        (503, "<html>busy</html>", Outcome.UNCERTAIN),
        (400, "missing_text_or_fallback_or_attachments", Outcome.REFUSED),
        (413, "", Outcome.REFUSED),
        (200, "<html>Please log in to the Wi-Fi</html>", Outcome.RETRY),
        (200, "", Outcome.RETRY),
        (302, "", Outcome.RETRY),
    ],
)
async def test_a_webhooks_answer_is_judged(slack: FakeSlack, status: int, body: str, outcome: Outcome) -> None:
    slack.will(WEBHOOK_PATH, Answer(status, body.encode()))
    receipt = await posted(webhook(slack))
    assert receipt.outcome is outcome
    assert len(slack.posted) == 1


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("channel_not_found", Outcome.PAUSED),
        ("not_in_channel", Outcome.PAUSED),
        ("is_archived", Outcome.PAUSED),
        ("invalid_auth", Outcome.PAUSED),
        ("token_revoked", Outcome.PAUSED),
        ("account_inactive", Outcome.PAUSED),
        ("missing_scope", Outcome.PAUSED),
        ("ratelimited", Outcome.RETRY),
        ("message_limit_exceeded", Outcome.RETRY),
        ("internal_error", Outcome.UNCERTAIN),
        ("fatal_error", Outcome.UNCERTAIN),
        ("restricted_words_of_the_future", Outcome.REFUSED),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
async def test_ok_false_is_never_taken_for_success(slack: FakeSlack, word: str, outcome: Outcome, status: int) -> None:
    slack.will(POST, error(word, status))
    receipt = await posted(bot(slack))
    assert (receipt.outcome, receipt.code) == (outcome, word)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", [b"", b"<html>busy</html>", b'{"ok": false}'])
async def test_a_bot_that_hears_of_a_fault_of_the_server_cannot_tell_whether_the_message_arrived(
    slack: FakeSlack, status: int, body: bytes
) -> None:
    slack.will(POST, Answer(status, body))
    assert (await posted(bot(slack))).outcome is Outcome.UNCERTAIN


@pytest.mark.parametrize("answer", [Answer(DROP), Answer(HANG)], ids=["hangs up", "hangs"])
async def test_a_lost_answer_leaves_it_open_whether_the_message_arrived(slack: FakeSlack, answer: Answer) -> None:
    slack.will(WEBHOOK_PATH, answer)
    slack.will(POST, answer)
    for channel in (webhook(slack), bot(slack)):
        assert (await posted(channel)).outcome is Outcome.UNCERTAIN
    assert len(slack.posted) == 2


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("", 30),
        ("soon", 30),
        ("-5", 30),
        ("99999999999", 30),
        ("Mon, 02 Mar 2026 07:00:00 GMT", 30),
    ],
)
async def test_too_many_messages_wait_as_long_as_slack_asks(slack: FakeSlack, header: str, seconds: int) -> None:
    for path in (WEBHOOK_PATH, POST):
        slack.will(path, Answer(429, b"rate_limited", {"Retry-After": header}))
    for channel in (webhook(slack), bot(slack)):
        receipt = await posted(channel)
        assert (receipt.outcome, receipt.retry_after) == (Outcome.RETRY, timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "word", ["invalid_blocks", "invalid_blocks_format", "invalid_payload", "msg_blocks_too_long", "msg_too_long"]
)
async def test_blocks_that_slack_refuses_go_out_at_once_as_plain_text(slack: FakeSlack, word: str) -> None:
    slack.will(POST, error(word))
    receipt = await posted(bot(slack))
    assert (receipt.outcome, receipt.degraded) == (Outcome.SENT, True)
    first, second = slack.posted
    assert "blocks" not in second
    assert second["text"].startswith("Harbour strike: 2 stories\n")
    assert second["metadata"] == first["metadata"]


@pytest.mark.parametrize("word", ["invalid_blocks", "invalid_payload", "msg_blocks_too_long"])
async def test_a_webhook_that_refuses_the_payload_gets_plain_text_too(slack: FakeSlack, word: str) -> None:
    slack.will(WEBHOOK_PATH, Answer(400, word.encode()))
    receipt = await posted(webhook(slack))
    assert (receipt.outcome, receipt.degraded) == (Outcome.SENT, True)


async def test_plain_text_that_is_refused_as_well_is_refused(slack: FakeSlack) -> None:
    slack.will(WEBHOOK_PATH, Answer(400, b"invalid_payload"), Answer(400, b"invalid_payload"))
    receipt = await posted(webhook(slack))
    assert receipt.outcome is Outcome.REFUSED
    assert len(slack.posted) == 2


async def test_a_bot_that_finds_its_message_does_not_post_it_again(slack: FakeSlack) -> None:
    channel = bot(slack)
    ours = {
        "ts": "17.4",
        "metadata": {"event_type": "presswatch_delivery", "event_payload": {"key": parcel(channel).key}},
    }
    slack.will(HISTORY, ok(messages=[{"ts": "1.0", "text": "hello"}, {"metadata": []}, ours]))
    receipt = await posted(channel, again=True)
    assert (receipt.outcome, receipt.code, receipt.text) == (Outcome.SENT, "found", "17.4")
    assert not slack.posted
    [question] = slack.asked
    assert question["channel"] == ["C0123"]
    assert question["include_all_metadata"] == ["true"]
    assert float(question["oldest"][0]) < EDITION.made_at.timestamp()


async def test_a_bot_looks_on_every_page_for_its_message(slack: FakeSlack) -> None:
    channel = bot(slack)
    ours = {"ts": "9", "metadata": {"event_type": "presswatch_delivery", "event_payload": {"key": parcel(channel).key}}}
    slack.will(HISTORY, ok(messages=[], response_metadata={"next_cursor": "page2"}), ok(messages=[ours]))
    assert (await posted(channel, again=True)).code == "found"
    assert slack.asked[1]["cursor"] == ["page2"]


async def test_a_bot_stops_looking_after_a_few_pages(slack: FakeSlack) -> None:
    slack.will(HISTORY, *[ok(messages=[], response_metadata={"next_cursor": "more"}) for _ in range(50)])
    assert (await posted(bot(slack), again=True)).outcome is Outcome.SENT
    assert len(slack.asked) == 5


@pytest.mark.parametrize(
    "answer",
    [
        ok(messages=[]),
        ok(messages=[{"metadata": {"event_type": "presswatch_delivery", "event_payload": {"key": "another"}}}]),
        ok(),
        error("missing_scope"),
        error("channel_not_found"),
    ],
)
async def test_a_bot_that_does_not_find_its_message_posts_it(slack: FakeSlack, answer: Answer) -> None:
    slack.will(HISTORY, answer)
    assert (await posted(bot(slack), again=True)).outcome is Outcome.SENT
    assert len(slack.posted) == 1


@pytest.mark.parametrize("answer", [Answer(429, b"", {"Retry-After": "3"}), Answer(503), Answer(HANG)])
async def test_a_bot_that_cannot_look_for_now_does_not_post_blindly(slack: FakeSlack, answer: Answer) -> None:
    slack.will(HISTORY, answer)
    assert (await posted(bot(slack), again=True)).outcome in (Outcome.RETRY, Outcome.UNCERTAIN)
    assert not slack.posted


async def test_the_first_attempt_asks_for_no_history(slack: FakeSlack) -> None:
    await posted(bot(slack))
    assert not slack.asked


async def test_a_webhook_cannot_look_and_simply_posts_again(slack: FakeSlack) -> None:
    await posted(webhook(slack), again=True)
    assert len(slack.posted) == 1


SEQUEL = replace(EDITION, id="instant/match 8", follows="instant/match 3", answer="1771.0003")


async def sequel(channel: SlackChannel) -> Receipt:
    """Post what tells a story once more."""
    [made] = channel.compose(MESSAGE, SEQUEL, channel.recipients[0])
    return await channel.send(made)


async def test_a_story_told_once_more_is_a_reply_that_the_whole_channel_sees(slack: FakeSlack) -> None:
    assert (await sequel(bot(slack))).outcome is Outcome.SENT
    [body] = slack.posted
    assert (body["thread_ts"], body["reply_broadcast"]) == ("1771.0003", True)


@pytest.mark.parametrize(
    "word", ["thread_not_found", "cannot_reply_to_message", "restricted_action_non_threadable_channel"]
)
async def test_a_reply_to_a_message_that_takes_none_stands_by_itself(slack: FakeSlack, word: str) -> None:
    slack.will(POST, error(word))
    receipt = await sequel(bot(slack))
    assert (receipt.outcome, receipt.degraded) == (Outcome.SENT, False)
    reply, message = slack.posted
    assert "thread_ts" in reply
    assert not {"thread_ts", "reply_broadcast"} & message.keys()
    assert message["blocks"] == reply["blocks"]


async def test_a_reply_of_which_slack_takes_neither_blocks_nor_thread_arrives_as_text(slack: FakeSlack) -> None:
    slack.will(POST, error("invalid_blocks"), error("thread_not_found"))
    receipt = await sequel(bot(slack))
    assert (receipt.outcome, receipt.degraded) == (Outcome.SENT, True)
    assert ["blocks" in body for body in slack.posted] == [True, False, False]


async def test_a_reply_waits_like_any_other_where_slack_asks_for_patience(slack: FakeSlack) -> None:
    slack.will(POST, Answer(429, b"", {"Retry-After": "3"}))
    assert (await sequel(bot(slack))).outcome is Outcome.RETRY
    assert len(slack.posted) == 1


async def test_a_webhook_knows_no_threads(slack: FakeSlack) -> None:
    await sequel(webhook(slack))
    assert "thread_ts" not in slack.posted[0]


async def test_messages_to_one_channel_keep_their_distance(slack: FakeSlack) -> None:
    channel, begun = webhook(slack, gap=0.1), []
    for _ in range(3):
        begun.append(asyncio.get_running_loop().time())
        await posted(channel)
    # From the beginning of one to the arrival of the next: on a busy machine the one may arrive late.
    assert all(arrived - before >= 0.1 for before, arrived in zip(begun, slack.at[1:], strict=False))


async def test_a_long_edition_becomes_several_messages_that_lose_nothing(slack: FakeSlack) -> None:
    blocks = tuple(text_block(f"story {number} " + "word " * 100) for number in range(60))
    channel = bot(slack)
    parcels = channel.compose(replace(MESSAGE, slack=blocks), EDITION, "C0123")
    assert len(parcels) > 1
    assert [each.part for each in parcels] == list(range(1, len(parcels) + 1))
    assert len({each.key for each in parcels}) == len(parcels)
    for each in parcels:
        assert (await channel.send(each)).outcome is Outcome.SENT
    said = json.dumps([body["blocks"] for body in slack.posted])
    assert all(f"story {number} " in said for number in range(60))
    assert slack.posted[1]["text"].startswith(f"Harbour strike: 2 stories (2/{len(parcels)})")
    assert all(len(body["text"]) <= LONGEST_PLAIN for body in slack.posted)


def test_half_a_surrogate_pair_makes_no_payload_that_slack_cannot_read(slack: FakeSlack) -> None:
    message = replace(MESSAGE, subject="a \ud83d b", slack=(text_block("c \ude00 d 🚢"),))
    [made] = webhook(slack).compose(message, EDITION, "webhook")
    assert made.payload.isascii()
    body = json.loads(made.payload)
    assert body["text"] == "a ? b\nc ? d 🚢"
    assert body["blocks"] == [text_block("c ? d 🚢")]


def test_an_edition_without_blocks_is_posted_as_its_text(slack: FakeSlack) -> None:
    [made] = webhook(slack).compose(replace(MESSAGE, slack=()), EDITION, "webhook")
    [block] = json.loads(made.payload)["blocks"]
    assert block["text"] == {"type": "plain_text", "text": MESSAGE.text.strip()}


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("dns", Outcome.RETRY),
        ("connect", Outcome.RETRY),
        ("tls", Outcome.RETRY),
        ("host-busy", Outcome.RETRY),
        ("refused-address", Outcome.PAUSED),
        ("bad-url", Outcome.PAUSED),
        ("timeout", Outcome.UNCERTAIN),
        ("broken-off", Outcome.UNCERTAIN),
        ("too-large", Outcome.UNCERTAIN),
    ],
)
async def test_a_request_without_an_answer_is_judged_by_whether_it_can_have_left(kind: str, outcome: Outcome) -> None:
    async def no_post(
        url: str, headers: Mapping[str, str], body: bytes, *, deadline: float, allow_private: bool
    ) -> Answer:
        raise FetchError(kind, f"{url} did not answer", retry=kind != "too-large")

    channel = SlackChannel("war-room", SlackSettings(webhook=Secret("https://x.org/canary"), gap=0), no_post)
    receipt = await posted(channel)
    assert (receipt.outcome, receipt.code) == (outcome, kind)
    assert "canary" not in str(receipt)


@pytest.mark.parametrize(
    "settings",
    [{}, {"webhook": Secret("https://x"), "token": Secret("y"), "channel": "C"}, {"token": Secret("y")}],
    ids=["neither", "both", "no channel"],
)
def test_settings_that_name_no_single_way_to_post_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a Slack channel"):
        SlackSettings(**settings)


@pytest.mark.parametrize(
    "answer",
    [Answer(DROP), Answer(HANG), Answer(500, WEBHOOK_PATH.encode()), Answer(404, b"T000/B000/canarycanarycanary"), OK],
)
async def test_the_address_of_a_webhook_reaches_no_log_and_no_receipt(
    slack: FakeSlack, answer: Answer, logged: io.StringIO
) -> None:
    slack.will(WEBHOOK_PATH, answer)
    channel = webhook(slack)
    receipt = await posted(channel)
    for told in (str(receipt), logged.getvalue(), repr(channel), repr(SlackSettings(webhook=Secret(slack.webhook)))):
        assert "canary" not in told

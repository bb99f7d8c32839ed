"""Slack at the end of the line, over real HTTP: what each of its answers makes of the messages that wait, by webhook and by bot."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from monitor.app import assembly
from monitor.channels.settings import SlackSettings
from monitor.channels.slack import SlackChannel
from monitor.pipeline.troubles import tell_troubles
from monitor.secret import Secret
from monitor.store.schema import deliveries
from tests.channels.http_server import DROP, Answer
from tests.channels.slack_server import WEBHOOK_PATH, FakeSlack, error, fake_slack, ok
from tests.pipeline.house import WIRE, House, rule
from tests.pipeline.peers import Desk

POST, HISTORY = "/api/chat.postMessage", "/api/conversations.history"
SECOND = timedelta(seconds=1)
LATER = timedelta(hours=1)


@dataclass(slots=True)
class Room:
    """A house whose digest goes to a Slack channel, and a desk beside it that is told of troubles. `path` is where Slack is posted to."""

    house: House
    slack: FakeSlack
    path: str
    spare: Desk

    def channel(self) -> SlackChannel:
        way = (
            SlackSettings(webhook=Secret(self.slack.webhook), allow_private=True, gap=0)
            if self.path == WEBHOOK_PATH
            else SlackSettings(
                token=Secret("xoxb-1"), channel="C1", api=f"{self.slack.root}/api", allow_private=True, gap=0
            )
        )
        return SlackChannel("desk", way, self.slack.post)

    def says(self, word: str, status: int) -> Answer:
        """Return an error as Slack says it there: a webhook with a status, the Web API with ok false."""
        return Answer(status, word.encode()) if self.path == WEBHOOK_PATH else error(word)

    async def publish(self, *titles: str) -> None:
        """Make an edition for each title; nothing is sent yet."""
        for title in titles:
            self.house.press.publish(WIRE.url, self.house.story(title))
            await self.house.poll()
            await self.house.planner.plan_due()

    async def deliver(self, after: timedelta = timedelta(0)) -> None:
        """Let time pass, begin anew as a process that was stopped does, and send what is due."""
        self.house.clock.advance(after)
        self.house.restart()
        await self.house.sender.deliver_due()
        await self.house.sender.settle()

    def rows(self) -> list[tuple[str, int]]:
        """State and counted attempts of each message."""
        query = sa.select(deliveries.c.state, deliveries.c.attempts).where(deliveries.c.channel_id == "desk")
        return [(str(row.state), row.attempts) for row in self.house.rows(query)]


@pytest.fixture(params=[WEBHOOK_PATH, POST], ids=["webhook", "bot"])
async def room(request: pytest.FixtureRequest, house: House) -> AsyncIterator[Room]:
    async with fake_slack() as slack:
        room = Room(house, slack, request.param, Desk("spare"))
        house.change(channels={"desk": room.channel(), "spare": room.spare})
        await house.first_sight()
        yield room


async def test_who_asks_to_wait_is_left_alone_for_so_long_and_it_costs_no_attempt(room: Room) -> None:
    await room.publish("The ferry sails")
    room.slack.will(room.path, Answer(429, b"", {"Retry-After": "20"}))
    await room.deliver()
    assert room.rows() == [("pending", 0)]
    await room.publish("The ferry returns")
    room.slack.will(room.path, Answer(429, b"", {"Retry-After": "2"}))
    await room.deliver()
    asked = len(room.slack.posted)
    await room.deliver(1.9 * SECOND)
    assert len(room.slack.posted) == asked
    await room.deliver(0.2 * SECOND)
    assert {state for state, _ in room.rows()} == {"sent"}
    assert all(attempts == 1 for _, attempts in room.rows())


@pytest.mark.parametrize("lost", ["500", "503", "hangs up", "internal_error", "fatal_error"])
@pytest.mark.parametrize("arrived", [True, False], ids=["arrived", "did not arrive"])
async def test_what_may_have_arrived_is_looked_for_and_posted_again_where_it_is_not_found(
    room: Room, lost: str, arrived: bool
) -> None:
    await room.publish("The ferry sails")
    answers = {"hangs up": Answer(DROP), "500": Answer(500), "503": Answer(503, b"<html>busy</html>")}
    room.slack.will(room.path, answers.get(lost) or room.says(lost, 500))
    await room.deliver()
    ((state, _),) = room.rows()
    assert state == "uncertain"
    (first,) = room.slack.posted
    room.slack.will(HISTORY, ok(messages=[{"ts": "1.7", "metadata": first["metadata"]}] if arrived else []))
    await room.deliver(LATER)
    assert [state for state, _ in room.rows()] == ["sent"]
    assert room.slack.posted == ([first] if arrived and room.path == POST else [first, first])
    assert room.house.fates() == {"sent": 1}


async def test_blocks_that_are_refused_are_told_as_text_at_once_and_the_fault_is_counted(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    await room.publish("The ferry <!channel> sails")
    room.slack.will(room.path, room.says("invalid_blocks", 400))
    with caplog.at_level(logging.ERROR):
        await room.deliver()
    assert room.rows() == [("sent", 1)]
    _, plain = room.slack.posted
    assert "blocks" not in plain
    assert "The ferry &lt;!channel&gt; sails" in plain["text"]
    assert room.house.figure("deliveries_total", channel="desk", outcome="degraded") == 1
    assert "sent: instant/match 1 to desk" in caplog.text


@pytest.mark.parametrize(
    "word", ["channel_is_archived", "channel_not_found", "invalid_auth", "token_revoked", "no_service"]
)
async def test_what_a_person_must_mend_keeps_what_waits_tells_of_it_once_and_goes_on_when_it_is_mended(
    room: Room, word: str
) -> None:
    await room.publish("The ferry sails", "The ferry returns")
    room.slack.will(room.path, *[room.says(word, 404)] * 9)
    await room.deliver()
    asked = len(room.slack.posted)
    for _ in range(3):
        await room.deliver(timedelta(days=1))
        await tell_troubles(room.house.store, lambda: room.house.setup)
    assert len(room.slack.posted) == asked
    assert {state for state, _ in room.rows()} == {"pending"}
    await room.deliver()
    (told,) = [parcel.payload for parcel, _ in room.spare.parcels]
    assert "is paused since" in told
    assert word in told
    room.slack.script.clear()
    room.house.change(channels={"desk": room.channel(), "spare": room.spare})
    with room.house.store.transaction() as tx:
        assembly.adopt(tx, room.house.sources, room.house.setup)
    await room.deliver()
    assert [state for state, _ in room.rows()] == ["sent", "sent"]


async def test_a_story_told_once_more_is_a_reply_to_the_message_that_told_it_first(room: Room) -> None:
    room.house.change(rules=[rule("ferry"), rule("island")])
    room.slack.will(room.path, ok(ts="1771.0003") if room.path == POST else Answer(200, b"ok"))
    text = "The ferry sank this morning with two hundred people aboard, the coast guard said to reporters."
    room.house.press.publish(WIRE.url, room.house.story("The ferry sank", text, guid="1"))
    await room.house.poll()
    await room.house.deliver()
    edited = f"{text} It lay off the island."
    room.house.press.publish(WIRE.url, room.house.story("The ferry sank", edited, guid="1"))
    await room.house.poll()
    await room.house.deliver()
    first, sequel = room.slack.posted
    assert "thread_ts" not in first
    assert sequel.get("thread_ts") == ("1771.0003" if room.path == POST else None)

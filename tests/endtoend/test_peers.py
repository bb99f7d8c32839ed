"""Mail servers and Slack at their worst: what the daemon makes of it, and that nobody else notices."""

import asyncio
from collections.abc import Callable
from email import message_from_bytes

from tests.channels.http_server import DROP as NO_ANSWER
from tests.channels.http_server import Answer
from tests.channels.receiver import PATH, receiver
from tests.channels.slack_server import FakeSlack, fake_slack
from tests.channels.smtp_server import DROP, smtp_server
from tests.endtoend.daemon import Daemon, running
from tests.endtoend.newsstand import Newsstand, Story
from tests.endtoend.test_daemon import ARRIVAL, BACKGROUND, email_channel, has, mails, rows

PATIENCE = 60.0


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait until something is so while the servers in this loop go on."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.02)


def slack_channel(webhook: str) -> str:
    return f'[channels.room]\ntype = "slack"\nwebhook = {{ env = "{webhook}" }}\nallow_private = true\n'


async def test_a_refused_recipient_costs_the_other_nothing(daemon: Daemon, newsstand: Newsstand) -> None:
    async with smtp_server({"rcpt gone@press.example": "550 5.1.1 no such user"}) as server:
        daemon.channels = email_channel(server.port, '["gone@press.example", "desk@press.example"]')
        daemon.digests = '[digests.instant]\nwait = "0s"\nto = ["desk"]\n'
        newsstand.publish("wire", BACKGROUND)
        with running(daemon):
            await eventually(lambda: newsstand.asked("wire") >= 2)
            newsstand.publish("wire", ARRIVAL)
            await eventually(lambda: has(daemon, "select 1 from editions where settled_at is not null"))
    assert [letter.recipient for letter in server.letters] == ["desk@press.example"]
    assert set(rows(daemon, "select recipient, state from deliveries")) == {
        ("gone@press.example", "dead"),
        ("desk@press.example", "sent"),
    }
    assert rows(daemon, "select state from fates") == [("sent",)]


async def test_an_answer_lost_after_the_final_dot_brings_the_same_message_once_more(
    daemon: Daemon, newsstand: Newsstand
) -> None:
    async with smtp_server({"dot": DROP}) as server:
        daemon.channels = email_channel(server.port)
        daemon.digests = '[digests.instant]\nwait = "0s"\nto = ["desk"]\n'
        newsstand.publish("wire", BACKGROUND)
        with running(daemon):
            await eventually(lambda: newsstand.asked("wire") >= 2)
            newsstand.publish("wire", ARRIVAL)
            await eventually(lambda: has(daemon, "select 1 from attempts where outcome = 'uncertain'"))
            del server.script["dot"]
            await eventually(lambda: has(daemon, "select 1 from fates where state = 'sent'"))
    first, *others = server.letters
    assert others
    assert all(other.content == first.content for other in others)
    assert message_from_bytes(first.content)["Message-ID"]


async def test_slack_that_asks_to_wait_is_waited_for_and_holds_up_nobody_else(
    daemon: Daemon, newsstand: Newsstand
) -> None:
    async with fake_slack() as slack:
        slack.will("/services/T000/B000/canarycanarycanary", Answer(429, b"", {"Retry-After": "3"}))
        daemon.environ = {"ROOM": slack.webhook}
        daemon.channels = slack_channel("ROOM")
        daemon.digests = '[digests.instant]\nwait = "0s"\nto = ["room", "outbox"]\n'
        newsstand.publish("wire", BACKGROUND)
        with running(daemon):
            await eventually(lambda: newsstand.asked("wire") >= 2)
            newsstand.publish("wire", ARRIVAL)
            await eventually(lambda: len(mails(daemon)) == 1)
            await eventually(lambda: len(slack.posted) == 2)
            await eventually(lambda: has(daemon, "select 1 from fates where state = 'sent'"))
    assert slack.at[1] - slack.at[0] >= 3
    assert "canarycanarycanary" not in daemon.log


async def test_blocks_that_slack_refuses_arrive_as_plain_text(daemon: Daemon, newsstand: Newsstand) -> None:
    async with fake_slack() as slack:
        slack.will("/services/T000/B000/canarycanarycanary", Answer(400, b"invalid_blocks"))
        daemon.environ = {"ROOM": slack.webhook}
        daemon.channels = slack_channel("ROOM")
        daemon.digests = '[digests.instant]\nwait = "0s"\nto = ["room"]\n'
        newsstand.publish("wire", BACKGROUND)
        with running(daemon):
            await eventually(lambda: newsstand.asked("wire") >= 2)
            newsstand.publish("wire", Story("Witkoff <!channel> & friends"))
            await eventually(lambda: has(daemon, "select 1 from deliveries where state = 'sent'"))
    assert _told(slack) == [True, False]
    assert "<!channel>" not in str(slack.posted[1])


async def test_a_program_gets_the_stories_and_a_lost_answer_brings_the_same_body_once_more(
    daemon: Daemon, newsstand: Newsstand
) -> None:
    async with receiver() as program:
        program.will(PATH, Answer(NO_ANSWER))
        daemon.environ = {"HOOK": program.url, "KEY": "canary" * 6}
        daemon.channels = (
            '[channels.archive]\ntype = "webhook"\nurl = { env = "HOOK" }\nsecret = { env = "KEY" }\n'
            "allow_private = true\n"
        )
        daemon.digests = '[digests.instant]\nwait = "0s"\nto = ["archive"]\n'
        newsstand.publish("wire", BACKGROUND)
        with running(daemon):
            await eventually(lambda: newsstand.asked("wire") >= 2)
            newsstand.publish("wire", ARRIVAL)
            await eventually(lambda: has(daemon, "select 1 from fates where state = 'sent'"))
    assert len(program.bodies) == 2
    assert len(set(program.bodies)) == 1
    assert [story["title"] for story in program.told[0]["stories"]] == [ARRIVAL.title]
    assert {headers["webhook-id"] for headers in program.headers} == {program.told[0]["key"]}
    assert "canary" not in daemon.log


def _told(slack: FakeSlack) -> list[bool]:
    """Whether each message had blocks."""
    return ["blocks" in message for message in slack.posted]

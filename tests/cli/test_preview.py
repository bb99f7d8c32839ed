"""`presswatch preview` and `presswatch send-test`: what a message looks like, and whether it gets through, before it counts."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default as modern
from pathlib import Path
from typing import TypeVar

import pytest
import sqlalchemy as sa

from monitor.app.trying import NOTE
from monitor.core.digest import slack_faults
from monitor.core.links import Links, Mute
from monitor.core.model import FateState, Outcome, Receipt
from monitor.store import Tx, gates, keys, mutes
from monitor.store.schema import feeds
from tests.channels.http_server import Answer
from tests.channels.receiver import PATH, receiver
from tests.channels.smtp_server import smtp_server
from tests.cli.conftest import Run
from tests.cli.desk import Desk, news
from tests.store.newsroom import article

SENT = Receipt(Outcome.SENT, "data", "250", "taken")
MADE_UP = "Ferry crews walk out"


@pytest.fixture
def desk(folder: Path, sqlite_url: str) -> Desk:
    desk = Desk(folder, sqlite_url)
    desk.start()
    return desk


def test_what_waits_for_a_digest_is_shown_as_its_edition_would_be(run: Run, desk: Desk) -> None:
    desk.receive(article("one", title="Witkoff in Kyiv"))
    result = run("preview", "morning")
    assert "Witkoff in Kyiv" in result.stdout.splitlines()[0]
    assert 'digest "morning"' in result.stdout
    assert result.stderr == "1 match for morning.\n"


def test_what_gathers_for_a_wave_is_counted_and_not_shown(run: Run, desk: Desk) -> None:
    desk.rules(
        "rules:\n  - id: envoys\n    match: Witkoff\n    deliver: [morning]\n    when: {count: 3, within: 1h}\n"
        "  - id: boats\n    match: boats\n    deliver: [morning]\n"
    )
    desk.start()
    desk.receive(article("one", title="Witkoff in Kyiv"))
    desk.receive(article("two", title="Seven boats"))
    result = run("preview", "morning")
    assert "Seven boats" in result.stdout
    assert "Witkoff" not in result.stdout
    assert result.stderr == "1 match waits besides, of rules that tell only waves.\n1 match for morning.\n"


def test_what_is_muted_or_held_is_counted_at_the_foot_and_not_shown(run: Run, desk: Desk) -> None:
    words = ("boats", "ferries", "storms")
    desk.rules("rules:\n" + "".join(f"  - {{id: {each}, match: {each}, deliver: [instant]}}\n" for each in words))
    desk.start()
    desk.receive(article("a", title="Seven boats"))
    desk.receive(article("b", title="Nine ferries"), state=FateState.HELD)
    desk.receive(article("c", title="Two storms"))
    desk.writing(lambda tx: mutes.add(tx, "boats", datetime(2099, 1, 1, tzinfo=UTC), "too much"))
    result = run("preview", "instant")
    assert "Two storms" in result.stdout
    assert "boats" not in result.stdout
    assert "ferries" not in result.stdout
    foot = " ".join(result.stdout.split())
    assert "1 match held for later. 1 match not told: the rules are muted." in foot
    assert "1 match waits besides, of rules that are muted.\n1 match waits besides, held for later.\n" in result.stderr


def test_the_links_are_those_that_would_be_sent(run: Run, desk: Desk) -> None:
    with (desk.folder / "config.toml").open("a") as config:
        config.write('[web]\nbase_url = "https://news.example.org"\n')
    desk.receive(article("one", title="Witkoff in Kyiv"))
    assert "Mute" not in run("preview", "morning").stdout
    made: list[bytes] = []
    desk.writing(lambda tx: made.append(keys.get(tx, keys.LINKS)))
    text = run("preview", "morning").stdout
    (link,) = (line for line in text.splitlines() if line.startswith("https://news.example.org/do/"))
    asked = Links("https://news.example.org", made[0]).read(link.rpartition("/")[2])
    assert isinstance(asked, Mute)
    assert asked.digest_id == "morning"


def test_what_was_told_already_is_shown_only_where_a_time_is_asked_for(run: Run, desk: Desk) -> None:
    desk.receive(article("one", title="Witkoff in Kyiv"))
    desk.send("instant", SENT)
    assert "made-up news" in run("preview", "instant").stderr
    assert "Witkoff in Kyiv" in run("preview", "instant", "--since", "3650d").stdout


def test_a_story_that_is_told_once_more_is_shown_and_one_that_was_told_is_not(run: Run, desk: Desk) -> None:
    desk.receive(article("one", title="Witkoff visits resort", story_keys=("page:1",)))
    desk.send("morning", SENT)
    desk.receive(article("two", "valley", title="Witkoff at the resort", story_keys=("page:1",)))
    assert "made-up news" in run("preview", "morning").stderr
    desk.writing(lambda tx: tx.conn.execute(sa.update(feeds).where(feeds.c.id == "valley").values(weight=5)))
    assert "Witkoff at the resort" in run("preview", "morning").stdout


def test_without_a_database_made_up_news_shows_what_a_digest_looks_like(run: Run, folder: Path) -> None:
    (folder / "config.toml").write_text("")
    result = run("preview", "instant")
    assert MADE_UP in result.stdout
    assert result.stderr.startswith("This is made-up news, for the database cannot be used: ")
    assert result.exit_code == 0


def test_the_mail_and_the_chat_message_are_printed_as_they_would_be_sent(run: Run, desk: Desk) -> None:
    assert run("preview", "morning", "--sample", "--html").stdout.lstrip().lower().startswith("<!doctype html>")
    assert slack_faults(json.loads(run("preview", "morning", "--sample", "--slack").stdout)["blocks"]) == []


def test_what_a_webhook_gets_is_printed_with_every_story(run: Run, desk: Desk) -> None:
    desk.receive(article("one", title="Witkoff in Kyiv"))
    told = json.loads(run("preview", "morning", "--webhook").stdout)
    assert (told["type"], told["edition"]["digest"], told["parts"]) == ("edition", "morning", 1)
    assert [story["title"] for story in told["stories"]] == ["Witkoff in Kyiv"]
    assert json.loads(run("preview", "morning", "--sample", "--webhook").stdout)["stories"]


def test_a_template_that_fails_is_named_and_the_built_in_one_is_shown(run: Run, desk: Desk) -> None:
    (desk.folder / "templates").mkdir()
    (desk.folder / "templates/digest.txt.j2").write_text("Stories:\n{{ artcle.title }}\n")
    result = run("preview", "morning", "--sample")
    assert "digest.txt.j2:2" in result.stderr
    assert MADE_UP in result.stdout
    assert result.exit_code == 1


def test_digests_and_channels_that_are_not_there_are_told_with_those_that_are(run: Run, desk: Desk) -> None:
    assert "there are: instant, morning" in run("preview", "mornin").stderr
    assert "there are: outbox" in run("send-test", "desk").stderr


def test_a_test_message_is_marked_and_says_what_became_of_it(run: Run, desk: Desk) -> None:
    result = run("send-test", "outbox")
    assert result.stdout.startswith("sent      outbox: write written new/")
    (written,) = (desk.folder / "data/outbox/new").iterdir()
    letter = message_from_bytes(written.read_bytes(), policy=modern)
    body = letter.get_body(("plain",))
    assert body is not None
    assert letter["Subject"].startswith(f"Test: {MADE_UP}")
    assert " ".join(body.get_content().split()).startswith(NOTE)


def mail(port: int) -> str:
    return (
        '[channels.desk]\ntype = "email"\nfrom = "Presswatch <watch@press.example>"\nto = ["ana@press.example", "bo@press.example"]\n'
        f'smtp = {{ host = "127.0.0.1", port = {port}, tls = "none" }}\n'
    )


def test_where_nobody_listens_that_is_told_for_every_recipient(run: Run, desk: Desk) -> None:
    with (desk.folder / "config.toml").open("a") as config:
        config.write(mail(9))
    result = run("send-test", "desk")
    assert [line.split()[:2] for line in result.stdout.splitlines()] == [
        ["retry", "ana@press.example:"],
        ["retry", "bo@press.example:"],
    ]
    assert result.exit_code == 1


Server = TypeVar("Server")


@contextmanager
def aside(made: AbstractAsyncContextManager[Server]) -> Iterator[Server]:
    """A server in a thread of its own, for commands have their own event loop."""
    loop, up, ended = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    servers: list[Server] = []

    async def serve() -> None:
        async with made as server:
            servers.append(server)
            up.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    up.wait(10)
    try:
        yield servers[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
        loop.close()


def test_what_the_mail_server_says_of_each_recipient_is_told(run: Run, desk: Desk) -> None:
    with aside(smtp_server({"rcpt bo@press.example": "550 5.1.1 no such user"})) as server:
        with (desk.folder / "config.toml").open("a") as config:
            config.write(mail(server.port))
        result = run("send-test", "desk")
    ana, bo = result.stdout.splitlines()
    assert ana.startswith("sent      ana@press.example")
    assert bo.startswith("refused   bo@press.example")
    assert "no such user" in bo
    assert [each.recipient for each in server.letters] == ["ana@press.example"]


PAUSED = Receipt(Outcome.PAUSED, "auth", "535", "wrong password")


def pause(tx: Tx) -> None:
    gates.put(tx, gates.channel("desk"), None, "auth 535 wrong password")


def test_a_channel_that_was_paused_goes_on_once_a_test_message_arrives(run: Run, desk: Desk) -> None:
    desk.receive(news("Witkoff speaks"))
    desk.send("instant", PAUSED)
    desk.writing(pause)
    told = (
        "channel 'desk' is paused: auth 535 wrong password; once it is mended, `presswatch send-test desk` has it go on"
    )
    assert told in run("outbox", "retry", "1").stdout
    assert f"  waits     {told}\n" in run("outbox", "show", "1").stdout
    assert f"desk to ana@example.org: pending, {told}\n" in run("explain", "1").stdout
    assert "(then `presswatch send-test desk`)" in run("status").stdout
    with aside(smtp_server({})) as server:
        with (desk.folder / "config.toml").open("a") as config:
            config.write(mail(server.port))
        assert run("send-test", "desk").stdout.endswith("It goes on, with 1 message that waits.\n")
        assert run("send-test", "desk").stdout.count("\n") == 2, "it is well, and nothing is said of it"
    assert "Paused" not in run("status").stdout
    assert told not in run("outbox", "show", "1").stdout


def test_a_channel_that_takes_no_test_message_stays_paused(run: Run, desk: Desk) -> None:
    desk.writing(pause)
    with (desk.folder / "config.toml").open("a") as config:
        config.write(mail(9))
    assert "It goes on" not in run("send-test", "desk").stdout
    assert "Paused" in run("status").stdout


def test_a_test_message_goes_to_a_webhook_too_and_its_address_is_not_told(run: Run, desk: Desk) -> None:
    with (desk.folder / "config.toml").open("a") as config:
        config.write('[channels.archive]\ntype = "webhook"\nurl = { env = "HOOK" }\nsecret = { env = "KEY" }\n')
        config.write("allow_private = true\n")
    with aside(receiver()) as server:
        server.will(PATH, Answer(204), Answer(401, f"{PATH} wants another signature".encode()))
        sent, refused = (run("send-test", "archive", HOOK=server.url, KEY="k" * 32) for _ in range(2))
    assert sent.stdout == "sent      webhook: post 204\n"
    assert refused.stdout == "paused    webhook: post 401 /*** wants another signature\n"
    assert (sent.exit_code, refused.exit_code) == (0, 1)
    assert server.told[0]["subject"].startswith(f"Test: {MADE_UP}")
    assert len(server.told[0]["stories"]) == 1

"""The demonstration's mail server, talked to by real clients."""

import asyncio
import mailbox
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiosmtplib
import pytest

from monitor.channels.email import EmailChannel
from monitor.channels.settings import EmailSettings
from monitor.core.model import EditionRef, Message, Outcome
from monitor.demo import sink
from monitor.demo.sink import Letter, Sink, maildir
from tests.clock import MONDAY

ENVELOPE = ["EHLO me", "MAIL FROM:<a@example.org>", "RCPT TO:<b@example.org>"]


class Dialogue:
    """A client that says what it is told to, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, line: str) -> str:
        """Send a line; the last line of the answer."""
        self.writer.write(line.encode("utf-8") + b"\r\n")
        return await self.answer()

    async def answer(self) -> str:
        line = b"   -"
        while line[3:4] == b"-":
            line = await self.reader.readline()
        return line.decode("ascii").strip()

    async def say_all(self, lines: list[str]) -> list[str]:
        return [(await self.say(line))[:3] for line in lines]


@asynccontextmanager
async def dialogue(server: Sink) -> AsyncIterator[Dialogue]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    client = Dialogue(reader, writer)
    try:
        yield client
    finally:
        writer.close()


@asynccontextmanager
async def listening(keep: Callable[[Letter], None] | None = None) -> AsyncIterator[tuple[Sink, list[Letter]]]:
    letters: list[Letter] = []
    async with Sink(keep or letters.append) as server:
        yield server, letters


async def test_what_the_email_channel_sends_is_taken_over_byte_for_byte() -> None:
    async with listening() as (server, letters):
        settings = EmailSettings("127.0.0.1", "p@example.org", ("d@example.org",), port=server.port, tls="none")
        desk = EmailChannel("desk", settings)
        message = Message("Tide", "one\n.\n..two\n", "<p>one</p>")
        [parcel] = desk.compose(message, EditionRef("e", "morning", "Morning", MONDAY), "d@example.org")
        receipt = await desk.send(parcel)
    assert receipt.outcome is Outcome.SENT
    assert letters == [Letter("p@example.org", ("d@example.org",), parcel.payload.encode("ascii"))]


async def test_letters_can_be_kept_in_a_maildir(tmp_path: Path) -> None:
    async with listening(maildir(tmp_path / "mail")) as (server, _):
        for number in range(3):
            text = f"Subject: {number}\r\n\r\nhello\r\n"
            await aiosmtplib.send(text, sender="a@b.c", recipients=["d@e.f"], hostname="127.0.0.1", port=server.port)
    subjects = sorted(letter["Subject"] for letter in mailbox.Maildir(tmp_path / "mail", create=False))
    assert subjects == ["0", "1", "2"]


async def test_one_connection_can_bring_many_letters() -> None:
    async with listening() as (server, letters), aiosmtplib.SMTP(hostname="127.0.0.1", port=server.port) as client:
        for number in range(5):
            await client.sendmail("a@b.c", ["d@e.f", "g@h.i"], f"Subject: {number}\r\n\r\nx\r\n")
        assert [letter.recipients for letter in letters] == [("d@e.f", "g@h.i")] * 5


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (["NOOP", "VRFY a", "RSET", "HELP"], ["250", "252", "250", "502"]),
        (["EHLO", "HELO", "HELO me"], ["501", "501", "250"]),
        (["MAIL FROM:<a@b>"], ["503"]),
        (["EHLO me", "RCPT TO:<a@b>", "DATA"], ["250", "503", "503"]),
        (["EHLO me", "MAIL a@b", "MAIL FROM:<>", "MAIL FROM:<a@b>"], ["250", "501", "250", "503"]),
        ([*ENVELOPE, "RCPT TO:<>", "RSET", "DATA"], ["250", "250", "250", "501", "250", "503"]),
        (["ehlo me", "mail from: <a@b> SIZE=99 BODY=8BITMIME"], ["250", "250"]),
        (["EHLO me", "MAIL FROM:<a@b> SIZE=99999999999"], ["250", "552"]),
        (["", "\x00\xff", "x" * 5_000], ["502", "502", "502"]),
    ],
)
async def test_each_command_has_its_answer(lines: list[str], codes: list[str]) -> None:
    async with listening() as (server, letters), dialogue(server) as client:
        assert (await client.answer()).startswith("220")
        assert await client.say_all(lines) == codes
        assert not letters


async def test_quit_ends_the_conversation() -> None:
    async with listening() as (server, _), dialogue(server) as client:
        await client.answer()
        assert await client.say("QUIT") == "221 2.0.0 bye"
        assert await client.reader.read() == b""


async def test_only_a_dot_between_whole_line_ends_is_the_end_of_a_message() -> None:
    async with listening() as (server, letters), dialogue(server) as client:
        await client.answer()
        await client.say_all([*ENVELOPE, "DATA"])
        assert await client.say("a\n.\nb\n.\r\n..\r\n.") == "250 2.0.0 taken"
    assert letters[0].content == b"a\n.\nb\n.\r\n.\r\n"


async def test_an_empty_message_is_a_message() -> None:
    async with listening() as (server, letters), dialogue(server) as client:
        await client.answer()
        await client.say_all([*ENVELOPE, "DATA", "."])
    assert letters[0].content == b""


async def test_a_message_over_the_limit_is_refused_and_the_next_one_taken() -> None:
    async with listening() as (server, letters), dialogue(server) as client:
        await client.answer()
        await client.say_all([*ENVELOPE, "DATA"])
        line = b"x" * 60_000 + b"\r\n"
        for _ in range(sink.LONGEST_MESSAGE // len(line) + 1):
            client.writer.write(line)
            await client.writer.drain()
        assert (await client.say(".")).startswith("552")
        assert await client.say_all([*ENVELOPE, "DATA", "small\r\n."]) == ["250", "250", "250", "354", "250"]
    assert [letter.content for letter in letters] == [b"small\r\n"]


async def test_a_line_without_end_ends_the_connection() -> None:
    async with listening() as (server, letters), dialogue(server) as client:
        await client.answer()
        client.writer.write(b"x" * (3 * sink.LONGEST_LINE))
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await client.reader.readexactly(1)
        assert not letters


async def test_recipients_connections_and_commands_are_counted() -> None:
    async with listening() as (server, _), dialogue(server) as client:
        await client.answer()
        await client.say_all(ENVELOPE[:2])
        codes = await client.say_all(["RCPT TO:<a@b>"] * (sink.MOST_RECIPIENTS + 1))
        assert (codes.count("250"), codes[-1]) == (sink.MOST_RECIPIENTS, "452")
        left = sink.MOST_COMMANDS - len(codes) - 2
        assert set(await client.say_all(["NOOP"] * (left - 1))) == {"250"}
        assert await client.say("NOOP") == "250 2.0.0 fine"
        assert (await client.answer()).startswith("421")


async def test_a_crowd_is_turned_away_and_let_in_when_others_have_left() -> None:
    async with listening() as (server, _):
        others = [dialogue(server) for _ in range(sink.MOST_CONNECTIONS)]
        clients = [await other.__aenter__() for other in others]
        assert {(await client.answer())[:3] for client in clients} == {"220"}
        async with dialogue(server) as late:
            assert (await late.answer()).startswith("421")
        assert await clients[0].say("QUIT") == "221 2.0.0 bye"
        assert await clients[0].reader.read() == b""
        async with dialogue(server) as later:
            assert (await later.answer()).startswith("220")
        for other in others:
            await other.__aexit__(None, None, None)


async def test_a_full_disk_is_a_no_for_now() -> None:
    def full(letter: Letter) -> None:
        raise OSError(28, "No space left on device")

    async with listening(full) as (server, _), dialogue(server) as client:
        await client.answer()
        assert await client.say_all([*ENVELOPE, "DATA", "x\r\n."]) == ["250", "250", "250", "354", "452"]


async def test_an_answer_can_be_lost() -> None:
    def lose(letter: Letter) -> None:
        raise ConnectionAbortedError

    async with listening(lose) as (server, _), dialogue(server) as client:
        await client.answer()
        assert await client.say_all([*ENVELOPE, "DATA"]) == ["250", "250", "250", "354"]
        client.writer.write(b"x\r\n.\r\n")
        assert await client.reader.read() == b""


async def test_a_silent_client_is_not_waited_for_longer_than_patience() -> None:
    letters: list[Letter] = []
    async with Sink(letters.append, patience=0.05) as server, dialogue(server) as client:
        await client.answer()
        assert await client.reader.read() == b""


async def test_a_client_that_leaves_in_the_middle_leaves_no_letter() -> None:
    async with listening() as (server, letters):
        async with dialogue(server) as client:
            await client.answer()
            await client.say_all([*ENVELOPE, "DATA"])
            client.writer.write(b"half a mess")
        async with dialogue(server) as client:
            await client.answer()
    assert not letters


async def test_closing_hangs_up_on_everyone_and_frees_the_port() -> None:
    server = Sink(lambda letter: None)
    await server.start()
    port = server.port
    async with dialogue(server) as client:
        await client.answer()
        await server.close()
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await client.reader.readexactly(1)
    async with Sink(lambda letter: None, port=port) as again:
        assert again.port == port


async def test_closing_what_never_listened_does_nothing() -> None:
    server = Sink(lambda letter: None)
    await server.close()
    assert server.port == 0

"""A mail server for loopback that takes every message and delivers none: the demonstration's end of a real SMTP conversation.

RFC 5321 as far as a client can ask for it, with every length, count and wait bounded.
"""

import asyncio
import mailbox
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

MOST_CONNECTIONS = 32
MOST_COMMANDS = 1_000  # of one connection
MOST_RECIPIENTS = 100
LONGEST_LINE = 64 * 1024  # bytes
LONGEST_MESSAGE = 10 * 1024 * 1024  # bytes
PATIENCE = 60.0  # seconds for one command, or for a whole message

_PATH = re.compile(r"(?:FROM|TO):\s*<([^<>]*)>(?:\s.*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message taken over: its envelope, and its bytes as they were before SMTP doubled leading dots."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


Keep = Callable[[Letter], None]


def maildir(folder: Path) -> Keep:
    """Return a keeper that adds each letter to the Maildir `folder`, which is made when missing."""
    box = mailbox.Maildir(folder, create=True)
    return lambda letter: _add(box, letter)


def _add(box: mailbox.Maildir, letter: Letter) -> None:
    box.add(letter.content)


class Sink:
    """Listens from `async with` until its end. `keep` gets each letter before its sender is told that it was taken.

    An OSError from `keep` is answered as a full disk, so the sender tries again; a ConnectionError by hanging up without an answer, so that
    the sender cannot know what became of the letter.
    """

    def __init__(self, keep: Keep, *, host: str = "127.0.0.1", port: int = 0, patience: float = PATIENCE) -> None:
        self._keep = keep
        self._host = host
        self._asked_port = port
        self._patience = patience
        self._server: asyncio.Server | None = None
        self._sessions: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def port(self) -> int:
        """The port it listens at; 0 before `start`."""
        port: int = self._server.sockets[0].getsockname()[1] if self._server else 0
        return port

    async def start(self) -> None:
        """Begin to listen. Raises OSError when the port is taken."""
        self._server = await asyncio.start_server(self._connected, self._host, self._asked_port, limit=LONGEST_LINE)

    async def close(self) -> None:
        """Stop listening and hang up on everyone."""
        if self._server is None:
            return
        self._server.close()
        for writer in self._sessions.values():
            writer.transport.abort()
        await asyncio.gather(*self._sessions)
        await self._server.wait_closed()
        self._server = None

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._sessions[task] = writer
        try:
            session = _Session(self._keep, reader, writer, self._patience)
            await (session.talk() if len(self._sessions) <= MOST_CONNECTIONS else session.turn_away())
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client is gone, silent, or speaks something else; there is nobody to tell
        finally:
            del self._sessions[task]
            writer.close()


class _Session:
    """One client's conversation."""

    def __init__(self, keep: Keep, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, patience: float) -> None:
        self._keep = keep
        self._reader = reader
        self._writer = writer
        self._patience = patience
        self._greeted = False
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._verbs: dict[str, Callable[[str], Awaitable[str]]] = {
            "EHLO": self._ehlo,
            "HELO": self._helo,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": self._noop,
            "VRFY": self._vrfy,
        }

    async def turn_away(self) -> None:
        """Say that there are too many others."""
        await self._say("421 4.3.2 too many connections, try later")

    async def talk(self) -> None:
        """Answer commands until QUIT, the last allowed command, or silence (TimeoutError)."""
        await self._say("220 presswatch demonstration sink")
        for _ in range(MOST_COMMANDS):
            async with asyncio.timeout(self._patience):
                line = await self._line()
            verb, _, argument = line.partition(" ")
            if verb.upper() == "QUIT":
                await self._say("221 2.0.0 bye")
                return
            await self._say(await self._verbs.get(verb.upper(), self._unknown)(argument.strip()))
        await self._say("421 4.7.0 too many commands")

    async def _line(self) -> str:
        line = await self._reader.readuntil(b"\r\n")
        return line[:-2].decode("utf-8", "replace")

    async def _say(self, answer: str) -> None:
        async with asyncio.timeout(self._patience):
            self._writer.write(answer.encode("ascii") + b"\r\n")
            await self._writer.drain()

    def _begin(self) -> None:
        """Forget the envelope."""
        self._sender = None
        self._recipients = []

    async def _ehlo(self, name: str) -> str:
        if not name:
            return "501 5.5.4 EHLO needs a name"
        self._greeted = True
        self._begin()
        return f"250-presswatch\r\n250-SIZE {LONGEST_MESSAGE}\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES"

    async def _helo(self, name: str) -> str:
        answer = await self._ehlo(name)
        return answer if answer.startswith("5") else "250 presswatch"

    async def _mail(self, argument: str) -> str:
        found = _PATH.fullmatch(argument)
        if not self._greeted or self._sender is not None:
            return "503 5.5.1 not now"
        if found is None:
            return "501 5.5.4 MAIL FROM:<address>"
        if (size := re.search(r"\sSIZE=(\d{1,20})\b", argument, re.IGNORECASE)) and int(size[1]) > LONGEST_MESSAGE:
            return f"552 5.3.4 a message may have {LONGEST_MESSAGE} bytes"
        self._sender = found[1]
        return "250 2.1.0 fine"

    async def _rcpt(self, argument: str) -> str:
        found = _PATH.fullmatch(argument)
        if self._sender is None:
            return "503 5.5.1 MAIL first"
        if found is None or not found[1]:
            return "501 5.5.4 RCPT TO:<address>"
        if len(self._recipients) >= MOST_RECIPIENTS:
            return "452 4.5.3 too many recipients"
        self._recipients.append(found[1])
        return "250 2.1.5 fine"

    async def _data(self, _: str) -> str:
        if self._sender is None or not self._recipients:
            return "503 5.5.1 MAIL and RCPT first"
        await self._say("354 end with a dot on a line of its own")
        async with asyncio.timeout(self._patience):
            content = await self._content()
        letter = Letter(self._sender, tuple(self._recipients), content or b"")
        self._begin()
        if content is None:
            return f"552 5.3.4 a message may have {LONGEST_MESSAGE} bytes"
        return self._kept(letter)

    async def _content(self) -> bytes | None:
        """Read up to the final dot; None for a message over the limit, which is read to its end all the same.

        Only CR LF ends a line, so no other dot can be taken for the final one ("SMTP smuggling").
        """
        lines: list[bytes] = []
        size = 0
        while (line := await self._reader.readuntil(b"\r\n")) != b".\r\n":
            size += len(line)
            if size > LONGEST_MESSAGE:
                lines.clear()
                continue
            lines.append(line.removeprefix(b"."))
        return b"".join(lines) if size <= LONGEST_MESSAGE else None

    def _kept(self, letter: Letter) -> str:
        try:
            self._keep(letter)
        except ConnectionError:
            raise
        except OSError:
            return "452 4.3.1 no room to store it"
        return "250 2.0.0 taken"

    async def _rset(self, _: str) -> str:
        self._begin()
        return "250 2.0.0 forgotten"

    async def _noop(self, _: str) -> str:
        return "250 2.0.0 fine"

    async def _vrfy(self, _: str) -> str:
        return "252 2.5.0 not verified, but sent to"

    async def _unknown(self, _: str) -> str:
        return "502 5.5.2 not known here"

"""An SMTP server that says at each stage what the test wrote into its script, over a real socket."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

DROP = "drop"
HANG = "hang"
DRIP = "drip"  # an answer that goes on and on, a line now and then
FLOOD = "flood"  # the same, as fast as it can
LINE = b"250-and on\r\n"

FINE = {
    "connect": "220 ready",
    "ehlo": "250-here\r\n250 SIZE 1000000",
    "auth": "235 welcome",
    "starttls": "220 go ahead",
    "mail": "250 sender fine",
    "rcpt": "250 recipient fine",
    "data": "354 go on",
    "dot": "250 queued as 42",
    "quit": "221 bye",
}


@dataclass
class Letter:
    """A message that the server took over."""

    sender: str
    recipient: str
    content: bytes


@dataclass
class ScriptedServer:
    """`script` maps a stage to an answer, to DROP, HANG, DRIP or FLOOD; `rcpt ADDRESS` is the stage of one recipient.

    With a `context` it encrypts when it is asked to: `tls` is the stage of the handshake, `ehlo encrypted` that of the greeting after it. The server has a message as soon as its final dot has come, whatever it then answers: that is what makes a lost answer hard.
    """

    script: dict[str, str] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    port: int = 0
    context: ssl.SSLContext | None = None
    _talking: set["asyncio.Task[None]"] = field(default_factory=set)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, stage: str, address: str = "") -> str:
        said = {"": "502 what?", **FINE, **self.script}
        return next(said[each] for each in (f"{stage} {address}", stage, "") if each in said)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talking.add(task)
        try:
            await _Conversation(self, reader, writer).talk()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            self._talking.discard(task)
            writer.close()

    async def stop(self) -> None:
        self.over.set()
        await asyncio.gather(*self._talking)


class _Conversation:
    def __init__(self, server: ScriptedServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._sender = ""
        self._recipient = ""
        self._encrypted = ""

    async def talk(self) -> None:
        going = await self._say("connect")
        while going:
            line = (await self._reader.readuntil(b"\r\n")).decode("ascii").strip()
            self._server.lines.append(line)
            going = await self._obey(line)

    async def _obey(self, line: str) -> bool:
        verb = line.split(" ")[0].lower()
        address = line.partition("<")[2].partition(">")[0]
        if verb == "mail":
            self._sender = address
        if verb == "rcpt":
            self._recipient = address
        if verb == "ehlo":
            address = self._encrypted
        if verb == "starttls":
            return await self._say("starttls") and await self._encrypt()
        if verb == "data":
            return await self._say("data") and await self._take()
        return await self._say(verb, address) and verb != "quit"

    async def _encrypt(self) -> bool:
        if not self._server.answer("starttls").startswith("220") or self._server.context is None:
            return True
        if "tls" in self._server.script:
            await self._say("tls")
            return False
        await self._writer.start_tls(self._server.context)
        self._encrypted = "encrypted"
        return True

    async def _take(self) -> bool:
        if not self._server.answer("data").startswith("354"):
            return True
        content = await self._reader.readuntil(b"\r\n.\r\n")
        unstuffed = content[:-3].replace(b"\r\n..", b"\r\n.")
        self._server.letters.append(Letter(self._sender, self._recipient, unstuffed))
        return await self._say("dot")

    async def _say(self, stage: str, address: str = "") -> bool:
        answer = self._server.answer(stage, address)
        if answer == DROP:
            return False
        if answer == HANG:
            await self._server.over.wait()
            return False
        if answer in (DRIP, FLOOD):
            return await self._go_on(pause=0.02 if answer == DRIP else 0.0)
        self._writer.write(answer.encode("utf-8") + b"\r\n")
        await self._writer.drain()
        return not answer.startswith("421")

    async def _go_on(self, pause: float) -> bool:
        while not self._server.over.is_set():
            self._writer.write(LINE if pause else LINE * 1000)
            await self._writer.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._server.over.wait(), pause)
        return False


@asynccontextmanager
async def smtp_server(script: Mapping[str, str] | None = None) -> AsyncIterator[ScriptedServer]:
    """A server on a free loopback port."""
    scripted = ScriptedServer(dict(script or {}))
    server = await asyncio.start_server(scripted, "127.0.0.1", 0)
    scripted.port = server.sockets[0].getsockname()[1]
    try:
        yield scripted
    finally:
        server.close()
        await scripted.stop()
        await server.wait_closed()

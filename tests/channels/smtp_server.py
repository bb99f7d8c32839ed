"""An SMTP server that says at each stage what the test wrote into its script, over a real socket."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

DROP = "drop"
HANG = "hang"

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
    """`script` maps a stage to an answer, to DROP or to HANG; `rcpt ADDRESS` is the stage of one recipient.

    The server has a message as soon as its final dot has come, whatever it then answers: that is what makes a lost answer hard.
    """

    script: dict[str, str] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    port: int = 0
    _talking: set["asyncio.Task[None]"] = field(default_factory=set)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, stage: str, address: str = "") -> str:
        return self.script.get(f"{stage} {address}", self.script.get(stage, FINE.get(stage, "502 what?")))

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talking.add(task)
        try:
            await _Conversation(self, reader, writer).talk()
        except (asyncio.IncompleteReadError, ConnectionError):
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
        if verb == "data":
            return await self._say("data") and await self._take()
        return await self._say(verb, address) and verb != "quit"

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
        self._writer.write(answer.encode("utf-8") + b"\r\n")
        await self._writer.drain()
        return not answer.startswith("421")


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

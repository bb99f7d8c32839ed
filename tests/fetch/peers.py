"""A web server on loopback that answers byte for byte what a test tells it to, and the names that lead there."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came over the wire; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    names: Sequence[str] = ()


Answer = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Server:
    """Answers by path. `asked` is every request, `most_at_once` the most that were open together."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    most_at_once: int = 0
    scheme: str = "http"
    context: ssl.SSLContext | None = None
    _open: int = 0
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def url(self, path: str = "/feed", host: str = "127.0.0.1") -> str:
        """Return the address of a path, under any name."""
        return f"{self.scheme}://{host}:{self.port}{path}"

    async def reached(self, requests: int) -> None:
        """Wait until so many requests have come."""
        async with asyncio.timeout(5):
            while len(self.asked) < requests:
                self._came.clear()
                await self._came.wait()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self.context, limit=1 << 20)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (asked := await _read(reader)) is not None:
                self.asked.append(asked)
                self._came.set()
                self._open += 1
                self.most_at_once = max(self.most_at_once, self._open)
                try:
                    await self.answers[asked.target](asked, writer)
                finally:
                    self._open -= 1
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    line, *fields = head.rstrip().split("\r\n")
    headers = {name.lower(): value for name, value in (each.split(": ", 1) for each in fields)}
    method, target, _ = line.split(" ")
    names = [each.split(":")[0].lower() for each in fields]
    return Asked(method, target, headers, await reader.readexactly(int(headers.get("content-length", "0"))), names)


def reply(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
    """A complete answer."""
    fields = {"Content-Length": str(len(body)), **(headers or {})}
    told = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return raw(f"HTTP/1.1 {status} Told\r\n{told}\r\n".encode("latin-1") + body)


def redirect(status: int, location: str) -> Answer:
    """An answer that leads somewhere else."""
    return reply(status, b"", {"Location": location})


def raw(content: bytes) -> Answer:
    """These bytes, whatever they are."""

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(content)
        await writer.drain()

    return answer


def cut_off(content: bytes) -> Answer:
    """These bytes, and then the connection ends."""

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(content)
        await writer.drain()
        writer.close()

    return answer


def endless(head: bytes, piece: bytes, gap: float = 0.0) -> Answer:
    """A head and then the same piece again and again, `gap` seconds apart."""

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(gap)

    return answer


def gated(gate: asyncio.Event, then: Answer) -> Answer:
    """An answer that waits until the test opens the gate."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        await then(asked, writer)

    return answer


@dataclass(slots=True)
class Names:
    """A name server: each name leads to the next of its lists of addresses at each question; the last list stays."""

    known: dict[str, Sequence[Sequence[str]]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, _: int) -> list[str]:
        """Return the addresses; a literal address is its own."""
        lists = self.known.get(host, [[host]])
        times = self.asked.count(host)
        self.asked.append(host)
        return list(lists[min(times, len(lists) - 1)])

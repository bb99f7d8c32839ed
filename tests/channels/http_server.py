"""An HTTP server that answers what the test wrote, over real sockets on loopback, reached through the daemon's own door."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.client import responses
from typing import TypeVar

from monitor.channels.post import Post
from monitor.fetch import Door, DoorSettings
from tests.clock import ManualClock

DROP = 0  # as status: hang up without an answer, after the message was taken
HANG = -1


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class HttpPeer:
    """Gives the scripted answers of a path one after the other, then success. `post` leads to it."""

    post: Post
    script: dict[str, list[Answer]] = field(default_factory=dict)
    at: list[float] = field(default_factory=list)
    root: str = ""
    _talking: set["asyncio.Task[None]"] = field(default_factory=set)
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    def will(self, path: str, *answers: Answer) -> None:
        self.script.setdefault(path, []).extend(answers)

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> None:
        """Keep a request."""
        raise NotImplementedError

    def success(self, path: str) -> Answer:
        """Return what is answered where nothing is scripted."""
        raise NotImplementedError

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talking.add(task)
        try:
            await self._serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._talking.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
        path = head.split(" ")[1]
        headers = _headers(head)
        self.at.append(asyncio.get_running_loop().time())
        self.take(path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))
        queue = self.script.get(path, [])
        answer = queue.pop(0) if queue else self.success(path)
        if answer.status == HANG:
            await self._over.wait()
        elif answer.status != DROP:
            writer.write(_written(answer))
            await writer.drain()

    async def stop(self) -> None:
        self._over.set()
        await asyncio.gather(*self._talking)


def _headers(head: str) -> dict[str, str]:
    lines = (line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    return {name.lower(): value for name, value in lines}


def _written(answer: Answer) -> bytes:
    headers = {"Content-Length": str(len(answer.body)), "Connection": "close", **answer.headers}
    lines = [
        f"HTTP/1.1 {answer.status} {responses.get(answer.status, 'x')}",
        *(f"{k}: {v}" for k, v in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + answer.body


AnyPeer = TypeVar("AnyPeer", bound=HttpPeer)


@asynccontextmanager
async def listening(made: Callable[[Post], AnyPeer]) -> AsyncIterator[AnyPeer]:
    """A peer on a free loopback port."""
    door = Door(DoorSettings(), clock=ManualClock())
    peer = made(door.post)
    server = await asyncio.start_server(peer, "127.0.0.1", 0)
    peer.root = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield peer
    finally:
        await door.close()
        server.close()
        await peer.stop()
        await server.wait_closed()

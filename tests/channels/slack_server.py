"""A Slack that answers what the test wrote, over real HTTP on loopback, reached through the daemon's own door."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.client import responses
from typing import Any
from urllib.parse import parse_qs

from monitor.channels.post import Post
from monitor.fetch import Door, DoorSettings
from tests.clock import ManualClock

DROP = 0  # as status: hang up without an answer, after the message was taken
HANG = -1
WEBHOOK_PATH = "/services/T000/B000/canarycanarycanary"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


OK = Answer(200, b"ok")


def ok(**more: object) -> Answer:
    """The Web API's success."""
    return Answer(200, json.dumps({"ok": True, **more}).encode())


def error(word: str, status: int = 200) -> Answer:
    """The Web API's failure, which has HTTP status 200 too."""
    return Answer(status, json.dumps({"ok": False, "error": word}).encode())


@dataclass
class FakeSlack:
    """Gives the scripted answers of a path one after the other, then success; keeps every request. `post` leads to it."""

    post: Post
    script: dict[str, list[Answer]] = field(default_factory=dict)
    posted: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    root: str = ""
    _talking: set["asyncio.Task[None]"] = field(default_factory=set)
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def webhook(self) -> str:
        return self.root + WEBHOOK_PATH

    def will(self, path: str, *answers: Answer) -> None:
        self.script.setdefault(path, []).extend(answers)

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
        self._take(path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))
        queue = self.script.get(path, [])
        answer = queue.pop(0) if queue else (OK if path == WEBHOOK_PATH else ok(ts="1.2"))
        if answer.status == HANG:
            await self._over.wait()
        elif answer.status != DROP:
            writer.write(_written(answer))
            await writer.drain()

    def _take(self, path: str, headers: Mapping[str, str], body: bytes) -> None:
        self.tokens.append(headers.get("authorization", ""))
        self.at.append(asyncio.get_running_loop().time())
        if path.endswith("conversations.history"):
            self.asked.append(parse_qs(body.decode("ascii")))
        else:
            self.posted.append(json.loads(body))

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


@asynccontextmanager
async def fake_slack() -> AsyncIterator[FakeSlack]:
    """A Slack on a free loopback port."""
    door = Door(DoorSettings(), clock=ManualClock())
    slack = FakeSlack(door.post)
    server = await asyncio.start_server(slack, "127.0.0.1", 0)
    slack.root = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield slack
    finally:
        await door.close()
        server.close()
        await slack.stop()
        await server.wait_closed()

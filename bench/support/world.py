"""A news world on loopback: a process that serves many 50 KB feeds under many host addresses, each poll with news.

Run as `python -m bench.support.world FEEDS HOSTS NEW`: prints its port, serves until its standard input ends.

    GET /feed/7      feed 7 as RSS: 40 items, NEW of them not there at the poll before (NEW = 0: the answer is a 304)
    GET /served      {"polls": …, "items": …}: answers given and different items shown so far
"""

import asyncio
import json
import random
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate

ITEMS = 40
# The day, so that two processes write the same items.
_STARTED = formatdate(time.time() // 86_400 * 86_400)
_POOL = 4_000
_SYLLABLES = (
    "ba",
    "den",
    "cor",
    "li",
    "mo",
    "ra",
    "ste",
    "vin",
    "tal",
    "ge",
    "pru",
    "ska",
    "no",
    "fe",
    "lin",
    "dor",
    "hu",
)


@dataclass(frozen=True, slots=True)
class World:
    """A running world: where it listens."""

    port: int
    hosts: int

    def url(self, feed: int) -> str:
        """Return the address of a feed; feeds are spread evenly over the hosts."""
        return f"http://{host(feed % self.hosts)}:{self.port}/feed/{feed}"

    def served(self) -> dict[str, int]:
        """Return the numbers of polls answered and of items shown so far."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/served", timeout=10) as reply:
            counts: dict[str, int] = json.load(reply)
        return counts


def host(number: int) -> str:
    """Return the loopback address that stands for a host."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


@contextmanager
def world(feeds: int, hosts: int, new: int) -> Iterator[World]:
    """Start a world in a process of its own and stop it at the end."""
    command = [sys.executable, "-m", "bench.support.world", str(feeds), str(hosts), str(new)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    try:
        yield World(int(process.stdout.readline()), hosts)
    finally:
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()


def vocabulary(size: int = 8_000) -> list[str]:
    """Return invented words, the common ones first."""
    choose = random.Random(1)
    words: dict[str, None] = {}
    while len(words) < size:
        words["".join(choose.choices(_SYLLABLES, k=choose.randint(1, 4)))] = None
    return list(words)


def items() -> list[bytes]:
    """Return the pool of items as RSS; `{feed}` and `{number}` are put in when they are served."""
    choose = random.Random(2)
    words = vocabulary()
    # Zipf: the word of rank r is as frequent as 1/r, as in a real language.
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    return [_item(choose.choices(words, weights, k=135)).encode() for _ in range(_POOL)]


def _item(words: Sequence[str]) -> str:
    title, text = " ".join(words[:10]).capitalize(), " ".join(words[10:])
    return (
        f"<item><title>{title}</title><link>http://news.example/{{feed}}/{{number}}</link>"
        f"<guid isPermaLink='false'>{{feed}}-{{number}}</guid><pubDate>{_STARTED}</pubDate>"
        f"<description>&lt;p&gt;{text[:600]}&lt;/p&gt;&lt;p&gt;{text[600:]}&lt;/p&gt;</description></item>\n"
    )


class Feeds:
    """The state of all feeds: how often each was polled."""

    def __init__(self, count: int, new: int, polled: int = 0) -> None:
        self._pool = items()
        self._new = new
        self._polls = [polled] * count

    def served(self) -> dict[str, int]:
        """Count the answers given and the items shown."""
        shown = sum(ITEMS + self._new * (polls - 1) for polls in self._polls if polls)
        return {"polls": sum(self._polls), "items": shown}

    def answer(self, feed: int) -> bytes:
        """Return the feed's next document; b"" when nothing has changed since the last."""
        polls = self._polls[feed]
        self._polls[feed] += 1
        if polls and not self._new:
            return b""
        newest = ITEMS + polls * self._new
        body = b"".join(self._numbered(feed, number) for number in range(newest, newest - ITEMS, -1))
        head = f"<rss version='2.0'><channel><title>Paper {feed}</title><link>http://news.example/</link>".encode()
        return (
            b"<?xml version='1.0' encoding='utf-8'?>"
            + head
            + body.replace(b"{feed}", b"%d" % feed)
            + b"</channel></rss>"
        )

    def _numbered(self, feed: int, number: int) -> bytes:
        # Feeds do not share items: each begins elsewhere in the pool.
        return self._pool[(feed * 97 + number) % _POOL].replace(b"{number}", b"%d" % number)


class Exchange(asyncio.Protocol):
    """One client's connection: HTTP/1.1, requests without bodies, kept alive."""

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self._received += data
        while b"\r\n\r\n" in self._received:
            request, self._received = self._received.split(b"\r\n\r\n", 1)
            self._transport.write(self._reply(request.split(b" ", 2)[1].decode()))

    def _reply(self, path: str) -> bytes:
        if path == "/served":
            return _http(b"200 OK", json.dumps(self._feeds.served()).encode())
        body = self._feeds.answer(int(path.removeprefix("/feed/")))
        return _http(b"200 OK", body) if body else _http(b"304 Not Modified", b"")


def _http(status: bytes, body: bytes) -> bytes:
    head = b'HTTP/1.1 %b\r\nContent-Type: application/rss+xml\r\nETag: "v"\r\nContent-Length: %d\r\n\r\n'
    return head % (status, len(body)) + body


async def serve(count: int, hosts: int, new: int) -> None:
    """Listen on every host's address at one free port until standard input ends."""
    loop = asyncio.get_running_loop()
    feeds = Feeds(count, new)
    first = await loop.create_server(lambda: Exchange(feeds), "127.0.0.1", 0)
    port = first.sockets[0].getsockname()[1]
    addresses = [host(number) for number in range(hosts)]
    await loop.create_server(lambda: Exchange(feeds), addresses, port)
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(*(int(argument) for argument in sys.argv[1:])))

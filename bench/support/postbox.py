"""A mail server on loopback in a thread of its own, which notes when each letter came."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes

from monitor.demo.sink import Letter, Sink


@dataclass(slots=True)
class Postbox:
    """Where it listens, and the letters it has taken, each with its time (seconds since 1970)."""

    port: int = 0
    letters: list[tuple[float, Letter]] = field(default_factory=list)

    def first_times(self) -> dict[str, float]:
        """Return when each message first came, by the key in its Message-ID."""
        came: dict[str, float] = {}
        for at, letter in self.letters:
            name = str(message_from_bytes(letter.content)["Message-ID"])
            came.setdefault(name.strip("<>").partition("@")[0], at)
        return came

    def take(self, letter: Letter) -> None:
        """Keep a letter."""
        self.letters.append((time.time(), letter))


@contextmanager
def postbox() -> Iterator[Postbox]:
    """Run a mail server for the length of the block."""
    box = Postbox()
    ready, over, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()

    async def serve() -> None:
        async with Sink(box.take) as sink:
            box.port = sink.port
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait(10)
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()

"""A mail server in a thread, beside the daemon's process: it can be away, refuse, or take a letter and lose the answer."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from types import TracebackType
from typing import Self

from monitor.demo.sink import Letter, Sink


@dataclass(slots=True)
class Mailroom:
    """Keeps every letter it takes, in order. Where `loses` says so, it hangs up instead of answering that it took one."""

    letters: list[Letter] = field(default_factory=list)
    port: int = 0
    loses: Callable[[], bool] = lambda: False
    lost: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _sink: Sink | None = None
    _thread: threading.Thread | None = None

    @property
    def keys(self) -> list[str]:
        """The Message-ID of every letter taken."""
        return [str(message_from_bytes(letter.content)["Message-ID"]) for letter in self.letters]

    @property
    def subjects(self) -> list[str]:
        """The Subject of every letter taken."""
        return [str(message_from_bytes(letter.content)["Subject"]) for letter in self.letters]

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        assert self._thread is not None
        self._thread.join()
        self._loop.close()

    def open(self) -> None:
        """Listen, at the same port as before."""
        self._sink = Sink(self._take, port=self.port)
        asyncio.run_coroutine_threadsafe(self._sink.start(), self._loop).result(10)
        self.port = self._sink.port

    def close(self) -> None:
        """Be away."""
        if self._sink is not None:
            asyncio.run_coroutine_threadsafe(self._sink.close(), self._loop).result(10)
            self._sink = None

    def _take(self, letter: Letter) -> None:
        self.letters.append(letter)
        if self.loses():
            self.lost += 1
            raise ConnectionAbortedError("the answer is lost")

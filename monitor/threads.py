"""Threads for calls that may never come back: a name server or a mounted disk that is gone. None of them holds up the rest, or the end of the process."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


class NoRoom(Exception):
    """As many calls as there may be have not come back. `lost`: all of them were given up."""

    def __init__(self, *, lost: bool = False) -> None:
        super().__init__()
        self.lost = lost


class Threads:
    """At most `most` calls at a time, each in a daemon thread of its own; one that is given up keeps its place until it comes back."""

    def __init__(self, most: int) -> None:
        self._room = asyncio.Semaphore(most)
        self._most = most
        self._given_up = 0

    async def run(self, function: Callable[..., T], *args: object, limit: float, patience: float) -> T:
        """Call `function(*args)` and return what it returns, or raise what it raises.

        Raises NoRoom when none was there within `patience` seconds, and TimeoutError when the call took over `limit` seconds; waiting does not count.
        """
        try:
            async with asyncio.timeout(patience):
                await self._room.acquire()
        except TimeoutError:
            raise NoRoom(lost=self._given_up >= self._most) from None
        answer = self._begun(function, *args)
        try:
            async with asyncio.timeout(limit):
                return await answer
        finally:
            if answer.cancelled():
                self._given_up += 1

    def _begun(self, function: Callable[..., T], *args: object) -> asyncio.Future[T]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def came_back(result: T | None, error: BaseException | None) -> None:
            self._room.release()
            if answer.done():
                self._given_up -= 1
                return
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(result)  # type: ignore[arg-type]

        def work() -> None:
            result, error = None, None
            try:
                result = function(*args)
            except BaseException as raised:  # noqa: BLE001  handed on to who waits for it
                error = raised
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(came_back, result, error)

        try:
            threading.Thread(target=work, name=getattr(function, "__name__", "call"), daemon=True).start()
        except RuntimeError:  # the system has no thread to give
            self._room.release()
            raise NoRoom from None
        return answer

"""Does together what is asked for while the same is being done: the busier, the larger the groups, and the less each costs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

A = TypeVar("A")
B = TypeVar("B")


class Grouped(Generic[A, B]):
    """Gives `work` what is asked for in groups; what comes when nothing is under way waits for nothing.

    `work` returns an answer for each of a group, in order. Where it fails for several, each is tried by itself, so that one that cannot be
    done takes no other along; but not for an error of `nobodys`, of which none is the cause. `most`: how many a group has at the most;
    `heaviest`: what they may weigh together by `weight`, where that is more than one. `at_once`: groups under way at one time.
    `linger`: seconds that one may wait for others even where nothing is under way, unless it `hurries`.
    """

    def __init__(
        self,
        work: Callable[[Sequence[A]], Awaitable[Sequence[B]]],
        most: int,
        *,
        weight: Callable[[A], int] = lambda _: 1,
        heaviest: int | None = None,
        at_once: int = 1,
        nobodys: tuple[type[Exception], ...] = (),
        linger: float = 0.0,
        hurries: Callable[[A], bool] = lambda _: False,
    ) -> None:
        self._work = work
        self._most = most
        self._weight = weight
        self._heaviest = most if heaviest is None else heaviest
        self._at_once = at_once
        self._nobodys = nobodys
        self._linger = linger
        self._hurries = hurries
        self._hurry = asyncio.Event()
        self._waiting: list[tuple[A, asyncio.Future[B]]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._running = 0

    async def add(self, item: A) -> B:
        """Have one thing done and return the answer; raises what `work` raises for it."""
        answer: asyncio.Future[B] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if len(self._waiting) >= self._most or self._hurries(item):
            self._hurry.set()
        if self._running < self._at_once:
            self._running += 1
            task = asyncio.create_task(self._go_through(), name="group")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await answer

    async def _go_through(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                if group := self._next():
                    await self._do(group)
        finally:
            # Not when the task is done, which is told a round of the loop later: what comes in between would wait for ever.
            self._running -= 1

    async def _gather(self) -> None:
        """Let others come, until one of them is in a hurry or there are enough."""
        if self._linger and not any(self._hurries(item) for item, _ in self._waiting):
            with suppress(TimeoutError):
                async with asyncio.timeout(self._linger):
                    await self._hurry.wait()
        self._hurry.clear()

    def _next(self) -> list[tuple[A, asyncio.Future[B]]]:
        """Take the next group: those who still wait for their answer, as many as it may have."""
        group: list[tuple[A, asyncio.Future[B]]] = []
        weight = 0
        while self._waiting and len(group) < self._most:
            item, answer = self._waiting[0]
            if answer.done():
                self._waiting.pop(0)
                continue
            weight += self._weight(item)
            if group and weight > self._heaviest:
                break
            self._waiting.pop(0)
            group.append((item, answer))
        return group

    async def _do(self, group: list[tuple[A, asyncio.Future[B]]]) -> None:
        try:
            answers = await self._work([item for item, _ in group])
            told = [(answer, each) for (_, answer), each in zip(group, answers, strict=True)]
        except asyncio.CancelledError:
            for _, answer in group:
                answer.cancel()
            raise
        except Exception as error:  # noqa: BLE001  handed on to whoever waits for it
            if len(group) == 1 or isinstance(error, self._nobodys):
                _fail(group, error)
                return
            log.warning("%d together failed, each is tried by itself: %s", len(group), error)
            few = asyncio.Semaphore(self._at_once)
            await asyncio.gather(*(self._do_alone(one, few) for one in group))
        else:
            for answer, each in told:
                if not answer.done():
                    answer.set_result(each)

    async def _do_alone(self, one: tuple[A, asyncio.Future[B]], few: asyncio.Semaphore) -> None:
        async with few:
            await self._do([one])


def _fail(group: Sequence[tuple[A, asyncio.Future[B]]], error: Exception) -> None:
    for _, answer in group:
        if not answer.done():
            answer.set_exception(error)

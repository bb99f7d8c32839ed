"""A pool of processes for work that may run away: every task has a time limit and its process a memory limit."""

import asyncio
import logging
import multiprocessing
import resource
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from monitor.errors import WorkerDied, WorkersBusy, WorkerTimeout

log = logging.getLogger(__name__)

T = TypeVar("T")

GIBIBYTE = 1 << 30

#: Seconds that a task waits for a worker at the most, longer than all that should be before it; then the pool is taken to be stuck.
PATIENCE = 90.0


class Workers:
    """A killable process pool, started at the first call and ended when there is nothing to do.

    `count`: processes. `memory`: bytes of address space each may take beyond what it starts with. `recycle`: tasks after which a process is replaced.
    `rest`: seconds without a task after which all processes end; the next task starts them again, in a fifth of a second.
    """

    def __init__(self, count: int = 2, memory: int = GIBIBYTE, recycle: int = 2000, rest: float = 10.0) -> None:
        self._count = count
        self._memory = memory
        self._recycle = recycle
        self._rest = rest
        self._pool: ProcessPool | None = None
        self._starting = threading.Lock()
        self._calls = 0
        self._tasks: dict[Future[Any], ProcessPool] = {}
        self._resting: asyncio.TimerHandle | None = None

    async def call(self, function: Callable[..., T], *args: object, timeout: float) -> T:  # noqa: ASYNC109  it bounds the task, not the wait
        """Run `function(*args)` in a worker and return what it returns. Function, arguments and result must be picklable.

        The `timeout` (seconds) counts from the moment a worker takes the task. Raises WorkerTimeout when it is over and
        the worker was killed, WorkersBusy when none took the task, WorkerDied when the worker ended or ran out of memory,
        else what the function raised.
        """
        self._calls += 1
        try:
            return await self._call(function, *args, timeout=timeout)
        finally:
            self._calls -= 1
            self._rest_later()

    async def _call(self, function: Callable[..., T], *args: object, timeout: float) -> T:  # noqa: ASYNC109
        name = getattr(function, "__name__", "task")
        pool = self._pool
        if pool is None or not pool.active:
            # Starting takes a third of a second, which the event loop must not stand still for.
            pool = await asyncio.to_thread(self._running)
        task = pool.schedule(function, args=args, timeout=timeout)
        self._tasks[task] = pool
        answer = asyncio.wrap_future(task)
        try:
            done, _ = await asyncio.wait({answer}, timeout=PATIENCE + timeout)
            if not done:
                self._replace(pool)
                raise WorkersBusy(f"no process took {name} within {PATIENCE:g} s")
            result: T = answer.result()
        except asyncio.CancelledError:
            waiting = asyncio.current_task()
            if waiting is None or waiting.cancelling():
                raise
            # It is the task that was cancelled, as when a broken pool is ended, and not who waits for it.
            raise WorkerDied(f"the processes of {name} were ended") from None
        except TimeoutError:
            raise WorkerTimeout(f"{name} was stopped after {timeout:g} s") from None
        except ProcessExpired as error:
            raise WorkerDied(f"the process of {name} ended with code {error.exitcode}") from None
        except BrokenProcessPool as error:
            raise WorkerDied(f"the processes of {name} ended: {error}") from None
        except MemoryError:
            raise WorkerDied(f"{name} needed more than {self._memory >> 20} MiB") from None
        finally:
            del self._tasks[task]
            answer.cancel()  # nobody waits for it any more
        return result

    def start(self) -> None:
        """Start the processes now instead of at the first call."""
        self._running()

    def close(self) -> None:
        """End all processes; tasks under way are lost."""
        if self._pool is not None:
            self._end(self._pool)
            self._pool = None

    def _replace(self, pool: ProcessPool) -> None:
        """Let what follows have another pool; this one, with all that it is at, ends beside it."""
        if self._pool is pool:
            self._pool = None
            threading.Thread(target=self._end, args=(pool,), name="workers-end", daemon=True).start()

    def _end(self, pool: ProcessPool) -> None:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()
        # A task under way would else be waited for by whoever gave it.
        for task, of in list(self._tasks.items()):
            if of is pool:
                task.cancel()

    def _rest_later(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
        self._resting = asyncio.get_running_loop().call_later(self._rest, self._rest_now)

    def _rest_now(self) -> None:
        """End the processes where no call is under way. What follows takes a pool of its own, so it need not wait for the end."""
        if self._calls == 0 and self._pool is not None:
            self._replace(self._pool)

    def _running(self) -> ProcessPool:
        """Return a pool that takes tasks: a new one where there is none, or where the old one broke."""
        with self._starting:
            if self._pool is not None and not self._pool.active:
                log.warning("the worker processes broke down and are started anew")
                self.close()
            if self._pool is None:
                pool = self._new_pool()
                pool.active  # noqa: B018  asking starts it
                self._pool = pool
            return self._pool

    def _new_pool(self) -> ProcessPool:
        # Not "fork": the daemon has threads, and a lock one of them holds would stay held in the child for ever. Nor
        # "forkserver": it starts no sooner, and stays for good at the size of a worker.
        context = multiprocessing.get_context("spawn")
        return ProcessPool(self._count, self._recycle, _limit_memory, (self._memory,), context)


def _limit_memory(size: int) -> None:
    """Make this process get no more than `size` bytes beyond what it has, and a crash leave no core file."""
    # What is imported before may have reserved a gibibyte of addresses, as some allocators do, and use none of it.
    limit = _address_space() + size
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _address_space() -> int:
    """Return how many bytes of address space this process has; 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()

"""The worker pool: whatever a task does to its process, the next task runs."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.errors import ParseError, WorkerDied, WorkerTimeout
from monitor.workers import Workers

SECONDS = 10.0  # far more than any honest task here needs


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pool = Workers(count=2, memory=512 << 20)
    yield pool
    pool.close()


class UnpicklableError(Exception):
    """An error that cannot be rebuilt on the other side."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__(first)
        self.second = second


def double(number: int) -> int:
    return number * 2


def process() -> int:
    return os.getpid()


def spin() -> None:
    while True:
        pass


def end() -> None:
    os._exit(3)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hoard() -> int:
    return len(bytearray(2 << 30))


def refuse() -> None:
    raise ParseError("this is a poem, not a feed")


def fail_unpicklably() -> None:
    raise UnpicklableError(1, 2)


def return_unpicklable() -> Callable[[], None]:
    return lambda: None


async def fine(workers: Workers) -> bool:
    return await workers.call(double, 21, timeout=SECONDS) == 42


async def test_a_task_runs_in_another_process_and_returns(workers: Workers) -> None:
    assert await fine(workers)
    assert await workers.call(process, timeout=SECONDS) != os.getpid()


async def test_tasks_run_side_by_side_and_answers_do_not_mix(workers: Workers) -> None:
    answers = await asyncio.gather(*(workers.call(double, n, timeout=SECONDS) for n in range(200)))
    assert answers == [n * 2 for n in range(200)]


async def test_what_a_task_raises_is_raised_here(workers: Workers) -> None:
    with pytest.raises(ParseError, match="a poem"):
        await workers.call(refuse, timeout=SECONDS)


async def test_a_task_that_never_ends_is_killed_at_its_limit_and_others_go_on(workers: Workers) -> None:
    runaway = asyncio.create_task(workers.call(spin, timeout=0.3))
    assert await fine(workers)
    with pytest.raises(WorkerTimeout, match=r"spin was stopped after 0\.3 s"):
        await runaway
    assert await fine(workers)


@pytest.mark.parametrize("deed", [end, crash])
async def test_a_process_that_dies_takes_only_its_own_task_along(workers: Workers, deed: Callable[[], None]) -> None:
    with pytest.raises(WorkerDied, match=deed.__name__):
        await workers.call(deed, timeout=SECONDS)
    assert await fine(workers)


async def test_a_task_cannot_take_more_memory_than_it_may(workers: Workers) -> None:
    with pytest.raises(WorkerDied, match="hoard needed more than 512 MiB"):
        await workers.call(hoard, timeout=SECONDS)
    assert await fine(workers)


async def test_an_error_that_cannot_travel_is_an_error_all_the_same(workers: Workers) -> None:
    with pytest.raises(WorkerDied):
        await workers.call(fail_unpicklably, timeout=SECONDS)
    assert await fine(workers)


async def test_a_result_that_cannot_travel_is_an_error_all_the_same(workers: Workers) -> None:
    with pytest.raises((WorkerDied, AttributeError, TypeError)):
        await workers.call(return_unpicklable, timeout=SECONDS)
    assert await fine(workers)


async def test_a_task_nobody_waits_for_any_more_is_stopped(workers: Workers) -> None:
    for _ in range(2):
        abandoned = asyncio.create_task(workers.call(spin, timeout=SECONDS))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await abandoned
    assert await fine(workers)


async def test_a_task_whose_pool_is_ended_is_told_so_and_nobody_waits_for_ever(workers: Workers) -> None:
    under_way = asyncio.create_task(workers.call(spin, timeout=SECONDS))
    assert await fine(workers)
    await asyncio.to_thread(workers.close)
    with pytest.raises(WorkerDied, match="spin"):
        await under_way
    assert await fine(workers)


async def test_workers_killed_while_idle_are_replaced(workers: Workers) -> None:
    pids = {await workers.call(process, timeout=SECONDS) for _ in range(20)}
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    assert await recovered(workers)
    assert await workers.call(process, timeout=SECONDS) not in pids


async def recovered(workers: Workers) -> bool:
    """Ask until the pool has seen that its processes are gone; a task given to it meanwhile may be lost."""
    for _ in range(50):
        try:
            return await fine(workers)
        except WorkerDied:
            await asyncio.sleep(0.05)
    return False


async def test_a_process_is_replaced_after_so_many_tasks() -> None:
    pool = Workers(count=1, recycle=3)
    pids = [await pool.call(process, timeout=SECONDS) for _ in range(7)]
    pool.close()
    assert len(set(pids)) == 3


async def test_calls_that_come_while_the_pool_starts_share_it() -> None:
    pool = Workers(count=1)
    pids = await asyncio.gather(*(pool.call(process, timeout=SECONDS) for _ in range(5)))
    assert len(set(pids)) == 1
    pool.close()


async def test_a_closed_pool_starts_again_when_it_is_needed() -> None:
    pool = Workers(count=1)
    pool.close()
    pool.start()
    assert await fine(pool)
    pool.close()
    assert await fine(pool)
    pool.close()


async def test_processes_end_when_there_is_nothing_to_do_and_come_back() -> None:
    pool = Workers(count=2, rest=0.05)
    busy = asyncio.create_task(pool.call(double, 1, timeout=SECONDS))
    pid = await pool.call(process, timeout=SECONDS)
    await busy
    async with asyncio.timeout(SECONDS):
        while alive(pid):
            await asyncio.sleep(0.01)
    assert await fine(pool)
    pool.close()


def alive(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_a_process_reserves_before_it_works_is_not_counted_against_it(tmp_path: Path) -> None:
    script = tmp_path / "daemon.py"
    script.write_text(
        textwrap.dedent("""
            import asyncio, mmap
            from monitor.workers import Workers

            RESERVED = mmap.mmap(-1, 1 << 30)

            def large() -> int:
                return len(bytearray(100 << 20))

            async def main() -> None:
                pool = Workers(count=1, memory=256 << 20)
                print(await pool.call(large, timeout=9))
                pool.close()

            if __name__ == "__main__":
                asyncio.run(main())
        """)
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, timeout=30, check=False)
    assert done.stdout == b"104857600\n", done.stderr


def test_no_process_outlives_a_daemon_that_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "daemon.py"
    script.write_text(
        textwrap.dedent("""
            import asyncio, os, signal
            from monitor.workers import Workers

            async def main() -> None:
                pool = Workers(count=2)
                print(*{await pool.call(os.getpid, timeout=9) for _ in range(30)}, flush=True)
                os.kill(os.getpid(), signal.SIGKILL)

            if __name__ == "__main__":
                asyncio.run(main())
        """)
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    # The pipe ends when the last process that holds it is gone: that `run` returns is the proof.
    killed = subprocess.run(
        [sys.executable, script], env=environment, stdout=subprocess.PIPE, timeout=30, check=False, text=True
    )
    assert killed.returncode == -signal.SIGKILL
    assert killed.stdout.split()

"""Calls that may never come back, and name servers that are dead."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from monitor.errors import FetchError
from monitor.fetch.resolver import SLOW_THREADS, THREADS, Resolver
from monitor.threads import NoRoom, Threads
from tests.fetch.conftest import fault


@pytest.fixture
def end() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


async def test_what_a_call_returns_or_raises_comes_back() -> None:
    threads = Threads(2)
    assert await threads.run(lambda a, b: a + b, 1, 2, limit=5, patience=5) == 3
    with pytest.raises(ZeroDivisionError):
        await threads.run(lambda: 1 // 0, limit=5, patience=5)


async def test_a_call_that_does_not_come_back_keeps_its_place_and_its_caller_goes_on(end: threading.Event) -> None:
    threads = Threads(1)
    with pytest.raises(TimeoutError):
        await threads.run(end.wait, limit=0.01, patience=5)
    with pytest.raises(NoRoom):
        await threads.run(int, "1", limit=5, patience=0.01)
    end.set()
    assert await threads.run(int, "1", limit=5, patience=5) == 1


async def test_a_call_waits_for_its_turn_without_losing_time(end: threading.Event) -> None:
    threads = Threads(1)
    first = asyncio.create_task(threads.run(end.wait, 0.2, limit=5, patience=5))
    await asyncio.sleep(0)
    assert await threads.run(int, "1", limit=0.05, patience=5) == 1
    assert await first is False


async def test_where_every_place_is_lost_that_is_told(end: threading.Event) -> None:
    threads = Threads(1)
    with pytest.raises(TimeoutError):
        await threads.run(end.wait, limit=0.01, patience=5)
    with pytest.raises(NoRoom) as lost:
        await threads.run(int, "1", limit=5, patience=0.01)
    assert lost.value.lost
    end.set()
    slow = asyncio.create_task(threads.run(time.sleep, 0.2, limit=5, patience=5))
    await asyncio.sleep(0)
    with pytest.raises(NoRoom) as busy:
        await threads.run(int, "1", limit=5, patience=0.01)
    assert not busy.value.lost
    await slow


class Servers:
    """Name servers of which those for "dead-…" never answer until the end."""

    def __init__(self, end: threading.Event) -> None:
        self.end = end
        self.asked: Counter[str] = Counter()
        self.changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def look_up(self, host: str) -> list[str]:
        self.asked[host] += 1
        self._loop.call_soon_threadsafe(self.changed.set)
        if host.startswith("dead-"):
            self.end.wait()
        return ["192.0.2.1"]

    async def have_been_asked(self, times: int) -> None:
        while self.asked.total() < times:
            self.changed.clear()
            await self.changed.wait()


async def test_many_who_want_one_name_ask_once(end: threading.Event) -> None:
    servers = Servers(end)
    resolver = Resolver(servers.look_up)
    asking = [asyncio.create_task(resolver("dead-1.example", port)) for port in (80, 443, 443)]
    await servers.have_been_asked(1)
    end.set()
    assert await asyncio.gather(*asking) == [["192.0.2.1"]] * 3
    assert servers.asked["dead-1.example"] == 1


async def test_names_that_did_not_resolve_before_keep_no_others_waiting(end: threading.Event) -> None:
    servers = Servers(end)
    resolver = Resolver(servers.look_up, limit=0.02)
    dead = [f"dead-{number}.example" for number in range(THREADS - 1)]
    first = await asyncio.gather(*(fault(resolver(each, 443)) for each in dead))
    assert {(each.kind, each.retry) for each in first} == {("dns", True)}
    again = [asyncio.create_task(resolver(each, 443)) for each in dead]
    await servers.have_been_asked(len(dead) + SLOW_THREADS)
    assert await resolver("well.example", 443) == ["192.0.2.1"]
    for each in again:
        each.cancel()
    await asyncio.gather(*again, return_exceptions=True)


async def test_a_name_that_had_to_wait_for_others_is_no_fault_of_its_own(end: threading.Event) -> None:
    servers = Servers(end)
    resolver = Resolver(servers.look_up, limit=0.02, patience=0.02)
    await asyncio.gather(*(fault(resolver(f"dead-{number}.example", 443)) for number in range(THREADS)))
    waited = await fault(resolver("well.example", 443))
    assert isinstance(waited, FetchError)
    assert waited.kind == "host-busy"

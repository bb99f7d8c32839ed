"""The ticker: beats come at once and again, never over each other, whatever one of them or the machine's clock does."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from monitor.app.clock import utc_now
from monitor.errors import StoreUnavailable
from monitor.metrics import Metrics
from monitor.scheduler import Beat, Every, Ticker
from tests.clock import MONDAY

QUICK, NEVER = 0.01, 3600.0
PATIENCE = 20.0


class Counted:
    """Beats that count their calls; `reached` waits for so many of one."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self._called = asyncio.Condition()

    def beat(self, name: str, seconds: float = QUICK, act: Callable[[], Awaitable[object]] | None = None) -> Beat:
        async def counted() -> None:
            async with self._called:
                self.calls[name] += 1
                self._called.notify_all()
            if act is not None:
                await act()

        return Beat(name, seconds, counted, after=0.0 if seconds < NEVER else NEVER)

    async def reached(self, name: str, number: int) -> None:
        async with asyncio.timeout(PATIENCE), self._called:
            await self._called.wait_for(lambda: self.calls[name] >= number)


async def fail() -> None:
    raise RuntimeError("nobody thought of this")


async def test_a_beat_comes_at_once_and_again_and_again() -> None:
    counted, metrics = Counted(), Metrics()
    ticker = Ticker((counted.beat("poll"), counted.beat("housekeeping", NEVER)), metrics, utc_now)
    ticker.start()
    await counted.reached("poll", 3)
    await ticker.stop()
    assert counted.calls["housekeeping"] == 0
    assert (metrics.registry.get_sample_value("presswatch_beat_seconds_count", {"beat": "poll"}) or 0) >= 3


async def test_a_beat_that_is_wanted_comes_soon_and_one_that_is_under_way_comes_once_more() -> None:
    counted, going_on = Counted(), asyncio.Event()
    ticker = Ticker((counted.beat("plan", NEVER, going_on.wait),), Metrics(), utc_now)
    ticker.soon("plan")
    ticker.start()
    for _ in range(5):
        ticker.soon("plan")
    await counted.reached("plan", 1)
    for _ in range(5):
        ticker.soon("plan")
    going_on.set()
    await counted.reached("plan", 2)
    await ticker.stop()
    ticker.soon("plan")
    assert counted.calls["plan"] == 2


async def test_a_beat_that_fails_is_told_comes_again_and_stops_no_other() -> None:
    counted, metrics = Counted(), Metrics()
    ticker = Ticker((counted.beat("plan", act=fail), counted.beat("poll")), metrics, utc_now)
    ticker.start()
    await counted.reached("plan", 2)
    await counted.reached("poll", counted.calls["poll"] + 2)
    await ticker.stop()
    assert (metrics.registry.get_sample_value("presswatch_beat_failures_total", {"beat": "plan"}) or 0) >= 2


async def test_a_database_that_is_away_is_told_once_and_so_is_its_return(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "monitor.scheduler")
    counted, back = Counted(), asyncio.Event()

    async def ask() -> None:
        if not back.is_set():
            raise StoreUnavailable("no answer")

    ticker = Ticker((counted.beat("plan", act=ask),), Metrics(), utc_now)
    ticker.start()
    await counted.reached("plan", 3)
    back.set()
    await counted.reached("plan", counted.calls["plan"] + 2)
    await ticker.stop()
    assert [each.getMessage() for each in caplog.records] == [
        f"the plan beat waits for the database, and tries every {QUICK} s: no answer",
        "the plan beat goes on: the database is back",
    ]
    assert not any(each.exc_info for each in caplog.records)


async def test_a_beat_that_is_still_busy_is_not_begun_again_and_delays_no_other() -> None:
    counted, free = Counted(), asyncio.Event()

    async def wait() -> None:
        await free.wait()

    ticker = Ticker((counted.beat("plan", act=wait), counted.beat("poll")), Metrics(), utc_now)
    ticker.start()
    await counted.reached("poll", 5)
    assert counted.calls["plan"] == 1
    free.set()
    await counted.reached("plan", 2)
    await ticker.stop()


async def test_a_beat_under_way_ends_before_the_ticker_has_stopped() -> None:
    counted, free, ended = Counted(), asyncio.Event(), asyncio.Event()

    async def claim() -> None:
        await free.wait()
        ended.set()

    ticker = Ticker((counted.beat("poll", act=claim),), Metrics(), utc_now)
    ticker.start()
    await counted.reached("poll", 1)
    stopping = asyncio.create_task(ticker.stop())
    await asyncio.sleep(0)
    free.set()
    await stopping
    assert ended.is_set()
    assert counted.calls["poll"] == 1


async def test_a_ticker_that_never_began_can_be_stopped() -> None:
    await Ticker((), Metrics(), utc_now).stop()


async def test_when_the_machines_clock_is_set_back_every_beat_comes_at_once() -> None:
    """Else none would come before the clock has caught up: an hour, or a year."""
    counted, ahead = Counted(), timedelta(hours=1)
    clock_ahead = [ahead]
    ticker = Ticker((counted.beat("poll", NEVER),), Metrics(), lambda: utc_now() + clock_ahead[0])
    ticker.start()
    await asyncio.sleep(0)
    clock_ahead[0] = timedelta(0)
    await counted.reached("poll", 1)
    await ticker.stop()


def test_after_a_leap_of_the_clock_a_missed_beat_is_made_up_for_once() -> None:
    due = Every(1.0).get_next_fire_time(MONDAY, MONDAY + timedelta(days=365))
    assert due == MONDAY + timedelta(days=365, seconds=1)

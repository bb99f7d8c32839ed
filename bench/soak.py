"""A month of polling on a clock that jumps: what the daemon's processes hold at its end, against what they held when they were warm.

Every quarter of an hour for thirty days the feeds that are due are asked, stored, matched and pruned. Of twenty feeds twelve answer 304, five the same
document, three one with two new items of forty.
"""

import asyncio
import gc
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.polling import house
from bench.support.figures import Figure
from bench.support.origin import origin
from bench.support.processes import family
from monitor.core.model import Retention
from monitor.store import retention

FEEDS, NEW = 20, 2
EVERY, DAY = timedelta(minutes=15), timedelta(days=1)
DAYS, WARM = 30, 3
KEPT = Retention(articles=timedelta(days=7), matches=timedelta(days=7), deliveries=timedelta(days=7))
FLAT = 1.05


class _Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def measure() -> Iterator[Figure]:
    """Yield what is held after the month."""
    with tempfile.TemporaryDirectory() as folder, origin(FEEDS, NEW, polled=1) as port:
        urls = [f"http://h{number}.bench.example:{port}/mixed/{number}" for number in range(FEEDS)]
        held, polls = asyncio.run(_month(Path(folder), urls))
    warm = held[WARM]
    yield Figure(
        f"memory after {DAYS} days and {polls:,} polls",
        held[-1],
        "MB",
        ("at most", FLAT * warm),
        f"after {WARM} days",
        warm,
    )


async def _month(folder: Path, urls: list[str]) -> tuple[list[float], int]:
    """Poll for a month; return the megabytes held at the end of each day, and how many polls there were."""
    clock, held, polls = _Clock(), [], 0
    async with house(folder, urls, None, clock=clock) as (store, poller):
        for _ in range(DAYS):
            for _ in range(DAY // EVERY):
                clock.now += EVERY
                polls += await poller.poll_round(len(urls))
            while await store.run(retention.prune, KEPT):
                pass
            gc.collect()
            held.append(sum(each.rss for each in family(os.getpid()) if "origin" not in each.command) / 1e6)
    return held, polls

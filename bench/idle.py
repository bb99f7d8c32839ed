"""A daemon with 1,000 feeds that has read them all once and has nothing to do: how soon it was ready, what it holds."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.support.figures import Figure
from bench.support.house import House, furnish, ready, running
from bench.support.processes import family
from bench.support.world import world

FEEDS, HOSTS, RULES = 1_000, 200, 200
SETTLED = 12.0
"""Seconds; idle workers end after ten."""


def measure() -> Iterator[Figure]:
    """Start on an empty database, let every feed be read, measure; then start again on what is there."""
    with world(FEEDS, HOSTS, 0) as news, tempfile.TemporaryDirectory() as folder:
        house = furnish(Path(folder), [news.url(feed) for feed in range(FEEDS)], every="6h", rules=RULES)
        first, used = _session(house, wait=True)
        again, fresh = _session(house, wait=False)
    yield Figure("ready, on an empty database", first, "s", ("at most", 2))
    yield Figure("ready, on a database with 40,000 articles", again, "s", ("at most", 2))
    yield Figure("memory after reading 1,000 feeds, all processes", sum(used), "MB", ("at most", 150))
    yield Figure("of it the daemon itself, without its workers", used[0], "MB")
    yield Figure("memory after a start with nothing due", sum(fresh), "MB", ("at most", 150))


def _session(house: House, *, wait: bool) -> tuple[float, list[float]]:
    """Run the daemon; return the seconds until it was ready, and the resident MB of its processes when idle, itself first."""
    started = time.monotonic()
    with running(["monitor", "-c", str(house.config), "run"]) as process:
        took = ready(house, process, started)
        while wait and house.feeds_read() < FEEDS:
            time.sleep(0.5)
        time.sleep(SETTLED)
        return took, [each.rss / 1e6 for each in family(process.pid)]

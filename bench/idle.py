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
SETTLED = 5.0


def measure() -> Iterator[Figure]:
    """Start on an empty database, let every feed be read, measure; then start again on what is there."""
    with world(FEEDS, HOSTS, 0) as news, tempfile.TemporaryDirectory() as folder:
        house = furnish(Path(folder), [news.url(feed) for feed in range(FEEDS)], every="6h", rules=RULES)
        first, memory = _session(house, wait=True)
        again, fresh = _session(house, wait=False)
    yield Figure("ready, on an empty database", first, "s", ("at most", 2))
    yield Figure("ready, on a database with 40,000 articles", again, "s", ("at most", 2))
    yield Figure("memory after reading 1,000 feeds, all processes", memory, "MB", ("at most", 150))
    yield Figure("memory after a start with nothing due", fresh, "MB", ("at most", 150))


def _session(house: House, *, wait: bool) -> tuple[float, float]:
    """Run the daemon; return the seconds until it was ready and the MB it holds when idle."""
    started = time.monotonic()
    with running(["monitor", "-c", str(house.config), "run"]) as process:
        took = ready(house, process, started)
        while wait and house.feeds_read() < FEEDS:
            time.sleep(0.5)
        time.sleep(SETTLED)
        return took, sum(each.rss for each in family(process.pid)) / 1e6

"""Leases: a million feeds on PostgreSQL, claimed and completed by two processes, against the bare SQL of it; and two pollers against one."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg

from bench.support.figures import Figure
from bench.support.processes import spent
from monitor.store import Store
from tests.databases import PostgresServer, binaries, postgres_server

FEEDS = 1_000_000
HOSTS = 300_000
BATCH = 200
SECONDS = 4.0
GOAL = 10_000.0
#: Vacuum as in production: without it the claim wades through dead index entries. Commits need not reach the disk: what is
#: measured is processor time, and no two machines' disks are alike.
OPTIONS = "-c synchronous_commit=off -c shared_buffers=512MB -c max_wal_size=8GB -c checkpoint_timeout=30min"
#: Feeds that have long been read: with a rhythm, the validators of their last answer, and the marks of forty items.
_FILL = f"""
INSERT INTO feeds (id, url, host, tags, weight, every, max_every, next_poll_at, next_poll_reason, etag, body_hash, marks, rhythm,
  last_polled_at, last_good_at, last_new_at, baseline_at, health, health_since)
SELECT 'feed-' || n, 'https://host-' || n %% {HOSTS} || '.example/feeds/' || n, 'host-' || n %% {HOSTS} || '.example', '[]', 1,
  900000, 21600000, now() - interval '1 hour' + n * interval '1 millisecond', 'an article every 40 minutes', md5(n::text),
  md5(n::text), repeat(md5(n::text), 20), extract(epoch FROM now())::bigint || ' 39 39 39 1 ' || repeat('!', 168), now(), now(), now(), now(), 'ok', now()
FROM generate_series(%s, %s) AS n
"""


@dataclass(frozen=True, slots=True)
class Shared:
    """What processes that worked side by side did: feeds done, seconds it took, seconds of processor they used."""

    feeds: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Feeds a second."""
        return self.feeds / self.seconds


def measure() -> Iterator[Figure]:
    """Yield the rate of leases and their cost."""
    folder = binaries()
    if folder is None:
        print("PostgreSQL is not installed: scripts/ensure-postgres says how to get it", file=sys.stderr)
        return
    with postgres_server(folder, OPTIONS) as server:
        url = _filled(server)
        yield from _leases(server, url)
        yield from _pollers(server, url)


def _leases(server: PostgresServer, url: str) -> Iterator[Figure]:
    module = ["bench.support.lessee", url, str(BATCH), str(SECONDS)]
    through, served = _side_by_side(server, 2, module)
    bare, _ = _side_by_side(server, 2, [*module, "bare"])
    what = f"{FEEDS:,} feeds claimed and completed, 2 processes, {BATCH} at a time"
    yield Figure(what, through.rate, "feeds/s", ("at least", GOAL), "its bare SQL", bare.rate)
    # What they would do if they had the machine to themselves, as the figure above is of whatever else runs beside them.
    cost = (through.cpu + served) / through.feeds
    yield Figure("  by the processor time of both and of PostgreSQL, 2 cores", 2 / cost, "feeds/s", ("at least", GOAL))
    yield Figure("  processor time of the processes", through.cpu / through.feeds * 1e6, "µs a feed")
    yield Figure("  processor time of PostgreSQL", served / through.feeds * 1e6, "µs a feed")


def _pollers(server: PostgresServer, url: str) -> Iterator[Figure]:
    module = ["bench.support.pollster", url, str(SECONDS)]
    one, _ = _side_by_side(server, 1, module)
    two, served = _side_by_side(server, 2, module)
    yield Figure("one poller, feeds that answer 304 after 0.4 s, 100 at once", one.rate, "feeds/s")
    yield Figure("  two on one database", two.rate, "feeds/s", ("at least", 1.7 * one.rate), "one", one.rate)
    yield Figure(
        "  processor time of a poll, two beside one another",
        two.cpu / two.feeds * 1e6,
        "µs",
        None,
        "one",
        one.cpu / one.feeds * 1e6,
    )
    yield Figure("  processor time of PostgreSQL", served / two.feeds * 1e6, "µs a poll")


def _filled(server: PostgresServer) -> str:
    name = server.create()
    url = server.url(name)
    with Store(url) as store:
        store.open()
    half = FEEDS // 2
    with ThreadPoolExecutor(2) as pool:
        for filled in [pool.submit(_fill, server, name, *some) for some in ((1, half), (half + 1, FEEDS))]:
            filled.result()
    return url


def _fill(server: PostgresServer, database: str, first: int, last: int) -> None:
    with psycopg.connect(f"host={server.folder} user=postgres dbname={database}") as connection:
        connection.execute(_FILL, (first, last))


def _side_by_side(server: PostgresServer, processes: int, module: Sequence[str]) -> tuple[Shared, float]:
    """Run a module in so many processes at once; return what they did, and the seconds of processor that the database used."""
    before = spent(server.pid)
    running = [
        subprocess.Popen([sys.executable, "-m", *module], stdout=subprocess.PIPE, text=True) for _ in range(processes)
    ]
    told: list[dict[str, Any]] = [json.loads(each.communicate()[0]) for each in running]
    feeds, cpu = sum(each["feeds"] for each in told), sum(each["cpu"] for each in told)
    return Shared(feeds, max(each["seconds"] for each in told), cpu), spent(server.pid) - before

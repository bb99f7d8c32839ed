"""Polling: feeds a second and a core over loopback, each feed a host of its own and each poll a new connection, with everything on.

Processor time is measured, of the daemon's side only (this process and its workers): the server that answers works on the same core. On a core of
its own it would fall asleep between requests, and waking it costs the one who asks, where machines are virtual more than the request does. The
baseline of a 304 is bare httpx, which asks and throws the answer away; ours adds the guard, the lease, politeness, the store and the metrics.
"""

import asyncio
import os
import ssl
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from bench.support.figures import Figure, Goal
from bench.support.origin import certify, origin
from bench.support.press import rules
from bench.support.processes import family
from monitor.app.daemon import LINGER
from monitor.core.match import Matcher
from monitor.core.model import Feed
from monitor.fetch import Door, DoorSettings
from monitor.metrics import Metrics
from monitor.pipeline import Limits, Poller, Setup
from monitor.store import Store, feeds, rule_versions
from monitor.workers import Workers

UNCHANGED, CHANGED, NEW = 2_000, 300, 2
AT_ONCE = 100
RULES = 200
TURNS = 3
"""Each is measured so often, ours and the baseline by turns, and the best counts: what else the machine does only ever slows one down."""
SHARE = 0.75
"""Of bare httpx, for a 304."""
FAST = 200
"""Changed feeds a second and a core."""


def measure() -> Iterator[Figure]:
    """Yield 304s, plain and over TLS, then feeds that changed."""
    with tempfile.TemporaryDirectory() as folder:
        certificate = certify(Path(folder))
        for scheme, secured in (("http", None), ("https", certificate)):
            bare = ours = 0.0
            for turn in range(TURNS):
                with one_core(), origin(1, 0, secured) as port:
                    bare = max(bare, asyncio.run(_bare(scheme, port, secured)))
                with one_core(), origin(1, 0, secured) as port:
                    place = _made(Path(folder) / f"{scheme}-{turn}")
                    urls = [f"{scheme}://h{number}.bench.example:{port}/304/{number}" for number in range(UNCHANGED)]
                    ours = max(ours, asyncio.run(_polled(place, urls, secured)))
            goal: Goal = ("at least", SHARE * bare)
            yield Figure(f"304, {scheme}", ours, "feeds/s a core", goal, "bare httpx", bare)
        changed = 0.0
        for turn in range(TURNS):
            with origin(CHANGED, NEW) as port:
                place = _made(Path(folder) / f"changed-{turn}")
                urls = [f"http://h{number}.bench.example:{port}/news/{number}" for number in range(CHANGED)]
                changed = max(changed, asyncio.run(_polled(place, urls, None)))
        yield Figure(f"50 KB changed, {NEW} new items", changed, "feeds/s a core", ("at least", FAST))


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process, and those that it starts, on one core; where the system cannot, they run where it likes."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _made(path: Path) -> Path:
    path.mkdir()
    return path


async def _bare(scheme: str, port: int, certificate: Path | None) -> float:
    """Ask for 304s by httpx alone, as few lines as it takes; return requests a second of processor time."""
    context = ssl.create_default_context(cafile=str(certificate)) if certificate else ssl.create_default_context()
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=0)
    numbers = iter(range(UNCHANGED))
    async with httpx.AsyncClient(verify=context, limits=limits, trust_env=False) as client:

        async def work() -> None:
            for number in numbers:
                name = f"h{number}.bench.example"
                headers = {"Host": name, "If-None-Match": '"v"', "Accept-Encoding": "gzip"}
                response = await client.get(
                    f"{scheme}://127.0.0.1:{port}/304/{number}", headers=headers, extensions={"sni_hostname": name}
                )
                assert response.status_code == 304

        began = time.process_time()
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work())
        return UNCHANGED / (time.process_time() - began)


async def _polled(folder: Path, urls: Sequence[str], certificate: Path | None) -> float:
    """Poll each feed a first time, then again; return polls a second of processor time, workers' included, of the second round."""
    async with house(folder, urls, certificate, linger=LINGER) as (store, poller):
        await poller.poll_round(len(urls))
        with store.transaction() as tx:
            assert feeds.clamp(tx, timedelta(0)) == len(urls)
        began = _spent()
        assert await poller.poll_round(len(urls)) == len(urls)
        return len(urls) / (_spent() - began)


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def house(
    folder: Path,
    urls: Sequence[str],
    certificate: Path | None,
    *,
    linger: float = 0.0,
    clock: Callable[[], datetime] | None = None,
) -> AsyncIterator[tuple[Store, Poller]]:
    """Give a poller with everything that the daemon's has, and its store."""

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    some = tuple(rules(RULES))
    setup = Setup({}, some, Matcher(some), {}, {}, allow_private=True)
    context = ssl.create_default_context(cafile=str(certificate)) if certificate else None
    settings = DoorSettings(connections=AT_ONCE)
    door = Door(settings, clock=clock or _now, resolve=resolve, context=context)
    store, workers = Store(f"sqlite:///{folder}/presswatch.db", clock=clock), Workers()
    store.open()
    with store.transaction() as tx:
        feeds.sync(tx, [Feed(f"feed-{number}", url) for number, url in enumerate(urls)])
        rule_versions.record(tx, some)
    limits = Limits(polls=AT_ONCE, linger=linger)
    poller = Poller(store, lambda: setup, door.get, workers, Metrics(), clock or _now, limits)
    try:
        yield store, poller
    finally:
        workers.close()
        await door.close()
        store.close()


def _spent() -> float:
    """Return the processor seconds that this process and its workers have used."""
    return time.process_time() + sum(each.cpu for each in family(os.getpid())[1:] if "origin" not in each.command)

"""End to end over loopback: feeds polled, parsed, matched and stored a second, against the textbook stack.

Feeds of 50 KB whose body changes at every poll (two new items of 40), on a hundred hosts. Everything that works is counted:
the daemon and its workers share the machine's cores with the server that feeds them.
"""

import json
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.support import textbook
from bench.support.figures import Figure, Goal
from bench.support.house import House, furnish, ready, running
from bench.support.processes import family
from bench.support.world import ITEMS, World, world

FEEDS, HOSTS, NEW, RULES = 400, 100, 2, 200
SECONDS = 20.0


def measure() -> Iterator[Figure]:
    """Poll with the textbook stack, then with the daemon, each on a world of its own."""
    with world(FEEDS, HOSTS, NEW) as news, tempfile.TemporaryDirectory() as folder:
        urls = [news.url(feed) for feed in range(FEEDS)]
        baseline = textbook.rate(urls, Path(folder) / "articles.db", SECONDS / 2)
    with world(FEEDS, HOSTS, NEW) as news, tempfile.TemporaryDirectory() as folder:
        urls = [news.url(feed) for feed in range(FEEDS)]
        yield from _daemon(furnish(Path(folder), urls, every="1s", rules=RULES), news, baseline)


def _daemon(house: House, news: World, baseline: float) -> Iterator[Figure]:
    with running(["bench.support.probe"]) as idle, running(["bench.support.daemon", str(house.config)]) as daemon:
        ready(house, daemon, time.monotonic())
        _wait_for_first_polls(house)
        for process in (idle, daemon):
            process.send_signal(signal.SIGUSR1)
        before, begun, polls = _cpu(daemon), time.monotonic(), _polls(house)
        time.sleep(SECONDS)
        took, polled = time.monotonic() - begun, _polls(house) - polls
        spent = {name: used - before[name] for name, used in _cpu(daemon).items()}
    _nothing_missing(house, news)

    yield Figure(
        "polled, parsed, matched, stored", polled / took, "feeds/s", ("at least", 100), "textbook stack", baseline
    )
    for name, seconds in spent.items():
        yield Figure(f"CPU of {name}", 1000 * seconds / polled, "ms/feed")
    yield from _lateness(_told(daemon), _told(idle))


def _lateness(daemon: dict[str, float], idle: dict[str, float]) -> Iterator[Figure]:
    for name, told, goal in (("worst", "worst", 100), ("p99", "99th percentile", None)):
        bound: Goal | None = ("at most", goal) if goal else None
        yield Figure(
            f"event loop late, {told}", 1000 * daemon[name], "ms", bound, "idle loop beside it", 1000 * idle[name]
        )


def _told(process: subprocess.Popen[str]) -> dict[str, float]:
    assert process.stdout
    late: dict[str, float] = json.loads(process.stdout.read())
    return late


def _wait_for_first_polls(house: House) -> None:
    """The first sight of a feed stores all it holds, silently; what is measured is the daily round after it."""
    while house.feeds_read() < FEEDS:
        time.sleep(0.2)


def _stored(house: House) -> int:
    return house.count("SELECT count(*) FROM articles")


def _polls(house: House) -> int:
    """Polls whose articles are in the database: each after a feed's first brings NEW."""
    return (_stored(house) - FEEDS * ITEMS) // NEW


def _nothing_missing(house: House, news: World) -> None:
    """Every item shown is stored, but for polls that the stop interrupted."""
    stored, shown = _stored(house), news.served()["items"]
    if shown - stored > FEEDS * NEW:
        raise RuntimeError(f"{shown - stored} of {shown} items were not stored")


def _cpu(process: subprocess.Popen[str]) -> dict[str, float]:
    """Return CPU seconds so far by what the processes are: the daemon, and all its workers together."""
    daemon, *workers = family(process.pid)
    return {"the daemon": daemon.cpu, "its workers": sum(each.cpu for each in workers)}

"""What one machine holds: a daemon with many feeds that have long been read, at the pace of a quarter of an hour.

Each feed is at an address of its own, so that each poll is a new connection; of twenty polls twelve are answered by a 304, five by
the document that was there before, three by one of 50 KB with two new items of forty. What the daemon and its workers use is
counted; the server that answers works on the same cores.
"""

import hashlib
import json
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.support.figures import Figure, Goal
from bench.support.house import House, furnish, ready, running
from bench.support.origin import SMALL, mixed, origin
from bench.support.processes import family
from bench.support.world import Feeds
from monitor.config import load
from monitor.parse.cutting import cut
from monitor.store import Store, feeds
from monitor.store.sqlite import driver

NEW, RULES = 2, 200
WARM, WATCHED = 20.0, 60.0
"""Seconds of running before the measure, and of it."""
SOON = timedelta(seconds=10)
"""After which the first feed is due."""


def measure() -> Iterator[Figure]:
    """Yield what 100,000 feeds take, each asked every fifteen minutes, then 10,000 every five."""
    yield from _held(100_000, timedelta(minutes=15), cores=1.0, memory=350)
    yield from _held(10_000, timedelta(minutes=5), cores=0.2, memory=350)


def _held(count: int, every: timedelta, *, cores: float, memory: float) -> Iterator[Figure]:
    pace = count / every.total_seconds()
    name = f"{count:,} feeds, {pace:.0f} polls/s"
    with tempfile.TemporaryDirectory() as folder, origin(count, NEW, polled=1) as port:
        urls = [f"http://127.{1 + n // 62_500}.{n // 250 % 250}.{n % 250 + 1}:{port}/mixed/{n}" for n in range(count)]
        house = furnish(Path(folder), urls, every=f"{every // timedelta(minutes=1)}m", rules=RULES)
        _read_before(house, every)
        with running(["bench.support.probe"]) as idle, running(["bench.support.daemon", str(house.config)]) as daemon:
            ready(house, daemon, time.monotonic())
            time.sleep(WARM)
            for each in (idle, daemon):
                each.send_signal(signal.SIGUSR1)
            before, begun, polls = _cpu(daemon.pid), time.monotonic(), _polls(house)
            time.sleep(WATCHED)
            took, polled, used = time.monotonic() - begun, _polls(house) - polls, _cpu(daemon.pid) - before
            held = sum(each.rss for each in family(daemon.pid)) / 1e6
            overdue = house.count("SELECT count(*) FROM feeds WHERE next_poll_at < datetime('now', '-5 seconds')")
        assert daemon.stdout
        assert idle.stdout
        late, beside = json.loads(daemon.stdout.read()), json.loads(idle.stdout.read())
    yield Figure(f"{name}: polled", polled / took, "feeds/s", ("at least", 0.95 * pace))
    yield Figure(f"{name}: over five seconds late", overdue, "feeds", ("at most", 0.001 * count))
    yield Figure(f"{name}: processor", used / took, "cores", ("at most", cores))
    yield Figure(f"{name}: memory of all processes", held, "MB", ("at most", memory))
    p99: Goal = ("at most", 50.0)
    yield Figure(
        f"{name}: event loop late, p99", 1e3 * late["p99"], "ms", p99, "idle loop beside it", 1e3 * beside["p99"]
    )


def _read_before(house: House, every: timedelta) -> None:
    """Make the database one in which every feed has been read before, each due in its turn."""
    (house.folder / "data").mkdir()
    path = house.folder / "data/presswatch.db"
    with Store(f"sqlite:///{path}") as store:
        store.open()
        with store.transaction() as tx:
            feeds.sync(tx, load(house.config, {}).feeds())
    count = house.count("SELECT count(*) FROM feeds")
    news, now = Feeds(count, NEW), datetime.now(UTC).replace(tzinfo=None)
    documents = (news.answer(number) if mixed(number) == "news" else SMALL for number in range(count))
    rows = [_state(number, body, now, every) for number, body in enumerate(documents)]
    connection = driver().connect(path)
    with connection:
        connection.executemany(
            "UPDATE feeds SET health='ok', baseline_at=:read, last_good_at=:read, last_polled_at=:read, next_poll_at=:due, etag=:etag,"
            " body_hash=:hash, marks=:marks WHERE id=:id",
            rows,
        )
    connection.close()


def _state(number: int, body: bytes, now: datetime, every: timedelta) -> Mapping[str, str]:
    cutting = cut(body, "")
    assert cutting
    # In an order of their own: neighbours in the list are not asked one after the other.
    place = int.from_bytes(hashlib.blake2b(b"%d" % number, digest_size=4).digest()) / 2**32
    due = now + SOON + every * place
    return {
        "id": f"feed-{number}",
        "read": f"{now - timedelta(hours=1)}",
        "due": f"{due}",
        "etag": '"v"' if mixed(number) == "304" else "",
        "hash": hashlib.blake2b(body, digest_size=16).hexdigest(),
        "marks": cutting.marks,
    }


def _polls(house: House) -> int:
    """Count the polls so far: each feed is asked once within its interval at the most."""
    return house.count("SELECT count(*) FROM feeds WHERE last_polled_at > datetime('now', '-10 minutes')")


def _cpu(pid: int) -> float:
    return sum(each.cpu for each in family(pid))

"""A house to measure: a folder with config.toml and rules for a loopback world, and a daemon process working on it."""

import random
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.support.world import vocabulary

_START = 60.0
_A_FILE = 20_000


@dataclass(frozen=True, slots=True)
class House:
    """A configured folder and the port its daemon listens on."""

    folder: Path
    port: int

    @property
    def config(self) -> Path:
        """The configuration's path."""
        return self.folder / "config.toml"

    def count(self, query: str) -> int:
        """Ask the daemon's database for a number."""
        connection = sqlite3.connect(f"file:{self.folder / 'data/presswatch.db'}?mode=ro", uri=True)
        try:
            return int(connection.execute(query).fetchone()[0])
        finally:
            connection.close()

    def feeds_read(self) -> int:
        """Return how many feeds have articles in the database."""
        return self.count("SELECT count(DISTINCT feed_id) FROM articles")


def furnish(folder: Path, urls: Sequence[str], *, every: str, rules: int) -> House:
    """Write a configuration with these feeds and `rules` made-up rules of one to six terms; the rest as shipped."""
    port = _free_port()
    feeds = [f'[[feeds]]\nid = "feed-{number}"\nurl = "{url}"\n' for number, url in enumerate(urls)]
    (folder / "feeds.d").mkdir()
    for start in range(0, len(feeds), _A_FILE):
        (folder / f"feeds.d/{start}.toml").write_text("".join(feeds[start : start + _A_FILE]))
    (folder / "config.toml").write_text(
        '[service]\ninclude = ["feeds.d/*.toml"]\n'
        f'[fetch]\nevery = "{every}"\nallow_private = true\n'
        f'[web]\nlisten = "127.0.0.1:{port}"\n[log]\nlevel = "warning"\n'
    )
    (folder / "rules").mkdir()
    (folder / "rules/bench.yaml").write_text("rules:\n" + "".join(_rules(rules)))
    return House(folder, port)


def _rules(count: int) -> Iterator[str]:
    """Rules as newsrooms have them: names and phrases, none of the commonest words, so that few articles match."""
    choose = random.Random(3)
    rare = vocabulary()[1_000:]
    for number in range(count):
        terms = [" ".join(choose.choices(rare, k=choose.choice((1, 1, 2)))) for _ in range(choose.randint(1, 6))]
        yield f"  - id: rule-{number}\n    match: [{', '.join(terms)}]\n"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(module: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """Run a Python module until the end of the block, then stop it in order. Raises when it ends badly."""
    command = [sys.executable, "-m", *module]
    process = subprocess.Popen(command, cwd=Path.cwd(), stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        if process.wait(timeout=60) != 0:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")


def ready(house: House, process: subprocess.Popen[str], started: float) -> float:
    """Wait until the daemon's /healthz is well; return the seconds since `started` (monotonic)."""
    while time.monotonic() - started < _START:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{house.port}/healthz", timeout=5):
                return time.monotonic() - started
        except (urllib.error.URLError, ConnectionError):
            if process.poll() is not None:
                raise RuntimeError(f"the daemon ended with {process.returncode}") from None
        time.sleep(0.01)
    raise RuntimeError("the daemon was not ready within a minute")

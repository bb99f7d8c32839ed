"""`presswatch run` as its own process, as a supervisor starts, signals and kills it."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

PATIENCE = 30.0


@dataclass(slots=True)
class Daemon:
    """A folder with a configuration and rules, and the daemon that runs on it."""

    folder: Path
    feeds: dict[str, str]
    rules: str
    channels: str = ""
    digests: str = '[digests.instant]\nwait = "0s"\n'
    fetch: str = ""
    database: str = ""
    listen: str = ""
    environ: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """Everything the daemon has logged, over all its lives."""
        path = self.folder / "log.jsonl"
        return path.read_text() if path.exists() else ""

    @property
    def outbox(self) -> Path:
        """Where the outbox channel puts messages."""
        return self.folder / "data" / "outbox"

    def configure(self) -> None:
        """Write config.toml and the rules."""
        feeds = "".join(
            f'[[feeds]]\nid = "{name}"\nurl = "{url}"\nevery = "1s"\nallow_private = true\n'
            for name, url in self.feeds.items()
        )
        (self.folder / "rules").mkdir(exist_ok=True)
        (self.folder / "rules" / "desk.yaml").write_text(self.rules)
        database = f'[database]\nurl = "{self.database}"\n' if self.database else ""
        (self.folder / "config.toml").write_text(
            f'{database}\n[fetch]\n{self.fetch}\n[web]\nlisten = "{self.listen}"\n{feeds}\n{self.channels}\n{self.digests}\n'
        )

    def start(self, *options: str) -> None:
        """Start the daemon."""
        self.configure()
        with (self.folder / "log.jsonl").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "monitor", "-c", str(self.folder / "config.toml"), "run", *options],
                stdout=log,
                stderr=log,
                env=os.environ | self.environ,
            )

    def run(self, *options: str) -> int:
        """Run to the end and return the exit code."""
        self.start(*options)
        return self.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self) -> int:
        """Wait for the end and return the exit code (negative: by a signal)."""
        assert self.process is not None
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.signal(signal.SIGKILL)
        self.wait()

    def stop(self) -> int:
        """Ask it to end."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def __enter__(self) -> "Daemon":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def until(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait until something is so, looking every few milliseconds; fails after `patience` seconds."""
    pause = Event()
    for _ in range(int(patience / 0.02)):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError(f"it did not come about within {patience} seconds: {condition}")


@contextlib.contextmanager
def running(daemon: Daemon, *options: str) -> Iterator[Daemon]:
    """Run the daemon for a while; it is stopped in the end, and must end well."""
    with daemon:
        daemon.start(*options)
        yield daemon
        assert daemon.stop() == 0, daemon.log

"""Daemons that begin with everything imported: a process that forks `presswatch run` whenever it is told to, for tests that start it often.

What is forked has no threads and nothing open yet, and runs the command as a shell would have it run.
"""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import monitor.cli.run  # noqa: F401 - what the daemon imports, imported once
from monitor.cli import main

#: Not a module of its own: the daemon's workers would import that again, with all that it imports.
PROGRAM = "from tests.endtoend.nursery import attend; attend()"


@dataclass(slots=True)
class Nursery:
    """Starts daemons one at a time, each with its standard output and errors in `log`; open from `with` to its end."""

    log: Path
    _process: subprocess.Popen[str] = field(init=False)
    _born: int = 0

    def __enter__(self) -> Self:
        command = [sys.executable, "-c", PROGRAM]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=Path(__file__).parents[2],
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._born:
            self.kill()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def start(self, config: Path) -> None:
        """Start a daemon."""
        self._born = self._ask(["-c", str(config), "run"])

    def kill(self) -> int:
        """End it as a power cut would; return how it ended (negative: by that signal)."""
        os.kill(self._born, signal.SIGKILL)
        self._born = 0
        return self._ask([])

    def _ask(self, told: list[str]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(told)}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def attend() -> None:
    """Read lines: arguments to start with, answered with the child's number; none to wait for its end, answered with how it ended."""
    born = 0
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    while line := sys.stdin.readline():
        if arguments := json.loads(line):
            born = os.fork()
            if not born:
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                answers.close()
                sys.argv = ["presswatch", *arguments]
                main()
            answers.write(f"{born}\n")
        else:
            answers.write(f"{os.waitstatus_to_exitcode(os.waitpid(born, 0)[1])}\n")
        answers.flush()

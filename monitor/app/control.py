"""The door by which commands on the same machine reach a daemon at work: a Unix socket in the data folder, for its owner only.

SQLite has one writing process, so what changes feeds is asked of it. One JSON object in a line is asked, one is answered.
"""

import asyncio
import json
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

NAME = "control.sock"
LARGEST = 64 << 20
"""Bytes of a request: a list of two hundred thousand feeds."""
PATIENCE = 120.0
"""Seconds that either side waits for the other."""

Perform = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]


class Control:
    """Listens while the daemon works. `perform` does what is asked and returns the answer; a ValueError is told as it is."""

    def __init__(self, folder: Path, perform: Perform) -> None:
        self._folder = folder
        self._perform = perform
        self._server: asyncio.Server | None = None
        self._inode = 0

    async def start(self) -> None:
        """Listen. Where the socket cannot be had that is logged: the daemon does its work without."""
        try:
            with _short(self._folder) as path:
                with suppress(FileNotFoundError):
                    os.unlink(path)  # noqa: PTH108  left by a daemon that was killed; the lock says that none is at work
                old = os.umask(0o177)
                try:
                    self._server = await asyncio.start_unix_server(self._answer, path, limit=LARGEST)
                finally:
                    os.umask(old)
            self._inode = (self._folder / NAME).stat().st_ino
        except OSError as error:
            log.warning(
                "no command can reach this daemon: %s cannot be had: %s", self._folder / NAME, error.strerror or error
            )

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            with suppress(OSError):
                # Another daemon's, where two work in one folder.
                if (self._folder / NAME).stat().st_ino == self._inode:
                    (self._folder / NAME).unlink()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                asked = json.loads(await reader.readline())
                answer = await self._perform(asked)
        except (ValueError, TimeoutError) as error:
            answer = {"error": str(error) or "the request did not come in time"}
        except Exception as error:
            log.exception("a command's request failed")
            answer = {"error": str(error)}
        with suppress(OSError):
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
            writer.close()


def ask(folder: Path, request: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Ask the daemon whose data folder this is; None where none listens there. Raises ValueError with what it says is wrong."""
    try:
        with _short(folder) as path, socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(PATIENCE)
            asking.connect(path)
            asking.sendall(json.dumps(request).encode() + b"\n")
            with asking.makefile("rb") as answers:
                answer = json.loads(answers.readline() or b"null")
    except (FileNotFoundError, ConnectionError):
        return None
    except OSError as error:
        raise ValueError(f"the daemon cannot be asked: {error.strerror or error}") from None
    if not answer:
        raise ValueError("the daemon ended before it answered; ask again")
    if "error" in answer:
        raise ValueError(str(answer["error"]))
    told: Mapping[str, Any] = answer
    return told


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """Give a path to the socket that fits: the system takes a hundred bytes, and folders may be deeper than that."""
    plain = str(folder / NAME)
    if len(os.fsencode(plain)) < 100:
        yield plain
        return
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{NAME}"
    finally:
        os.close(descriptor)

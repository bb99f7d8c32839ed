"""One daemon per SQLite file: a lock the system frees however its holder ends, which also tells how it ended."""

import fcntl
import os
from pathlib import Path

from monitor.errors import AnotherInstance, StoreUnavailable


class InstanceLock:
    """An flock on a file that holds its holder's process id.

    A clean stop empties the file. One found with an id in it, its lock free, was left by a process that was killed, or by
    a machine that lost power. The file itself stays: removing it would let two processes lock two files of one name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Take the lock, at once or not at all; return whether the last holder stopped cleanly.

        Where the file is new nobody knows, so that is not clean. Raises AnotherInstance, StoreUnavailable.
        """
        known = self.path.exists()
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreUnavailable(f"cannot open the lock file: {error}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _pid(descriptor)
            os.close(descriptor)
            raise AnotherInstance(holder) from None
        left = _pid(descriptor)
        _write(descriptor, f"{os.getpid()}\n")
        self._descriptor = descriptor
        return known and left is None

    def release(self, *, clean: bool) -> None:
        """Free the lock; where the stop was not `clean`, leave the id behind so that the next start looks at the file."""
        if self._descriptor is None:
            return
        if clean:
            _write(self._descriptor, "")
        os.close(self._descriptor)
        self._descriptor = None


def _pid(descriptor: int) -> int | None:
    text = os.pread(descriptor, 32, 0).strip()
    return int(text) if text.isdigit() else None


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)
    os.fsync(descriptor)

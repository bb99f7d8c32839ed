"""Notices that files people edit have changed: by looking, which works on every file system, mount and container."""

from collections.abc import Iterable
from pathlib import Path

Look = frozenset[tuple[str, int, int, int]]


def look(files: Iterable[Path]) -> Look:
    """Return what tells one state of the files from another: path, inode, size and time of change; absent ones are left out."""
    seen = []
    for path in files:
        try:
            found = path.stat()
        except OSError:
            continue
        seen.append((str(path), found.st_ino, found.st_size, found.st_mtime_ns))
    return frozenset(seen)


class Watch:
    """Says when a change has come to rest (an editor that is still writing is not interrupted), until it is accepted."""

    def __init__(self, now: Look) -> None:
        self._in_force: Look | None = now
        self._last = now

    def settled(self, now: Look) -> bool:
        """Return whether the files differ from those dealt with last, and stand as they stood at the last look."""
        settled = now != self._in_force and now == self._last
        self._last = now
        return settled

    def accept(self, dealt_with: Look) -> None:
        """Take note that these files were put in force, or refused: they are no news any more."""
        self._in_force = dealt_with

    def again(self) -> None:
        """Take note that the files are to be dealt with again, changed or not."""
        self._in_force = None

"""What a process and its descendants use, read from /proc (Linux)."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Process:
    """One process: its command's words, CPU seconds so far, resident bytes."""

    pid: int
    command: str
    cpu: float
    rss: int


def family(pid: int) -> list[Process]:
    """Return the process and all its descendants, itself first; without those that end meanwhile."""
    return [process for member in _members(pid) if (process := _process(member))]


def spent(pid: int) -> float:
    """Return the CPU seconds that a process and its descendants have used, with those of its children that have ended."""
    return sum(each.cpu for each in family(pid)) + sum(map(int, _fields(pid)[13:15])) / _TICKS


def _members(pid: int) -> list[int]:
    children = [child for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]
    return [pid, *(member for child in children for member in _members(int(child)))]


def _process(pid: int) -> Process | None:
    try:
        return _read(pid)
    except (FileNotFoundError, ProcessLookupError):
        return None


def _read(pid: int) -> Process:
    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    fields = _fields(pid)
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return Process(pid, command, (int(fields[11]) + int(fields[12])) / _TICKS, resident * _PAGE)


def _fields(pid: int) -> list[str]:
    """Return what follows the name in a process's `stat`: that stands in brackets and may hold blanks."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()

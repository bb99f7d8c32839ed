"""What this process holds, and what its garbage collector does meanwhile."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PAGE = 4096
"""Bytes of a page of memory, as Linux counts them on the machines that this runs on."""


def memory() -> int:
    """Return the resident bytes of this process, after a round of the garbage collector."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE


@dataclass(slots=True)
class Growth:
    """What the making of something took: seconds of processor time, and resident bytes."""

    seconds: float = 0.0
    bytes: int = 0


@contextmanager
def growing() -> Iterator[Growth]:
    """Measure what is made inside, while the garbage collector stands still, as it does where the daemon loads rules."""
    growth = Growth()
    before = memory()
    gc.disable()
    started = time.process_time()
    try:
        yield growth
        growth.seconds = time.process_time() - started
        growth.bytes = memory() - before
    finally:
        gc.enable()


@contextmanager
def settled() -> Iterator[None]:
    """Keep the garbage collector from looking through all that is there now, as the daemon does after it has loaded rules."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def longest_round() -> Iterator[list[float]]:
    """Give a list that the seconds of processor time of every round of the garbage collector are added to."""
    rounds: list[float] = []
    began = 0.0

    def note(phase: str, _about: object) -> None:
        nonlocal began
        if phase == "start":
            began = time.process_time()
        else:
            rounds.append(time.process_time() - began)

    gc.callbacks.append(note)
    try:
        yield rounds
    finally:
        gc.callbacks.remove(note)

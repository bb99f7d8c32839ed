"""Templates that people wrote are read and run in a process that can be killed, within bounds of time and memory."""

from collections.abc import Callable
from typing import TypeVar

from monitor.diagnostics import Diagnostic
from monitor.errors import WorkerError, WorkerTimeout
from monitor.workers import Workers

T = TypeVar("T")

OUT_OF_BOUNDS = "PW303"
"""The code of a template that takes too much time or memory."""
GRACE = 2.0
"""Seconds a worker gets beyond a template's own limit before it is killed."""


async def bounded(
    workers: Workers, path: str, seconds: float, function: Callable[..., T], *args: object
) -> T | Diagnostic:
    """Return what `function(*args)` returns, or the fault of the template at `path` that took too much time or memory for it."""
    try:
        return await workers.call(function, *args, timeout=seconds + GRACE)
    except WorkerError as error:
        told = f"takes longer than {seconds:g} seconds" if isinstance(error, WorkerTimeout) else str(error)
        return Diagnostic(OUT_OF_BOUNDS, told, path)

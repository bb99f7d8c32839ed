"""How far a long reading has come, on a terminal; elsewhere nothing."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

T = TypeVar("T")

_OFTEN = 100


def on_stderr() -> Console:
    """Return where bars are shown: apart from what a command prints."""
    return Console(stderr=True, force_terminal=sys.stderr.isatty())


def progress(read: Iterable[T], total: int, *, what: str, console: Console) -> Iterator[T]:
    """Yield what is read, and show on `console` how much of about `total` that is; the bar is gone at the end."""
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        for number, each in enumerate(read, 1):
            yield each
            if number % _OFTEN == 0:
                bar.update(task, completed=number)

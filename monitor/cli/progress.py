"""How far a long reading has come, on a terminal's stderr; elsewhere nothing."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

T = TypeVar("T")

_OFTEN = 100


def progress(read: Iterable[T], total: int, what: str) -> Iterator[T]:
    """Yield what is read, with a bar for about `total` of it that is gone at the end."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield from read
        return
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        for number, each in enumerate(read, 1):
            yield each
            if number % _OFTEN == 0:
                bar.update(task, completed=number)

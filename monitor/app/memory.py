"""What is in force for a long time is kept out of the garbage collector's rounds: they hold up everything while they last."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def growing() -> Iterator[None]:
    """Load rules inside: what is there afterwards is never looked through, neither while it grows nor later.

    With 10,000 rules one look takes up to a second, and loading would cause a thousand. Rules that are no longer in force are freed
    all the same: nothing of them refers to itself in a circle, nor does loading leave such garbage. All else is cleared up first, as
    what is garbage now would stay for good.
    """
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()

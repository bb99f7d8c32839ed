"""A bound on the time of several steps together, of which waiting in between is no part."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Deadline:
    """So many seconds, to be spent in any number of steps."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    @asynccontextmanager
    async def spend(self) -> AsyncIterator[None]:
        """Run the block on what is left of the time. Raises TimeoutError when that is over."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with asyncio.timeout_at(started + max(self._left, 0.0)):
                yield
        finally:
            self._left -= loop.time() - started

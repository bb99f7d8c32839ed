"""Politeness: how many requests one host has to bear at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from monitor.errors import FetchError

#: Seconds that a request waits for its turn at a host.
PATIENCE = 30.0


@dataclass(slots=True)
class _Host:
    turns: asyncio.Semaphore
    users: int = 0


class Hosts:
    """Gives each host `at_once` turns. Remembers only the hosts that are in use."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Hold one of the host's turns for the length of the block. Raises FetchError ("host-busy") after PATIENCE."""
        host = self._hosts.setdefault(name, _Host(asyncio.Semaphore(self._at_once)))
        host.users += 1
        try:
            await _acquire(host.turns, name)
            try:
                yield
            finally:
                host.turns.release()
        finally:
            host.users -= 1
            if not host.users:
                del self._hosts[name]


async def _acquire(turns: asyncio.Semaphore, name: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await turns.acquire()
    except TimeoutError:
        raise FetchError("host-busy", f"other requests to {name} took over {PATIENCE:g} s") from None

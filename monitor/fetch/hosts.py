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
    """Gives each host `at_once` turns; one waits `patience` seconds for its own. Remembers only the hosts in use."""

    def __init__(self, at_once: int, patience: float = PATIENCE) -> None:
        self._at_once = at_once
        self._patience = patience
        self._hosts: dict[str, _Host] = {}

    @property
    def busy(self) -> set[str]:
        """The hosts that have requests under way or waiting."""
        return set(self._hosts)

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Hold one of the host's turns for the length of the block. Raises FetchError ("host-busy") when it does not come."""
        host = self._hosts.setdefault(name, _Host(asyncio.Semaphore(self._at_once)))
        host.users += 1
        try:
            await self._acquire(host.turns, name)
            try:
                yield
            finally:
                host.turns.release()
        finally:
            host.users -= 1
            if not host.users:
                del self._hosts[name]

    async def _acquire(self, turns: asyncio.Semaphore, name: str) -> None:
        if not turns.locked():
            await turns.acquire()
            return
        try:
            async with asyncio.timeout(self._patience):
                await turns.acquire()
        except TimeoutError:
            raise FetchError("host-busy", f"other requests to {name} took over {self._patience:g} s") from None

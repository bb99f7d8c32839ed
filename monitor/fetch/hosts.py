"""Politeness: how many requests one host has to bear at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from monitor.errors import FetchError


@dataclass(slots=True)
class _Host:
    turns: asyncio.Semaphore
    users: int = 0


class Hosts:
    """Gives each host `at_once` turns. Remembers only the hosts in use."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._hosts: dict[str, _Host] = {}

    @property
    def busy(self) -> set[str]:
        """The hosts that have requests under way or waiting."""
        return set(self._hosts)

    @asynccontextmanager
    async def turn(self, name: str, patience: float) -> AsyncIterator[None]:
        """Hold one of the host's turns for the length of the block. Raises FetchError ("host-busy") when it does not come in `patience` seconds."""
        host = self._hosts.setdefault(name, _Host(asyncio.Semaphore(self._at_once)))
        host.users += 1
        try:
            await _acquire(host.turns, name, patience)
            try:
                yield
            finally:
                host.turns.release()
        finally:
            host.users -= 1
            if not host.users:
                del self._hosts[name]


async def _acquire(turns: asyncio.Semaphore, name: str, patience: float) -> None:
    if not turns.locked():
        await turns.acquire()
        return
    try:
        async with asyncio.timeout(patience):
            await turns.acquire()
    except TimeoutError:
        raise FetchError("host-busy", f"other requests to {name} took over {patience:g} s") from None

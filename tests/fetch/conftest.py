"""Fixtures: a server on loopback, names, and doors of different limits."""

import ssl
from collections.abc import AsyncIterator, Awaitable
from typing import Protocol

import pytest

from monitor.errors import FetchError
from monitor.fetch import Door, DoorSettings, Request, Response
from tests.clock import ManualClock
from tests.fetch.peers import Names, Server

#: 8.8.8.8 is public; nothing in these tests ever reaches it.
PUBLIC = "8.8.8.8"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A server that answers what the test puts into `answers`."""
    async with Server() as running:
        yield running


@pytest.fixture
def names() -> Names:
    """Names that lead to loopback, to both worlds, and first out and then in."""
    return Names(
        {
            "local.example": [["127.0.0.1"]],
            "mixed.example": [[PUBLIC, "127.0.0.1"]],
            "rebinding.example": [[PUBLIC], ["127.0.0.1"]],
            "nowhere.example": [[]],
        }
    )


@pytest.fixture(scope="session")
def context() -> ssl.SSLContext:
    """A TLS context that trusts nobody, made once: making one takes a while."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Doors(Protocol):
    """Makes a door with settings of its own, closed when the test is over."""

    def __call__(
        self, *, max_size: int = 100_000, deadline: float = 5.0, per_host: int = 2, connections: int = 20
    ) -> Door: ...


@pytest.fixture
async def new_door(clock: ManualClock, names: Names, context: ssl.SSLContext) -> AsyncIterator[Doors]:
    """Makes doors on the test's clock and names."""
    made: list[Door] = []

    def new(*, max_size: int = 100_000, deadline: float = 5.0, per_host: int = 2, connections: int = 20) -> Door:
        settings = DoorSettings(
            "presswatch/test", max_size=max_size, deadline=deadline, connections=connections, per_host=per_host
        )
        made.append(Door(settings, clock=clock, resolve=names, context=context))
        return made[-1]

    yield new
    for door in made:
        await door.close()


@pytest.fixture
def door(new_door: Doors) -> Door:
    """A door with roomy limits."""
    return new_door()


async def private(door: Door, url: str) -> Response:
    """Get a document from a host that has leave to be private."""
    return await door.get(Request(url, allow_private=True))


async def fault(awaitable: Awaitable[object]) -> FetchError:
    """Return the error that a request ends with."""
    with pytest.raises(FetchError) as caught:
        await awaitable
    return caught.value

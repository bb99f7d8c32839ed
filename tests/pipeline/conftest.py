"""A house on each database, and one on a store that can be made to fail."""

from collections.abc import Iterator

import pytest

from monitor.render.renderer import Renderer
from monitor.store import Store
from monitor.workers import Workers
from tests.clock import ManualClock
from tests.pipeline.house import House
from tests.pipeline.peers import Faulty


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    pool = Workers(count=1, rest=600)
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def renderer(workers: Workers) -> Renderer:
    return Renderer([], workers)


@pytest.fixture
def house(store: Store, clock: ManualClock, workers: Workers, renderer: Renderer) -> House:
    return House(store, clock, workers, renderer)


@pytest.fixture
def faulty(sqlite_url: str, clock: ManualClock) -> Iterator[Faulty]:
    store = Faulty(sqlite_url, clock=clock)
    store.open()
    yield store
    store.close()


@pytest.fixture
def frail(faulty: Faulty, clock: ManualClock, workers: Workers, renderer: Renderer) -> House:
    """A house whose store can be made to fail, on SQLite."""
    return House(faulty, clock, workers, renderer)

"""Fixtures for every test: a clock, and a fresh, migrated store on each database."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from monitor.store import Store
from tests.clock import ManualClock
from tests.databases import PostgresServer, binaries, postgres_server

DATABASES = ["sqlite", "postgresql"]

# A property holds however long it takes to try it: on a busy machine a time limit finds no fault but the machine's.
settings.register_profile("presswatch", deadline=None)
settings.load_profile("presswatch")


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at Monday, 2 March 2026, 08:00 UTC until the test moves it."""
    return ManualClock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for all tests of this process. Without PostgreSQL: an error in CI, a skip elsewhere."""
    folder = binaries()
    if folder is None:
        complaint = "PostgreSQL is not installed: scripts/ensure-postgres says how to get it"
        if os.environ.get("CI"):
            pytest.fail(complaint)
        pytest.skip(complaint)
    with postgres_server(folder) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with our schema and nothing in it, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "presswatch.db"
    store = Store(f"sqlite:///{path}")
    store.open()
    store.close()
    return path


@pytest.fixture(scope="session")
def migrated_database(postgres: PostgresServer) -> str:
    """The name of a PostgreSQL database with our schema and nothing in it, to be copied."""
    name = postgres.create()
    store = Store(postgres.url(name))
    store.open()
    store.close()
    return name


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_file: Path) -> str:
    """The address of a fresh SQLite database with our schema."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'presswatch.db')}"


@pytest.fixture
def postgres_url(postgres: PostgresServer, migrated_database: str) -> Iterator[str]:
    """The address of a fresh PostgreSQL database with our schema."""
    name = postgres.create(migrated_database)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database with our schema, on SQLite and then on PostgreSQL."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def store(database_url: str, clock: ManualClock) -> Iterator[Store]:
    """An open store on the test's clock, on SQLite and then on PostgreSQL."""
    yield from opened(database_url, clock)


@pytest.fixture
def sqlite_store(sqlite_url: str, clock: ManualClock) -> Iterator[Store]:
    """An open store on SQLite, on the test's clock."""
    yield from opened(sqlite_url, clock)


@pytest.fixture
def postgres_store(postgres_url: str, clock: ManualClock) -> Iterator[Store]:
    """An open store on PostgreSQL, on the test's clock."""
    yield from opened(postgres_url, clock)


def opened(url: str, clock: ManualClock) -> Iterator[Store]:
    """Open a store for the length of a fixture."""
    store = Store(url, clock=clock)
    store.open()
    yield store
    store.close()

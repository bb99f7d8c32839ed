"""The door to the database: opens it, brings it to our schema, and runs functions of a transaction on it."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from types import TracebackType
from typing import Concatenate, ParamSpec, Protocol, Self, TypeVar

import sqlalchemy as sa

from monitor.errors import StoreConflict, StoreError
from monitor.store.faults import told_plainly
from monitor.store.postgres import PostgresBackend
from monitor.store.sqlite import SqliteBackend
from monitor.store.tx import Clock, Tx
from monitor.store.upgrade import HEAD, revision, upgrade

P = ParamSpec("P")
T = TypeVar("T")


#: How often a transaction is begun that another daemon's is in the way of.
ATTEMPTS = 3


class Backend(Protocol):
    """What differs between the two databases."""

    write_threads: int
    read_threads: int

    @property
    def writer(self) -> sa.Engine:
        """Connections that write."""

    @property
    def reader(self) -> sa.Engine:
        """Connections that cannot."""

    def open(self, *, exclusive: bool) -> None:
        """Take the database for this process."""

    def close(self, *, clean: bool) -> None:
        """Let go of it."""

    def maintain(self) -> int:
        """Do the hourly upkeep; return the bytes of log that could not be written back."""

    def upgrading(self, current: str | None, /) -> AbstractContextManager[sa.Connection]:
        """Give the one transaction of an upgrade from `current`."""


BACKENDS: dict[str, type[SqliteBackend] | type[PostgresBackend]] = {
    "sqlite": SqliteBackend,
    "postgresql": PostgresBackend,
    "postgres": PostgresBackend,
}


class Store:
    """One database, addressed as `sqlite:///path/to/file` or `postgresql://user@host/name`.

    `clock` gives aware UTC times for a whole process that runs on a clock of its own (demo, tests); without one the
    database's clock counts, which is the only one that several daemons share.
    """

    def __init__(self, url: str, *, clock: Clock | None = None) -> None:
        self._backend = _backend(url)
        self._clock = clock
        self._exclusive = False
        self._writing = ThreadPoolExecutor(self._backend.write_threads, "store-write")
        self._reading = ThreadPoolExecutor(self._backend.read_threads, "store-read")

    def open(self, exclusive: bool = True) -> None:
        """Connect. A daemon opens exclusively: that locks a SQLite file to this process, looks it over after an unclean
        stop, and brings the schema up to date. Anyone else may look, and on PostgreSQL write, while daemons run.

        Raises AnotherInstance, SchemaTooNew, StoreUnavailable; StoreError where the file is damaged or, without
        `exclusive`, its schema is not ours.
        """
        self._exclusive = exclusive
        try:
            self._backend.open(exclusive=exclusive)
            with told_plainly():
                self._agree_on_schema()
        except BaseException:
            self.close(clean=False)
            raise

    def close(self, *, clean: bool = True) -> None:
        """Finish what was begun, and let go of the database."""
        self._writing.shutdown()
        self._reading.shutdown()
        self._backend.close(clean=clean)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Give one write transaction, for code that has no event loop; an exception rolls it back.

        Raises StoreUnavailable where the database takes no writes for now.
        """
        if isinstance(self._backend, SqliteBackend) and not self._exclusive:
            raise StoreError("this process opened the database for reading only")
        with told_plainly(), self._backend.writer.begin() as conn:
            yield Tx(conn, self._clock)

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """Give one transaction that sees one state of the database and can change nothing."""
        with told_plainly(), self._backend.reader.begin() as conn:
            yield Tx(conn, self._clock)

    async def run(self, function: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `function(tx, …)` in a write transaction of its own, in the writing thread.

        Cancelling the caller does not stop a transaction that has begun. One that another daemon's was in the way of is begun anew, so
        `function` may be called more than once.
        """
        return await asyncio.get_running_loop().run_in_executor(
            self._writing, lambda: self._committed(function, *args, **kwargs)
        )

    async def read(self, function: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `function(tx, …)` in a reading transaction, in one of the reading threads."""
        return await asyncio.get_running_loop().run_in_executor(
            self._reading, lambda: _within(self.reading(), function, *args, **kwargs)
        )

    async def maintain(self) -> int:
        """Do the hourly upkeep; return the bytes of WAL a long reader kept from being written back (0 is well)."""
        return await asyncio.get_running_loop().run_in_executor(self._writing, self._backend.maintain)

    def _committed(self, function: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(ATTEMPTS - 1):
            with suppress(StoreConflict):
                return _within(self.transaction(), function, *args, **kwargs)
        return _within(self.transaction(), function, *args, **kwargs)

    def _agree_on_schema(self) -> None:
        if self._exclusive:
            upgrade(self._backend)
            return
        with self._backend.reader.connect() as conn:
            found = revision(conn)
        if found is None:
            raise StoreError("the database has no tables yet: `presswatch run` makes them")
        if found != HEAD:
            raise StoreError(f"the database is at schema {found}, not {HEAD}: `presswatch run` brings it there")


def _within(
    transaction: AbstractContextManager[Tx],
    function: Callable[Concatenate[Tx, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    with transaction as tx:
        return function(tx, *args, **kwargs)


def _backend(url: str) -> Backend:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise StoreError("the database's address is none: use sqlite:///file or postgresql://host/name") from error
    kind = BACKENDS.get(parsed.get_backend_name())
    if kind is None:
        raise StoreError(f"{parsed.get_backend_name()} is not supported: use sqlite:///file or postgresql://host/name")
    return kind(parsed)

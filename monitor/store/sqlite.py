"""The SQLite backend: one file, one writing connection, one daemon.

The settings are those of https://docs.sqlalchemy.org/en/21/dialects/sqlite.html ("Serializable isolation / Savepoints"):
Python's driver is kept from opening transactions of its own, and every one of ours says how it begins.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from monitor.errors import StoreError, StoreUnavailable
from monitor.store.faults import of_sqlite, told_plainly
from monitor.store.lock import InstanceLock

try:
    from pysqlite3 import dbapi2 as bundled
except ImportError:
    bundled = None

WRITER = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON", "journal_size_limit=67108864")
READER = ("busy_timeout=5000", "query_only=ON")
BACKUPS_KEPT = 2
OLDEST = (3, 43)
"""The first SQLite whose full-text index forgets a text without being told it again (contentless_delete)."""


def driver() -> ModuleType:
    """Return the newer of the system's SQLite and the bundled one: before 3.51.3 a WAL could be corrupted by two writers."""
    if bundled is not None and bundled.sqlite_version_info > sqlite3.sqlite_version_info:
        module: ModuleType = bundled
        return module
    return sqlite3


def refuse_older(version: tuple[int, ...]) -> None:
    """Raise StoreError where `version` of SQLite is too old for our tables."""
    if version < OLDEST:
        told, needed = (".".join(map(str, each)) for each in (version, OLDEST))
        raise StoreError(
            f"this Python has SQLite {told}, and {needed} is needed: install pysqlite3, or use a newer Python"
        )


class SqliteBackend:
    """Engines, lock, check and backup of one database file."""

    write_threads = 1
    read_threads = 4

    def __init__(self, url: sa.URL) -> None:
        if not url.database or url.database == ":memory:":
            raise StoreError("the database needs a file: sqlite:///path/to/presswatch.db")
        self.path = Path(url.database)
        self.writer = _engine(url, 1, WRITER, "BEGIN IMMEDIATE")
        self.reader = _engine(url, self.read_threads, READER, "BEGIN")
        self._lock = InstanceLock(self.path.with_name(f"{self.path.name}.lock"))

    def open(self, *, exclusive: bool) -> None:
        """Take the file for this process alone and look it over where the last stop was not clean; else see that it is there.

        Raises AnotherInstance, StoreUnavailable, and StoreError where the file is damaged or SQLite is too old.
        """
        refuse_older(driver().sqlite_version_info)
        if not exclusive:
            if not self.path.exists():
                raise StoreUnavailable(f"there is none at {self.path} yet: `presswatch run` makes it")
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"cannot make the folder of the database: {error}") from error
        clean = self._lock.take()
        if not clean and self.path.exists():
            self._look_over()

    def close(self, *, clean: bool) -> None:
        """Write the WAL back into the file, close every connection, free the lock."""
        self.reader.dispose()
        self.writer.dispose()
        self._lock.release(clean=clean)

    def maintain(self) -> int:
        """Write the WAL back and cut it to nothing; return how many bytes a long reader kept it at."""
        with told_plainly(), self.writer.connect() as conn:
            # Writers wait while this waits for readers, so it does not wait long: the next hour will do as well.
            _raw(conn, "PRAGMA busy_timeout=200")
            _raw(conn, "PRAGMA wal_checkpoint(TRUNCATE)")
            _raw(conn, "PRAGMA busy_timeout=5000")
            _raw(conn, "PRAGMA optimize")
        wal = self.path.with_name(f"{self.path.name}-wal")
        return wal.stat().st_size if wal.exists() else 0

    @contextmanager
    def upgrading(self, current: str | None) -> Iterator[sa.Connection]:
        """Give one transaction for a whole upgrade, with a backup of a file that holds anything made before it.

        Foreign keys are off inside, for rebuilding a table would empty those that refer to it, and are checked at the end.
        """
        if current is not None:
            self.backup(self.path.with_name(f"{self.path.name}.backup-{current}"))
            self._forget_old_backups()
        with self.writer.connect() as conn, _without_foreign_keys(conn), conn.begin():
            yield conn
            if broken := conn.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise StoreError(f"the upgrade would leave rows without what they refer to: {broken}")

    def backup(self, target: Path) -> None:
        """Copy the database to `target`, complete or not at all, beside a running writer."""
        unfinished = target.with_name(f"{target.name}.unfinished")
        unfinished.unlink(missing_ok=True)
        with told_plainly(), self.writer.connect() as conn:
            _raw(conn, "VACUUM INTO ?", str(unfinished))
        _check(unfinished)
        _sync(unfinished)
        unfinished.replace(target)
        _sync(target.parent)

    def _look_over(self) -> None:
        try:
            _check(self.path)
        except StoreUnavailable:
            raise
        except StoreError as error:
            newest = next(iter(self._backups()), None)
            advice = f"the newest backup is {newest}" if newest else "no backup was found beside it"
            raise StoreError(f"{self.path}: {error}; {advice}") from error

    def _backups(self) -> list[Path]:
        found = self.path.parent.glob(f"{self.path.name}.backup-*")
        whole = [each for each in found if each.suffix != ".unfinished"]
        return sorted(whole, key=lambda each: each.stat().st_mtime, reverse=True)

    def _forget_old_backups(self) -> None:
        for old in self._backups()[BACKUPS_KEPT:]:
            old.unlink()


def _engine(url: sa.URL, size: int, settings: tuple[str, ...], begin: str) -> sa.Engine:
    engine = sa.create_engine(
        url.set(drivername="sqlite+pysqlite"),
        module=driver(),
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        connect_args={"check_same_thread": False},
    )

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")

    @sa.event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def _without_foreign_keys(conn: sa.Connection) -> Iterator[None]:
    _raw(conn, "PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        _raw(conn, "PRAGMA foreign_keys=ON")


def _raw(conn: sa.Connection, statement: str, *values: str) -> None:
    """Execute a statement that may not stand in a transaction."""
    try:
        with closing(conn.connection.cursor()) as cursor:
            cursor.execute(statement, values)
    except driver().Error as error:
        raise of_sqlite(error) or error from error


def _check(path: Path) -> None:
    try:
        with closing(driver().connect(path)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except driver().DatabaseError as error:
        raise of_sqlite(error) or error from error
    if found != "ok":
        raise StoreError(f"the database file is damaged: {found}")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

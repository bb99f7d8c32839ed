"""The PostgreSQL backend: one database, any number of daemons."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from monitor.errors import StoreError

UPGRADE_LOCK = 0x70726573
STORY_LOCK = 0x73746F72
"""Keys of advisory locks; any numbers do, so long as nobody else in the database uses them ("pres", "stor" in ASCII)."""

# Nothing of ours takes this long; what does is stuck, and would keep its locks for ever.
SESSION = (
    "-c timezone=UTC -c statement_timeout=60s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s "
    "-c application_name=presswatch"
)


class PostgresBackend:
    """Engines of one database; what SQLite needs a lock file for, leases do here."""

    write_threads = 4
    read_threads = 4

    def __init__(self, url: sa.URL) -> None:
        try:
            self.writer = sa.create_engine(
                url.set(drivername="postgresql+psycopg"),
                pool_size=self.write_threads + self.read_threads,
                max_overflow=0,
                pool_pre_ping=True,
                connect_args={"connect_timeout": 5, "options": SESSION},
            )
        except ModuleNotFoundError as error:
            raise StoreError("PostgreSQL needs its driver: pip install 'presswatch[postgres]'") from error
        self.reader = self.writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def open(self, *, exclusive: bool) -> None:
        """Nothing to take: any number of daemons may share the database."""

    def close(self, **_clean: bool) -> None:
        """Close every connection."""
        self.writer.dispose()

    def maintain(self) -> int:
        """Nothing to do: the server's autovacuum does it."""
        return 0

    @contextmanager
    def upgrading(self, _current: str | None) -> Iterator[sa.Connection]:
        """Give one transaction for a whole upgrade, to one daemon at a time, for as long as it takes."""
        with self.writer.begin() as conn:
            conn.exec_driver_sql("SET LOCAL statement_timeout = 0")
            conn.exec_driver_sql("SET LOCAL lock_timeout = 0")
            conn.execute(sa.select(sa.func.pg_advisory_xact_lock(UPGRADE_LOCK)))
            yield conn

"""What a database error means to us: wait, or call a person."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from monitor.errors import StoreConflict, StoreError, StoreUnavailable

# Primary result codes, https://www.sqlite.org/rescode.html: BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL.
SQLITE_WAIT = {5, 6, 8, 10, 13, 14, 15}
# CORRUPT, NOTADB.
SQLITE_DAMAGED = {11, 26}
# Classes of SQLSTATE, PostgreSQL manual, appendix A: connection, resources (disk full, too many connections), operator
# intervention (shutdown, timeouts), system; then read-only transaction.
POSTGRES_WAIT = ("08", "53", "57", "58", "25006")
# Serialisation, deadlock, lock not available.
POSTGRES_CONFLICT = ("40", "55P03")


@contextmanager
def told_plainly() -> Iterator[None]:
    """Raise StoreUnavailable where waiting can help and StoreError for a damaged file; let mistakes of ours through."""
    try:
        yield
    except DBAPIError as error:
        raise meaning(error) or error from error
    except sa.exc.TimeoutError as error:
        raise StoreUnavailable(f"no connection to the database came free: {error}") from error


def meaning(error: DBAPIError) -> StoreError | None:
    """Return what a database error means, None for a mistake of ours."""
    # PostgreSQL's driver adds advice in lines that begin with a tab.
    text = " ".join(line.strip() for line in str(error.orig).splitlines() if not line.startswith("\t"))
    if error.connection_invalidated:
        return StoreUnavailable(f"the connection to the database broke: {text}")
    if error.orig is not None and hasattr(error.orig, "sqlite_errorcode"):
        return of_sqlite(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    if state is not None and state.startswith(POSTGRES_CONFLICT):
        return StoreConflict(f"another transaction was in the way: {text}")
    lost = state is None and isinstance(error, sa.exc.OperationalError)
    if lost or (state is not None and state.startswith(POSTGRES_WAIT)):
        return StoreUnavailable(f"the database does not answer as it should: {text}")
    return None


def of_sqlite(error: BaseException) -> StoreError | None:
    """Return what an error of SQLite's driver means, None for a mistake of ours."""
    code = int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
    if code in SQLITE_DAMAGED:
        return StoreError(f"the database file is damaged: {error}")
    return StoreUnavailable(f"the database takes no writes for now: {error}") if code in SQLITE_WAIT else None

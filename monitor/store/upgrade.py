"""The schema's version, and the way from an older one to ours."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from monitor.errors import SchemaTooNew, StoreError
from monitor.store.faults import meaning

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
"""Every revision of the chain, oldest first; a test compares it with the folder. Importing Alembic costs 270 ms, so a
start with a current schema never does."""

HEAD = REVISIONS[-1]
MIGRATIONS = Path(__file__).parent / "migrations"


class Upgradable(Protocol):
    """A database that can be brought to a newer schema."""

    @property
    def writer(self) -> sa.Engine:
        """Connections that write."""

    def upgrading(self, current: str | None, /) -> AbstractContextManager[sa.Connection]:
        """Give the one transaction of an upgrade from `current`."""


def revision(conn: sa.Connection) -> str | None:
    """Return the revision the database is at, None where it is empty. Raises SchemaTooNew where we do not know it."""
    if not sa.inspect(conn).has_table("alembic_version"):
        return None
    found: str | None = conn.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if found is not None and found not in REVISIONS:
        raise SchemaTooNew(
            f"the database is at schema {found}, this Presswatch knows up to {HEAD}: install the newer version again"
        )
    return found


def upgrade(database: Upgradable) -> bool:
    """Bring the database to HEAD, in one transaction that a crash undoes; return whether there was anything to do.

    Raises SchemaTooNew, and StoreError where it cannot be done.
    """
    with database.writer.connect() as conn:
        current = revision(conn)
    if current == HEAD:
        return False
    try:
        with database.upgrading(current) as conn:
            if revision(conn) != HEAD:
                migrate(conn, HEAD)
    except sa.exc.DBAPIError as error:
        raise meaning(error) or StoreError(
            f"the database could not be brought to schema {HEAD}: {error.orig}"
        ) from error
    return True


def migrate(conn: sa.Connection, target: str, folder: Path = MIGRATIONS) -> None:
    """Run Alembic's chain in `folder` up to `target` inside the transaction of `conn`."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    command.upgrade(config, target)

"""Keys that all daemons of a database share, made by the first that needs one."""

import secrets

import sqlalchemy as sa

from monitor.store.schema import keys
from monitor.store.tx import Tx

LINKS = "links"
"""What links in messages are signed by."""
_BYTES = 32


def get(tx: Tx, name: str) -> bytes:
    """Return a key; the same for whoever asks."""
    tx.conn.execute(tx.insert(keys).values(name=name, value=secrets.token_hex(_BYTES)).on_conflict_do_nothing())
    key = made(tx, name)
    assert key, "it was there, or is now"
    return key


def made(tx: Tx, name: str) -> bytes | None:
    """Return a key that somebody asked for before; None where nobody did."""
    value: str | None = tx.conn.execute(sa.select(keys.c.value).where(keys.c.name == name)).scalar()
    return bytes.fromhex(value) if value else None

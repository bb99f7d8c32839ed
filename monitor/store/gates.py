"""Gates: what is paused (a host, a channel), until when and why; a row, so every daemon and every restart sees it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from monitor.store.schema import gates
from monitor.store.tx import Tx, columns

HOST = "host:"
CHANNEL = "channel:"
"""What the names begin with that `feeds.claim` and `deliveries.claim` look for."""
NOT_CONFIGURED = "not configured"
"""Why a channel is paused that the configuration knows no more."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A pause. `until` is None for one that lasts until a person lifts it."""

    name: str
    until: datetime | None
    why: str
    since: datetime


def host(name: str) -> str:
    """Return the name of the gate before a host."""
    return f"{HOST}{name}"


def channel(channel_id: str) -> str:
    """Return the name of the gate before a channel."""
    return f"{CHANNEL}{channel_id}"


def put(tx: Tx, name: str, until: datetime | None, why: str) -> None:
    """Shut a gate until `until`, None for until it is lifted. One that is shut for longer already stays as it is."""
    shorter = sa.or_(gates.c.until <= tx.now, gates.c.until < until if until else gates.c.until.is_not(None))
    values = {"until": until, "why": why, "since": tx.now}
    statement = tx.insert(gates).values(name=name, **values)
    tx.conn.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values, where=shorter))


def get(tx: Tx, name: str) -> Gate | None:
    """Return the gate where it is shut now, None where the way is free."""
    found = tx.rows(Gate, _shut(tx).where(gates.c.name == name))
    return found[0] if found else None


def active(tx: Tx) -> list[Gate]:
    """Return every gate that is shut now, by name."""
    return tx.rows(Gate, _shut(tx).order_by(gates.c.name))


def paused(tx: Tx) -> dict[str, Gate]:
    """Return the channels that wait for a person to mend them, by name."""
    shut = (each for each in active(tx) if each.name.startswith(CHANNEL) and each.until is None)
    return {each.name.removeprefix(CHANNEL): each for each in shut}


def lift(tx: Tx, name: str) -> bool:
    """Open a gate; return whether there was one."""
    return tx.run(sa.delete(gates).where(gates.c.name == name)) == 1


def clamp(tx: Tx, prefix: str, horizon: timedelta) -> int:
    """Open gates whose names begin so and that a clock set wrong had shut for longer than `horizon`; return how many."""
    beyond = sa.and_(gates.c.name.startswith(prefix, autoescape=True), gates.c.until > tx.now + horizon)
    return tx.run(sa.delete(gates).where(beyond))


def prune(tx: Tx) -> int:
    """Forget gates whose time is over; return how many."""
    return tx.run(sa.delete(gates).where(gates.c.until <= tx.now))


def shut(tx: Tx, prefix: str, name: sa.ColumnElement[str]) -> sa.Exists:
    """Return the condition that the gate called `prefix` and then `name` is shut now."""
    return _shut(tx).where(gates.c.name == sa.literal(prefix, sa.Text).concat(name)).exists()


def _shut(tx: Tx) -> sa.Select[tuple[object, ...]]:
    return sa.select(*columns(gates, Gate)).where(sa.or_(gates.c.until.is_(None), gates.c.until > tx.now))

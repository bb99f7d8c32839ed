"""Instances: which daemons work on this database, and when each was last heard of."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from monitor.store.schema import instances
from monitor.store.tx import Tx, columns


@dataclass(frozen=True, slots=True)
class Instance:
    """A daemon as it introduces itself. `id` is new at every start."""

    id: str
    host: str
    pid: int
    version: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """A daemon, and when it was last heard of."""

    id: str
    host: str
    pid: int
    version: str
    started_at: datetime
    beat_at: datetime


def beat(tx: Tx, instance: Instance) -> None:
    """Say that a daemon lives."""
    statement = tx.insert(instances).values(**asdict(instance), beat_at=tx.now)
    tx.conn.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"beat_at": tx.now}))


def alive(tx: Tx, within: timedelta) -> list[InstanceRow]:
    """Return the daemons heard of `within` the last while, the one that has run longest first."""
    query = sa.select(*columns(instances, InstanceRow)).where(instances.c.beat_at >= tx.now - within)
    return tx.rows(InstanceRow, query.order_by(instances.c.started_at, instances.c.id))


def forget(tx: Tx, instance_id: str) -> None:
    """Strike out a daemon that stops."""
    tx.run(sa.delete(instances).where(instances.c.id == instance_id))


def prune(tx: Tx, before: datetime) -> int:
    """Strike out daemons not heard of since `before`; return how many."""
    return tx.run(sa.delete(instances).where(instances.c.beat_at < before))

"""The right to work on rows by turns: taken for a time under a token that grows at every taking, and given back."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from monitor.store.tx import Tx


def take(
    tx: Tx,
    key: sa.Column[Any],
    at: sa.Column[Any],
    limit: int,
    lease: timedelta,
    *free: sa.ColumnElement[bool],
    then: Sequence[sa.Column[Any]] = (),
    **values: object,
) -> sa.Update:
    """Return the statement that takes up to `limit` rows whose time `at` has come and that are `free`, the longest due first.

    `key` is the table's key. Taking moves `at` to the end of the lease, so that one that runs out makes the row due by itself; no
    other claimer gets a row until then. `then`: the order of those due at one time; `values`: what else a taken row says.
    """
    due = (
        sa.select(key)
        .where(at <= tx.now, *free)
        .order_by(at, *then)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    table = key.table
    assert isinstance(table, sa.Table)
    taken = {at.name: tx.now + lease, "lease_token": table.c.lease_token + 1, **values}
    return sa.update(table).where(key == due.c[key.name]).values(taken)


def give_back(tx: Tx, key: sa.Column[Any], at: sa.Column[Any], leases: Iterable[tuple[object, int]]) -> None:
    """Make rows due at once that were taken and not worked on, by key and token; the leases are void."""
    put_off(tx, key, at, ((each, token, tx.now) for each, token in leases))


def put_off(
    tx: Tx,
    key: sa.Column[Any],
    at: sa.Column[Any],
    leases: Iterable[tuple[object, int, datetime]],
    **values: object,
) -> None:
    """Give rows back that were taken and not worked on, each due at its own time, by key, token and time; the leases are void."""
    table = key.table
    assert isinstance(table, sa.Table)
    mine = sa.and_(key == sa.bindparam("of_key"), table.c.lease_token == sa.bindparam("of_token"))
    due = {at.name: sa.bindparam("due", type_=at.type), "lease_token": table.c.lease_token + 1, **values}
    rows = [{"of_key": each, "of_token": token, "due": when} for each, token, when in leases]
    tx.many(sa.update(table).where(mine).values(due), rows)

"""A transaction: what every function of the store takes first."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

Clock = Callable[[], datetime]
T = TypeVar("T")
Row = TypeVar("Row")

IN_LIST = 500
"""How many values one IN list takes, well below what either database allows."""


class Tx:
    """An open transaction. It ends with the `with` block or the call that gave it; keep none."""

    def __init__(self, conn: sa.Connection, clock: Clock | None) -> None:
        self.conn = conn
        self._clock = clock

    @cached_property
    def now(self) -> datetime:
        """The transaction's instant, aware and UTC: the injected clock's, else the database's own."""
        if self._clock is not None:
            return self._clock()
        if self.conn.dialect.name == "sqlite":
            told = self.conn.exec_driver_sql("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')").scalar_one()
            return datetime.fromisoformat(told).replace(tzinfo=UTC)
        moment: datetime = self.conn.execute(sa.select(sa.func.now())).scalar_one()
        return moment.astimezone(UTC)

    def savepoint(self) -> sa.NestedTransaction:
        """Return a savepoint: leaving its `with` block by an exception undoes what was done inside, and nothing else.

        `point.rollback()` inside the block does the same without an exception.
        """
        return self.conn.begin_nested()

    def insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """Return an INSERT that knows ON CONFLICT, which both databases have and SQL in general has not."""
        return sqlite.insert(table) if self.conn.dialect.name == "sqlite" else postgresql.insert(table)

    def run(self, statement: sa.Update | sa.Delete) -> int:
        """Execute a statement that changes rows; return how many it met."""
        count: int = self.conn.execute(statement).rowcount
        return count

    def many(self, statement: sa.Executable, rows: Sequence[dict[str, Any]]) -> None:
        """Execute one prepared statement for every row (executemany); nothing for none."""
        if rows:
            self.conn.execute(statement, rows)

    def rows(self, kind: type[Row], statement: sa.Executable) -> list[Row]:
        """Return the rows of a query as records; its columns bear the names of the record's fields."""
        return [kind(**row) for row in self.conn.execute(statement).mappings()]


def columns(table: sa.Table, kind: type[Any]) -> list[sa.Column[Any]]:
    """Return the columns of `table` named as the fields of a record are."""
    return [table.c[field.name] for field in fields(kind) if field.name in table.c]


def batches(values: Iterable[T], size: int = IN_LIST) -> Iterator[list[T]]:
    """Part `values` into lists of at most `size`."""
    batch: list[T] = []
    for value in values:
        batch.append(value)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch

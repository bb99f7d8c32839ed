"""Politeness that all daemons share: a host that was asked a moment ago is left alone for another."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa

from monitor.store.schema import hosts
from monitor.store.tx import Tx

T = TypeVar("T")

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Turns:
    """`a_second`: how many requests a host gets each second. `asked_politely`: whether a host is one of those, by its name."""

    a_second: int
    asked_politely: Callable[[str], bool]


def resting(tx: Tx, name: sa.ColumnElement[str]) -> sa.Exists:
    """Return the condition that the host called `name` was asked a moment ago."""
    return sa.select(hosts.c.name).where(hosts.c.name == name, hosts.c.next_at > tx.now).exists()


def rest(tx: Tx, asked: Iterable[str], turns: Turns) -> None:
    """Let hosts rest: so long for each time that they stand in `asked` that they get their number of requests a second."""
    counts: dict[str, int] = {}
    for each in asked:
        if turns.asked_politely(each):
            counts[each] = counts.get(each, 0) + 1
    rows = [{"name": each, "next_at": tx.now + SECOND * counts[each] / turns.a_second} for each in sorted(counts)]
    statement = tx.insert(hosts)
    tx.many(
        statement.on_conflict_do_update(index_elements=["name"], set_={"next_at": statement.excluded.next_at}), rows
    )


def in_turn(
    tx: Tx, taken: Sequence[T], host_of: Callable[[T], str], turns: Turns
) -> tuple[list[T], list[tuple[T, datetime]]]:
    """Part what was taken into what is asked now and what waits for a turn at its host, with when that comes (UTC)."""
    now: list[T] = []
    later: list[tuple[T, datetime]] = []
    counts: dict[str, int] = {}
    for each in taken:
        host = host_of(each)
        before = counts.get(host, 0)
        counts[host] = before + 1
        if before < turns.a_second or not turns.asked_politely(host):
            now.append(each)
        else:
            later.append((each, tx.now + SECOND * (before // turns.a_second)))
    return now, later


def prune(tx: Tx) -> int:
    """Forget hosts that have rested; return how many."""
    return tx.run(sa.delete(hosts).where(hosts.c.next_at <= tx.now))

"""Notices: what a daemon has to say of its rules, for `status`. Rows among the gates, under names of their own.

Every notice is of the rules in force: who puts others in force takes them all down.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from monitor.store import gates
from monitor.store.gates import Gate
from monitor.store.schema import gates as table
from monitor.store.tx import Tx

NOTICE = "rules:"
REFUSED = f"{NOTICE}refused"
ALWAYS = f"{NOTICE}always"
OFF = f"{NOTICE}off:"
"""Changed files that were not put in force; rules that every article is tried on; rules that are switched off, by id."""


def put(tx: Tx, name: str, told: str) -> None:
    """Put up a notice, or change what it says."""
    gates.lift(tx, name)
    gates.put(tx, name, None, told)


def standing(tx: Tx) -> list[Gate]:
    """Return every notice, by name."""
    return [each for each in gates.active(tx) if each.name.startswith(NOTICE)]


def switched_off(standing: Iterable[Gate]) -> tuple[str, ...]:
    """Return the ids of the rules of which notices say that they are switched off."""
    return tuple(each.name.removeprefix(OFF) for each in standing if each.name.startswith(OFF))


def clear(tx: Tx) -> None:
    """Take every notice down."""
    tx.run(sa.delete(table).where(table.c.name.startswith(NOTICE, autoescape=True)))

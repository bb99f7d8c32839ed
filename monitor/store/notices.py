"""Notices: what a daemon has to say of its rules, its templates, its network and its ledger, for `status`. Rows among the gates, under names of their own.

Notices of the rules in force are taken down by who puts others in force; the others have ends of their own.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

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

DELIVER = "deliver:digests"
"""The digests that the rules in force deliver to, with blanks between."""

TEMPLATES = "templates:faults"
"""What is wrong with templates. It stands until they are looked at again and are well."""

LEDGER = "ledger:"
FATES = f"{LEDGER}fates"
"""What does not add up in the ledger of fates. It stands until the ledger, gone over anew, closes."""

NETWORK = "network:"
"""Nothing answers one of the daemons, which is named by its id. It stands only as long as that daemon renews it."""


def put(tx: Tx, name: str, told: str) -> None:
    """Put up a notice, or change what it says."""
    gates.lift(tx, name)
    gates.put(tx, name, None, told)


def standing(tx: Tx) -> list[Gate]:
    """Return every notice of the rules in force, by name."""
    return [each for each in gates.active(tx) if each.name.startswith(NOTICE)]


def network_down(tx: Tx, instance_id: str, since: datetime | None, lasting: timedelta) -> None:
    """Put up for `lasting` that nothing has answered this daemon since then (UTC), or take that down."""
    name = f"{NETWORK}{instance_id}"
    if since is None:
        gates.lift(tx, name)
        return
    told = (
        f"nothing has answered since {since:%Y-%m-%d %H:%M} UTC: the network here seems to be down; no feed is blamed"
    )
    gates.put(tx, name, tx.now + lasting, told)


def switched_off(standing: Iterable[Gate]) -> tuple[str, ...]:
    """Return the ids of the rules of which notices say that they are switched off."""
    return tuple(each.name.removeprefix(OFF) for each in standing if each.name.startswith(OFF))


def clear(tx: Tx) -> None:
    """Take every notice of the rules in force down."""
    tx.run(sa.delete(table).where(table.c.name.startswith(NOTICE, autoescape=True)))

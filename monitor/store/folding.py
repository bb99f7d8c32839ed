"""Messages that wait for a channel that does not answer: told together, in one message, when there are many."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from monitor.core.digest import PendingMatch, Reason
from monitor.core.model import DeliveryState, Parcel
from monitor.store import breakers, editions, fates, gates
from monitor.store.carriers import UNTOUCHED
from monitor.store.editions import NewEdition
from monitor.store.schema import deliveries
from monitor.store.schema import editions as edition_rows
from monitor.store.tx import Tx, batches


@dataclass(frozen=True, slots=True)
class Backlog:
    """Editions of one digest whose messages wait at one channel for the same recipients; `oldest` is since when (UTC) the first does."""

    channel_id: str
    digest_id: str
    recipients: tuple[str, ...]
    editions: tuple[str, ...]
    oldest: datetime


def backlogs(tx: Tx, least: int, age: timedelta) -> list[Backlog]:
    """Return where messages of `least` editions or more wait, the first of them for `age` or longer, since the channel does not take them."""
    waiting = (
        sa.select(
            deliveries.c.channel_id,
            edition_rows.c.digest_id,
            deliveries.c.recipient,
            edition_rows.c.id.label("edition_id"),
            sa.func.min(deliveries.c.first_at).label("first_at"),
            sa.func.max(deliveries.c.lease_token).label("tries"),
            edition_rows.c.size,
        )
        .join_from(deliveries, edition_rows)
        .where(UNTOUCHED)
        .group_by(deliveries.c.channel_id, edition_rows.c.digest_id, deliveries.c.recipient, edition_rows.c.id)
        .order_by(
            deliveries.c.channel_id,
            edition_rows.c.digest_id,
            deliveries.c.recipient,
            edition_rows.c.made_at,
            edition_rows.c.id,
        )
    )
    down = breakers.half_open(tx) | {each.name.removeprefix(gates.CHANNEL) for each in gates.active(tx)}
    found: dict[tuple[str, str, tuple[str, ...]], tuple[list[str], datetime]] = {}
    for (channel_id, digest_id, recipient), rows in groupby(tx.conn.execute(waiting), key=lambda row: row[:3]):
        waits = list(rows)
        # What nobody has tried yet says nothing of the channel, unless nobody may: nothing is tried of one that is paused.
        ill = any(row.tries for row in waits) or channel_id in down
        if not ill or len(waits) < least:
            continue
        for told in _fitting(waits):
            oldest = min(row.first_at for row in told)
            if len(told) > 1 and oldest <= tx.now - age:
                names = tuple(row.edition_id for row in told)
                recipients, _ = found.setdefault((channel_id, digest_id, names), ([], oldest))
                recipients.append(recipient)
    return [
        Backlog(channel_id, digest_id, tuple(recipients), names, oldest)
        for (channel_id, digest_id, names), (recipients, oldest) in found.items()
    ]


def _fitting(waits: Iterable[Any]) -> Iterator[list[Any]]:
    """Part editions, in their order, into as many as one message can tell."""
    part: list[Any] = []
    for row in waits:
        if part and sum(each.size for each in part) + row.size > fates.MOST:
            yield part
            part = []
        part.append(row)
    if part:
        yield part


def matches_of(tx: Tx, backlog: Backlog, limit: int = fates.MOST) -> tuple[int, datetime, list[PendingMatch]]:
    """Return how many messages a backlog stands for, since when (UTC) the first waits, and the newest `limit` of the matches that they tell."""
    told = sa.select(deliveries.c.edition_id).where(
        deliveries.c.told_in.in_(backlog.editions),
        deliveries.c.channel_id == backlog.channel_id,
        deliveries.c.recipient.in_(backlog.recipients),
    )
    names = sorted(set(backlog.editions).union(tx.conn.execute(told).scalars()))
    first = sa.and_(edition_rows.c.id.in_(names), edition_rows.c.reason != Reason.TOGETHER)
    count, since = tx.conn.execute(sa.select(sa.func.count(), sa.func.min(edition_rows.c.made_at)).where(first)).one()
    return count, since or backlog.oldest, fates.of_editions(tx, backlog.digest_id, names, limit)


def fold(tx: Tx, backlog: Backlog, edition: NewEdition, parcels: Sequence[Parcel]) -> bool:
    """Put one edition in the place of those of a backlog, for its channel and recipients; all of it or, returning False, nothing.

    False: some of the messages have been sent or taken meanwhile. What other channels have yet to deliver stays as it is.
    """
    rows = _waiting(tx, backlog)
    if {row.edition_id for row in rows} != set(backlog.editions):
        return False
    with tx.savepoint() as point:
        if not editions.make(tx, edition, [], parcels):
            point.rollback()
            return False
        later = {"next_at": min(row.next_at for row in rows), "attempts": max(row.attempts for row in rows)}
        tx.run(sa.update(deliveries).where(deliveries.c.edition_id == edition.id).values(**later))
        told = sa.select(sa.func.sum(edition_rows.c.size)).where(edition_rows.c.id.in_(backlog.editions))
        tx.run(sa.update(edition_rows).where(edition_rows.c.id == edition.id).values(size=told.scalar_subquery()))
        _replace(tx, backlog, [row.id for row in rows], edition.id)
    for edition_id in backlog.editions:
        editions.settle(tx, edition_id)
    return True


def _waiting(tx: Tx, backlog: Backlog) -> list[sa.Row[tuple[int, str, datetime, int]]]:
    query = sa.select(deliveries.c.id, deliveries.c.edition_id, deliveries.c.next_at, deliveries.c.attempts).where(
        deliveries.c.channel_id == backlog.channel_id,
        deliveries.c.recipient.in_(backlog.recipients),
        deliveries.c.edition_id.in_(backlog.editions),
        UNTOUCHED,
    )
    return list(tx.conn.execute(query.order_by(deliveries.c.id).with_for_update()))


def _replace(tx: Tx, backlog: Backlog, ids: Iterable[int], edition_id: str) -> None:
    gone = {"state": DeliveryState.SUPPRESSED, "reason": editions.TOGETHER, "told_in": edition_id, "next_at": None}
    for some in batches(ids):
        tx.run(sa.update(deliveries).where(deliveries.c.id.in_(some)).values(**gone, settled_at=tx.now))
    before = sa.and_(
        deliveries.c.told_in.in_(backlog.editions),
        deliveries.c.channel_id == backlog.channel_id,
        deliveries.c.recipient.in_(backlog.recipients),
    )
    tx.run(sa.update(deliveries).where(before).values(told_in=edition_id))

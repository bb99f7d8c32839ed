"""Who gets a digest no more, by their address, however that is capitalised: by a link in a message, or since nothing arrives there. Only mail has either."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from monitor.core.model import DeliveryState, Outcome
from monitor.store import editions
from monitor.store.schema import attempts, deliveries, unsubscribed
from monitor.store.schema import editions as edition_rows
from monitor.store.tx import Tx, columns

EVERY = "*"
"""In place of a digest: all of them."""
BY_LINK = "by the link in a message"
BY_HAND = "by hand"
WHY = "unsubscribed"
"""Why what waited for them is not sent."""
BOUNCES, APART = 3, timedelta(hours=24)
"""So many messages refused for good at an address, the first and the last at least so long apart, and nothing more is sent there."""


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """An address, as `known_as`, that gets a digest (or `EVERY`) no more since `since` (UTC), by whatever channel."""

    recipient: str
    digest_id: str
    since: datetime
    why: str = ""


def known_as(recipient: str) -> str:
    """Return what an address is known by: of none that anybody has does the case of its letters make another."""
    return recipient.casefold()


def add(tx: Tx, recipient: str, digest_id: str, why: str) -> bool:
    """Send a digest there no more, nor what waits of it; return whether that is new."""
    values = {"recipient": known_as(recipient), "digest_id": digest_id, "since": tx.now, "why": why}
    statement = tx.insert(unsubscribed).values(**values).on_conflict_do_nothing()
    new = tx.conn.execute(statement.returning(unsubscribed.c.recipient)).first() is not None
    if new:
        _drop(tx, recipient, digest_id)
    return new


def remove(tx: Tx, recipient: str, digest_id: str = "") -> int:
    """Send there again, of one digest or ("") of all; return how many that were."""
    theirs = [unsubscribed.c.recipient == known_as(recipient)]
    theirs += [unsubscribed.c.digest_id == digest_id] if digest_id else []
    return tx.run(sa.delete(unsubscribed).where(*theirs))


def listing(tx: Tx) -> list[Unsubscribed]:
    """Return everyone who has unsubscribed, the latest first."""
    query = sa.select(*columns(unsubscribed, Unsubscribed))
    return tx.rows(Unsubscribed, query.order_by(unsubscribed.c.since.desc(), unsubscribed.c.recipient))


def bouncing(tx: Tx) -> list[Unsubscribed]:
    """Return the addresses that nothing more is sent to as it was refused there again and again, the latest first."""
    return [each for each in listing(tx) if each.digest_id == EVERY and each.why not in (BY_LINK, BY_HAND)]


def of(tx: Tx, digest_id: str) -> Collection[str]:
    """Return the addresses, as `known_as`, that do not get a digest."""
    query = sa.select(unsubscribed.c.recipient).where(unsubscribed.c.digest_id.in_((digest_id, EVERY)))
    return frozenset(tx.conn.execute(query).scalars())


def unwanted(tx: Tx, recipients: Mapping[int, str]) -> Collection[int]:
    """Return those of a few deliveries (by id, with their recipients) whose digest their recipient does not get."""
    names = {known_as(each) for each in recipients.values()}
    who = sa.select(unsubscribed.c.recipient, unsubscribed.c.digest_id).where(unsubscribed.c.recipient.in_(names))
    left = {tuple(row) for row in tx.conn.execute(who)}
    if not left:
        return ()
    of = sa.select(deliveries.c.id, edition_rows.c.digest_id).join_from(deliveries, edition_rows)
    rows = tx.conn.execute(of.where(deliveries.c.id.in_(recipients)))
    return {
        row.id
        for row in rows
        if not left.isdisjoint((known_as(recipients[row.id]), what) for what in (row.digest_id, EVERY))
    }


def bounced(tx: Tx, recipient: str) -> bool:
    """Send nothing there any more where messages bounce for good again and again; return whether that is so from now on."""
    theirs = deliveries.c.recipient == recipient
    last = sa.select(sa.func.max(deliveries.c.id)).where(theirs, deliveries.c.state == DeliveryState.SENT)
    refused = (
        sa.select(sa.func.count(sa.distinct(deliveries.c.id)), sa.func.min(attempts.c.at), sa.func.max(attempts.c.at))
        .join_from(deliveries, attempts)
        .where(theirs, deliveries.c.id > sa.func.coalesce(last.scalar_subquery(), 0))
        # That there is no such address (RFC 3463, 3.2), and not that its server wants none of us for now.
        .where(attempts.c.outcome == Outcome.REFUSED, attempts.c.stage == "rcpt", attempts.c.text.contains("5.1."))
    )
    count, first, newest = tx.conn.execute(refused).one()
    if count < BOUNCES or newest - first < APART:
        return False
    return add(tx, recipient, EVERY, f"{count} messages were refused there for good")


def _drop(tx: Tx, recipient: str, digest_id: str) -> None:
    """Give up what waits for them, but for what is being sent: where that does not arrive, it is given up when its turn comes again."""
    waits = sa.and_(deliveries.c.next_at.is_not(None), deliveries.c.state != DeliveryState.LEASED)
    everyone = tx.conn.execute(sa.select(deliveries.c.recipient).where(waits).distinct()).scalars()
    names = [each for each in everyone if known_as(each) == known_as(recipient)]
    query = sa.select(deliveries.c.id, deliveries.c.edition_id).join_from(deliveries, edition_rows)
    query = query.where(waits, deliveries.c.recipient.in_(names))
    if digest_id != EVERY:
        query = query.where(edition_rows.c.digest_id == digest_id)
    rows = tx.conn.execute(query.order_by(deliveries.c.id))
    editions.end(tx, {row.id: row.edition_id for row in rows}, DeliveryState.SUPPRESSED, WHY)

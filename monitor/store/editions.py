"""Editions: one digest at one slot, made once, with its messages; settled when the last of them is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.core.digest import Reason
from monitor.core.model import DeliveryState, FateState, Parcel
from monitor.store import carriers
from monitor.store.carriers import Carrier
from monitor.store.fates import DROPPED, waiting
from monitor.store.schema import deliveries, editions, fates, matches
from monitor.store.tx import Tx, batches, columns

SILENT = "silent"
"""The reason of an edition that tells of a silence."""
BESIDE = (SILENT, Reason.TOGETHER)
"""Reasons of editions that take the place of none of their digest: they tell of a silence, or again what was not delivered."""

TOGETHER = "told together with others, as they could not be delivered one by one"
"""The reason of a message that was not sent by itself."""


@dataclass(frozen=True, slots=True)
class NewEdition:
    """An edition to be made. `slot` is unique within the digest (local date and time); `reason` says why it is made."""

    id: str
    digest_id: str
    slot: str
    due_at: datetime
    made_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition that was made. `size`: matches taken into it. `settled_at` is None while messages are on their way."""

    id: str
    digest_id: str
    slot: str
    due_at: datetime
    made_at: datetime
    settled_at: datetime | None
    size: int
    reason: str


def make(tx: Tx, edition: NewEdition, match_ids: Sequence[int], parcels: Sequence[Parcel]) -> bool:
    """Make an edition of matches that wait, with a delivery for each parcel; all of it or, returning False, nothing.

    False: the slot was made before, or one of the matches was taken or settled meanwhile, so plan again. An edition
    without matches and parcels marks a slot as passed over. Raises ValueError for matches without a parcel to carry them.
    """
    if match_ids and not parcels:
        raise ValueError(f"edition {edition.id} has matches and nobody to send them to")
    with tx.savepoint() as point:
        whole = _insert(tx, edition, len(match_ids), settled=not parcels) and _take(tx, edition, match_ids)
        if not whole:
            point.rollback()
            return False
        _enqueue(tx, edition, parcels)
    return True


def end(tx: Tx, messages: Mapping[int, str], state: DeliveryState, reason: str) -> None:
    """Send deliveries, each with its edition, no more; editions of which those were the last to end are settled."""
    gone = {"state": state, "reason": reason, "next_at": None, "settled_at": tx.now}
    for some in batches(messages):
        tx.run(sa.update(deliveries).where(deliveries.c.id.in_(some)).values(**gone))
    for edition_id in sorted(set(messages.values())):
        settle(tx, edition_id)


def settle(tx: Tx, edition_id: str) -> bool:
    """Settle an edition's matches when the last message that carries it is final: sent where any arrived, silenced where its rules were muted
    meanwhile, else failed. So are those of the editions whose messages it took the place of.
    """
    # Two daemons that settle the last two deliveries at once would each still see the other's: one waits here.
    tx.conn.execute(sa.select(editions.c.id).where(editions.c.id == edition_id).with_for_update())
    own, instead = carriers.of(tx, edition_id)
    decisive = own if any(each.arrived for each in own) else [*own, *instead]
    if any(each.next_at is not None for each in decisive):
        return False
    tx.run(sa.update(editions).where(editions.c.id == edition_id).values(settled_at=tx.now))
    state, reason = _outcome([*own, *instead])
    taken = sa.update(fates).where(fates.c.edition_id == edition_id, fates.c.state == FateState.PENDING)
    tx.run(taken.values(state=state, reason=reason, changed_at=tx.now))
    for other in told_by(tx, edition_id)[1:]:
        settle(tx, other)
    return True


def _outcome(found: Sequence[Carrier]) -> tuple[FateState, str]:
    if any(each.arrived for each in found):
        return FateState.SENT, ""
    reasons = {each.reason for each in found} - {TOGETHER}
    if muted := sorted(each for each in reasons if each.startswith(Reason.MUTED.sentence)):
        return FateState.SILENCED, muted[0]
    return FateState.FAILED, DROPPED if reasons == {DROPPED} else "no delivery of its edition arrived"


def last_slot(tx: Tx, digest_id: str, until: datetime | None = None) -> EditionRow | None:
    """Return the digest's edition with the latest slot that was due by `until` (now), None where there is none; of those of its times."""
    past = sa.and_(editions.c.due_at <= (until or tx.now), editions.c.reason.not_in(BESIDE))
    query = sa.select(*columns(editions, EditionRow)).where(editions.c.digest_id == digest_id, past)
    found = tx.rows(EditionRow, query.order_by(editions.c.due_at.desc()).limit(1))
    return found[0] if found else None


def recent(tx: Tx, limit: int, digest_id: str = "") -> list[EditionRow]:
    """Return the editions that were made last, of one digest or of all, the newest first."""
    query = sa.select(*columns(editions, EditionRow)).order_by(editions.c.made_at.desc(), editions.c.id)
    return tx.rows(EditionRow, (query.where(editions.c.digest_id == digest_id) if digest_id else query).limit(limit))


def find(tx: Tx, edition_id: str) -> EditionRow | None:
    """Return an edition by its id."""
    query = sa.select(*columns(editions, EditionRow)).where(editions.c.id == edition_id)
    return next(iter(tx.rows(EditionRow, query)), None)


def told_by(tx: Tx, edition_id: str) -> list[str]:
    """Return the editions whose matches an edition tells: itself, and those whose messages it took the place of."""
    query = sa.select(deliveries.c.edition_id).where(deliveries.c.told_in == edition_id).distinct()
    return [edition_id, *tx.conn.execute(query.order_by(deliveries.c.edition_id)).scalars()]


def sent_since(tx: Tx, digest_id: str, since: datetime) -> int:
    """Return how many editions with messages this digest made at `since` or later."""
    carried = sa.select(deliveries.c.id).where(deliveries.c.edition_id == editions.c.id).exists()
    again = editions.c.reason == Reason.TOGETHER
    made = sa.and_(editions.c.digest_id == digest_id, _made_between(tx, since), carried, ~again)
    number: int = tx.conn.execute(sa.select(sa.func.count()).select_from(editions).where(made)).scalar_one()
    return number


def last_told(tx: Tx, digest_id: str, rules: Collection[str], since: datetime) -> dict[str, datetime]:
    """Return when (UTC) each of some rules last had a match in an edition that this digest made at `since` or later."""
    if not rules:
        return {}
    query = (
        sa.select(matches.c.rule_id, sa.func.max(editions.c.made_at))
        .select_from(editions.join(fates, fates.c.edition_id == editions.c.id).join(matches))
        .where(editions.c.digest_id == digest_id, _made_between(tx, since), matches.c.rule_id.in_(rules))
        .group_by(matches.c.rule_id)
    )
    return {row[0]: row[1] for row in tx.conn.execute(query)}


def prune(tx: Tx, before: datetime, limit: int = 100) -> int:
    """Delete up to `limit` editions settled before `before`, with their deliveries and attempts; one under way stays."""
    old = sa.select(editions.c.id).where(editions.c.settled_at < before).limit(limit).with_for_update(skip_locked=True)
    ids = tx.conn.execute(old).scalars().all()
    return tx.run(sa.delete(editions).where(editions.c.id.in_(ids))) if ids else 0


def _made_between(tx: Tx, since: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that an edition was made at `since` or later, and not by a clock that was ahead."""
    return editions.c.made_at.between(since, tx.now)


def _insert(tx: Tx, edition: NewEdition, size: int, *, settled: bool) -> bool:
    values = {**asdict(edition), "size": size, "settled_at": edition.made_at if settled else None}
    statement = tx.insert(editions).values(**values).on_conflict_do_nothing().returning(editions.c.id)
    return tx.conn.execute(statement).first() is not None


def _take(tx: Tx, edition: NewEdition, match_ids: Sequence[int]) -> bool:
    ids = sorted(set(match_ids))
    taking = sa.update(fates).where(waiting(edition.digest_id))
    taking = taking.values(edition_id=edition.id, state=FateState.PENDING, reason="", changed_at=tx.now)
    return sum(tx.run(taking.where(fates.c.match_id.in_(some))) for some in batches(ids)) == len(ids)


def _enqueue(tx: Tx, edition: NewEdition, parcels: Sequence[Parcel]) -> None:
    row = {"edition_id": edition.id, "state": DeliveryState.PENDING, "first_at": tx.now, "next_at": tx.now}
    tx.many(sa.insert(deliveries), [{**asdict(each), **row} for each in parcels])

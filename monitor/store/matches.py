"""Matches: which rule took which article, and by which words; at most one for each pair of them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.core.model import FateState, Span
from monitor.store.fates import OPEN
from monitor.store.schema import fates, matches, rule_versions
from monitor.store.tx import Tx, batches

MOST_COUNTED = 50_000
"""Past matches that are counted to learn what is usual."""


@dataclass(frozen=True, slots=True)
class NewMatch:
    """A rule's hit on a stored article that has its story."""

    article_id: int
    story_id: int
    rule_id: str
    rule_version: str
    spans: tuple[Span, ...]


def add(tx: Tx, found: Sequence[NewMatch], changed: Collection[int] = ()) -> dict[tuple[int, str], int]:
    """Store the matches that are new; return their ids, by (article id, rule id).

    A pair that is there already stays the match it was, and what became of it stays; it now has the spans of the newest text, and the
    rule's version where that delivers to the same digests: else it would owe fates that nobody gave it. `changed` are the ids of articles whose text is another since they were matched: a match of theirs that the text no
    longer satisfies stays too, for it was one, and has no spans.
    """
    before = _ids(tx, {each.article_id for each in found}.union(changed))
    hits = {(each.article_id, each.rule_id): each for each in found}
    new = [pair for pair in hits if pair not in before]
    tx.many(tx.insert(matches).on_conflict_do_nothing(), [_row(tx, hits[pair]) for pair in new])
    _renew(tx, [(before[pair], hits[pair]) for pair in hits if pair in before])
    lost = (id for pair, id in before.items() if pair[0] in changed and pair not in hits)
    for some in batches(lost):
        tx.run(sa.update(matches).where(matches.c.id.in_(some)).values(spans=()))
    ids = _ids(tx, {article_id for article_id, _ in new})
    return {pair: ids[pair] for pair in new}


def count(tx: Tx) -> int:
    """Return how many matches are stored."""
    number: int = tx.conn.execute(sa.select(sa.func.count()).select_from(matches)).scalar_one()
    return number


def times(tx: Tx, rule_id: str, digest_id: str, ranges: Sequence[tuple[datetime, datetime]]) -> list[datetime]:
    """Return when a rule matched for a digest within some stretches (after, until], in order; not what a feed held when it was first read."""
    if not ranges:
        return []
    within = sa.or_(*(sa.and_(matches.c.matched_at > after, matches.c.matched_at <= until) for after, until in ranges))
    told = sa.and_(fates.c.match_id == matches.c.id, fates.c.digest_id == digest_id)
    query = sa.select(matches.c.matched_at).where(matches.c.rule_id == rule_id, within)
    query = query.where(sa.select(fates.c.match_id).where(told, fates.c.state != FateState.BASELINE).exists())
    return list(tx.conn.execute(query.order_by(matches.c.matched_at).limit(MOST_COUNTED)).scalars())


def prune(tx: Tx, before: datetime, limit: int = 1000) -> int:
    """Delete up to `limit` matches made before `before`, with their fates; one still waiting for any digest stays."""
    waiting = sa.select(fates.c.match_id).where(fates.c.match_id == matches.c.id, fates.c.state.in_(OPEN)).exists()
    old = (
        sa.select(matches.c.id)
        .where(matches.c.matched_at < before, ~waiting)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = tx.conn.execute(old).scalars().all()
    return sum(tx.run(sa.delete(matches).where(matches.c.id.in_(some))) for some in batches(ids))


def _row(tx: Tx, match: NewMatch) -> dict[str, object]:
    return {
        "article_id": match.article_id,
        "story_id": match.story_id,
        "rule_id": match.rule_id,
        "rule_version": match.rule_version,
        "spans": match.spans,
        "matched_at": tx.now,
    }


def _renew(tx: Tx, again: Sequence[tuple[int, NewMatch]]) -> None:
    statement = sa.update(matches).where(matches.c.id == sa.bindparam("of_id"))
    values = {name: sa.bindparam(f"new_{name}", type_=matches.c[name].type) for name in ("rule_version", "spans")}
    kept = _kept_versions(tx, again)
    rows = [
        {"of_id": id, "new_rule_version": kept.get(id, each.rule_version), "new_spans": each.spans}
        for id, each in again
    ]
    tx.many(statement.values(**values), rows)


def _kept_versions(tx: Tx, again: Sequence[tuple[int, NewMatch]]) -> dict[int, str]:
    """Return the versions of those matches whose rule delivers elsewhere now."""
    stored = sa.select(matches.c.id, matches.c.rule_version, rule_versions.c.deliver).join(rule_versions)
    goes_to = sa.select(rule_versions.c.rule_id, rule_versions.c.version, rule_versions.c.deliver)
    before = {
        row.id: row
        for some in batches(id for id, _ in again)
        for row in tx.conn.execute(stored.where(matches.c.id.in_(some)))
    }
    now = {
        (row.rule_id, row.version): row.deliver
        for some in batches({each.rule_version for _, each in again})
        for row in tx.conn.execute(goes_to.where(rule_versions.c.version.in_(some)))
    }
    return {
        id: before[id].rule_version
        for id, each in again
        if set(before[id].deliver) != set(now.get((each.rule_id, each.rule_version), before[id].deliver))
    }


def _ids(tx: Tx, article_ids: Iterable[int]) -> dict[tuple[int, str], int]:
    query = sa.select(matches.c.article_id, matches.c.rule_id, matches.c.id)
    rows = (
        row for some in batches(article_ids) for row in tx.conn.execute(query.where(matches.c.article_id.in_(some)))
    )
    return {(row.article_id, row.rule_id): row.id for row in rows}

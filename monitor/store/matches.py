"""Matches: which rule took which article, and by which words; at most one for each pair of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.core.model import Span
from monitor.store.fates import OPEN
from monitor.store.schema import fates, matches
from monitor.store.tx import Tx, batches


@dataclass(frozen=True, slots=True)
class NewMatch:
    """A rule's hit on a stored article that has its story."""

    article_id: int
    story_id: int
    rule_id: str
    rule_version: str
    spans: tuple[Span, ...]


def add(tx: Tx, found: Sequence[NewMatch]) -> dict[tuple[int, str], int]:
    """Store the matches that are new; return their ids, by (article id, rule id).

    A pair that is there already (an article that changed and matches again) is left as it was and is not returned.
    """
    before = _ids(tx, found)
    new = [each for each in found if (each.article_id, each.rule_id) not in before]
    rows = [{**_values(each), "matched_at": tx.now} for each in new]
    tx.many(tx.insert(matches).on_conflict_do_nothing(), rows)
    return _ids(tx, new)


def count(tx: Tx) -> int:
    """Return how many matches are stored."""
    number: int = tx.conn.execute(sa.select(sa.func.count()).select_from(matches)).scalar_one()
    return number


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


def _values(match: NewMatch) -> dict[str, object]:
    return {
        "article_id": match.article_id,
        "story_id": match.story_id,
        "rule_id": match.rule_id,
        "rule_version": match.rule_version,
        "spans": match.spans,
    }


def _ids(tx: Tx, found: Sequence[NewMatch]) -> dict[tuple[int, str], int]:
    query = sa.select(matches.c.article_id, matches.c.rule_id, matches.c.id)
    articles = {each.article_id for each in found}
    rows = (row for some in batches(articles) for row in tx.conn.execute(query.where(matches.c.article_id.in_(some))))
    wanted = {(each.article_id, each.rule_id) for each in found}
    return {(row.article_id, row.rule_id): row.id for row in rows if (row.article_id, row.rule_id) in wanted}

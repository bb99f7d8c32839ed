"""Which message an alert belongs under: the one that told its story first."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from monitor.core.model import Outcome
from monitor.store.schema import attempts, deliveries, editions, fates, matches
from monitor.store.tx import Tx, batches


@dataclass(frozen=True, slots=True)
class Thread:
    """An edition of which others are a sequel. `answers` has what (channel, recipient) said when they took its first part."""

    edition_id: str
    answers: Mapping[tuple[str, str], str] = field(default_factory=dict)


def followed(tx: Tx, digest_id: str, stories: Collection[int]) -> Thread | None:
    """Return the edition by which this digest told some stories first; None where one of them is new, or they have no edition in common."""
    roots: dict[int, str] = {}
    for some in batches(stories):
        for row in tx.conn.execute(_told_in(digest_id, some)):
            roots.setdefault(row.story_id, row.id)
    # Who misses a sequel misses little; a new story under an old one would be overlooked.
    if len(roots) < len(set(stories)) or len(set(roots.values())) != 1:
        return None
    (root,) = set(roots.values())
    return Thread(root, _answers(tx, root))


def _told_in(digest_id: str, stories: Collection[int]) -> sa.Select[tuple[int, str]]:
    """Return the query for the editions that told each of some stories, the first one first."""
    ours = sa.and_(fates.c.match_id == matches.c.id, fates.c.digest_id == digest_id)
    return (
        sa.select(matches.c.story_id, editions.c.id)
        .select_from(matches.join(fates, ours).join(editions))
        .where(matches.c.story_id.in_(stories))
        .group_by(matches.c.story_id, editions.c.id, editions.c.made_at)
        .order_by(editions.c.made_at, editions.c.id)
    )


def _answers(tx: Tx, edition_id: str) -> dict[tuple[str, str], str]:
    query = (
        sa.select(deliveries.c.channel_id, deliveries.c.recipient, attempts.c.text)
        .join_from(deliveries, attempts)
        .where(deliveries.c.edition_id == edition_id, deliveries.c.part == 1, attempts.c.outcome == Outcome.SENT)
        .order_by(attempts.c.id)
    )
    return {(row.channel_id, row.recipient): row.text for row in tx.conn.execute(query)}

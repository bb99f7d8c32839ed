"""What a digest has told of stories before: when first, from whom, and which outlets have them."""

from collections.abc import Collection
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from monitor.core.digest import Before, Copy
from monitor.core.model import FateState
from monitor.store import feeds as feed_rows
from monitor.store.schema import articles, editions, fates, feeds, matches
from monitor.store.tx import Tx, batches

MOST = 2000
"""Copies that are looked at, of so many stories as are asked for at a time."""

_TOLD = sa.and_(fates.c.edition_id.is_not(None), fates.c.state.in_((FateState.SENT, FateState.PENDING)))


def before(tx: Tx, digest_id: str, stories: Collection[int]) -> dict[int, Before]:
    """Return what this digest told before of those of some stories that it told at all.

    Copies that it did not tell since it had told the story are among them.
    """
    rows = (row for some in batches(sorted(stories)) for row in tx.conn.execute(_copies(digest_id, some)))
    found = ((story_id, _before(list(copies))) for story_id, copies in groupby(rows, key=lambda row: row.story_id))
    return {story_id: told for story_id, told in found if told}


def _copies(digest_id: str, stories: Collection[int]) -> sa.Select[tuple[Any, ...]]:
    ours = sa.and_(fates.c.match_id == matches.c.id, fates.c.digest_id == digest_id)
    return (
        sa.select(
            matches.c.story_id,
            editions.c.made_at,
            *(articles.c[name] for name in ("feed_id", "publisher", "url", "published")),
            feed_rows.label.label("feed_title"),
        )
        .select_from(
            matches.join(fates, ours)
            .join(articles, articles.c.id == matches.c.article_id)
            .join(feeds, feeds.c.id == articles.c.feed_id)
            .outerjoin(editions, editions.c.id == fates.c.edition_id)
        )
        .where(matches.c.story_id.in_(stories), sa.or_(_TOLD, fates.c.state == FateState.MERGED))
        .order_by(matches.c.story_id, editions.c.made_at.is_(None), editions.c.made_at, feeds.c.weight.desc())
        .order_by(articles.c.published, matches.c.id)
        .limit(MOST)
    )


def _before(copies: list[sa.Row[Any]]) -> Before | None:
    """What is known of one story by its copies, those told first before all others, and of these the heaviest outlet's."""
    told = [
        Copy(each.publisher or each.feed_id, each.publisher or each.feed_title, each.url, each.published)
        for each in copies
    ]
    return Before(copies[0].made_at, tuple(told)) if copies[0].made_at else None

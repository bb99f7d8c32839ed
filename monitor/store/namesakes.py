"""Articles of late that have the title of a new one: what is looked at before a title alone makes two of them one story."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from monitor.core.articles import without_publisher
from monitor.core.copies import CHARACTERS, Told
from monitor.core.model import Article, Story
from monitor.core.namesakes import Namesakes
from monitor.core.stories import Known, title_keys
from monitor.store.articles import outlet
from monitor.store.schema import articles, stories
from monitor.store.tx import Tx, batches

LOOKED_AT = 100
"""Articles of a story that are looked at, the first ones."""

_PLACE = sa.func.row_number().over(partition_by=articles.c.story_id, order_by=articles.c.id).label("place")
# Where articles are partitioned, the time says in which partitions to look.
_OF_STORIES = (
    sa.select(
        outlet.label("outlet"),
        articles.c.title,
        articles.c.publisher,
        articles.c.published,
        *(sa.func.substr(articles.c[name], 1, CHARACTERS).label(name) for name in ("summary", "body")),
        stories.c.id,
        stories.c.first_seen_at,
        _PLACE,
    )
    .join(stories, stories.c.id == articles.c.story_id)
    .where(articles.c.story_id.in_(sa.bindparam("some", expanding=True)), articles.c.seen_at >= sa.bindparam("since"))
    .subquery()
)
_FIRST = sa.select(_OF_STORIES).where(_OF_STORIES.c.place <= LOOKED_AT)


class Titled:
    """Which story an article joins by its title. What that takes is read when it is asked, for few articles have a title that is known."""

    def __init__(self, tx: Tx, known: Known, window: timedelta) -> None:
        self._tx = tx
        self._known = known
        self._window = window
        self._recent = Namesakes()
        self._read: set[int] = set()

    def story_of(self, article: Article, own: Story) -> Story | None:
        """Return the story that an article joins by its title, if any; `own` is the one that it would begin."""
        having = {story.number for story in self._known.having(article.title_keys)}
        if not having:
            return None
        self._read_of(having - self._read, article.seen_at - self._window)
        return self._recent.story_of(article.title_keys, _told(article, own), self._window)

    def add(self, article: Article, story: Story) -> None:
        """Remember an article of a story."""
        if article.title_keys:
            self._recent.add(article.title_keys, _told(article, story))

    def _read_of(self, numbers: Collection[int], since: datetime) -> None:
        self._read.update(numbers)
        for some in batches(numbers):
            for row in self._tx.conn.execute(_FIRST, {"some": some, "since": since}):
                heading = without_publisher(row.title, row.publisher)
                told = Told(row.outlet, heading, row.summary, row.body, Story(row.id, row.first_seen_at))
                self._recent.add(title_keys(heading, row.published, listed=False), told)


def _told(article: Article, story: Story) -> Told:
    heading = without_publisher(article.title, article.publisher)
    return Told(article.outlet, heading, article.summary, article.body, story)

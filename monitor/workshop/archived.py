"""The archive as something to try a rule on: how far it reaches, and the articles that may match."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.match.narrowing import Formula
from monitor.store import Tx, archive, articles, feeds
from monitor.store.archive import Reading, Window
from monitor.workshop.past import Past


@dataclass(frozen=True, slots=True)
class Stretch:
    """What the archive has of the time that was asked for: `articles` first seen in [since, until), the time of asking.

    About `candidates` of them have to be looked at. `asked` is how far back was asked, `reach` how far the archive is whole.
    """

    since: datetime
    until: datetime
    articles: int
    candidates: int
    asked: timedelta
    reach: timedelta

    @property
    def falls_short(self) -> bool:
        """Whether the archive begins later than was asked for."""
        return self.reach < self.asked


def stretch(tx: Tx, formula: Formula, asked: timedelta, retention: timedelta) -> Stretch:
    """Return what the archive has of the last `asked`. Articles are deleted after `retention`, but for those that matched."""
    began = articles.oldest(tx) or tx.now
    # What is older than that are matches without the articles around them: every rule would look right by these.
    reach = min(tx.now - began, retention)
    since = tx.now - min(asked, reach)
    window = Window(since, tx.now)
    return Stretch(
        since, tx.now, archive.count(tx, window), archive.count_candidates(tx, formula, window), asked, reach
    )


def from_archive(reading: Reading, formula: Formula, found: Stretch) -> Iterator[Past]:
    """Yield the articles of the stretch that may match, in the order in which they came in."""
    with reading() as tx:
        known = {each.id: each for each in feeds.overview(tx)}
    for each in archive.candidates(reading, formula, Window(found.since, found.until)):
        feed = known.get(each.feed_id)
        began = feed.baseline_at if feed else None
        yield Past(
            number=each.id,
            document=each.document,
            outlet=each.feed,
            seen_at=each.seen_at,
            published=each.published,
            story=each.story_id,
            silent=began is not None and each.seen_at <= began,
            publisher=each.publisher,
            weight=feed.weight if feed else 1,
        )

"""From a fetched document to articles: all that a worker process does for one poll."""

from dataclasses import dataclass
from datetime import datetime

from monitor.core.articles import article
from monitor.core.model import Article, Hints
from monitor.parse.cutting import MARK, cut
from monitor.parse.languages import with_language
from monitor.parse.reading import parse_feed


@dataclass(frozen=True, slots=True)
class Reading:
    """A feed document, its entries made articles, oldest first; without those whose marks were known before.

    `marks` recognise the items of this document the next time; "" where they cannot be told apart. `items` is how many the
    document holds, `left` how many of them had not been seen.
    """

    title: str
    articles: tuple[Article, ...]
    warnings: tuple[str, ...]
    marks: str
    items: int
    left: int
    format: str = ""
    link: str = ""
    hints: Hints | None = None


def read(
    body: bytes,
    content_type: str,
    url: str,
    feed_id: str,
    seen_at: datetime,
    seen: str = "",
    detecting: bool = False,
) -> Reading:
    """Parse what is new in a feed document that was seen at `seen_at` (UTC). Raises ParseError.

    `seen` are the marks of the last document of this feed that was stored; "" has everything parsed. `detecting`: articles that
    state no language are given the one that their words tell; only where `languages.can_detect`.
    """
    cutting = cut(body, seen)
    parsed = parse_feed(cutting.body if cutting else body, content_type, url)
    # Where a feed states one identity twice, the first wins: feeds put the newest on top.
    articles: dict[str, Article] = {}
    for entry in parsed.entries:
        made = article(entry, feed_id, seen_at)
        articles.setdefault(made.key, made)
    told = map(with_language, articles.values()) if detecting else articles.values()
    in_order = sorted(told, key=lambda each: each.published)
    return Reading(
        parsed.title,
        tuple(in_order),
        parsed.warnings,
        marks=cutting.marks if cutting else "",
        items=len(cutting.marks) // MARK if cutting else len(parsed.entries),
        left=cutting.left if cutting else len(parsed.entries),
        format=parsed.format,
        link=parsed.link,
        hints=parsed.hints,
    )

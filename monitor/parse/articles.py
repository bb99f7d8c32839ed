"""From a fetched document to articles: all that a worker process does for one poll."""

from dataclasses import dataclass
from datetime import datetime

from monitor.core.articles import article
from monitor.core.model import Article
from monitor.parse.reading import parse_feed


@dataclass(frozen=True, slots=True)
class Reading:
    """A parsed feed document, its entries made articles, oldest first."""

    format: str
    title: str
    articles: tuple[Article, ...]
    warnings: tuple[str, ...]


def read(body: bytes, content_type: str, url: str, feed_id: str, seen_at: datetime) -> Reading:
    """Parse one feed document that was seen at `seen_at` (UTC). Raises ParseError."""
    parsed = parse_feed(body, content_type, url)
    # Where a feed states one identity twice, the first wins: feeds put the newest on top.
    articles: dict[str, Article] = {}
    for entry in parsed.entries:
        made = article(entry, feed_id, seen_at)
        articles.setdefault(made.key, made)
    in_order = sorted(articles.values(), key=lambda each: each.published)
    return Reading(parsed.format, parsed.title, tuple(in_order), parsed.warnings)

"""What is new among the articles of a poll, and which rules it matches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.core.articles import document
from monitor.core.match import Hit, Matcher
from monitor.core.model import Article, Feed


@dataclass(frozen=True, slots=True)
class Finding:
    """An article that is new, or whose text changed, and the rules it matches."""

    article: Article
    hits: tuple[Hit, ...]


def unseen(articles: Sequence[Article], known: Mapping[str, str]) -> list[Article]:
    """Return the articles that are new or changed, given the content hash stored for each known key."""
    return [each for each in articles if known.get(each.key) != each.content_hash]


def find(matcher: Matcher, articles: Sequence[Article], feed: Feed) -> list[Finding]:
    """Match each article against every rule."""
    return [Finding(each, tuple(matcher.match(document(each, feed)))) for each in articles]

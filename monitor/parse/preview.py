"""What would be stored of a document, for people who try a feed before they trust it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.articles import article
from monitor.core.model import Entry, Hints, ParsedFeed
from monitor.errors import ParseError
from monitor.parse.articles import says_something
from monitor.parse.reading import parse_feed, unpacked

#: Characters below which a text is a summary and not the article.
SHORT = 600


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as it would be stored. `id` is what it is known by: its own id, else its page, else its title."""

    id: str
    title: str
    link: str
    published: datetime | None
    updated: datetime | None
    author: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A document as it would be stored, or the `error` for which it would not."""

    format: str = ""
    title: str = ""
    link: str = ""
    entries: tuple[Shown, ...] = ()
    warnings: tuple[str, ...] = ()
    hints: Hints | None = None
    error: str = ""

    @property
    def only_summaries(self) -> bool:
        """Whether no entry brings more than a summary."""
        return bool(self.entries) and all(len(each.text) < SHORT for each in self.entries)


def previews(documents: Sequence[tuple[bytes, str, str]], seen_at: datetime) -> list[Preview]:
    """Return what would be stored of each document: its bytes, its Content-Type ("" for none) and where it came from."""
    return [_preview(*each, seen_at) for each in documents]


def _preview(body: bytes, content_type: str, url: str, seen_at: datetime) -> Preview:
    try:
        parsed = parse_feed(unpacked(body), content_type, url)
    except ParseError as error:
        return Preview(error=str(error))
    entries = tuple(_shown(each, parsed.link, seen_at) for each in parsed.entries)
    warnings = (*parsed.warnings, *_missing(parsed, seen_at))
    return Preview(parsed.format, parsed.title, parsed.link, entries, warnings, parsed.hints)


def _shown(entry: Entry, site: str, seen_at: datetime) -> Shown:
    stored = article(entry, "", seen_at, site)
    stated = entry.published or entry.updated
    return Shown(
        id=entry.guid or entry.url or stored.title,
        title=stored.title,
        link=stored.url,
        published=stated,
        updated=entry.updated,
        author=stored.author,
        language=stored.language,
        text=stored.body or stored.summary,
    )


def _missing(parsed: ParsedFeed, seen_at: datetime) -> list[str]:
    """Say what a person would want to know before the feed is relied on."""
    entries = parsed.entries
    if not entries:
        return ["the feed has no entries at the moment"]
    undated = sum(not (each.published or each.updated) for each in entries)
    empty = sum(not says_something(each) for each in entries)
    ahead = sum(bool(each.published and each.published > seen_at + timedelta(days=1)) for each in entries)
    told = (
        (undated, "without a date count as published when they are first seen"),
        (empty, "say nothing (no title, text or link) and are not stored"),
        (ahead, "have dates in the future, which are taken for the time they are first seen"),
    )
    return [f"{count} of {len(entries)} entries {what}" for count, what in told if count]

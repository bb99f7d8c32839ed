"""From a fetched document to articles: all that a worker process does for one poll."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from monitor.core.articles import article
from monitor.core.identity import told_apart
from monitor.core.model import Article, Entry, Hints, ParsedFeed
from monitor.errors import ParseError
from monitor.parse.cutting import MOST_BLOCKS, Cutting, cut
from monitor.parse.languages import with_language
from monitor.parse.reading import parse_feed, unpacked

NO_ITEMS = "-"
"""The marks of a document that holds no items: what comes after it shares nothing with it, and has not overrun it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A feed document, its entries made articles, oldest first; without those whose marks were known before.

    `marks` recognise these items the next time, `NO_ITEMS` where there were none, "" where they cannot be told apart. `items` is how many the document holds,
    `left` how many of them were read now, and `rest` how many more are new and put off.
    """

    title: str
    articles: tuple[Article, ...]
    warnings: tuple[str, ...]
    marks: str
    items: int
    left: int
    rest: int = 0
    format: str = ""
    link: str = ""
    hints: Hints | None = None


class Document(NamedTuple):
    """A fetched document and all that is needed to read it, as `read` takes it."""

    body: bytes
    content_type: str
    url: str
    feed_id: str
    seen_at: datetime
    seen: str = ""
    detecting: bool = False
    most: int = MOST_BLOCKS


def read_each(documents: Sequence[Document]) -> list[Reading | ParseError]:
    """Read several documents, each by itself: in place of a reading stands why there is none."""
    return [_read_or_fault(each) for each in documents]


def _read_or_fault(document: Document) -> Reading | ParseError:
    try:
        return read(*document)
    except ParseError as error:
        return error


def read(
    body: bytes,
    content_type: str,
    url: str,
    feed_id: str,
    seen_at: datetime,
    seen: str = "",
    detecting: bool = False,
    most: int = MOST_BLOCKS,
) -> Reading:
    """Parse what is new in a feed document that was seen at `seen_at` (UTC). Raises ParseError.

    `seen` are the marks of the last document of this feed that was stored; "" has everything parsed. `detecting`: articles that
    state no language are given the one that their words tell; only where `languages.can_detect`. `most`: new items that are read
    now, where the document can be cut; the rest comes when it is read again with the marks of these.
    """
    body = unpacked(body)
    cutting, parsed = _parsed(body, content_type, url, seen, most)
    # Where a feed states one article twice, the first wins: feeds put the newest on top.
    said = filter(says_something, parsed.entries)
    articles = told_apart(article(entry, feed_id, seen_at, parsed.link) for entry in said)
    told = map(with_language, articles) if detecting else articles
    in_order = sorted(told, key=lambda each: each.published)
    return Reading(
        parsed.title,
        tuple(in_order),
        parsed.warnings,
        marks=cutting.marks if cutting else "" if parsed.entries else NO_ITEMS,
        items=cutting.items if cutting else len(parsed.entries),
        left=len(parsed.entries),
        rest=cutting.rest if cutting else 0,
        format=parsed.format,
        link=parsed.link,
        hints=parsed.hints,
    )


def _parsed(body: bytes, content_type: str, url: str, seen: str, most: int) -> tuple[Cutting | None, ParsedFeed]:
    """Parse what of a document is new, or all of it where that cannot be told for certain."""
    cutting = cut(body, seen, most)
    if cutting and (parsed := trusted(cutting, content_type, url)):
        return cutting, parsed
    return None, parse_feed(body, content_type, url)


def trusted(cutting: Cutting, content_type: str, url: str) -> ParsedFeed | None:
    """Parse what is left after a cut; None where it is not to be trusted.

    That is where the parser sees other items than the cut did, has to guess at the markup, or sees no feed any more.
    """
    try:
        parsed = parse_feed(cutting.body, content_type, url)
    except ParseError:
        return None
    return parsed if len(parsed.entries) == cutting.left and not parsed.warnings else None


def says_something(entry: Entry) -> bool:
    """Tell whether there is anything of an entry that a person could read or follow."""
    return bool(entry.title or entry.summary or entry.body or entry.url)

"""Any feed document into a ParsedFeed, whatever its format."""

from collections import Counter
from dataclasses import replace

from monitor.core.model import Entry, ParsedFeed
from monitor.errors import ParseError
from monitor.parse.jsonfeed import is_json, parse_json_feed
from monitor.parse.syndication import parse_syndication


def parse_feed(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """Read a feed document: RSS, RDF, Atom or JSON Feed.

    `content_type` is the header the server sent with it ("" where there was none), `url` where it came from: relative
    links count from there. Raises ParseError, which says what the document is instead. Some documents take feedparser
    minutes: call it where it can be stopped.
    """
    if not body.strip():
        raise ParseError("the document is empty")
    parsed = parse_json_feed(body, url) if is_json(body) else parse_syndication(body, content_type, url)
    return _with_telling_ids(replace(parsed, entries=tuple(filter(_says_something, parsed.entries))))


def _says_something(entry: Entry) -> bool:
    return bool(entry.title or entry.summary or entry.url)


def _with_telling_ids(parsed: ParsedFeed) -> ParsedFeed:
    """Take away the ids that one document gives to different pages: some feeds write the same id on every entry."""
    pages = {(entry.guid, entry.url or entry.title) for entry in parsed.entries if entry.guid}
    shared = {guid for guid, count in Counter(guid for guid, _ in pages).items() if count > 1}
    if not shared:
        return parsed
    entries = tuple(_without_id(entry) if entry.guid in shared else entry for entry in parsed.entries)
    warning = "different entries have the same id; they are told apart by their links and titles"
    return replace(parsed, entries=entries, warnings=(*parsed.warnings, warning))


def _without_id(entry: Entry) -> Entry:
    return replace(entry, guid="")

"""Any feed document into a ParsedFeed, whatever its format."""

import zlib
from collections import Counter
from dataclasses import replace

from monitor.core.model import Entry, ParsedFeed
from monitor.errors import ParseError
from monitor.parse.jsonfeed import is_json, parse_json_feed
from monitor.parse.sitemaps import is_sitemap, parse_sitemap
from monitor.parse.syndication import parse_syndication

#: Bytes that a packed document may hold.
LARGEST = 16 << 20

_GZIP = b"\x1f\x8b"


def parse_feed(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """Read a feed document: RSS, RDF, Atom, CDF, JSON Feed or a news sitemap, packed by gzip or not.

    `content_type` is the header the server sent with it ("" where there was none), `url` where it came from: relative
    links count from there. Raises ParseError, which says what the document is instead. Some documents take feedparser
    minutes: call it where it can be stopped.
    """
    if not body.strip():
        raise ParseError("the document is empty")
    if is_json(body):
        parsed = parse_json_feed(body, url)
    elif is_sitemap(body):
        parsed = parse_sitemap(body, url)
    else:
        parsed = parse_syndication(body, content_type, url)
    return _with_telling_ids(parsed)


def unpacked(body: bytes) -> bytes:
    """Return what a gzip file holds, and anything else as it is: sitemaps are often files with the ending .gz. Raises ParseError."""
    if not body.startswith(_GZIP):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, LARGEST)
    except zlib.error as error:
        raise ParseError(f"this is a gzip file that cannot be unpacked: {error}") from None
    if unpacker.unconsumed_tail:
        raise ParseError(f"this is a gzip file that holds over {LARGEST >> 20} MB")
    return plain


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

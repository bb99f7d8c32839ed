"""RSS, RDF and Atom, read by feedparser."""

import io
from collections.abc import Iterator
from datetime import datetime

import feedparser

from monitor.core.model import Entry, ParsedFeed
from monitor.errors import ParseError
from monitor.parse.dates import moment
from monitor.parse.encoding import content_type
from monitor.parse.found import Found, authors, languages, link, stated, tags, texts, title
from monitor.parse.limits import bounded_id, language_tag
from monitor.parse.links import web_url
from monitor.parse.sniffing import is_html, likeness

_FORMATS = {"rss090": "rdf", "rss10": "rdf"}
# feedparser also calls "bozo" what is no fault of the text: labels that disagree about its encoding.
_HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)


def parse_syndication(body: bytes, stated_type: str, url: str) -> ParsedFeed:
    """Read an RSS, RDF or Atom document; relative links count from `url`. Raises ParseError."""
    if is_html(body):
        raise ParseError(f"this is {likeness(body)}, not a feed")
    found = _read(body, stated_type, url)
    version, head = stated(found, "version"), found["feed"]
    if not version and not found["entries"]:
        raise ParseError(f"this is {likeness(body)}, not a feed")
    atom = version.startswith("atom")
    language = language_tag(stated(head, "language"))
    return ParsedFeed(
        format="atom" if atom else _FORMATS.get(version, "rss"),
        entries=tuple(_entry(each, language, atom=atom) for each in found["entries"]),
        title=title(head, atom=atom),
        link=web_url(stated(head, "link")),
        language=language,
        warnings=tuple(_warnings(found)),
    )


def _read(body: bytes, stated_type: str, url: str) -> Found:
    # Blank lines before the XML declaration make expat refuse the whole.
    text = body if b"\0" in body[:4] else body.lstrip()
    headers = {"content-location": url, "content-type": content_type(body, stated_type)}
    # A stream, never bytes: feedparser first tries bytes and text as the name of a file, and reads that file.
    found: Found = feedparser.parse(
        io.BytesIO(text), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    return found


def _entry(found: Found, feed_language: str, *, atom: bool) -> Entry:
    summary, body = texts(found)
    return Entry(
        title=title(found, atom=atom),
        guid=bounded_id(stated(found, "id")),
        url=link(found),
        summary=summary,
        body=body,
        author=authors(found, atom=atom),
        language=next(filter(None, map(language_tag, languages(found))), feed_language),
        tags=tags(found),
        published=_date(found, "published") or _date(found, "created"),
        updated=_date(found, "updated"),
    )


def _date(found: Found, name: str) -> datetime | None:
    return moment(stated(found, name), dict.get(found, f"{name}_parsed"))


def _warnings(found: Found) -> Iterator[str]:
    fault = dict.get(found, "bozo_exception")
    if fault is not None and not isinstance(fault, _HARMLESS):
        yield f"the document is not well-formed and was read as well as possible: {str(fault)[:200]}"

"""RSS, RDF and Atom, read by feedparser."""

import io
import re
from collections.abc import Iterator
from datetime import datetime

import feedparser

from monitor.core.model import Entry, ParsedFeed
from monitor.errors import ParseError
from monitor.parse.dates import moment
from monitor.parse.encoding import content_type
from monitor.parse.found import (
    Found,
    authors,
    identity,
    languages,
    link,
    own_address,
    publisher,
    stated,
    tags,
    texts,
    title,
)
from monitor.parse.hints import hints
from monitor.parse.limits import bounded_id, language_tag
from monitor.parse.links import NOWHERE, web_url
from monitor.parse.sniffing import is_feed, is_html, likeness

# Feedparser takes such an attribute for the link itself, which stands behind it.
_AT_URI = re.compile(rb"""(<link\b[^<>]*?)\s+uri\s*=\s*(?:"at://[^"<>]*"|'at://[^'<>]*')""")
# Feedparser looks for an e-mail address in the names of people, in time quadratic in the length of a word: 20,000 letters take seconds.
_NAME = re.compile(
    rb"<(?:\w+:)?(?:author|contributor|creator|managingEditor|name|owner|publisher|webMaster)\b[^<>]*>(?:<!\[CDATA\[)?[^<]{300,}",
    re.IGNORECASE,
)
_NO_WORD = re.compile(rb"([\w.+-]{300})[&#;\w.+-]+|[&#;\w.+-]{301,}")
_ITEM = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
# Where no element names a base, feedparser is given none: it would resolve it anew at every tag, a sixth of its time.
_BASE = b"base="
_FORMATS = {"rss090": "rdf", "rss10": "rdf"}
# It would look for a module of that name on the disk at every document.
feedparser.api.PREFERRED_XML_PARSERS.clear()
# feedparser also calls "bozo" what is no fault of the text: labels that disagree about its encoding.
_HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)


def parse_syndication(body: bytes, stated_type: str, url: str) -> ParsedFeed:
    """Read an RSS, RDF, Atom or CDF document that came from `url`. Raises ParseError.

    Relative links count from the site that the feed is of, as the feed states it, else from `url`. Ids stay as they are
    stated: one that depended on where the document came from would be another when the feed moves.
    """
    if is_html(body):
        raise ParseError(f"this is {likeness(body)}, not a feed")
    found = _read(body, stated_type, based=_BASE in body)
    version, head = stated(found, "version"), found["feed"]
    # Items that are there and were not seen are of a kind that is not understood; nobody may take them for none.
    if not version and not found["entries"] and (not is_feed(body) or _ITEM.search(body)):
        raise ParseError(f"this is {likeness(body)}, not a feed")
    atom = version.startswith("atom")
    language = language_tag(stated(head, "language"))
    site = link(head, url) or own_address(head, url) or web_url(url)
    return ParsedFeed(
        format="atom" if atom else _FORMATS.get(version, "rss"),
        entries=tuple(_entry(each, language, site, atom=atom) for each in found["entries"]),
        title=title(head, atom=atom),
        link=site,
        language=language,
        warnings=tuple(_warnings(found)),
        hints=hints(body, head),
    )


def _read(body: bytes, stated_type: str, *, based: bool) -> Found:
    # Blank lines before the XML declaration make expat refuse the whole.
    text = body if b"\0" in body[:4] else body.lstrip()
    if b"at://" in text:
        text = _AT_URI.sub(rb"\1", text)
    text = _NAME.sub(lambda found: _NO_WORD.sub(rb"\1", found[0]), text)
    headers = {"content-type": content_type(body, stated_type)}
    if based:
        headers["content-location"] = NOWHERE
    # A stream, never bytes: feedparser first tries bytes and text as the name of a file, and reads that file.
    try:
        found: Found = feedparser.parse(
            io.BytesIO(text), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # noqa: BLE001  tags that end what never began have it look up what it never stored
        raise ParseError(f"the markup is too broken to be read ({type(error).__name__})") from None
    return found


def _entry(found: Found, feed_language: str, base: str, *, atom: bool) -> Entry:
    summary, body = texts(found)
    return Entry(
        title=title(found, atom=atom),
        guid=bounded_id(identity(found)),
        url=link(found, base),
        summary=summary,
        body=body,
        author=authors(found, atom=atom),
        language=next(filter(None, map(language_tag, languages(found))), feed_language),
        tags=tags(found),
        published=_date(found, "published") or _date(found, "created"),
        updated=_date(found, "updated"),
        publisher=publisher(found),
    )


def _date(found: Found, name: str) -> datetime | None:
    return moment(stated(found, name), dict.get(found, f"{name}_parsed"))


def _warnings(found: Found) -> Iterator[str]:
    fault = dict.get(found, "bozo_exception")
    if fault is not None and not isinstance(fault, _HARMLESS):
        yield f"the document is not well-formed and was read as well as possible: {str(fault)[:200]}"

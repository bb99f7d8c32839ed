"""JSON Feed 1.0 and 1.1 (jsonfeed.org), which feedparser does not read."""

import json
import re
from typing import Any

from monitor.core.articles import NAME, cut
from monitor.core.model import Entry, ParsedFeed
from monitor.core.text import one_line
from monitor.errors import ParseError
from monitor.parse.dates import moment
from monitor.parse.limits import bounded_id, bounded_tags, bounded_text, bounded_title, language_tag
from monitor.parse.links import resolved, web_url

Object = dict[str, Any]

# Some say "1.0" where the standard wants its own address.
_VERSION = re.compile(r"(?:https?://(?:www\.)?jsonfeed\.org/version/)?1(?:\.\d)?/?")
_BOM = b"\xef\xbb\xbf"


def is_json(body: bytes) -> bool:
    """Tell whether a document can only be JSON."""
    return body.removeprefix(_BOM).lstrip()[:1] in (b"{", b"[")


def parse_json_feed(body: bytes, url: str) -> ParsedFeed:
    """Read a JSON Feed; relative links count from `url`. Raises ParseError."""
    document = _document(body)
    language = language_tag(_text(document, "language"))
    found = [each for each in _list(document, "items") if isinstance(each, dict)]
    return ParsedFeed(
        format="json",
        entries=tuple(_entry(each, document, language, url) for each in found),
        title=bounded_title(_text(document, "title")),
        link=_url(document, "home_page_url", url) or _url(document, "feed_url", url) or web_url(url),
        language=language,
    )


def _document(body: bytes) -> Object:
    try:
        document = json.loads(body.removeprefix(_BOM))
    except (ValueError, RecursionError) as error:
        raise ParseError(f"this looks like JSON, but is not valid: {str(error)[:200]}") from None
    if not isinstance(document, dict) or not _VERSION.fullmatch(_text(document, "version").strip()):
        raise ParseError("this is JSON, but not a JSON Feed")
    return document


def _entry(found: Object, feed: Object, language: str, base: str) -> Entry:
    summary, body = _texts(found)
    return Entry(
        title=bounded_title(_text(found, "title")),
        guid=bounded_id(_text(found, "id")),
        url=_url(found, "url", base) or _url(found, "external_url", base),
        summary=summary,
        body=body,
        author=cut(", ".join(_authors(found) or _authors(feed)), NAME),
        language=language_tag(_text(found, "language")) or language,
        tags=bounded_tags(each for each in _list(found, "tags") if isinstance(each, str)),
        published=moment(_text(found, "date_published")),
        updated=moment(_text(found, "date_modified")),
    )


def _texts(found: Object) -> tuple[str, str]:
    """Return summary and body; where there is no summary, the content is it."""
    summary = bounded_text(_text(found, "summary"), html=False)
    html = _text(found, "content_html")
    content = bounded_text(html or _text(found, "content_text"), html=bool(html))
    return (summary, "" if content == summary else content) if summary else (content, "")


def _authors(found: Object) -> list[str]:
    """Return names: of `authors` (1.1), else of `author` (1.0)."""
    people = [*_list(found, "authors")[:10], found.get("author")]
    names = (one_line(_text(each, "name")) for each in people if isinstance(each, dict))
    return list(dict.fromkeys(filter(None, names)))


def _url(found: Object, key: str, base: str) -> str:
    return resolved(base, _text(found, key))


def _text(found: Object, key: str) -> str:
    """Return a text, or a number in digits (ids are often numbers); "" for all else."""
    value = found.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        return str(value)
    return value if isinstance(value, str) else ""


def _list(found: Object, key: str) -> list[Any]:
    value = found.get(key)
    return value if isinstance(value, list) else []

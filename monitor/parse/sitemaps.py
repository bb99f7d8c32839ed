"""News sitemaps: the pages that a site wants search engines to know as news, newest first."""

import re
from xml.etree.ElementTree import Element, XMLParser
from xml.etree.ElementTree import ParseError as NotWellFormed

from monitor.core.articles import NAME, cut
from monitor.core.model import Entry, ParsedFeed
from monitor.core.text import one_line
from monitor.errors import ParseError
from monitor.parse.dates import moment
from monitor.parse.limits import bounded_tags, bounded_title, language_tag
from monitor.parse.links import resolved

_ROOT = re.compile(
    rb"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*>|\s)*<(?:[\w.-]+:)?(urlset|sitemapindex)[\s>]", re.DOTALL
)
_HEAD = 20_000  # bytes looked at


def is_sitemap(body: bytes) -> bool:
    """Tell whether a document is a sitemap or an index of sitemaps."""
    head = body[:_HEAD]
    # Looking for the words first costs a hundredth of what the expression does.
    if b"urlset" not in head and b"sitemapindex" not in head:
        return False
    return _ROOT.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def parse_sitemap(body: bytes, url: str) -> ParsedFeed:
    """Read a news sitemap that came from `url` (sitemaps.org, with Google's `news:news`). Raises ParseError."""
    root = _tree(body)
    if _name(root) == "sitemapindex":
        listed = [address for each in root if (address := _text(each, "loc"))]
        told = f", such as {cut(listed[0], 200)}" if listed else ""
        raise ParseError(f"this is a sitemap index, not a feed; follow one of the sitemaps that it lists{told}")
    pages = [each for each in root if _name(each) == "url"]
    entries = tuple(_entry(page, news, url) for page in pages if (news := _child(page, "news")) is not None)
    if pages and not entries:
        raise ParseError("this is a sitemap without news: its pages have neither titles nor dates (news:news)")
    return ParsedFeed("sitemap", entries, link=resolved(url, "/"))


def _tree(body: bytes) -> Element:
    parser = XMLParser()  # noqa: S314
    try:
        parser.feed(body.lstrip())
        root: Element = parser.close()
    except (NotWellFormed, ValueError, LookupError) as error:
        raise ParseError(f"this is a sitemap that is not well-formed: {str(error)[:200]}") from None
    return root


def _entry(page: Element, news: Element, base: str) -> Entry:
    publication = _child(news, "publication")
    return Entry(
        title=bounded_title(_text(news, "title")),
        url=resolved(base, _text(page, "loc")),
        language=language_tag(_text(publication, "language")),
        tags=bounded_tags(_text(news, "keywords").split(",")),
        published=moment(_text(news, "publication_date")),
        updated=moment(_text(page, "lastmod")),
        publisher=cut(one_line(_text(publication, "name")), NAME),
    )


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower()


def _child(element: Element | None, name: str) -> Element | None:
    return next((each for each in element if _name(each) == name), None) if element is not None else None


def _text(element: Element | None, name: str) -> str:
    child = _child(element, name)
    return (child.text or "").strip() if child is not None else ""

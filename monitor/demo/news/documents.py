"""The demo's feeds as the documents a web server gives out: RSS 2.0, Atom, JSON Feed, and the page behind each item.

Pure functions of the story's minute. `started` is the aware datetime of minute 0, `site` the server's address without a
slash at its end.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree as ET

from monitor.demo.news import DemoFeed, DemoItem

_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_AUTHORS = "http://purl.org/dc/elements/1.1/"


def document(feed: DemoFeed, minute: float, started: datetime, site: str) -> tuple[str, bytes]:
    """Return content type and bytes of a feed as it stands at a minute of story time, newest item first."""
    shown = [each for each in reversed(feed.items) if each.minute <= minute]
    content_type, write = _WRITERS[feed.format]
    return content_type, write(feed, [_Written(feed, each, minute, started, site) for each in shown], site)


def page(feed: DemoFeed, item: DemoItem, minute: float) -> bytes:
    """Return the HTML page behind an item, UTF-8."""
    title, summary = _said(item, minute)
    text = _paragraphs(item.page or item.body) or f"<p>{escape(summary)}</p>"
    return (
        f'<!doctype html><html lang="{feed.language}"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><article><h1>{escape(title)}</h1>{text}</article><footer>{escape(feed.title)}</footer></body></html>"
    ).encode()


def page_path(feed: DemoFeed, item: DemoItem) -> str:
    """Return the path of an item's page on the demo's server."""
    return f"/{feed.id}/{item.guid.rpartition(':')[2]}"


class _Written:
    """An item as it is written at a minute of story time."""

    def __init__(self, feed: DemoFeed, item: DemoItem, minute: float, started: datetime, site: str) -> None:
        self.title, self.summary = _said(item, minute)
        self.guid = item.guid
        self.url = site + page_path(feed, item)
        self.author = item.author
        self.html = _paragraphs(item.body)
        self.published = started + timedelta(minutes=item.minute)
        self.updated: datetime | None = None
        if item.corrected and item.corrected.minute <= minute:
            self.updated = started + timedelta(minutes=item.corrected.minute)


def _said(item: DemoItem, minute: float) -> tuple[str, str]:
    if item.corrected and item.corrected.minute <= minute:
        return item.corrected.title, item.corrected.summary
    return item.title, item.summary


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(' '.join(each.split()))}</p>" for each in text.split("\n\n") if each.strip())


def _rss(feed: DemoFeed, items: list[_Written], site: str) -> bytes:
    root = ET.Element("rss", {"version": "2.0", "xmlns:content": _CONTENT, "xmlns:dc": _AUTHORS})
    channel = ET.SubElement(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", f"{site}/{feed.id}")
    _add(channel, "description", feed.title)
    _add(channel, "language", feed.language)
    for each in items:
        item = ET.SubElement(channel, "item")
        _add(item, "title", each.title)
        _add(item, "link", each.url)
        _add(item, "guid", each.guid, {"isPermaLink": "false"})
        _add(item, "pubDate", format_datetime(each.published))
        _add(item, "description", each.summary)
        _add(item, "dc:creator", each.author)
        _add(item, "content:encoded", each.html)
    return _xml(root)


def _atom(feed: DemoFeed, items: list[_Written], site: str) -> bytes:
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": feed.language})
    _add(root, "title", feed.title)
    _add(root, "id", f"{site}/{feed.id}")
    _add(root, "updated", max(each.updated or each.published for each in items).isoformat() if items else "")
    for each in items:
        entry = ET.SubElement(root, "entry")
        _add(entry, "title", each.title, {"type": "html"})
        _add(entry, "id", each.guid)
        ET.SubElement(entry, "link", {"rel": "alternate", "href": each.url})
        _add(entry, "published", each.published.isoformat())
        _add(entry, "updated", (each.updated or each.published).isoformat())
        if each.author:
            _add(ET.SubElement(entry, "author"), "name", each.author)
        _add(entry, "summary", each.summary, {"type": "html"})
        _add(entry, "content", each.html, {"type": "html"})
    return _xml(root)


def _json(feed: DemoFeed, items: list[_Written], site: str) -> bytes:
    written = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": f"{site}/{feed.id}",
        "language": feed.language,
        "items": [_json_item(each) for each in items],
    }
    return json.dumps(written, ensure_ascii=False).encode()


def _json_item(each: _Written) -> Mapping[str, object]:
    said: dict[str, object] = {
        "id": each.guid,
        "url": each.url,
        "title": each.title,
        "summary": each.summary,
        "date_published": each.published.isoformat(),
        "content_html": each.html or f"<p>{escape(each.summary)}</p>",
    }
    if each.author:
        said["authors"] = [{"name": each.author}]
    if each.updated:
        said["date_modified"] = each.updated.isoformat()
    return said


def _add(parent: ET.Element, tag: str, text: str, attributes: Mapping[str, str] | None = None) -> None:
    """Add a child with a text, unless there is none."""
    if text:
        ET.SubElement(parent, tag, dict(attributes or {})).text = text


def _xml(root: ET.Element) -> bytes:
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


_WRITERS: dict[str, tuple[str, Callable[[DemoFeed, list[_Written], str], bytes]]] = {
    "rss": ("application/rss+xml; charset=utf-8", _rss),
    "atom": ("application/atom+xml; charset=utf-8", _atom),
    "json": ("application/feed+json; charset=utf-8", _json),
}

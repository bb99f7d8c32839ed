"""What a document is that is no feed, in words that help the person who configured its address."""

import re

_HEAD = 20_000  # bytes looked at

_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_FEED_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)[\s/>]")
_CHALLENGE = re.compile(rb"cf-chl|cf_chl|challenge-platform|<title>just a moment", re.IGNORECASE)
_FEED_LINK = re.compile(rb"<link\b[^>]*application/(?:rss|atom)\+xml[^>]*>", re.IGNORECASE)
_BINARY = {b"\x1f\x8b": "a gzip file", b"PK\x03\x04": "a zip file", b"%PDF": "a PDF", b"\x89PNG": "an image", b"\xff\xd8\xff": "an image", b"GIF8": "an image"}  # fmt: skip
_PAGES = frozenset({"html", "head", "body"})
_XML = {
    "opml": "an OPML list of feeds",
    "envelope": "a SOAP message",
}


def is_html(body: bytes) -> bool:
    """Tell whether a document is an HTML page rather than a feed with something odd in front."""
    head = body[:_HEAD]
    return bool(_HTML.match(head.lstrip(b"\xef\xbb\xbf \t\r\n"))) and not _FEED_ROOT.search(head)


def is_feed(body: bytes) -> bool:
    """Tell whether the root of a document, or something near it, is that of a feed."""
    return bool(_FEED_ROOT.search(body[:_HEAD]))


def likeness(body: bytes) -> str:
    """Return what a document that is no feed looks like: "an HTML page", "plain text" …"""
    head = body[:_HEAD]
    for magic, name in _BINARY.items():
        if head.startswith(magic):
            return name
    root = _ROOT.search(head)
    name = root[1].decode("ascii")[:40] if root else ""
    if name.lower() in _PAGES or (_HTML.search(head) and name.lower() not in _XML):
        return _page(head)
    if name:
        return _XML.get(name.lower(), f"an XML document (<{name}>)")
    return "binary" if b"\0" in head else "plain text"


def _page(head: bytes) -> str:
    if _CHALLENGE.search(head):
        return "a page that wants proof of a human visitor"
    return (
        "an HTML page (it names a feed of its own: look for it in the page)"
        if _FEED_LINK.search(head)
        else "an HTML page"
    )

"""A document that is no feed is told by what it is."""

import gzip

import pytest

from monitor.errors import ParseError
from monitor.parse.reading import parse_feed

CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><div id='cf-chl-widget'></div></body></html>"
PAGE_WITH_FEED = (
    b"<html><head><link rel='alternate' type='application/rss+xml' href='/rss'></head><body>Home</body></html>"
)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "the document is empty"),
        (b" \r\n\t ", "the document is empty"),
        (b"<!DOCTYPE html>\n<html><body>Log in</body></html>", "this is an HTML page, not a feed"),
        (b"\xef\xbb\xbf \n<HTML><BODY>Log in", "this is an HTML page, not a feed"),
        (b"<?xml version='1.0'?><!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", "HTML page"),
        (PAGE_WITH_FEED, "it names a feed of its own"),
        (CHALLENGE, "a page that wants proof of a human visitor"),
        (b"Service temporarily unavailable", "this is plain text, not a feed"),
        (
            b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url/></urlset>",
            "a sitemap without news",
        ),
        (b"<opml version='2.0'><body><outline xmlUrl='x'/></body></opml>", "OPML"),
        (b"<?xml version='1.0'?><error>no such feed</error>", "an XML document (<error>)"),
        (b'{"error": "not found"}', "JSON, but not a JSON Feed"),
        (b'[{"title": "t"}]', "JSON, but not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1"', "not valid"),
        (b"[" * 100_000, "not valid"),
        (gzip.compress(b"<rss/>", mtime=0), "a gzip file"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"\x07\x00\x01\x02", "binary"),
    ],
)
def test_the_message_says_what_the_document_is_instead(body: bytes, told: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_feed(body, "text/html", "https://coast.example/feed")
    assert told in str(caught.value)


def test_a_feed_below_a_comment_about_html_is_a_feed() -> None:
    body = b"<!-- <html> this is not --><rss version='2.0'><channel><item><title>Tide</title></item></channel></rss>"
    assert parse_feed(body, "text/html", "https://coast.example/feed").entries[0].title == "Tide"

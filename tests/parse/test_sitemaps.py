"""News sitemaps, and sitemaps that are none."""

import gzip
from datetime import UTC, datetime

import pytest

from monitor.core.model import Entry, ParsedFeed
from monitor.errors import ParseError
from monitor.parse.articles import read
from monitor.parse.reading import parse_feed
from tests.parse.writing import page, sitemap

URL = "https://coast.example/news.xml"
SEEN = datetime(2026, 3, 2, 8, tzinfo=UTC)


def parsed(body: bytes) -> ParsedFeed:
    return parse_feed(body, "text/xml", URL)


def test_a_page_says_its_title_its_date_its_publisher_and_what_it_is_about() -> None:
    found = parsed(sitemap(page("Ferry sails", "<news:keywords>port, ferry</news:keywords>")))
    assert found.format == "sitemap"
    assert found.entries == (
        Entry(
            "Ferry sails",
            url="https://coast.example/Ferry-sails",
            language="en",
            tags=("port", "ferry"),
            published=datetime(2026, 3, 2, 5, 15, tzinfo=UTC),
            publisher="Coast",
        ),
    )


def test_pages_that_are_no_news_are_passed_over() -> None:
    other = "<url><loc>https://coast.example/imprint</loc></url>"
    assert [each.title for each in parsed(sitemap(other, page("Tide"))).entries] == ["Tide"]


def test_a_sitemap_without_news_says_what_it_lacks() -> None:
    with pytest.raises(ParseError, match="a sitemap without news"):
        parsed(sitemap("<url><loc>https://coast.example/imprint</loc></url>"))


def test_an_index_says_which_sitemap_to_follow() -> None:
    body = b"<sitemapindex><sitemap><loc>https://coast.example/news-1.xml</loc></sitemap></sitemapindex>"
    with pytest.raises(ParseError, match=r"such as https://coast\.example/news-1\.xml"):
        parsed(body)


def test_one_that_is_not_well_formed_says_so() -> None:
    with pytest.raises(ParseError, match="not well-formed"):
        parsed(sitemap("<url><loc>"))


def test_one_that_brings_no_news_at_the_moment_is_read() -> None:
    assert parsed(sitemap()).entries == ()


def test_a_packed_one_is_unpacked_and_a_bomb_is_not() -> None:
    body = gzip.compress(sitemap(page("Tide")), mtime=0)
    assert [each.title for each in read(body, "", URL, "coast", SEEN).articles] == ["Tide"]
    with pytest.raises(ParseError, match="over 16 MB"):
        read(gzip.compress(bytes(100_000_000), mtime=0), "", URL, "coast", SEEN)
    with pytest.raises(ParseError, match="cannot be unpacked"):
        read(body[:30] + b"x" * 60, "", URL, "coast", SEEN)

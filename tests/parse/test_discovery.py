"""Where the feeds of a site may be."""

import pytest

from monitor.parse.discovery import MOST, candidates, sitemaps, usual

SITE = "https://coast.example/news/"


def found(html: str) -> list[str]:
    return [each.url for each in candidates(html, SITE)]


@pytest.mark.parametrize(
    ("html", "addresses"),
    [
        ('<link rel="alternate" type="application/rss+xml" title="All" href="/rss.xml">', ["https://coast.example/rss.xml"]),
        ("<LINK TYPE='application/atom+xml; charset=utf-8' REL='ALTERNATE' HREF='atom'>", ["https://coast.example/news/atom"]),
        ('<base href="https://cdn.example/x/"><link rel=alternate type=application/feed+json href=f.json>', ["https://cdn.example/x/f.json"]),
        ('<link rel="alternate" hreflang="de" href="/de/">', []),
        ('<link rel="stylesheet" type="application/rss+xml" href="/rss.xml">', []),
        ('<a href="/feeds/world.rss">World</a>', ["https://coast.example/feeds/world.rss"]),
        ('<a href="/x">RSS</a><a href="/feedback">Feedback</a>', ["https://coast.example/x"]),
        ('<a href="javascript:rss()">RSS</a>', []),
        ('<a href="/rss">one</a><link rel="alternate" type="application/rss+xml" href="/named">', ["https://coast.example/named", "https://coast.example/rss"]),
        ('<a href="/rss">one</a><a href="/rss">two</a>', ["https://coast.example/rss"]),
        ("<p>nothing", []),
        ("", []),
    ],
)  # fmt: skip
def test_a_page_names_its_feeds_or_links_to_them(html: str, addresses: list[str]) -> None:
    assert found(html) == addresses


def test_a_candidate_says_what_it_is_called_and_why_it_is_one() -> None:
    (first,) = candidates('<link rel="alternate" type="application/rss+xml" title=" World\n news " href="/rss">', SITE)
    assert (first.title, first.why) == ("World news", "named by the page")


@pytest.mark.parametrize(
    ("site", "address"),
    [
        ("https://www.youtube.com/channel/UC123", "https://www.youtube.com/feeds/videos.xml?channel_id=UC123"),
        ("https://www.reddit.com/r/news", "https://www.reddit.com/r/news/.rss"),
        ("https://medium.com/@ann", "https://medium.com/feed/@ann"),
        ("https://social.example/@ann", "https://social.example/@ann.rss"),
        ("https://github.com/ann/tide", "https://github.com/ann/tide/releases.atom"),
        ("https://coast.example/", "https://coast.example/feed"),
        ("https://coast.example/world/", "https://coast.example/world/feed"),
    ],
)
def test_hosts_that_are_known_are_asked_where_they_keep_their_feeds_first(site: str, address: str) -> None:
    assert usual(site)[0].url == address


def test_news_sitemaps_are_found_in_robots_txt() -> None:
    robots = "User-agent: *\nDisallow: /x\nSitemap: https://coast.example/sitemap.xml\nsitemap: /news-sitemap.xml\n"
    assert [each.url for each in sitemaps(robots, SITE)] == ["https://coast.example/news-sitemap.xml"]


def test_a_page_of_a_thousand_feeds_gives_a_handful() -> None:
    assert len(found("".join(f'<a href="/rss/{number}">x</a>' for number in range(1000)))) == MOST


@pytest.mark.parametrize(
    "html", ["<![foo<![", "<!-- " * 40_000, "<!-- a --><a href='/rss'>x</a>" * 3, "<!DOCTYPE [<!-"]
)
def test_whatever_a_page_is_made_of_it_is_looked_through(html: str) -> None:
    candidates(html, SITE)
    candidates('<link rel="alternate" type="application/rss+xml" href="/rss">' + html, SITE)

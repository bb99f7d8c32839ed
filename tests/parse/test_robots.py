"""robots.txt says which pages are left to us (RFC 9309)."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.parse.robots import LONGEST_DELAY, robots

US = "presswatch"


def allowed(text: str, path: str) -> bool:
    return robots(text.encode(), US).allows(f"https://news.example{path}")


@pytest.mark.parametrize(
    ("text", "path", "answer"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: PressWatch/2.0\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: presswatch\nAllow: /", "/a", True),
        ("User-agent: a\nUser-agent: presswatch\nDisallow: /x", "/x/1", False),
        ("User-agent: presswatch\nDisallow: /x\nUser-agent: b\nDisallow: /y", "/y", True),
        ("User-agent: presswatch\nDisallow: /x\n\nUser-agent: presswatch\nDisallow: /y", "/y", False),
        ("User-agent: *\nDisallow: /news\nAllow: /news/open", "/news/open/1", True),
        ("User-agent: *\nAllow: /news/open\nDisallow: /news", "/news/closed", False),
        ("User-agent: *\nDisallow: /page\nAllow: /page", "/page", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x=1", True),
        ("User-agent: *\nDisallow: /*?session=", "/a?session=1", False),
        ("User-agent: *\nDisallow: /a*b*c", "/a1b2c3", False),
        ("User-agent: *\nDisallow: /a*b*c", "/a1c2b3", True),
        ("User-agent: *\nDisallow: /exact$", "/exactly", True),
        ("User-agent: *\nDisallow: /*$", "/any", False),
        ("User-agent: *\nDisallow: /новини", "/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8/1", False),
        ("\ufeffuser-agent : *  # all\ndisallow : /a # not this\n", "/a", False),
        ("Disallow: /a", "/a", True),
        ("User-agent: *\r\nCrawl-delay: 3\r\nDisallow: /a\r\n", "/a", False),
        ("<html><body>404: not found</body></html>", "/a", True),
        ("User-agent: *\nDisallow: /", "", False),
    ],
)
def test_the_longest_pattern_of_the_group_that_names_us_decides(text: str, path: str, *, answer: bool) -> None:
    assert allowed(text, path) is answer


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        ("User-agent: *\nDisallow: /x", 0),
        ("User-agent: *\nCrawl-delay: 5", 5),
        ("User-agent: *\ncrawl-DELAY : 0.5 # half a second", 0.5),
        ("User-agent: *\nCrawl-delay: 5\n\nUser-agent: presswatch\nCrawl-delay: 2", 2),
        ("User-agent: *\nCrawl-delay: 5\n\nUser-agent: presswatch\nDisallow: /x", 0),
        ("User-agent: other\nCrawl-delay: 5\n\nUser-agent: *\nDisallow: /x", 0),
        ("User-agent: *\nCrawl-delay: 2\nUser-agent: *\nCrawl-delay: 5", 5),
        ("User-agent: *\nCrawl-delay: 86400", LONGEST_DELAY),
        ("User-agent: *\nCrawl-delay: -5", 0),
        ("User-agent: *\nCrawl-delay: inf", 0),
        ("User-agent: *\nCrawl-delay: 1e9", 0),
        ("User-agent: *\nCrawl-delay: ten", 0),
        ("Crawl-delay: 5", 0),
    ],
)
def test_the_pause_between_pages_is_that_of_the_group_that_names_us_up_to_a_minute(text: str, seconds: float) -> None:
    assert robots(text.encode(), US).delay == seconds


def test_a_pause_for_all_does_not_shut_all_out_with_the_one_that_is_named_next() -> None:
    assert allowed("User-agent: *\nCrawl-delay: 5\nUser-agent: other\nDisallow: /", "/a")


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_are_read(body: bytes, path: str) -> None:
    robots(body, US).allows(f"https://news.example/{path}")


def test_a_file_made_to_take_time_takes_none() -> None:
    body = b"User-agent: *\n" + b"\n".join(b"Disallow: /" + b"*a" * 50 for _ in range(50_000))
    began = time.process_time()
    assert robots(body, US).allows("https://news.example/" + "a" * 40 + "b" * 2_000)
    assert time.process_time() - began < 2

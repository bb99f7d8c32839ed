"""Which pages are wanted, and when one that could not be had is asked for again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import Article, Feed, FullText
from monitor.core.pages import ATTEMPTS, LONG_BODY, MOST, OLDEST, TOO_MANY, Wish, again, bounded, told, wish

NOW = datetime(2026, 11, 23, tzinfo=UTC)
FEED = Feed("wire", "https://wire.example/feed")
ARTICLE = Article("wire", "k", "https://wire.example/1", "Title", "Summary", "", "", "", (), NOW, NOW, "hash")
NONE = timedelta(0)


def wished(*, maybe: bool, full_text: FullText = FullText.MAYBE, **changes: str) -> Wish | None:
    return wish(replace(ARTICLE, **changes), replace(FEED, full_text=full_text), lambda: maybe)  # type: ignore[arg-type]


def test_a_page_is_wanted_where_it_could_make_a_rule_match() -> None:
    assert wished(maybe=True) == Wish("title and summary satisfy part of a rule")
    assert wished(maybe=False) == Wish("")


def test_the_feed_can_want_all_pages_or_none() -> None:
    assert wished(maybe=False, full_text=FullText.ALWAYS) == Wish("its feed wants every page")
    assert wished(maybe=True, full_text=FullText.NEVER) is None


def test_a_long_body_is_the_whole_article() -> None:
    assert wished(maybe=True, body="x" * LONG_BODY) is None
    assert wished(maybe=True, body="x" * (LONG_BODY - 1)) is not None


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("https://news.google.com/rss/articles/CBMi", "Google News"),
        ("https://news.google.com/read/CBMi", "Google News"),
        ("https://wire.example/", "front page"),
        ("https://wire.example", "front page"),
        ("", "no link"),
        ("urn:uuid:1", "no link"),
        ("http://[::1", "no web address"),
    ],
)
def test_some_links_lead_to_no_page(url: str, refused: str) -> None:
    wanted = wished(maybe=True, url=url)
    assert wanted is not None
    assert refused in wanted.refused


@pytest.mark.parametrize(
    "url", ["https://wire.example/?p=17", "https://news.google.com/about", "http://wire.example/1"]
)
def test_others_do(url: str) -> None:
    assert wished(maybe=True, url=url) == Wish("title and summary satisfy part of a rule")


@pytest.mark.parametrize(
    "kind",
    [
        "http-404",
        "http-403",
        "http-401",
        "http-410",
        "too-large",
        "robots",
        "refused-address",
        "bad-redirect",
        "blocked",
    ],
)
def test_what_no_waiting_mends_is_not_asked_for_twice(kind: str) -> None:
    assert again(kind, retry=kind != "robots", retry_after=None, attempts=1, age=NONE) is None


@pytest.mark.parametrize(
    "kind", ["http-500", "http-503", "http-429", "timeout", "dns", "connect", "tls", "robots-unknown"]
)
def test_what_may_pass_is_asked_for_again_after_longer_and_longer_waits(kind: str) -> None:
    waits = [again(kind, retry=True, retry_after=None, attempts=number, age=NONE) for number in (1, 2, 3)]
    assert waits == [timedelta(minutes=1), timedelta(minutes=10), None]


def test_a_server_may_ask_for_a_longer_wait_but_not_for_ever() -> None:
    assert again("http-503", retry=True, retry_after=timedelta(hours=2), attempts=1, age=NONE) == timedelta(hours=2)
    assert again("http-503", retry=True, retry_after=timedelta(days=2), attempts=1, age=NONE) is None


def test_a_host_that_others_were_asking_is_waited_for_however_often() -> None:
    assert again("host-busy", retry=True, retry_after=None, attempts=50, age=NONE) == timedelta(seconds=30)
    assert again("host-busy", retry=True, retry_after=None, attempts=0, age=OLDEST) is None


def test_pauses_that_a_site_asks_for_are_no_attempts() -> None:
    pause = timedelta(minutes=3)
    assert again("crawl-delay", retry=True, retry_after=pause, attempts=50, age=NONE) == pause
    assert again("crawl-delay", retry=True, retry_after=NONE, attempts=0, age=NONE) == timedelta(seconds=30)
    assert again("crawl-delay", retry=True, retry_after=pause, attempts=0, age=OLDEST - pause) is None


def test_of_very_many_pages_at_once_the_newest_are_asked_for_and_the_others_said_to_be_too_many() -> None:
    wanted, idle, gone = Wish("a rule"), Wish(""), Wish("a rule", "no link")
    poll = [(replace(ARTICLE, published=NOW + timedelta(minutes=number)), wanted) for number in range(MOST + 2)]
    found = bounded([*poll, (ARTICLE, None), (ARTICLE, idle), (ARTICLE, gone)])
    assert found[:2] == [Wish("a rule", TOO_MANY)] * 2
    assert found[2:] == [wanted] * MOST + [None, idle, gone]


def test_few_pages_are_all_asked_for() -> None:
    assert bounded([(ARTICLE, Wish("a rule"))] * MOST) == [Wish("a rule")] * MOST


@given(
    st.text(),
    st.booleans(),
    st.timedeltas(min_value=NONE),
    st.integers(1, ATTEMPTS),
    st.timedeltas(min_value=NONE, max_value=OLDEST),
)
def test_no_page_is_waited_for_longer_than_its_article_is_news(
    kind: str, retry: bool, asked: timedelta, attempts: int, age: timedelta
) -> None:
    wait = again(kind, retry=retry, retry_after=asked, attempts=attempts, age=age)
    assert wait is None or age + wait < OLDEST


def test_who_reads_the_alert_is_told_in_a_few_words() -> None:
    assert told("http-403", "HTTP 403: the server refuses access") == "the page answered 403"
    assert told("timeout", "x") == "the page did not answer in time"
    assert told("robots", "the site's robots.txt does not allow it") == "the site's robots.txt does not allow it"

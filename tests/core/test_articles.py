"""What makes an entry an article: identity, address, date, size."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.articles import NEWEST, OLDEST, TEXT, TITLE, article, canonical_url, cut, document, without_publisher
from monitor.core.model import Article, Document, Entry, Feed

SEEN = datetime(2026, 3, 2, 8, tzinfo=UTC)
ENTRY = Entry(
    title="Ferries to sail at night",
    guid="coast-1",
    url="https://coast.example/ferries",
    summary="From next week.",
    body="From next week, said the harbour master.",
    author="Ada Moor",
    language="en",
    tags=("Shipping",),
    published=SEEN - timedelta(hours=1),
)


def made(entry: Entry = ENTRY, seen_at: datetime = SEEN) -> Article:
    return article(entry, "coast", seen_at)


def changed(**changes: object) -> Article:
    return made(replace(ENTRY, **changes))  # type: ignore[arg-type]


def key(**changes: object) -> str:
    return changed(**changes).key


def test_an_article_says_what_its_entry_says() -> None:
    found = made()
    assert (found.feed_id, found.url, found.title, found.summary) == ("coast", ENTRY.url, ENTRY.title, ENTRY.summary)
    assert (found.body, found.author, found.language, found.tags) == (ENTRY.body, "Ada Moor", "en", ("Shipping",))
    assert (found.published, found.seen_at) == (ENTRY.published, SEEN)


def test_a_document_is_what_queries_see_of_an_article() -> None:
    feed = Feed("coast", "https://coast.example/feed", tags=("local", "wire"))
    assert document(made(), feed) == Document(
        title=ENTRY.title,
        summary=ENTRY.summary,
        body=ENTRY.body,
        author="Ada Moor",
        source="coast",
        source_tags=("local", "wire"),
        url=ENTRY.url,
        language="en",
        tags=("Shipping",),
    )


def test_the_id_is_the_identity_whatever_else_changes() -> None:
    assert key() == key(title="Other", url="https://coast.example/other", published=None)
    assert key() != key(guid="coast-2")


def test_a_site_that_moves_to_https_brings_no_news_by_it() -> None:
    assert key(guid="http://coast.example/?p=1") == key(guid="https://coast.example/?p=1")


def test_without_an_id_the_page_is_the_identity() -> None:
    assert key(guid="") == key(guid="", title="Other", url="http://www.coast.example/ferries/?utm_medium=feed")
    assert key(guid="") != key(guid="", url="https://coast.example/other")


def test_without_id_and_page_it_is_title_and_day() -> None:
    bare = {"guid": "", "url": "https://coast.example/"}
    morning, evening, tomorrow = (SEEN + timedelta(hours=hours) for hours in (0, 10, 20))
    assert key(**bare, published=morning) == key(**bare, published=evening)
    assert key(**bare, published=morning) != key(**bare, published=tomorrow)


def test_an_entry_that_states_no_date_is_not_new_again_the_next_day() -> None:
    undated = replace(ENTRY, guid="", url="", published=None)
    assert made(undated).key == made(undated, SEEN + timedelta(days=1)).key


def test_an_id_and_a_page_of_the_same_name_are_two() -> None:
    assert key(guid=ENTRY.url) != key(guid="")


@pytest.mark.parametrize("field", ["title", "summary", "body"])
def test_the_content_hash_changes_with_the_text(field: str) -> None:
    assert made().content_hash != changed(**{field: "Other words"}).content_hash


@pytest.mark.parametrize("field", ["author", "guid", "url", "language"])
def test_the_content_hash_does_not_change_with_anything_else(field: str) -> None:
    assert made().content_hash == changed(**{field: "other"}).content_hash


def test_text_that_moves_from_one_field_to_the_next_is_a_change() -> None:
    moved = replace(ENTRY, summary=f"{ENTRY.summary} {ENTRY.body}", body="")
    assert made().content_hash != made(moved).content_hash


@pytest.mark.parametrize(
    ("stated", "published"),
    [
        (SEEN - timedelta(hours=5), SEEN - timedelta(hours=5)),
        (SEEN + timedelta(hours=3), SEEN + timedelta(hours=3)),
        (SEEN + timedelta(days=300), SEEN),
        (SEEN - timedelta(days=9000), SEEN - OLDEST),
        (None, SEEN),
    ],
)
def test_a_date_is_what_is_possible_at_first_sight(stated: datetime | None, published: datetime) -> None:
    assert made(replace(ENTRY, published=stated)).published == published


def test_an_update_stands_for_a_missing_date() -> None:
    updated = SEEN - timedelta(hours=2)
    assert made(replace(ENTRY, published=None, updated=updated)).published == updated


@given(
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
def test_no_article_is_from_the_future_or_from_another_age(stated: datetime | None, seen_at: datetime) -> None:
    published = made(replace(ENTRY, published=stated), seen_at).published
    assert seen_at - OLDEST <= published <= seen_at + NEWEST


def test_an_entry_without_a_title_is_called_by_its_opening_words() -> None:
    words = " ".join(str(number) for number in range(40))
    assert made(replace(ENTRY, title="", summary=words)).title == "0 1 2 3 4 5 6 7 8 9 10 11…"
    assert made(replace(ENTRY, title="", summary="", body="Short.")).title == "Short."
    assert made(replace(ENTRY, title="", summary="", body="")).title == ENTRY.url


@pytest.mark.parametrize(
    ("stated", "publisher", "title"),
    [
        ("Ferries to sail at night - Coast", "Coast", "Ferries to sail at night"),
        ("Ferries - all of them - to sail", "Coast", "Ferries - all of them - to sail"),
        ("Ferries to sail - Coast", "", "Ferries to sail - Coast"),
    ],
)
def test_the_publisher_an_aggregator_adds_to_a_title_can_be_taken_off(stated: str, publisher: str, title: str) -> None:
    assert without_publisher(stated, publisher) == title
    found = changed(title=stated, publisher=publisher)
    assert (found.title, found.publisher) == (stated, publisher)
    assert found.story_keys == changed(title=title, publisher=publisher).story_keys


def test_what_is_too_long_is_cut_and_says_so() -> None:
    found = made(replace(ENTRY, title="t" * 2000, summary="s" * (TEXT + 1), tags=("x" * 500,) * 90, author="a" * 999))
    assert (len(found.title), found.title[-2:]) == (TITLE, "t…")
    assert (len(found.summary), len(found.tags), len(found.tags[0]), len(found.author)) == (TEXT, 50, 100, 300)
    assert cut("exactly", 7) == "exactly"
    assert cut("too long", 5) == "too…"


@pytest.mark.parametrize(
    "url",
    [
        "http://coast.example/ferries?id=7&lang=en",
        "https://www.coast.example/ferries?id=7&lang=en",
        "https://COAST.example:443/ferries?lang=en&id=7",
        "https://coast.example/ferries/?id=7&lang=en",
        "https://coast.example/islands/../ferries?id=7&lang=en",
        "https://coast.example/%66erries?id=7&lang=en&utm_source=rss&UTM_Campaign=x",
        "https://coast.example/ferries?id=7&lang=en&smid=tw&partner=rss&taid=abc&fbclid=1&at_medium=RSS&ns_campaign=b",
        "https://coast.example/ferries?id=7&lang=en#xtor=RSS-1",
        "https://coast.example/ferries?id=7&lang=en#0",
    ],
)
def test_every_way_to_a_page_is_one_address(url: str) -> None:
    assert canonical_url(url) == "https://coast.example/ferries?id=7&lang=en"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://coast.example/a", "https://coast.example/A"),
        ("https://coast.example/a?id=1", "https://coast.example/a?id=2"),
        ("https://coast.example/a", "https://news.coast.example/a"),
        ("https://coast.example/a", "https://coast.example:8443/a"),
        ("https://coast.example/live#block-1", "https://coast.example/live#block-2"),
        ("https://coast.example/#!/story/1", "https://coast.example/#!/story/2"),
        ("https://coast.example/a?q=x%26y", "https://coast.example/a?q=x&y"),
    ],
)
def test_different_pages_have_different_addresses(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@given(st.text(max_size=80), st.text(max_size=40))
def test_any_address_is_canonical_once_and_for_all(path: str, query: str) -> None:
    url = canonical_url(f"https://coast.example/{path}?{query}")
    assert canonical_url(url) == url


@given(st.text(max_size=80))
def test_what_is_no_address_does_no_harm(text: str) -> None:
    for url in (text, f"https://{text}", f"https://coast.example:{text}/"):
        assert isinstance(canonical_url(url), str)

"""Which articles are copies of one story."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.articles import canonical_url
from monitor.core.stories import APART, ENOUGH, sought, story_keys, title_keys

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WIRE = (
    "The harbour master said on Monday that two ferries would leave at night from next week, after months of talks with crews "
    "and neighbours about noise, lights and the price of a ticket for those who live on the island."
)
TITLE = "Ferries to sail at night"


def keys(
    title: str = TITLE, text: str = WIRE, url: str = "", at: datetime = NOON, *, as_body: bool = False
) -> set[str]:
    summary, body = ("", text) if as_body else (text, "")
    return set(story_keys(title, summary, body, canonical_url(url) if url else "", at))


def test_one_page_under_one_title_is_one_story_in_every_feed() -> None:
    first = keys("Ferry aground", "Nobody hurt.", "https://coast.example/ferry?utm_source=rss")
    later = keys(
        "Ferry Aground!", "All well.", "http://www.coast.example/ferry/#xtor=RSS-1", NOON + timedelta(hours=30)
    )
    assert first & later


def test_entries_that_a_feed_links_to_one_page_stay_stories_of_their_own() -> None:
    first = keys("Minister receives ambassador", "", "https://ministry.example/press/news.html")
    second = keys("Statement on the ceasefire", "", "https://ministry.example/press/news.html")
    assert not first & second


def test_a_wire_story_is_the_same_at_every_outlet() -> None:
    here = keys(url="https://coast.example/a")
    there = keys(
        "FERRIES to sail, at night!",
        WIRE.replace("’", "'") + " Our reporter adds.",
        "https://hill.example/b",
        as_body=True,
    )
    assert here & there


def test_a_column_of_the_same_name_and_opening_is_a_new_story_every_day() -> None:
    today, tomorrow = (keys(url=f"https://coast.example/{day}", at=NOON + timedelta(days=day)) for day in (0, 1))
    assert not today & tomorrow


@pytest.mark.parametrize("text", ["", "Read more on our site.", " ".join(["word"] * (ENOUGH - 1))])
def test_a_title_with_too_little_text_makes_no_copies(text: str) -> None:
    assert keys(text=text) == set()


def test_text_without_a_title_makes_no_copies() -> None:
    assert keys(title="") == set()


@pytest.mark.parametrize(
    "url", ["https://coast.example", "https://coast.example/", "https://coast.example/?utm_source=rss"]
)
def test_the_front_page_is_not_a_story(url: str) -> None:
    assert keys(text="", url=url) == set()


def test_entries_of_a_live_page_are_stories_of_their_own() -> None:
    first, second = (keys(text="", url=f"https://coast.example/live#block-{n}") for n in (1, 2))
    assert first
    assert not first & second


MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(MOMENTS, st.timedeltas(timedelta(0), APART / 2))
def test_copies_close_in_time_always_meet(at: datetime, apart: timedelta) -> None:
    try:
        later = at + apart
    except OverflowError:
        return
    assert keys(at=at) & keys(at=later)


@given(MOMENTS, st.timedeltas(APART, timedelta(days=3)))
def test_equal_texts_far_apart_in_time_never_meet(at: datetime, apart: timedelta) -> None:
    try:
        later = at + apart
    except OverflowError:
        return
    assert not keys(at=at) & keys(at=later)


@given(st.text(max_size=200), st.text(max_size=400), st.text(max_size=60))
def test_any_text_has_keys_that_are_short_and_always_the_same(title: str, text: str, url: str) -> None:
    found = story_keys(title, text, "", canonical_url(url), NOON)
    assert found == story_keys(title, text, "", canonical_url(url), NOON)
    assert all(len(key) < 60 for key in found)


def test_what_an_aggregator_lists_meets_what_an_outlet_published_by_the_title() -> None:
    own = title_keys(TITLE, NOON, listed=False)
    listed = title_keys(TITLE.upper(), NOON + APART / 2, listed=True)
    assert set(sought(listed, own)) & set(own)
    assert set(sought(own, ())) & set(listed)


def test_two_outlets_do_not_meet_by_their_title_alone_nor_through_an_aggregator() -> None:
    own = title_keys(TITLE, NOON, listed=False)
    assert not set(sought(own, ())) & set(own)
    assert sought(own, {*own, *title_keys(TITLE, NOON, listed=True)}) == []
    assert not set(sought(title_keys(TITLE, NOON, listed=True), ())) & set(title_keys(TITLE, NOON, listed=True))


def test_a_title_of_a_few_words_leads_nowhere() -> None:
    assert title_keys("The morning briefing", NOON, listed=True) == ()

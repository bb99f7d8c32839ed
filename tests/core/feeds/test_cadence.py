"""When a feed is polled next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.feeds.cadence import LONGEST_WAIT, SPREAD, PollHistory, next_poll, told
from monitor.core.model import Feed

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
FEED = Feed("coast", "https://coast.example/feed", every=timedelta(minutes=10), max_every=timedelta(hours=6))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

SPANS = st.timedeltas(timedelta(seconds=1), timedelta(days=7))
FEEDS = st.builds(Feed, st.text(max_size=20), st.just("https://coast.example/"), every=SPANS, max_every=SPANS)
HISTORIES = st.builds(
    PollHistory,
    st.integers(0, 1_000_000),
    st.sampled_from(["", "timeout", "http-429", "http-503", "http-410", "blocked"]),
    st.booleans(),
    st.none() | st.timedeltas(timedelta(0), timedelta(days=900)),
)


def wait(history: PollHistory, feed: Feed = FEED) -> timedelta:
    return next_poll(feed, history, NOW).at - NOW


def about(span: timedelta) -> tuple[timedelta, timedelta]:
    return span, span * (1 + SPREAD)


def test_a_good_feed_comes_again_after_its_interval() -> None:
    low, high = about(10 * MINUTE)
    assert low <= wait(PollHistory()) <= high
    assert next_poll(FEED, PollHistory(), NOW).reason == "every 10 min"


@pytest.mark.parametrize(
    ("failures", "expected"),
    [(1, 10), (2, 20), (3, 40), (4, 80), (5, 160), (6, 320), (7, 360), (100, 360), (10**9, 360)],
)
def test_each_failure_doubles_the_wait_up_to_the_longest(failures: int, expected: int) -> None:
    low, high = about(expected * MINUTE)
    assert low <= wait(PollHistory(failures, "timeout")) <= high


def test_a_feed_that_only_a_person_can_mend_is_asked_rarely_but_for_ever() -> None:
    choice = next_poll(FEED, PollHistory(1, "http-410", retry=False), NOW)
    assert 6 * HOUR <= choice.at - NOW <= 6.6 * HOUR
    assert "http-410" in choice.reason


@pytest.mark.parametrize(
    ("kind", "asked", "expected"),
    [
        ("http-429", None, HOUR),
        ("http-429", timedelta(seconds=5), HOUR),
        ("http-429", 3 * HOUR, 3 * HOUR),
        ("http-503", None, 15 * MINUTE),
        ("http-503", 90 * MINUTE, 90 * MINUTE),
        ("http-500", 30 * MINUTE, 30 * MINUTE),
        ("http-429", timedelta(days=300), LONGEST_WAIT),
        ("blocked", None, 4 * HOUR),
    ],
)
def test_the_other_side_is_left_alone_as_long_as_it_asks(
    kind: str, asked: timedelta | None, expected: timedelta
) -> None:
    choice = next_poll(FEED, PollHistory(1, kind, retry_after=asked), NOW)
    assert choice.at - NOW == expected
    assert choice.reason == f"the server asks for a pause of {told(expected)}"


def test_a_short_pause_does_not_shorten_the_back_off() -> None:
    assert wait(PollHistory(7, "http-500", retry_after=MINUTE)) >= 6 * HOUR


def test_feeds_configured_together_drift_apart() -> None:
    waits = {wait(PollHistory(), Feed(f"feed-{n}", FEED.url, every=10 * MINUTE)) for n in range(100)}
    assert len(waits) > 90
    assert max(waits) - min(waits) > 0.8 * SPREAD * 10 * MINUTE


@given(FEEDS, HISTORIES)
def test_the_next_poll_is_always_ahead_and_never_out_of_reach(feed: Feed, history: PollHistory) -> None:
    span = wait(history, feed)
    longest = max(feed.every, feed.max_every) * (1 + SPREAD)
    assert feed.every <= span <= max(longest, LONGEST_WAIT)


@given(FEEDS, HISTORIES)
def test_the_same_history_always_gives_the_same_answer(feed: Feed, history: PollHistory) -> None:
    assert next_poll(feed, history, NOW) == next_poll(feed, history, NOW)


@given(FEEDS, st.integers(1, 100))
def test_more_failures_never_shorten_the_wait(feed: Feed, failures: int) -> None:
    fewer, more = (wait(PollHistory(count, "timeout"), feed) for count in (failures, failures + 1))
    assert more >= fewer / (1 + SPREAD)


@pytest.mark.parametrize(
    ("span", "words"),
    [(timedelta(seconds=90), "90 s"), (10 * MINUTE, "10 min"), (6 * HOUR, "6 h"), (timedelta(days=2), "48 h"), (90 * MINUTE, "90 min"),
     (timedelta(milliseconds=250), "250 ms")],
)  # fmt: skip
def test_a_span_is_told_in_its_largest_whole_unit(span: timedelta, words: str) -> None:
    assert told(span) == words

"""When a feed is polled next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.feeds import FeedState, PollOutcome
from monitor.core.feeds.cadence import BUSY, LONGEST_WAIT, SPREAD, Choice, asks_outright, next_poll, told
from monitor.core.feeds.hints import kept
from monitor.core.feeds.rhythm import learn
from monitor.core.model import Feed, Hints

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
FEED = Feed("coast", "https://coast.example/feed", every=timedelta(minutes=10), max_every=timedelta(hours=6))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

SPANS = st.timedeltas(timedelta(seconds=1), timedelta(days=7))
FEEDS = st.builds(Feed, st.text(max_size=20), st.just("https://coast.example/"), every=SPANS, max_every=SPANS)
FAILURES = st.builds(
    lambda count, kind, retry, wait: (count, PollOutcome(kind, "", retry, wait)),
    st.integers(1, 1_000_000),
    st.sampled_from(["timeout", "http-429", "http-503", "http-410", "blocked"]),
    st.booleans(),
    st.none() | st.timedeltas(timedelta(0), timedelta(days=900)),
)


def failed(
    failures: int, kind: str = "timeout", *, retry: bool = True, retry_after: timedelta | None = None
) -> tuple[int, PollOutcome]:
    return failures, PollOutcome(kind, "", retry, retry_after)


GOOD = (0, PollOutcome())


def chosen(history: tuple[int, PollOutcome], feed: Feed = FEED, **known: str) -> Choice:
    failures, outcome = history
    return next_poll(feed, FeedState(failures=failures, error_kind=outcome.error_kind, **known), outcome, NOW)  # type: ignore[arg-type]


def wait(history: tuple[int, PollOutcome], feed: Feed = FEED, **known: str) -> timedelta:
    return chosen(history, feed, **known).at - NOW


def brings(per_day: float) -> str:
    """What is known of a feed that has brought so many a day for four weeks."""
    begun = NOW - timedelta(days=28)
    gap = timedelta(days=1 / per_day)
    text = learn("", [], begun, first=True)
    for number in range(1, int(28 * per_day) + 1):
        text = learn(text, [begun + number * gap], begun + number * gap)
    return text


def about(span: timedelta) -> tuple[timedelta, timedelta]:
    return span, span * (1 + SPREAD)


def test_a_good_feed_comes_again_after_its_interval() -> None:
    low, high = about(10 * MINUTE)
    assert low <= wait(GOOD) <= high
    assert chosen(GOOD).reason == "every 10 min"


@pytest.mark.parametrize(
    ("failures", "expected"),
    [(1, 10), (2, 20), (3, 40), (4, 80), (5, 160), (6, 320), (7, 360), (100, 360), (10**9, 360)],
)
def test_each_failure_doubles_the_wait_up_to_the_longest(failures: int, expected: int) -> None:
    low, high = about(expected * MINUTE)
    assert low * (1 - SPREAD) <= wait(failed(failures)) <= min(high, 6 * HOUR)


def test_a_feed_that_only_a_person_can_mend_is_asked_rarely_but_for_ever() -> None:
    choice = chosen(failed(1, "http-410", retry=False))
    assert 5.4 * HOUR <= choice.at - NOW <= 6 * HOUR
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
    choice = chosen(failed(1, kind, retry_after=asked))
    assert choice.at - NOW == expected
    assert choice.reason == f"the server asks for a pause of {told(expected)}"


def test_a_short_pause_does_not_shorten_the_back_off() -> None:
    assert wait(failed(7, "http-500", retry_after=MINUTE)) >= 5.4 * HOUR


def test_feeds_configured_together_drift_apart() -> None:
    waits = {wait(GOOD, Feed(f"feed-{n}", FEED.url, every=10 * MINUTE)) for n in range(100)}
    assert len(waits) > 90
    assert max(waits) - min(waits) > 0.8 * SPREAD * 10 * MINUTE


@given(FEEDS, FAILURES)
def test_the_next_poll_is_always_ahead_and_never_out_of_reach(feed: Feed, history: tuple[int, PollOutcome]) -> None:
    span = wait(history, feed)
    longest = max(feed.every, feed.max_every)
    assert feed.every <= span <= max(longest, LONGEST_WAIT)


@given(FEEDS, FAILURES)
def test_the_same_history_always_gives_the_same_answer(feed: Feed, history: tuple[int, PollOutcome]) -> None:
    assert chosen(history, feed) == chosen(history, feed)


@given(FEEDS, st.integers(1, 100))
def test_more_failures_never_shorten_the_wait(feed: Feed, failures: int) -> None:
    fewer, more = (wait(failed(count), feed) for count in (failures, failures + 1))
    assert more >= fewer * (1 - SPREAD) / (1 + SPREAD)


@pytest.mark.parametrize(
    ("span", "words"),
    [(timedelta(seconds=90), "90 s"), (10 * MINUTE, "10 min"), (timedelta(seconds=3155), "53 min"), (6 * HOUR, "6 h"), (timedelta(days=2), "48 h"), (90 * MINUTE, "90 min"),
     (timedelta(milliseconds=250), "250 ms")],
)  # fmt: skip
def test_a_span_is_told_in_its_largest_whole_unit(span: timedelta, words: str) -> None:
    assert told(span) == words


@pytest.mark.parametrize(("per_day", "minutes"), [(100, 10), (24, 10), (16, 10), (4, 20), (1, 40), (1 / 7, 60)])
def test_a_feed_that_brings_a_quarter_as_much_is_asked_half_as_often(per_day: float, minutes: int) -> None:
    assert wait(GOOD, rhythm=brings(per_day)) / MINUTE == pytest.approx(minutes, rel=0.25)


def test_a_quiet_feed_is_never_left_alone_for_longer_than_its_longest_wait() -> None:
    patient = Feed("coast", FEED.url, every=10 * MINUTE, max_every=30 * MINUTE)
    span = wait(GOOD, patient, rhythm=learn("", [], NOW - timedelta(days=300), first=True))
    assert 27 * MINUTE <= span <= 30 * MINUTE
    assert (
        "less than one a week"
        in chosen(GOOD, patient, rhythm=learn("", [], NOW - timedelta(days=300), first=True)).reason
    )


def test_a_feed_of_which_nothing_is_known_is_asked_as_often_as_it_may_be() -> None:
    assert wait(GOOD, rhythm="") <= 11 * MINUTE


@pytest.mark.parametrize(
    ("hints", "fresh_for", "minutes", "who"),
    [
        (Hints(ttl=30 * MINUTE), None, 30, "its ttl"),
        (Hints(ttl=24 * HOUR), None, 60, "its ttl"),
        (Hints(period=2 * HOUR), None, 60, "its updatePeriod"),
        (Hints(), 20 * MINUTE, 20, "its server"),
        (Hints(ttl=30 * MINUTE), 45 * MINUTE, 45, "its server"),
    ],
)
def test_a_feed_may_ask_to_be_left_alone_for_an_hour_at_the_most(
    hints: Hints, fresh_for: timedelta | None, minutes: int, who: str
) -> None:
    choice = chosen((0, PollOutcome(fresh_for=fresh_for)), hints=kept(hints))
    low, high = about(minutes * MINUTE)
    assert low <= choice.at - NOW <= high
    assert who in choice.reason


def test_what_wordpress_writes_into_every_feed_is_no_advice() -> None:
    assert wait(GOOD, hints=kept(Hints(period=HOUR))) <= 11 * MINUTE


def test_hours_and_days_to_skip_put_a_poll_off_by_an_hour_at_the_most() -> None:
    eight = chosen(GOOD, hints=kept(Hints(skip_hours=(8,))))
    assert eight.at == NOW + HOUR
    assert chosen(GOOD, hints=kept(Hints(skip_hours=(9,)))).at - NOW <= 11 * MINUTE
    monday = chosen(GOOD, hints=kept(Hints(skip_days=(0,))))
    assert monday.at - NOW <= 10 * MINUTE * (1 + SPREAD) + HOUR


def test_too_many_requests_leave_the_whole_host_alone() -> None:
    assert chosen(failed(1, "http-429", retry_after=2 * HOUR)).host_until == NOW + 2 * HOUR
    assert chosen(failed(9, "http-429")).host_until == NOW + HOUR
    assert chosen(failed(1, "http-500", retry_after=2 * HOUR)).host_until is None


def test_an_outage_of_ours_asks_again_after_the_usual_interval() -> None:
    choice = chosen((7, PollOutcome("dns", outage=True)))
    assert choice.at - NOW <= 11 * MINUTE
    assert "network here" in choice.reason


def test_one_poll_in_a_hundred_asks_for_the_document_whatever_was_said_before() -> None:
    times = [NOW + number * MINUTE for number in range(20_000)]
    outright = sum(asks_outright("coast", each) for each in times)
    assert 140 <= outright <= 260


def test_busy_is_sixteen_a_day() -> None:
    assert pytest.approx(16) == BUSY * 24

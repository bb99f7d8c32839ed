"""What a feed's polls, one after the other, make of it: each row is a story of a feed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.feeds import FeedState, PollOutcome, Verdict, after
from monitor.core.feeds.rhythm import learn
from monitor.core.model import Feed, Health

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
FEED = Feed("coast", "https://coast.example/feed")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GOOD, NEWS = PollOutcome(), PollOutcome(changed=True, new=1, items=20, shared=True)
ELSEWHERE = "https://new.example/feed"
MOVED = PollOutcome(moved_to=ELSEWHERE)
TIMEOUT = PollOutcome("timeout", "no answer in time")
MISSING = PollOutcome("http-404", "HTTP 404: there is no such document")
GONE = PollOutcome("http-410", "HTTP 410: the document is gone for good", retry=False)
OVERRUN = PollOutcome(changed=True, new=20, items=20, shared=False)


def lived(
    outcomes: Sequence[PollOutcome], every: timedelta = 10 * MINUTE, state: FeedState | None = None
) -> list[Verdict]:
    """The verdicts over these polls, so far apart."""
    verdicts = []
    state = state or FeedState()
    for number, outcome in enumerate(outcomes):
        verdicts.append(after(FEED, state, outcome, NOW + number * every))
        state = verdicts[-1].state
    return verdicts


def told(verdicts: Sequence[Verdict]) -> list[Health]:
    """What a person is told: each change of health, once."""
    healths = [each.state.health for each in verdicts]
    return [each for at, each in enumerate(healths) if at == 0 or each is not healths[at - 1]]


@pytest.mark.parametrize(
    ("story", "outcomes", "expected"),
    [
        ("one that works", [NEWS, GOOD, GOOD], [Health.OK]),
        ("one that never worked", [MISSING], [Health.FAILING]),
        ("a hiccup", [NEWS, TIMEOUT, TIMEOUT, GOOD], [Health.OK]),
        ("one that stays away", [NEWS, *[TIMEOUT] * 9], [Health.OK, Health.FAILING]),
        ("one that comes back", [NEWS, *[TIMEOUT] * 3, GOOD], [Health.OK, Health.FAILING, Health.OK]),
        ("an address that is wrong", [NEWS, MISSING, MISSING], [Health.OK, Health.FAILING]),
        ("a window that overran", [NEWS, OVERRUN, NEWS], [Health.OK, Health.GAP]),
        ("a window that ran over long ago", [NEWS, OVERRUN, *[NEWS] * 200], [Health.OK, Health.GAP, Health.OK]),
        ("a feed of two items, both new", [NEWS, replace(OVERRUN, items=2)], [Health.OK]),
        ("a feed that was empty", [NEWS, replace(OVERRUN, items=0, shared=None), NEWS], [Health.OK]),
        ("one item of which nothing can be told", [NEWS, replace(OVERRUN, shared=None)], [Health.OK]),
        ("the first sight shares nothing with anything", [OVERRUN], [Health.OK]),
    ],
)
def test_a_feed_is_called_ill_when_it_is_and_each_change_is_told_once(
    story: str, outcomes: list[PollOutcome], expected: list[Health]
) -> None:
    assert told(lived(outcomes)) == expected, story


def test_a_feed_that_is_ill_says_why_and_since_when() -> None:
    state = lived([NEWS, *[TIMEOUT] * 5])[-1].state
    assert (state.health_why, state.health_since) == ("no answer in time", NOW + 30 * MINUTE)


def test_a_window_that_overran_is_asked_twice_as_often_for_a_day() -> None:
    known = learn("", [NOW - number * HOUR for number in range(100)], NOW, first=True)
    verdicts = lived([OVERRUN, NEWS], state=FeedState(baseline_at=NOW, rhythm=known, health=Health.OK))
    assert [round((each.at - (NOW + at * 10 * MINUTE)) / MINUTE) for at, each in enumerate(verdicts) if each.at] == [
        5,
        5,
    ]


@pytest.mark.parametrize(
    ("story", "outcomes", "every", "followed"),
    [
        ("three times over a day", [NEWS, MOVED, MOVED, MOVED], 12 * HOUR, True),
        ("three times within an hour", [NEWS, MOVED, MOVED, MOVED], 10 * MINUTE, False),
        ("twice over two days", [NEWS, MOVED, MOVED], DAY, False),
        ("not every time", [NEWS, MOVED, MOVED, GOOD, MOVED], DAY, False),
        ("not to the same place", [NEWS, MOVED, replace(MOVED, moved_to="https://x.example/"), MOVED], DAY, False),
        ("with failures in between", [NEWS, MOVED, TIMEOUT, MOVED, TIMEOUT, MOVED], DAY, True),
    ],
)
def test_a_move_is_followed_when_it_was_seen_three_times_over_a_day(
    story: str, outcomes: list[PollOutcome], every: timedelta, followed: bool
) -> None:
    state = lived(outcomes, every)[-1].state
    assert state.followed is followed, story
    assert (state.health is Health.MOVED) is followed
    assert (ELSEWHERE in state.health_why) is followed


def test_an_address_that_was_followed_in_vain_for_a_day_is_given_up() -> None:
    verdicts = lived([NEWS, MOVED, MOVED, MOVED, *[TIMEOUT] * 4], 12 * HOUR)
    assert [each.state.followed for each in verdicts] == [False, False, False, True, True, False, False, False]


def test_the_third_time_a_feed_says_that_it_is_gone_it_is_retired_and_that_is_told() -> None:
    verdicts = lived([NEWS, GONE, GONE, GONE], 6 * HOUR)
    assert [each.at is None for each in verdicts] == [False, False, False, True]
    assert verdicts[-1].state.health is Health.GONE
    assert "410" in verdicts[-1].reason


@pytest.mark.parametrize(
    "outcomes",
    [[GONE, GONE, GOOD, GONE, GONE], [GONE, GONE, *[TIMEOUT] * 12, GONE]],
    ids=["it came back", "over a week"],
)
def test_a_feed_that_says_so_now_and_then_is_asked_for_ever(outcomes: list[PollOutcome]) -> None:
    assert all(each.at for each in lived([NEWS, *outcomes], 6 * HOUR))


def test_three_refusals_in_one_minute_retire_nobody() -> None:
    assert all(each.at for each in lived([NEWS, GONE, GONE, GONE, GONE], 10 * MINUTE))


def test_silence_is_told_where_it_is_unusual_and_only_there() -> None:
    begun = NOW - 42 * DAY
    busy = learn("", [], begun, first=True)
    for hour in range(42 * 24):
        busy = learn(busy, [begun + hour * HOUR], begun + hour * HOUR)
    state = FeedState(baseline_at=begun, last_new_at=NOW, rhythm=busy, health=Health.OK)
    assert told(lived([GOOD] * 4, 5 * HOUR, state)) == [Health.OK, Health.LATE]
    rare = learn("", [begun, NOW - 20 * DAY], NOW - 20 * DAY, first=True)
    state = FeedState(baseline_at=begun, last_new_at=NOW, rhythm=rare, health=Health.OK)
    assert told(lived([GOOD] * 10, DAY, state)) == [Health.OK]


def test_while_our_network_is_down_no_feed_is_blamed() -> None:
    down = replace(TIMEOUT, outage=True)
    verdicts = lived([NEWS, *[down] * 20, GOOD])
    assert told(verdicts) == [Health.OK]
    assert {each.state.failures for each in verdicts} == {0}


MOMENTS = st.integers(0, 90 * 365 * 24 * 60).map(lambda minutes: datetime(1990, 1, 1, tzinfo=UTC) + minutes * MINUTE)
OUTCOMES = st.builds(
    PollOutcome,
    st.sampled_from(["", "", "timeout", "http-410", "http-429", "not-a-feed"]),
    st.just("told"),
    st.booleans(),
    st.none() | st.timedeltas(timedelta(0), timedelta(days=9)),
    outage=st.booleans(),
    changed=st.booleans(),
    new=st.integers(0, 3),
    published=st.lists(MOMENTS, max_size=3).map(tuple),
    items=st.integers(0, 5),
    shared=st.none() | st.booleans(),
    fresh_for=st.none() | st.timedeltas(timedelta(0), timedelta(days=9)),
    moved_to=st.none() | st.just(ELSEWHERE),
)


@given(st.lists(st.tuples(OUTCOMES, MOMENTS), max_size=20))
def test_whatever_happens_a_feed_is_asked_again_unless_it_said_that_it_is_gone(
    polls: list[tuple[PollOutcome, datetime]],
) -> None:
    state = FeedState()
    for outcome, now in polls:
        verdict = after(FEED, state, outcome, now)
        state = verdict.state
        assert (verdict.at is None) == (state.health is Health.GONE)
        if verdict.at is None:
            return
        assert now < verdict.at <= now + timedelta(days=2)
        assert state.health is not Health.NEW or outcome.outage

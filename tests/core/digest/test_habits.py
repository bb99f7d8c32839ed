"""What is usual for a rule, and how much is more than chance."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.digest import DigestSpec, DigestState, Reason, plan
from monitor.core.digest.habits import WEEK, Habit, least, looked_at, tail
from monitor.core.digest.waves import wanted
from monitor.core.model import FateState, Spike
from tests.core.digest.matches import NOON, ago, pending

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SPIKE = Spike(0.001, 2 * HOUR, 4 * WEEK, 8)
INSTANT = DigestSpec(id="instant", to=("desk",), wait=timedelta(0))
YEAR = NOON - 365 * DAY


def weekly(*counts: int) -> list[datetime]:
    """So many matches in the hour before noon of each of the weeks before, the last one first."""
    return sorted(
        NOON - WEEK * week - timedelta(minutes=20 + minute)
        for week, count in enumerate(counts, 1)
        for minute in range(count)
    )


@pytest.mark.parametrize(("count", "mean"), [(1, 0.1), (8, 3.0), (30, 12.5), (27, 6.0)])
def test_the_tail_is_what_the_definition_says(count: int, mean: float) -> None:
    below = sum(exp(-mean) * mean**each / factorial(each) for each in range(count))
    assert tail(count, mean) == pytest.approx(1 - below, rel=1e-6, abs=1e-14)


def test_what_never_comes_has_no_tail_and_a_flood_does_not_overflow() -> None:
    assert tail(5, 0.0) == 0.0
    assert 0 < tail(101_000, 100_000.0) < 0.01


@pytest.mark.parametrize(("usual", "expected"), [(0.0, 8), (0.2, 8), (2.0, 9), (6.0, 16), (100.0, 133)])
def test_from_so_many_on_it_is_more_than_chance(usual: float, expected: int) -> None:
    assert least(SPIKE, usual) == expected


@given(st.floats(0, 5000), st.floats(1e-9, 0.1), st.integers(2, 50))
def test_the_least_count_is_the_first_that_is_rare_enough(usual: float, chance: float, at_least: int) -> None:
    spike = Spike(chance, HOUR, at_least=at_least)
    count = least(spike, usual)
    assert count >= at_least
    assert tail(count, usual) < chance
    if count > max(at_least, usual + 1):
        assert tail(count - 1, usual) >= chance


def test_usual_is_the_mean_of_the_same_hours_of_the_weeks_before() -> None:
    habit = Habit(weekly(2, 0, 4, 6, 90), YEAR)
    assert habit.usual(SPIKE, NOON) == 3.0
    assert habit.usual(SPIKE, NOON + 12 * HOUR) == 0.0


def test_weeks_before_the_rule_was_in_force_do_not_count() -> None:
    assert Habit(weekly(2, 4), NOON - 2 * WEEK - DAY).usual(SPIKE, NOON) == 3.0


def test_of_a_rule_younger_than_a_week_all_of_its_time_counts() -> None:
    since = NOON - 50 * HOUR
    habit = Habit([since + HOUR * each for each in range(1, 25)], since)
    assert habit.usual(SPIKE, NOON) == pytest.approx(1.0)
    assert Habit([], NOON - HOUR).usual(SPIKE, NOON) == 0.0


@given(
    st.lists(st.integers(0, 60 * 24 * 40), max_size=60),
    st.integers(0, 60 * 24 * 40),
    st.lists(st.integers(0, 600), min_size=1, max_size=5),
)
def test_nothing_else_needs_to_be_looked_up(past: Sequence[int], age: int, waiting: Sequence[int]) -> None:
    times = sorted(NOON - timedelta(minutes=each) for each in past)
    since = NOON - timedelta(minutes=age)
    moments = sorted(NOON - timedelta(minutes=each) for each in waiting)
    times = [each for each in times if each > since]
    ranges = looked_at(SPIKE, moments[0], moments[-1], since)
    some = [each for each in times if any(after < each <= until for after, until in ranges)]
    for moment in moments:
        assert Habit(some, since).usual(SPIKE, moment) == Habit(times, since).usual(SPIKE, moment)


def test_a_spike_is_told_whole_and_says_what_is_usual() -> None:
    state = DigestState(waves={"ferries": SPIKE}, habits={"ferries": Habit(weekly(6, 6, 6, 6), YEAR)})
    found = [pending(number, matched_at=ago(60 * number)) for number in range(1, 28)]
    made = plan(INSTANT, found, state, NOON)
    assert made.edition is not None
    assert len(made.edition.match_ids) == 27
    assert made.edition.waves == {"ferries": "27 matches within 2 h against the usual 6"}


def test_what_is_usual_is_not_told_and_says_why() -> None:
    state = DigestState(waves={"ferries": SPIKE}, habits={"ferries": Habit(weekly(6, 6, 6, 6), YEAR)})
    found = [pending(number, matched_at=ago(60 * number)) for number in range(1, 14)]
    made = plan(INSTANT, found, state, NOON)
    assert made.edition is None
    assert {each.reason for each in made.left} == {Reason.GATHERS}
    assert made.left[0].why == "so far 13 matches within 2 h against the usual 6; 16 would be more than chance"
    later = plan(INSTANT, found, state, NOON + 3 * HOUR)
    assert [each.state for each in later.settled] == [FateState.EXPIRED] * 13


def test_what_a_rule_waits_for_is_told_in_words() -> None:
    assert wanted(SPIKE) == (
        "at least 8 matches within 2 h, and more than chance explains (under 0.001) against the same hours of 4 weeks"
    )

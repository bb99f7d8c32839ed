"""Hits per day are a line of bars that fits a terminal, weeks parted."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.workshop.bars import BARS, Chart, chart, drawn

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "counts", "line"),
    [
        (MONDAY, [1, 2, 3, 4, 5, 6, 7], "Mon ▂▃▄▅▆▇█ Sun"),
        (MONDAY, [0, 8, 0, 1, 0, 0, 0, 4], "Mon ·█·▁··· ▄ Mon"),
        (MONDAY + 3 * DAY, [8] * 12, "Thu ████ ███████ █ Mon"),
        (MONDAY, [1], "Mon █ Mon"),
        (MONDAY, [0, 0], "Mon ·· Tue"),
    ],
)
def test_days_are_bars_with_a_gap_before_each_monday(first: date, counts: list[int], line: str) -> None:
    assert drawn(Chart(first, 1, tuple(counts))) == line


def test_the_highest_bar_is_the_most_and_no_hit_is_too_few_to_be_seen() -> None:
    line = drawn(Chart(MONDAY, 1, (1, 1000, 0)))
    assert line == f"Mon {BARS[0]}{BARS[-1]}· Wed"


def test_a_long_time_is_folded_into_weeks() -> None:
    days = {MONDAY + DAY * number: 1 for number in range(100)}
    shown = chart(days, MONDAY, MONDAY + 99 * DAY)
    assert (shown.step, shown.counts) == (7, (7,) * 14 + (2,))
    assert drawn(shown) == "2026-03-02 ██████████████▃ 2026-06-08  (1 w each)"


@given(st.integers(0, 9_000), st.lists(st.tuples(st.integers(0, 9_000), st.integers(1, 99))), st.integers(0, 6))
def test_every_hit_is_in_a_bar_and_the_line_fits(length: int, hits: list[tuple[int, int]], offset: int) -> None:
    first = MONDAY + offset * DAY
    last = first + length * DAY
    days = {first + at * DAY: count for at, count in hits}
    shown = chart(days, first, last)
    assert sum(shown.counts) == sum(count for day, count in days.items() if day <= last)
    assert shown.last <= last < shown.last + shown.step * DAY
    assert len(drawn(shown)) <= 100

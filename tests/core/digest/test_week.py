"""The last seven days by the reader's calendar, and how they are drawn."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.digest import bounds
from monitor.core.digest.week import DAYS, TALLEST, drawn

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
COUNTS = st.lists(st.integers(0, 100_000), min_size=DAYS, max_size=DAYS)


def test_the_last_seven_days_begin_at_the_readers_midnight_and_end_now() -> None:
    days = bounds(NOON, "Europe/Vienna")
    assert days[0] == datetime(2026, 11, 16, 23, 0, tzinfo=UTC)
    assert days[-2:] == (datetime(2026, 11, 22, 23, 0, tzinfo=UTC), NOON)


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 29, 23), (10, 25, 25)])
def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is(month: int, day: int, hours: int) -> None:
    days = bounds(datetime(2026, month, day + 2, 12, tzinfo=UTC), "Europe/Vienna")
    lengths = [later - earlier for earlier, later in pairwise(days)]
    assert timedelta(hours=hours) in lengths[:-1]


@given(now=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), zone=st.sampled_from(["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Auckland"]))  # fmt: skip  # noqa: DTZ001
def test_every_moment_of_the_week_is_in_one_day(now: datetime, zone: str) -> None:
    days = bounds(now, zone)
    assert len(days) == DAYS + 1
    assert list(days) == sorted(days)
    assert all(each.astimezone(ZoneInfo(zone)).hour == 0 for each in days[:-1])


def test_the_busiest_day_is_the_tallest_and_one_match_is_seen() -> None:
    days = drawn((0, 1, 900, 0, 0, 450, 2), NOON)
    assert [each["day"] for each in days] == ["Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Mon"]
    assert [each["height"] for each in days] == [0, 1, TALLEST, 0, 0, TALLEST // 2, 1]


def test_a_week_of_one_or_two_matches_is_not_drawn() -> None:
    assert drawn((0, 0, 0, 0, 0, 1, 1), NOON) == []
    assert drawn((0, 0, 0, 0, 1, 1, 1), NOON) != []


@given(counts=COUNTS)
def test_a_bar_is_never_taller_than_the_busiest_days_and_never_gone(counts: list[int]) -> None:
    for each in drawn(counts, NOON):
        height = each["height"]
        assert isinstance(height, int)
        assert 0 <= height <= TALLEST
        assert (height > 0) is bool(each["count"])

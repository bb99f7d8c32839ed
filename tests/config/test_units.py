"""Durations, sizes and rates are read as people write them, and written back the same."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import units


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0s", 0), ("30s", 30), ("10m", 600), ("6h", 21_600), ("1h30m", 5_400), ("2d", 172_800), ("1w", 604_800), ("2y", 63_072_000)],
)  # fmt: skip
def test_a_duration_is_a_count_of_units(text: str, seconds: int) -> None:
    assert units.duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "10", "m", "10 m", "-5m", "1.5h", "10M", "10minutes", "٣m"])
def test_what_is_no_duration_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match=r"like \"30s\""):
        units.duration(text)


def test_a_duration_has_an_end() -> None:
    with pytest.raises(ValueError, match="at most 100 years"):
        units.duration("101y")


@given(st.integers(0, 10**9).map(lambda seconds: timedelta(seconds=seconds)))
def test_a_duration_reads_back_as_it_was_shown(value: timedelta) -> None:
    assert units.duration(units.shown_duration(value)) == value


@pytest.mark.parametrize(
    ("text", "count"), [("100B", 100), ("500KB", 500_000), ("10MB", 10_000_000), ("8MiB", 8_388_608), ("1 GB", 10**9)]
)
def test_a_size_is_a_number_of_bytes(text: str, count: int) -> None:
    assert units.size(text) == count


@pytest.mark.parametrize("text", ["10", "10mb", "1.5MB", "-1MB", "MB", "1TB"])
def test_what_is_no_size_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match=r"like \"500KB\""):
        units.size(text)


@given(st.integers(0, 10**12))
def test_a_size_reads_back_as_it_was_shown(value: int) -> None:
    assert units.size(units.shown_size(value)) == value


@pytest.mark.parametrize(("text", "count", "seconds"), [("20/h", 20, 3600), ("1/s", 1, 1), ("100/d", 100, 86_400)])
def test_a_rate_is_a_count_in_a_time(text: str, count: int, seconds: int) -> None:
    assert units.rate(text) == (count, timedelta(seconds=seconds))


@pytest.mark.parametrize("text", ["0/h", "20", "20/week", "/h", "20 / h", "-1/h"])
def test_what_is_no_rate_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match=r"like \"20/h\""):
        units.rate(text)

"""Patterns for values, in which * stands for anything."""

import time
from fnmatch import translate
from re import fullmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.match.values import fits, languages


@pytest.mark.parametrize(
    ("pattern", "value", "fit"),
    [
        ("bbc", "bbc", True),
        ("bbc", "bbc-world", False),
        ("bbc*", "bbc", True),
        ("*bbc", "a bbc", True),
        ("a*a", "a", False),
        ("a*b*c", "a-c-b-c", True),
        ("a*b*c", "a-c-b", False),
        ("*", "", True),
        ("**", "x", True),
        ("a[b]?", "a[b]?", True),
    ],
)
def test_a_pattern_covers_the_whole_value(pattern: str, value: str, *, fit: bool) -> None:
    assert fits(pattern, value) is fit


@given(st.text("ab*", max_size=8), st.text("ab", max_size=12))
def test_patterns_are_globs(pattern: str, value: str) -> None:
    assert fits(pattern, value) == bool(fullmatch(translate(pattern), value))


def test_a_pattern_of_many_stars_takes_linear_time() -> None:
    start = time.process_time()
    assert not fits("*a" * 500 + "*b", "a" * 50_000)
    assert time.process_time() - start < 1


def test_a_language_tag_is_also_every_wider_one() -> None:
    assert languages("zh-Hans_CN") == ("zh-hans-cn", "zh-hans", "zh")

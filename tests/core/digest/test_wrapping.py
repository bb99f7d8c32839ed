"""Lines of a text mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.digest.marking import columns
from monitor.core.digest.wrapping import wrap


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("one  two\n three ", 30, ["one two three"]),
        ("", 8, [""]),
        ("a https://example.org/long b", 8, ["a", "https://example.org/long", "b"]),
        ("粮食走廊谈判", 8, ["粮食走廊", "谈判"]),
        ("粮食走廊。谈判", 8, ["粮食走", "廊。谈判"]),
        ("粮食 corridor", 30, ["粮食 corridor"]),
    ],
)
def test_lines_break_between_words_and_anywhere_in_chinese(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width).split("\n") == lines


def test_lines_are_indented_and_the_first_one_may_differ() -> None:
    assert wrap("one two three", 9, indent="    ", first=" 1. ") == " 1. one\n    two\n    three"


@given(text=st.text(st.sampled_from("ab 粮。é\u0301 \n"), max_size=200), width=st.integers(4, 40))
def test_only_a_single_word_is_ever_wider_than_a_line_and_no_letter_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width, indent="> ").split("\n")
    assert all(columns(each) <= width or " " not in each[2:] for each in lines)
    assert "".join("".join(each[2:] for each in lines).split()) == "".join(text.split())

"""Titles are one line, without characters that steer what shows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text import one_line, tidy


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  two\n words\t", "two words"),
        ("line\u2028separator\u00a0and\u3000wide", "line separator and wide"),
        ("\x1b[31mred\x07", "[31mred"),
        ("abc\u202egpj.exe", "abcgpj.exe"),
        ("zero\u200bwidth \u2066isolated\u2069", "zerowidth isolated"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("Cafe\u0301", "Café"),
        ("\ud800", ""),
        ("", ""),
    ],
)
def test_a_title_is_one_tidy_line(text: str, line: str) -> None:
    assert one_line(text) == line


def test_piled_marks_are_cut_to_what_unicode_allows_in_a_stream() -> None:
    assert len(tidy("a" + "\u0315\u0300" * 100_000)) <= 31


@given(st.text())
def test_a_line_stays_as_it_is(text: str) -> None:
    line = one_line(text)
    assert one_line(line) == line
    assert "\n" not in line
    line.encode()

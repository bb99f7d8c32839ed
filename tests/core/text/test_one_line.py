"""Titles are one line, without characters that steer what shows them."""

from unicodedata import normalize

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


def test_marks_are_not_piled_higher_than_writing_needs() -> None:
    assert len(tidy("a" + "\u0315\u0300" * 100_000)) <= 9
    assert tidy("Z\u0335" + "\u0301" * 300 + "algo") == "\u0179\u0335" + "\u0301" * 6 + "algo"
    assert tidy("\u0958" + "\u0325" * 300) == tidy(tidy("\u0958" + "\u0325" * 300))


@pytest.mark.parametrize(
    "text",
    [
        "น้ำที่ปั๊ม",
        "בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים",
        "Tiếng Việt của những người ấy",
        "राष्ट्रीयकृत किंकर्तव्यविमूढ़ता",
        "بِسْمِ ٱللَّهِ ٱلرَّحْمَٰنِ",
        "\u0f67\u0f90\u0fb5\u0fa8\u0fb3\u0fba\u0fbc\u0fbb\u0f82",
    ],
)
def test_real_writing_keeps_all_its_marks(text: str) -> None:
    assert tidy(text) == normalize("NFC", text)


@given(st.text())
def test_a_line_stays_as_it_is(text: str) -> None:
    line = one_line(text)
    assert one_line(line) == line
    assert "\n" not in line
    line.encode()

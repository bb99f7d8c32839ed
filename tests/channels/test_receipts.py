"""Receipts hold what the other side said, in a form that can be stored and shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.channels.receipts import LONGEST_TEXT, quoted, receipt
from monitor.core.model import Outcome
from monitor.secret import Secret


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("250 fine", "250 fine"),
        ("two\r\nlines", "two lines"),
        ("\x1b[31mred\x00\u202e", "[31mred"),
        ("half \ud83d pair", "half pair"),
        ("Poštni predal", "Poštni predal"),
    ],
)
def test_foreign_text_becomes_one_clean_line(text: str, shown: str) -> None:
    assert quoted(text) == shown


def test_a_secret_within_a_secret_hides_with_it() -> None:
    assert quoted("at abc/def", (Secret("def"), Secret("abc/def"))) == "at ***"


def test_an_empty_secret_hides_nothing() -> None:
    assert quoted("text", (Secret(""),)) == "text"


def test_a_word_of_the_other_side_is_cleaned_even_where_it_serves_as_code() -> None:
    assert receipt(Outcome.RETRY, "post", "canary", secrets=(Secret("canary"),)).code == "***"


def test_a_code_is_a_word_and_not_a_page() -> None:
    assert len(receipt(Outcome.RETRY, "post", "x" * 1_000).code) == 60


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=2_000))
def test_every_text_is_cut_to_whole_characters_within_its_limit(text: str) -> None:
    assert len(quoted(text).encode("utf-8")) <= LONGEST_TEXT
    assert "\n" not in quoted(text)

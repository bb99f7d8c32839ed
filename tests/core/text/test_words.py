"""What is a word, and where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text import bare_words, words
from tests.core.match.twin import cut


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Security guarantees, now!", ["Security", "guarantees", "now"]),
        ("cease-fire", ["cease", "fire"]),
        ("snake_case", ["snake", "case"]),
        ("U.S. and 3.5%", ["U", "S", "and", "3", "5"]),
        ("O'Brien’s", ["O'Brien"]),
        ("BLAIR'S", ["BLAIR"]),
        ("James' 'quoted' ’tis", ["James", "quoted", "tis"]),
        ("об’єднання обʼєднання", ["об’єднання", "обʼєднання"]),
        ("rock'n'roll", ["rock'n'roll"]),
        ("that's'll", ["that's'll"]),
        ("維特科夫 said", ["維", "特", "科", "夫", "said"]),
        ("5月", ["5", "月"]),
        ("カフェ ｶﾞ", ["カ", "フ", "ェ", "ｶﾞ"]),
        ("ที่นี่", ["ท", "ี", "่", "น", "ี", "่"]),
        ("葛\U000e0100", ["葛\U000e0100"]),
        ("नमस्ते", ["नमस्ते"]),
        ("مُحَمَّد", ["مُحَمَّد"]),
        ("e\u0301te\u0301", ["e\u0301te\u0301"]),
        ("한국어 말", ["한국어", "말"]),
        ("❤️ \u0301a", ["a"]),
        ("", []),
        ("… – “”", []),
    ],
)
def test_a_text_is_cut_into_words(text: str, found: list[str]) -> None:
    assert bare_words(text) == found


def test_a_possessive_is_not_part_of_the_word() -> None:
    (word,) = words(" Blair’s ")
    assert (word.text, word.start, word.end) == ("Blair", 1, 6)


LETTERS = st.sampled_from("aSs9ÉéßжЇєق中夫เกี่ガﾞ한'’ʼ-_ .\n\u0301\u064e\ufe0f“")


@given(st.text(LETTERS | st.characters(categories=["L", "M", "N", "P", "Z"], max_codepoint=0x2000)))
def test_words_are_those_of_the_definition(text: str) -> None:
    assert [(word.text, word.start, word.end) for word in words(text)] == [
        (each.text, each.start, each.end) for each in cut(text)
    ]


@given(st.text(LETTERS))
def test_a_word_stands_where_it_says(text: str) -> None:
    end = 0
    for word in words(text):
        assert word.start >= end
        assert text[word.start : word.end] == word.text
        end = word.end

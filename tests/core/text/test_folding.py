"""Which spellings are one word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zelenský", "zelensky"),
        ("MADÚRO", "maduro"),
        ("STRASSE", "straße"),
        ("Łódź", "lodz"),
        ("Ørsted", "orsted"),
        ("Þórðar", "thordar"),
        ("Ｗｉｔｋｏｆｆ", "witkoff"),
        ("ﬁre", "fire"),
        ("İstanbul", "istanbul"),
        ("ΑΘΉΝΑ", "αθηνα"),
        ("ΟΔΟΣ", "οδος"),
        ("Елка", "ёлка"),
        ("КИЇВ", "київ"),
        ("об’єднання", "об'єднання"),
        ("обʼєднання", "об'єднання"),
        ("e\u0301te\u0301", "ÉTÉ"),
        ("ｶﾞ", "ガ"),
        ("葛\U000e0100", "葛"),
        ("ﻣﺤﻤﺪ", "محمد"),
    ],
)
def test_spellings_of_one_word(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zelensky", "Zelenskyy"),
        ("й", "и"),
        ("Київ", "Киів"),
        ("ї", "і"),
        ("قَلَم", "قلم"),
        ("が", "か"),
        ("कि", "क"),
        ("cafes", "cafe"),
    ],
)
def test_two_words(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_is_folding_once(word: str) -> None:
    assert fold(fold(word)) == fold(word)


def test_every_character_folds_for_good() -> None:
    characters = (chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000)
    assert [each for each in characters if fold(fold(each)) != fold(each) or fold(each.casefold()) != fold(each)] == []

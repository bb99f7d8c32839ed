"""Numbers are the same in digits and in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.numbers import numbers
from monitor.core.text import bare_words, fold


def named(text: str) -> set[int]:
    return set(numbers(map(fold, bare_words(text))))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Five killed, 12 hurt", {5, 12}),
        ("Fifty killed", {50}),
        ("Twenty-five of two hundred ferries", {25, 200}),
        ("Five thousand flee, hundreds hurt", {5000, 100}),
        ("5 thousand flee", {5000}),
        ("two hundred twenty-five boats", {225}),
        ("Zwölf Tote, fünfundzwanzig Verletzte, dreihundert Helfer", {12, 25, 300}),
        ("Einundzwanzig Boote", {21}),
        ("Soixante-dix-sept morts, quatre-vingts blessés", {77, 80}),
        ("Quatre-vingt-dix-sept bateaux, dix-huit ports", {97, 18}),
        ("Veintidós muertos y doscientos heridos", {22, 200}),
        ("Пятеро погибли, двадцать пять раненых, три тысячи беженцев", {5, 25, 3000}),
        ("П’ятеро загинули, двісті сорок поранених", {5, 240}),
        ("zero, ten, nineteen", {0, 10, 19}),
        ("05 and 5", {5}),
    ],
)
def test_a_number_in_words_is_that_in_digits(said: str, meant: set[int]) -> None:
    assert named(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "One more ferry, a second later",
        "Ein Boot und eine Fähre",
        "Un bateau neuf, pour cent francs",
        "Uno de los barcos",
        "Police seize boats once, miles from here",
        "Call 00441234567890",
    ],
)
def test_words_that_say_something_else_are_no_numbers(said: str) -> None:
    assert named(said) == set()


@given(
    st.lists(
        st.sampled_from(["two", "twenty", "hundred", "thousand", "4", "x", "vingt", "zero", "60", "9" * 5000, "²"])
    )
)
def test_any_row_of_words_can_be_read(words: list[str]) -> None:
    assert all(each >= 0 for each in numbers(words))

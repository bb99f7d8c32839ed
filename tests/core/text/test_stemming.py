"""Stems: the forms of a word have one."""

import pytest

from monitor.core.text.stemming import LANGUAGES, stem


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ["Guarantee", "guarantees", "guaranteed"]),
        ("de", ["Häuser", "Hauser", "Häusern"]),
        ("fr", ["sanction", "sanctions", "Sanctionné"]),
        ("ru", ["санкция", "санкции", "санкций"]),
    ],
)
def test_the_forms_of_a_word_have_one_stem(language: str, forms: list[str]) -> None:
    assert len({stem(form, language) for form in forms}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_stemmer(language: str) -> None:
    assert stem("x", language)

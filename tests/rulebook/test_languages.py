"""A language that is given by another code is put right, and no language's own code is taken for a mistake."""

import pytest

from monitor.core.text import STEMMED
from monitor.rulebook.languages import meant_language

OWN = [
    *STEMMED,
    "uk",
    "zh",
    "ja",
    "ko",
    "he",
    "be",
    "br",
    "ee",
    "se",
    "si",
    "am",
    "et",
    "zh-hant",
    "nds",
    "gsw",
    "uk-x-detected",
]


@pytest.mark.parametrize("code", OWN)
def test_a_language_has_its_own_code(code: str) -> None:
    assert meant_language(code) == ""


@pytest.mark.parametrize(("given", "meant"), [("ua", "uk"), ("JP", "ja"), ("eng", "en"), ("deu-AT", "de-at")])
def test_another_code_is_put_right(given: str, meant: str) -> None:
    assert meant_language(given) == meant

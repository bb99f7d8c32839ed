"""Every example of the page that teaches rules does what the page says it does."""

import re
from pathlib import Path

import pytest

from tests.rulebook.conftest import Told

PAGE = (Path(__file__).parents[2] / "docs/rules.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(yaml|yaml wrong|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(found[1], found[2]) for found in _BLOCK.finditer(PAGE)]
GOOD = [text for kind, text in BLOCKS if kind == "yaml"]
WRONG = [(text, BLOCKS[at + 1][1]) for at, (kind, text) in enumerate(BLOCKS) if kind == "yaml wrong"]


@pytest.mark.parametrize("text", GOOD)
def test_every_rule_file_shown_loads_without_a_word(told: Told, text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_every_mistake_shown_is_told_as_shown(told: Told, text: str, message: str) -> None:
    assert told(text) == message.splitlines()


def test_every_fenced_block_of_the_page_is_of_a_kind_that_is_tried() -> None:
    assert len(BLOCKS) == PAGE.count("```") / 2
    assert GOOD
    assert WRONG

"""A character of a value is found where it stands in the file, however YAML wrote the value."""

from textwrap import dedent

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from monitor.rulebook.places import place
from monitor.rulebook.sources import Source
from monitor.rulebook.tree import YamlMap, YamlText, compose


def scalar(text: str) -> YamlText:
    """Return the value of the first key of a document."""
    root, _ = compose(Source("rules.yaml", text))
    assert isinstance(root, YamlMap)
    value = root.pairs[0][1]
    assert isinstance(value, YamlText)
    return value


@pytest.mark.parametrize(
    "text",
    [
        "match: Witkoff AND golf",
        "match: Witkoff\n  AND golf",
        "match: Witkoff\n\n\n  AND   golf",
        "match: 'Witkoff AND golf'",
        "match: 'Witkoff\n\n  AND golf'",
        "match: 'it''s ''Witkoff'' AND golf'",
        'match: "Witkoff AND golf"',
        'match: "\\"Witkoff\\" \\u0041ND golf"',
        'match: "Witkoff\\\n   \\ AND golf"',
        'match: "\\x57itkoff\\tAND golf"',
        "match: |\n  Witkoff AND\n  golf\n",
        "match: >-\n\n  Witkoff AND\n  golf\n",
        "match: >2 # folded\n    Witkoff\n   AND golf\n",
    ],
)
def test_a_word_is_found_where_it_is_written(text: str) -> None:
    value = scalar(text)
    for word in ("golf", "offender"[:3]):
        at = value.text.index(word)
        start, end = place(value, at, at + len(word))
        assert text[start:end] == word


def test_an_escape_is_marked_as_a_whole() -> None:
    text = 'match: "Gar\\u0061ntie"'
    value = scalar(text)
    start, end = place(value, 3, 4)
    assert text[start:end] == "\\u0061"


def test_a_place_behind_the_end_is_the_whole_value() -> None:
    value = scalar("match: 'it''s'")
    assert place(value, 9, 12) == (value.start, value.end)


def test_nothing_at_the_end_of_a_plain_value_still_has_a_place_of_one_character() -> None:
    value = scalar("match: golf")
    assert place(value, 4, 4) == (11, 12)


TEXTS = st.text(st.sampled_from("ab'\"\\ \n:#-é😀|>{}"), min_size=1, max_size=40)


@given(TEXTS, st.sampled_from([None, "'", '"', "|", ">"]), st.integers(8, 40))
def test_every_letter_of_every_style_is_placed_on_itself(text: str, style: str | None, width: int) -> None:
    written = yaml.dump({"match": text}, default_style=style, width=width, allow_unicode=True)
    value = scalar(written)
    assert value.text == text
    for at, char in enumerate(text):
        start, end = place(value, at, at + 1)
        if char in "abé😀":
            assert written[start:end] == char or written[start] == "\\"
        assert value.start <= start < end <= max(value.end, value.start + 1)


def test_a_text_at_the_end_of_a_long_folded_value_is_on_its_line() -> None:
    text = dedent(
        """\
        match: >
          one
          two

          three
            four
        """
    )
    value = scalar(text)
    at = value.text.index("four")
    start, _ = place(value, at, at + 4)
    assert value.source.line_of(start) == 6

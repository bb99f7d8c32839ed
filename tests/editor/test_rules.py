"""Rule files in an editor: mistakes are underlined, keys are offered, and each says what it is for."""

from pathlib import Path

import pytest

from monitor.rulebook.keys import ANY_ALL_NONE, EXAMPLE, EXAMPLES, FILE, RULE, SETTINGS, Keys
from tests.editor.server import Editor
from tests.gates.repository import ROOT, short
from tests.rulebook.test_docs import GOOD

FIRST_LINE = "# yaml-language-server: $schema=rules.schema.json\n"
RULES = FIRST_LINE + "rules:\n  - id: a\n    match: Witkoff\n"


def written(folder: Path, text: str) -> Path:
    """Write a rule file."""
    file = folder / "rules.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("file", sorted((ROOT / "rules").glob("*.yaml")), ids=short)
def test_nothing_in_the_shipped_rules_is_underlined(opened: Editor, file: Path) -> None:
    assert file.read_text(encoding="utf-8").startswith(FIRST_LINE)
    assert opened.open(file) == []


@pytest.mark.parametrize("text", GOOD)
def test_nothing_in_the_rules_that_the_documentation_shows_is_underlined(
    opened: Editor, folder: Path, text: str
) -> None:
    assert opened.open(written(folder, FIRST_LINE + text)) == []


def test_values_that_look_like_numbers_or_truths_are_terms_like_any_other(opened: Editor, folder: Path) -> None:
    text = FIRST_LINE + "lists:\n  a: [1994, true, NO, on, 2024-01-01, 007, ~x]\nrules:\n  - {id: 007, match: $a}\n"
    assert opened.open(written(folder, text)) == []


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("    mach: Witkoff", 4, "Property mach is not allowed."),
        ("    priority: urgnt", 14, 'Value is not accepted. Valid values: "urgent", "normal", "low".'),
        ("    stem: english", 10, 'Value is not accepted. Valid values: "ar", "ca"'),
        ("    max_age: 7 days", 13, "write a duration like 30s"),
        ("    languages: [english]", 16, "write a language code"),
        ("    languages: en", 15, 'Incorrect type. Expected "array".'),
        ("    deliver: [[instant]]", 14, "Incorrect type."),
        ("    title: {a: b}", 11, "Incorrect type."),
        ("    examples: {mach: [Witkoff]}", 15, "Property mach is not allowed."),
        ("    examples: {match: [{titel: Witkoff}]}", 24, "Property titel is not allowed."),
    ],
)
def test_a_mistake_is_underlined_where_it_is(
    opened: Editor, folder: Path, line: str, column: int, message: str
) -> None:
    (told,) = opened.open(written(folder, f"{RULES}{line}\n"))
    assert told["range"]["start"] == {"line": 4, "character": column}
    assert told["message"].startswith(message)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("rulez: []\n", (1, 0)),
        ("rules:\n  - id: a\n    match:\n      any: [Witkoff]\n      noen: [golf]\n", (5, 6)),
        ("rules:\n  - id: a\n    match:\n      - any: [{noen: [golf]}]\n", (4, 15)),
        ("defaults: {delivr: [instant]}\n", (1, 11)),
    ],
)
def test_a_misspelt_key_is_underlined_at_every_level(
    opened: Editor, folder: Path, text: str, place: tuple[int, int]
) -> None:
    (told,) = opened.open(written(folder, FIRST_LINE + text))
    assert (told["range"]["start"]["line"], told["range"]["start"]["character"]) == place
    assert told["message"].endswith(" is not allowed.")


@pytest.mark.parametrize("missing", ["id", "match"])
def test_what_a_rule_lacks_is_told(opened: Editor, folder: Path, missing: str) -> None:
    text = "\n".join(line for line in RULES.splitlines() if f"{missing}:" not in line).replace("    match", "  - match")
    (told,) = opened.open(written(folder, text))
    assert told["message"] == f'Missing property "{missing}".'


@pytest.mark.parametrize(
    ("text", "column", "keys"),
    [
        (FIRST_LINE, 0, FILE),
        (f"{FIRST_LINE}defaults:\n  ", 2, SETTINGS),
        (f"{RULES}    ", 4, {key: each for key, each in RULE.items() if key not in {"id", "match"}}),
        (f"{FIRST_LINE}rules:\n  - id: a\n    match:\n      ", 6, ANY_ALL_NONE),
        (f"{RULES}    examples:\n      ", 6, EXAMPLES),
        (f"{RULES}    examples:\n      match:\n        - title: x\n          ", 10, EXAMPLE),
    ],
    ids=["file", "defaults", "rule", "query", "examples", "example"],
)
def test_keys_are_offered_with_what_they_are_for(
    opened: Editor, folder: Path, text: str, column: int, keys: Keys
) -> None:
    file = written(folder, text)
    opened.open(file)
    offered = opened.completions(file, text.count("\n"), column)
    wanted = {name: key.says for name, key in keys.items() if f"{name}: x" not in text}
    assert {name: offered[name].get("documentation") for name in wanted if name in offered} == wanted


def test_priorities_are_offered(opened: Editor, folder: Path) -> None:
    file = written(folder, f"{RULES}    priority: ")
    opened.open(file)
    assert set(opened.completions(file, 4, 14)) == {"urgent", "normal", "low"}


def test_a_key_says_what_it_is_for(opened: Editor, folder: Path) -> None:
    file = written(folder, f"{RULES}    priority: low\n    examples:\n      match: [Witkoff]\n")
    opened.open(file)
    for line, column, key in ((3, 5, RULE["match"]), (4, 5, RULE["priority"]), (6, 7, EXAMPLES["match"])):
        assert opened.hover(file, line, column).replace("\\", "").startswith(key.says)

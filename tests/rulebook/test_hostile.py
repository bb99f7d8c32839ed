"""No file makes the loader raise anything but its own errors, or take long."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.errors import RulesError
from monitor.rulebook import load
from monitor.rulebook.faults import MOST_FAULTS
from tests.rulebook.conftest import KNOWN
from tests.rulebook.test_refused import TABLE

in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

Refuses = Callable[[bytes], None]


@pytest.fixture
def takes(tmp_path: Path) -> Refuses:
    """Load bytes; fail where that raises anything but RulesError, or a diagnostic is not well formed."""
    file = tmp_path / "rules.yaml"

    def take(content: bytes) -> None:
        file.write_bytes(content)
        try:
            told = load([file], KNOWN).warnings
        except RulesError as problem:
            told = problem.diagnostics
        assert len(told) <= 2 * (MOST_FAULTS + 1)
        for each in told:
            assert each.message
            if each.context:
                assert 1 <= each.column < each.end_column <= len(each.context) + 2

    return take


@in_one_folder
@given(st.binary(max_size=200))
def test_any_bytes(takes: Refuses, content: bytes) -> None:
    takes(content)


@in_one_folder
@given(st.text(max_size=200))
@example("\x85: \u2028\n\u2029- \ufeff")
def test_any_text(takes: Refuses, content: str) -> None:
    takes(content.encode("utf-8", "replace"))


PIECES = [
    "rules:", "lists:", "defaults:", "- id: a", "id: ", "match: ", "examples:", "no_match:", "marks: ", "any: ", "none: ", "deliver: ", "scenarios:", "articles:", "expect:", "at: ",
    "sources: ", "max_age: ", "\n", "\n  ", "\n    ", "\n  - ", "\n      - ", " ", "\t", "- ", ": ", ", ", "[", "]", "{", "}", "'", '"', "#", " #", "|", ">",
    "&a ", "*a", "<<: ", "!!str ", "---", "...", "?", "%", "@", "\\", "Witkoff", "golf", "$a", "NOT ", " AND ", " OR ", "(", ")", "title:", "se*",
    "NEAR/5", "维特科夫", "😀", "é", "\r", "\r\n", "\x85", "\u2028", "7d", "urgent", "instant",
]  # fmt: skip


@in_one_folder
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@example("? a\n: b")
@example("rules:\n  - id: a\n    match: >\n")
@example("rules: [{id: a, match: ")
@example("- \n - ")
def test_any_mixture_of_what_rule_files_are_made_of(takes: Refuses, content: str) -> None:
    takes(content.encode())


VALUES = st.recursive(
    st.sampled_from(
        ["a", "", "Witkoff", "NOT golf", "se*", "$x", "'a b'", '"q"', "~", "{}", "[]", "1", "# c", "*k", "a: b"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
        st.dictionaries(
            st.sampled_from(["any", "all", "none", "match", "no_match", "title", "marks"]), inner, max_size=3
        ).map(lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}"),
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "id",
        "title",
        "description",
        "match",
        "languages",
        "sources",
        "max_age",
        "priority",
        "deliver",
        "examples",
        "when",
        "noen",
    ]
)


@in_one_folder
@given(
    st.dictionaries(KEYS, VALUES, max_size=6), st.dictionaries(st.sampled_from(["x", "y", "z w"]), VALUES, max_size=3)
)
def test_any_value_under_any_key(takes: Refuses, rule: dict[str, str], lists: dict[str, str]) -> None:
    written = "\n    ".join(f"{key}: {value}" for key, value in rule.items()) or "{}"
    named = "".join(f"  {name}: {value}\n" for name, value in lists.items())
    takes(f"lists:\n{named}rules:\n  - {written.lstrip()}\n".encode())


@in_one_folder
@given(st.integers(0, len(TABLE) - 1), st.integers(0, 400), st.randoms(use_true_random=False))
def test_any_piece_of_a_file_with_mistakes_with_a_character_changed(
    takes: Refuses, start: int, length: int, chance: random.Random
) -> None:
    piece = list(TABLE[start : start + length])
    for _ in range(min(3, len(piece))):
        piece[chance.randrange(len(piece))] = chance.choice("\"'#:[]{}&*!|>%@`,? \n-()$")
    takes("".join(piece).encode())


MEBIBYTE = 2**20 - 100


@pytest.mark.parametrize(
    "piece",
    [
        "[", "{", "- ", "? ", "a: ", "- - ", "[[],", "{a: {", "'", '"', "'' ", '"" ', "#", " #", "\\", "\n", " ", "\t", "\r", "a", "a ", "(", "a:\n ",
        "&a ", "*a ", "!", "%", "|\n", ">\n ", "---\n", "- a\n", "{},", "[],", "a: b\n", '"a" b\n', "😀", "\u2028",
    ],
    ids=repr,
)  # fmt: skip
@pytest.mark.parametrize(
    "before", ["", "rules:\n  - id: a\n    match: ", "lists:\n  a: ["], ids=["bare", "query", "list"]
)
def test_a_mebibyte_of_one_thing_over_and_over_ends_soon(takes: Refuses, before: str, piece: str) -> None:
    began = time.process_time()
    takes((before + piece * (MEBIBYTE // len(piece.encode()))).encode())
    assert time.process_time() - began < 30


@pytest.mark.parametrize("joined", [" OR ", " AND ", " AND NOT "])
def test_lists_that_multiply_are_stopped(takes: Refuses, joined: str) -> None:
    lists = "".join(f"  a{level}: ['{joined.join([f'$a{level + 1}'] * 50)}']\n" for level in range(15))
    began = time.process_time()
    takes(f"lists:\n{lists}  a15: [golf]\nrules:\n  - {{id: a, match: $a0}}\n".encode())
    assert time.process_time() - began < 5


def test_lists_in_brackets_in_lists_do_not_exhaust_the_stack(takes: Refuses) -> None:
    deep = "x AND (y OR " * 18 + "{}" + ")" * 18
    lists = "".join(f"  a{level}: [z, {deep.format(f'$a{level + 1}')}]\n" for level in range(30))
    nested = "{none: [x], any: [" * 8 + "$a0" + "]}" * 8
    takes(f"lists:\n{lists}  a30: [golf]\nrules:\n  - {{id: a, match: {nested}}}\n".encode())


def test_a_long_list_in_very_many_rules_is_stopped(takes: Refuses) -> None:
    lists = "lists:\n  a:\n" + "".join(f"    - term{number}\n" for number in range(15_000))
    rules = "rules:\n" + "".join(f"  - {{id: r{number}, match: $a}}\n" for number in range(20_000))
    began = time.process_time()
    takes((lists + rules).encode())
    assert time.process_time() - began < 30

"""What could be better in sound rules is told where it stands, and what is told is true."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.match import Matcher
from monitor.core.model import Document
from monitor.core.query import Node, Or, Term, parse
from monitor.core.rules import Rule
from monitor.rulebook import LINT_CODES
from monitor.rulebook.linting import lint
from monitor.rulebook.meanings import Alternatives, Meanings
from tests.core.match.strategies import BARE, DOCUMENTS, QUERIES
from tests.rulebook.conftest import Loads


def rules(*matches: str) -> str:
    """A file with rules r0, r1 … that say this for `match`, without examples."""
    return "rules:\n" + "".join(f"  - id: r{number}\n    match: {match}\n" for number, match in enumerate(matches))


def told(loads: Loads, text: str) -> list[str]:
    """The warnings, but for those of missing examples."""
    return [str(each).partition(" ")[2] for each in lint(loads(text)) if each.code != "PW413"]


def test_a_rule_without_examples_is_told(loads: Loads) -> None:
    text = rules("Witkoff", "Kushner") + "    examples: {match: [Kushner in Kyiv]}\n"
    (found,) = lint(loads(text))
    assert str(found) == "rules.yaml:2:9: warning[PW413]: rule 'r0' has no examples (add a headline it should find)"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Witkoff AND Kyiv", "kyiv AND WITKOFF"),
        ("Zelensky", "Zelenský"),
        ("[Witkoff, Kushner]", "Kushner OR Witkoff"),
        ("2 OF (a, b, c)", "2 OF (c, b, a)"),
        ("{any: [a], none: [b]}", "a NOT b"),
    ],
)
def test_two_rules_with_one_query_are_told(loads: Loads, first: str, second: str) -> None:
    assert told(loads, rules(first, second)) == [
        "warning[PW412]: rule 'r1' has the same query as 'r0' (first at rules.yaml:2)"
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a NEAR/5 b", "b NEAR/5 a"),
        ("a NEAR/5 b", "a NEAR/6 b"),
        ("raw:US", "raw:us"),
        ("a AND b", "a OR b"),
        ("title:a", "body:a"),
        ("ATLEAST/2 a", "ATLEAST/3 a"),
        ("ferr*", "ferr"),
        ("a", "stem:en a"),
        ("a\n    languages: [en]", "a"),
    ],
)
def test_rules_that_say_something_else_are_not_told(loads: Loads, first: str, second: str) -> None:
    assert told(loads, rules(first, second)) == []


def test_an_item_that_stands_twice_in_a_list_is_told(loads: Loads) -> None:
    text = "lists:\n  envoys:\n    - Witkoff\n    - Kushner\n    - WITKOFF's\n" + rules("$envoys")
    assert told(loads, text) == [
        'warning[PW414]: \'WITKOFF\'s\' stands twice in this list (first on line 3)',
    ]  # fmt: skip


def test_an_item_that_stands_twice_in_a_rule_is_told(loads: Loads) -> None:
    assert told(loads, rules("{any: [a b, c], none: [x, y, x]}")) == [
        "warning[PW414]: 'x' stands twice in this list (first on line 3)"
    ]


@pytest.mark.parametrize(
    ("match", "narrow", "wide"),
    [
        ("[guarantee*, guarantees]", "guarantees", "guarantee*"),
        ("[guar*, guarantee*]", "guarantee*", "guar*"),
        ("[security guarantee*, Security Guarantees]", "Security Guarantees", "security guarantee*"),
        ("guarantee* OR guarantees", "guarantees", "guarantee*"),
        ("Kyiv AND (guarantee* OR guarantees)", "guarantees", "guarantee*"),
        ("(guarantee* OR guarantees) NEAR/5 Kyiv", "guarantees", "guarantee*"),
    ],
)
def test_a_term_that_a_prefix_beside_it_finds_is_told(loads: Loads, match: str, narrow: str, wide: str) -> None:
    (found,) = told(loads, rules(match))
    assert found.startswith("warning[PW415]: ")
    assert re.findall(r"'([^']*)'", found) == [narrow, wide]


@pytest.mark.parametrize(
    "match",
    [
        "[Witkoff, Steve Witkoff]",
        "[guarantee*, warrant*]",
        "guarantee* AND guarantees",
        "[cease*, cease-fire]",
        "[fer*, f?rry]",
        "stem:en (universal* OR universe)",
        "guarantee* OR title:guarantees",
        "[$many, guarantees]",
        "$many",
    ],
)
def test_a_term_that_finds_more_is_not_told(loads: Loads, match: str) -> None:
    text = "lists:\n  many: [guarantee*, security guarantee*]\n" + rules(match, "$many AND y")
    assert told(loads, text) == []


def test_a_rule_that_looks_for_word_forms_is_not_told_of_prefixes(loads: Loads) -> None:
    assert told(loads, rules("[universal*, universal]\n    stem: en")) == []


def test_a_file_with_very_many_warnings_says_so(loads: Loads) -> None:
    found = lint(loads(rules(*(f"word{number}" for number in range(150)))))
    assert len(found) == 101
    assert [each.message for each in found if each.code == "PW117"] == [
        "has more than 100 warnings; the rest is not told"
    ]


def test_every_code_of_lint_is_told_of_something(loads: Loads) -> None:
    found = lint(loads(rules("[ferr*, ferry, ferry]", "[ferry, ferr*, ferry]")))
    assert {each.code for each in found} == set(LINT_CODES)


@settings(max_examples=300)
@given(st.lists(BARE, min_size=2, max_size=12), DOCUMENTS)
def test_what_a_covered_term_finds_the_others_find_as_well(terms: list[Node], document: Document) -> None:
    plain = [each for each in terms if isinstance(each, Term)]
    if len(plain) < 2:
        return
    among = Alternatives(plain)
    for each in plain:
        if other := among.covering(each):
            both = Or((each, other))
            found = [{hit.spans for hit in Matcher([Rule("r", query)]).match(document)} for query in (both, other)]
            assert found[0] == found[1]


@settings(max_examples=200)
@given(QUERIES, QUERIES, DOCUMENTS)
def test_queries_of_one_meaning_find_the_same(first: Node, second: Node, document: Document) -> None:
    meanings = Meanings()
    assert meanings.of(first) == Meanings().of(parse(str(first)))
    if meanings.of(first) == meanings.of(second):
        found = [bool(Matcher([Rule("r", query)]).match(document)) for query in (first, second)]
        assert found[0] == found[1]

"""Queries are loosened part by part, each time into another query that can be read."""

import pytest
from hypothesis import given, settings

from monitor.core.query import Node, QueryError, parse
from monitor.workshop.edits import Edit, Way, edits
from tests.core.match.strategies import QUERIES

LISTS: dict[str, Node] = {"envoys": parse("Witkoff OR Kushner")}


def changed(text: str) -> list[str]:
    """What becomes of a query, without the spellings of its words; what cannot be read left out."""
    return [edit.text for edit in edits(text) if reads(edit.text) and not spells(edit)]


def spells(edit: Edit) -> bool:
    return edit.way in (Way.WORD_TO_PREFIX, Way.PREFIX_SHORTER, Way.OPEN_LETTER_TO_PREFIX)


def reads(text: str) -> bool:
    try:
        parse(text, LISTS)
    except QueryError:
        return False
    return True


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a1", []),
        ("a1 AND b1", ["a1 OR b1", "b1", "a1"]),
        ("a1 AND b1 AND c1", ["a1 OR b1 AND c1", "a1 AND b1 OR c1", "b1 AND c1", "a1 AND c1", "a1 AND b1"]),
        ("a1 NOT b1", ["a1"]),
        ("a1 AND NOT b1", ["a1 OR NOT b1", "a1"]),
        ("a1 OR b1 OR c1", ["b1 OR c1", "a1 OR c1", "a1 OR b1"]),
        ("x1 AND (a1 OR b1)", ["x1 OR (a1 OR b1)", "(a1 OR b1)", "x1", "x1 AND (b1)", "x1 AND (a1)"]),
        ("a1 NEAR/5 b1", ["a1 NEAR/10 b1", "a1 AND b1"]),
        ("a1 NEAR/0 b1", ["a1 NEAR/1 b1", "a1 AND b1"]),
        ("a1 ONEAR/3 b1", ["a1 NEAR/3 b1", "a1 ONEAR/6 b1", "a1 AND b1"]),
        ("a1 NEAR/s b1", ["a1 AND b1"]),
        ("a1 NEAR/1 b1 NEAR/2 c1", ["a1 NEAR/2 b1 NEAR/2 c1", "a1 AND b1 NEAR/2 c1", "a1 NEAR/1 b1 NEAR/4 c1", "a1 NEAR/1 b1 AND c1"]),
        ("c1 AND NOT a1 NEAR/5 b1", ["c1 OR NOT a1 NEAR/5 b1", "c1", "c1 AND NOT a1 NEAR/10 b1", "c1 AND NOT (a1 AND b1)"]),
        ("ATLEAST/3 a1", ["ATLEAST/2 a1"]),
        ("ATLEAST/1 a1", []),
        ("2 OF (a1, b1, c1 d1)", ["2 OF (b1, c1 d1)", "2 OF (a1, c1 d1)", "2 OF (a1, b1)", "1 OF (a1, b1, c1 d1)", '2 OF (a1, b1, ("c1" AND "d1"))', '2 OF (a1, b1, ("c1" NEAR/5 "d1"))']),
        ("security guarantee*", ['("security" AND "guarantee*")', '("security" NEAR/5 "guarantee*")']),
        ('x1 NEAR/3 "a1, b1"', ['x1 NEAR/6 "a1, b1"', 'x1 AND "a1, b1"', 'x1 NEAR/3 ("a1," NEAR/5 "b1")']),
        ("raw:US", ["US"]),
        ('raw:"U.S."', ['"U.S."']),
        ("title:(a1 OR b1)", ["title:(b1)", "title:(a1)", "(a1 OR b1)"]),
        ("title:$envoys", ["$envoys"]),
        ("author:Ann Bo AND source:wire", ["author:Ann Bo OR source:wire", "source:wire", "author:Ann Bo"]),
        ("author:(Ann OR Bo)", ["author:(Bo)", "author:(Ann)"]),
        ("url:*/world/* AND a1", ["url:*/world/* OR a1", "a1", "url:*/world/*"]),
        ("stem:en strike", [" strike"]),
        ("/a b/ AND a1", ["/a b/ OR a1", "a1", "/a b/"]),
        ("维特科夫", []),
    ],
)  # fmt: skip
def test_each_part_is_loosened_or_left_out(query: str, expected: list[str]) -> None:
    assert sorted(changed(query)) == sorted(expected)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Witkoff", ["Witkoff*"]),
        ('"frozen assets"', ['"frozen assets*"']),
        ("security guarantee*", ["security guara*"]),
        ("oil*", []),
        ("tanker*", ["tan*"]),
        ("wome?n", ["wome*"]),
        ("w?men", ["w?men*"]),
        ("cease-fire", ["cease-fire*"]),
        ("US", []),
        ("raw:Witkoff", []),
        ("source:wire AND author:Ann Bo", []),
        ("2 OF (Kyiv, Rome)", ["2 OF (Kyiv*, Rome)", "2 OF (Kyiv, Rome*)"]),
    ],
)
def test_words_find_more_than_is_written(query: str, expected: list[str]) -> None:
    prefixes = [edit.text for edit in edits(query) if spells(edit)]
    assert [each for each in prefixes if reads(each) and parse(each) != parse(query)] == expected


def test_an_edit_knows_where_it_is_and_whether_behind_a_not() -> None:
    text = "Witkoff AND NOT (golf NEAR/5 club)"
    found = {(text[edit.start : edit.end], edit.after): edit.negated for edit in edits(text)}
    assert found["AND", "OR"] is False
    assert found["NOT (golf NEAR/5 club)", ""] is False
    assert found["NEAR/5", "NEAR/10"] is True
    assert found["golf", "golf*"] is True
    assert found["Witkoff", "Witkoff*"] is False


def test_a_not_within_a_not_is_none() -> None:
    text = "a1 AND NOT (b1 AND NOT clubs)"
    assert [edit.negated for edit in edits(text) if edit.after == "clubs*"] == [False]


@settings(max_examples=120)
@given(QUERIES)
def test_every_change_of_any_query_reads_as_itself_and_changes_one_stretch(query: Node) -> None:
    text = str(query)
    for edit in edits(text):
        assert 0 <= edit.start < edit.end <= len(text)
        assert edit.text != text
        try:
            found = parse(edit.text)
        except QueryError:
            continue
        assert parse(str(found)) == found

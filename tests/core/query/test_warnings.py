"""Queries that work, but may not say what their author means."""

import pytest

from monitor.core.query import CODES, parse, warnings, weakness


@pytest.mark.parametrize(
    ("text", "code", "place", "message", "hint"),
    [
        (
            "a OR b AND c",
            "PW420",
            "a OR b AND c",
            "AND and OR in one level are read as a OR (b AND c)",
            "write the brackets; the other reading is (a OR b) AND c",
        ),
        (
            "x AND (a AND $list OR NOT c d)",
            "PW420",
            "a AND $list OR NOT c d",
            "AND and OR in one level are read as (a AND $list) OR NOT c d",
            "write the brackets; the other reading is a AND ($list OR NOT c d)",
        ),
        (
            "a b NOT c OR d",
            "PW420",
            "a b NOT c OR d",
            "AND and OR in one level are read as (a b AND NOT c) OR d",
            "write the brackets; the other reading is a b AND (NOT c OR d)",
        ),
        (
            "Marks and Spencer",
            "PW421",
            "and",
            "'and' is a word here, part of the phrase \"Marks and Spencer\"",
            "write AND for the operator, or put the phrase in quotes",
        ),
        (
            "a near/5 b",
            "PW421",
            "near/5",
            "'near/5' is a word here, part of the phrase \"a near/5 b\"",
            "write NEAR/5 for the operator, or put the phrase in quotes",
        ),
        ("Kyiv -golf", "PW422", "-golf", "the - before this word does nothing", "write NOT to exclude it"),
        (
            "+Kyiv",
            "PW422",
            "+Kyiv",
            "the + before this word does nothing",
            "write AND between words that must all be there",
        ),
        (
            "a OR NOT b",
            "PW423",
            "a OR NOT b",
            "this is true of every article that lacks what stands behind NOT, whatever it is about",
            "join NOT by AND",
        ),
    ],
)
def test_a_doubtful_query_draws_a_warning(text: str, code: str, place: str, message: str, hint: str) -> None:
    (warning,) = warnings(text, {"list": parse("a")})
    told = (warning.code, text[warning.start : warning.end], warning.message, warning.hint)
    assert told == (code, place, message, hint)
    assert warning.code in CODES


@pytest.mark.parametrize(
    ("word", "operator"),
    [
        ("NEAR5", "NEAR/5"), ("NEAR\\5", "NEAR/5"), ("near~5", "NEAR/5"), ("w/5", "NEAR/5"), ("W/S", "NEAR/s"), ("WITHIN/5", "NEAR/5"),
        ("onear5", "ONEAR/5"), ("ADJ5", "ONEAR/5"), ("pre/5", "ONEAR/5"), ("ATL3", "ATLEAST/3"), ("atleast3", "ATLEAST/3"), ("ANDNOT", "NOT"),
    ],
)  # fmt: skip
def test_an_operator_as_other_services_write_it_draws_a_warning(word: str, operator: str) -> None:
    (warning,) = warnings(f"a {word} b")
    assert (warning.code, warning.hint) == ("PW421", f"write {operator} for the operator, or put the phrase in quotes")


@pytest.mark.parametrize(
    "text",
    [
        "nears OR within OR adjust OR w OR pre-5 OR atlas",
        "and/or OR 2 OR OF",
        "AC/DC OR km / h",
        "a AND b AND NOT c",
        "a OR b OR c",
        "a OR (b AND c)",
        '"Marks and Spencer"',
        "android OR north",
        "cease-fire",
        "author:(Ann and Bo)",
        "a AND (b OR NOT c)",
    ],
)
def test_a_clear_query_draws_none(text: str) -> None:
    assert warnings(text) == ()


def test_warnings_come_by_place() -> None:
    assert [warning.code for warning in warnings("x or y OR z AND -w")] == ["PW420", "PW421", "PW422"]


def test_long_readings_are_shortened() -> None:
    (warning,) = warnings(f"a OR {'longish ' * 20} AND c")
    assert len(warning.message) < 120


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("/x+/", "PW424"),
        ("/x+/ NOT golf", "PW424"),
        ("title:(/x+/ OR /y+/)", "PW424"),
        ("war*", "PW425"),
        ("war* AND /x/", "PW425"),
        ("NOT (NOT war*)", "PW425"),
    ],
)
def test_a_rule_that_looks_for_next_to_nothing_draws_a_warning(text: str, code: str) -> None:
    doubt = weakness(parse(text))
    assert doubt
    assert doubt.code == code


@pytest.mark.parametrize("text", ["warr*", "war* AND Kyiv", "/x+/ AND lang:en", "war peace*", "Kyiv NOT war*"])
def test_a_rule_that_looks_for_something_draws_none(text: str) -> None:
    assert weakness(parse(text)) is None

"""A new rule's file loads as it is, with exactly the query that was asked for, and still does when its comments are taken up."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.core.query import QueryError, parse
from monitor.errors import RulesError
from monitor.rulebook import ANY_NAME, Known, load
from monitor.rulebook.sources import Source
from monitor.rulebook.starting import faults, prove, scalar, sheet
from monitor.rulebook.tree import YamlMap, YamlText, compose
from tests.core.match.strategies import QUERIES
from tests.rulebook.conftest import KNOWN, Loads

SHARED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


@settings(max_examples=200, suppress_health_check=SHARED)
@given(QUERIES)
def test_any_query_is_read_back_as_it_was_given(tmp_path: Path, query: object) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(sheet("new", str(query)), encoding="utf-8")
    (rule,) = load([file], ANY_NAME).rules
    assert rule.query == query


@settings(max_examples=500)
@given(
    st.text(
        st.sampled_from("ab '\"\\ \n\t:#-é😀|>{}[]*&!%@`,?\x07\u2028\u0085~") | st.characters(codec="utf-8"), min_size=1
    )
)
def test_any_text_is_read_back_as_it_was_given(text: str) -> None:
    root, _ = compose(Source("", f"rules:\n  - id: x\n    match: {scalar('match', text)}\n\n    # more\n"))
    written = str(root)
    assert "\x07" not in written
    assert _match(root) == text


def _match(root: object) -> str:
    assert isinstance(root, YamlMap)
    rule = root.pairs[0][1].parts[0]  # type: ignore[union-attr]
    assert isinstance(rule, YamlMap)
    value = rule.pairs[1][1]
    assert isinstance(value, YamlText)
    return value.text


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("Nord Stream", "Nord Stream"),
        ('"Nord Stream" AND leak', "'\"Nord Stream\" AND leak'"),
        ("O'Brien", "O'Brien"),
        ("leak #1", "'leak #1'"),
        ("a: b", "'a: b'"),
        ("*.example", "'*.example'"),
        ("a\nb", '"a\\nb"'),
        ("NO", "NO"),
        ("~", "~"),
    ],
)
def test_quotes_are_there_only_where_yaml_needs_them(query: str, written: str) -> None:
    assert scalar("match", query) == written


def test_the_commented_keys_can_be_taken_up(loads: Loads) -> None:
    text = re.sub(r"^    # (?! *Take)", "    ", sheet("nord-stream", "headline that"), flags=re.MULTILINE)
    text = re.sub(r"^    Take.*\n", "", text, flags=re.MULTILINE).replace("A headline that it", "What it")
    book = loads(text)
    assert (book.rules[0].title, book.examples, book.rules[0].languages) == ("Nord stream", 2, ("en",))


def test_a_faulty_id_and_a_faulty_query_are_both_told_and_marked(loads: Loads) -> None:
    book = loads("rules:\n  - id: a\n    match: a\n")
    found = faults("Nord Stream", "leak AND (gas", book)
    assert [(each.code, each.column, each.end_column, each.context) for each in found] == [
        ("PW113", 1, 12, "Nord Stream"),
        ("PW121", 10, 11, "leak AND (gas"),
    ]


def test_an_id_that_is_taken_is_told_with_its_place(loads: Loads) -> None:
    (found,) = faults("a", "b", loads("rules:\n  - id: a\n    match: a\n"))
    assert (found.code, found.hint) == ("PW108", "at rules.yaml:2")


def test_a_query_may_use_the_lists_that_there_are(loads: Loads) -> None:
    book = loads("lists:\n  gas: [methane, ethane]\nrules:\n  - id: a\n    match: $gas\n")
    assert faults("b", "$gas AND leak", book) == []
    (found,) = faults("b", "$gs AND leak", book)
    assert (found.code, found.hint) == ("PW128", "did you mean $gas?")
    prove(sheet("b", "$gas AND leak"), [Path("rules.yaml")], KNOWN)


def test_what_would_not_load_is_refused_before_it_is_written(loads: Loads) -> None:
    loads("rules:\n  - id: a\n    match: a\n")
    with pytest.raises(RulesError) as caught:
        prove("rules:\n  - id: b\n", [Path("rules.yaml")], Known(digests={"instant"}))
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.path, fault.line) == ("PW112", "", 0)


@settings(max_examples=200, suppress_health_check=SHARED)
@given(query=st.text(st.sampled_from("abc ()\"'/$*?:#-ANDORTé\n"), max_size=30))
def test_whatever_is_given_is_either_refused_or_loads(loads: Loads, query: str) -> None:
    book = loads("rules:\n  - id: a\n    match: a\n")
    try:
        wanted = parse(query.strip())
    except QueryError:
        assert faults("b", query.strip(), book)
        return
    assert faults("b", query.strip(), book) == []
    assert loads(sheet("b", query.strip())).rules[0].query == wanted

"""The mutants of a rule: each differs from it in one part, in whatever form its query is written, and knows where that part is."""

import pytest
from hypothesis import HealthCheck, given, settings

from monitor.core.query import Node, parse
from monitor.rulebook import Examined
from monitor.workshop.edits import Way
from monitor.workshop.mutants import MOST_MUTANTS, Mutant, mutants
from tests.core.match.strategies import QUERIES
from tests.workshop.conftest import Examines


def of(found: Examined, rule: int = 0) -> list[Mutant]:
    assert found.errors == ()
    return mutants(found.rulebook.drafts[rule], found.queries)[0]


def told(mutant: Mutant) -> str:
    """What a mutant is: the way, what stood there and where, and its query."""
    change = mutant.change
    source = change.value.source
    line, column = source.line_of(change.start), change.start - source.line_span(change.start)[0] + 1
    return f"{line}:{column} {change.before} -> {change.after or 'nothing'}: {mutant.rule.query}"


def structural(found: Examined) -> list[str]:
    return [told(each) for each in of(found) if each.change.way is not Way.WORD_TO_PREFIX]


def test_a_query_in_quotes_is_changed_where_it_stands_in_the_file(examines: Examines) -> None:
    text = "rules:\n  - id: a\n    match: 'O''Brien AND \"frozen assets\"'\n"
    assert structural(examines(text)) == [
        '3:22 AND -> OR: O\'Brien OR "frozen assets"',
        '3:13 O\'Brien -> nothing: "frozen assets"',
        '3:26 "frozen assets" -> nothing: O\'Brien',
        "3:27 frozen assets -> frozen AND assets: O'Brien AND (frozen AND assets)",
    ]


def test_a_mapping_is_changed_item_by_item(examines: Examines) -> None:
    text = """\
rules:
  - id: a
    match:
      any: [kyiv, rome]
      all:
        - talks
        - envoy NEAR/2 sea
      none: [golf, polo OR chess]
"""
    assert structural(examines(text)) == [
        "4:13 kyiv -> nothing: rome AND talks AND envoy NEAR/2 sea AND NOT golf AND NOT (polo OR chess)",
        "4:19 rome -> nothing: kyiv AND talks AND envoy NEAR/2 sea AND NOT golf AND NOT (polo OR chess)",
        "6:11 talks -> nothing: (kyiv OR rome) AND envoy NEAR/2 sea AND NOT golf AND NOT (polo OR chess)",
        "7:11 envoy NEAR/2 sea -> nothing: (kyiv OR rome) AND talks AND NOT golf AND NOT (polo OR chess)",
        "7:17 NEAR/2 -> NEAR/4: (kyiv OR rome) AND talks AND envoy NEAR/4 sea AND NOT golf AND NOT (polo OR chess)",
        "7:17 NEAR/2 -> AND: (kyiv OR rome) AND talks AND (envoy AND sea) AND NOT golf AND NOT (polo OR chess)",
        "8:14 golf -> nothing: (kyiv OR rome) AND talks AND envoy NEAR/2 sea AND NOT (polo OR chess)",
        "8:20 polo OR chess -> nothing: (kyiv OR rome) AND talks AND envoy NEAR/2 sea AND NOT golf",
        "8:20 polo -> nothing: (kyiv OR rome) AND talks AND envoy NEAR/2 sea AND NOT golf AND NOT chess",
        "8:28 chess -> nothing: (kyiv OR rome) AND talks AND envoy NEAR/2 sea AND NOT golf AND NOT polo",
        "4:7 any -> nothing: talks AND envoy NEAR/2 sea AND NOT golf AND NOT (polo OR chess)",
        "5:7 all -> any: (kyiv OR rome OR talks OR envoy NEAR/2 sea) AND NOT golf AND NOT (polo OR chess)",
    ]


def test_a_plain_list_loses_one_item_after_the_other(examines: Examines) -> None:
    text = "rules:\n  - id: a\n    match:\n      - kyiv\n      - rome\n      - bonn\n"
    found = [each for each in of(examines(text)) if each.change.way is Way.ALTERNATIVE_LEFT_OUT]
    assert [str(each.rule.query) for each in found] == ["rome OR bonn", "kyiv OR bonn", "kyiv OR rome"]
    assert all(each.change.among is found[0].change.among for each in found)


LISTS = """\
lists:
  envoys: [Witkoff, $others, Keith Kellogg]
  others:
    - Kushner NEAR/2 envoy
    - Umerov
rules:
  - id: a
    match: title:$envoys AND talks
"""


def test_named_lists_are_changed_in_every_place_that_uses_them(examines: Examines) -> None:
    found = [told(each) for each in of(examines(LISTS)) if each.change.value.source.line_of(each.change.start) < 6]
    rest = "AND talks"
    kellogg = '"Keith Kellogg"'
    others = "(Kushner NEAR/2 envoy OR Umerov)"
    assert found == [
        f"2:12 Witkoff -> nothing: title:({others} OR {kellogg}) {rest}",
        f"2:21 $others -> nothing: title:(Witkoff OR {kellogg}) {rest}",
        f"2:30 Keith Kellogg -> nothing: title:(Witkoff OR {others}) {rest}",
        f"2:30 Keith Kellogg -> Keith AND Kellogg: title:(Witkoff OR {others} OR (Keith AND Kellogg)) {rest}",
        f"4:7 Kushner NEAR/2 envoy -> nothing: title:(Witkoff OR Umerov OR {kellogg}) {rest}",
        f"4:15 NEAR/2 -> NEAR/4: title:(Witkoff OR (Kushner NEAR/4 envoy OR Umerov) OR {kellogg}) {rest}",
        f"4:15 NEAR/2 -> AND: title:(Witkoff OR ((Kushner AND envoy) OR Umerov) OR {kellogg}) {rest}",
        f"5:7 Umerov -> nothing: title:(Witkoff OR Kushner NEAR/2 envoy OR {kellogg}) {rest}",
    ]


def test_beside_near_a_list_stays_something_that_has_a_place(examines: Examines) -> None:
    text = LISTS.replace("title:$envoys AND talks", "$envoys NEAR/5 talks")
    for each in of(examines(text)):
        assert parse(str(each.rule.query)) == each.rule.query


def test_a_list_behind_a_not_is_negated(examines: Examines) -> None:
    text = "lists:\n  x: [golf, polo]\nrules:\n  - id: a\n    match: {all: [kyiv], none: [$x]}\n"
    lost = [each.change for each in of(examines(text)) if each.change.before in ("golf", "polo")]
    assert [each.negated for each in lost] == [True, True]
    assert structural(examines(text))[0].startswith("5:33 $x -> nothing: kyiv")


def test_gates_and_word_forms_are_left_out_wherever_they_are_said(examines: Examines) -> None:
    text = (
        "defaults:\n  languages: [en, de]\nrules:\n  - id: abc\n    match: strike\n    sources: [wire]\n    stem: en\n"
    )
    found = [each for each in of(examines(text)) if each.change.way is not Way.WORD_TO_PREFIX]
    assert [(each.change.way, told(each).partition(" ")[0]) for each in found] == [
        (Way.LANGUAGE_LEFT_OUT, "4:9"),
        (Way.SOURCE_LEFT_OUT, "6:14"),
        (Way.STEM_LEFT_OUT, "7:11"),
    ]
    assert (found[0].rule.languages, found[1].rule.sources) == ((), ())
    assert found[2].rule.query == parse("strike")
    assert found[0].rule.query == parse("stem:en strike")


def test_mutants_keep_the_word_forms_of_their_rule(examines: Examines) -> None:
    text = "rules:\n  - id: a\n    match: strike AND violate\n    stem: en\n"
    assert {str(each.rule.query) for each in of(examines(text))} >= {"stem:en (strike OR violate)", "stem:en strike"}


@pytest.mark.parametrize("query", ["a1", "$x", "维特科夫"])
def test_a_rule_of_which_nothing_can_be_loosened_has_no_mutants(examines: Examines, query: str) -> None:
    assert of(examines(f"lists: {{x: [b1]}}\nrules: [{{id: a, match: {query}}}, {{id: b, match: $x}}]\n")) == []


def test_no_more_than_so_many_mutants_are_made(examines: Examines) -> None:
    words = ", ".join(f"w{number}" for number in range(MOST_MUTANTS + 50))
    found = examines(f"rules:\n  - id: a\n    match: [{words}]\n")
    made, cut = mutants(found.rulebook.drafts[0], found.queries)
    assert (len(made), cut) == (MOST_MUTANTS, True)
    assert mutants(examines("rules: [{id: a, match: a1 OR b1}]\n").rulebook.drafts[0], found.queries)[1] is False


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(QUERIES)
def test_a_mutant_is_never_the_rule_nor_another_and_reads_as_it_is_written(examines: Examines, query: Node) -> None:
    quoted = str(query).replace("'", "''")
    if "\n" in quoted or "\u2009" in quoted:
        return
    found = examines(f"rules:\n  - id: a\n    match: '{quoted}'\n")
    if found.errors:
        return
    rule = found.rulebook.drafts[0].rule
    written = [str(each.rule.query) for each in of(found)]
    assert len({*written, str(rule.query)}) == len(written) + 1
    for each in of(found):
        assert parse(str(each.rule.query)) == each.rule.query

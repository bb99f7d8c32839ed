"""Examples are tried with the matcher that will be in force, and each failure says why."""

import pytest

from monitor.errors import RulesError
from tests.rulebook.conftest import Loads, Told

RULE = "rules:\n  - id: a\n    match: Witkoff\n"


def test_examples_are_counted_over_all_files(loads: Loads) -> None:
    text = RULE + "    examples: {match: [Witkoff, Witkoff speaks], no_match: [Golf]}\n"
    assert loads(text, {"b.yaml": text.replace("id: a", "id: b")}).examples == 6


def test_an_example_of_one_rule_does_not_care_what_others_match(told: Told) -> None:
    text = (
        RULE
        + "    examples: {match: [Witkoff]}\n  - id: b\n    match: Witkoff OR golf\n    examples: {match: [Golf]}\n"
    )
    assert told(text) == []


@pytest.mark.parametrize(
    "example",
    [
        "Witkoff speaks",
        "{title: Witkoff speaks}",
        "{summary: Witkoff speaks}",
        "{title: Nothing, body: Witkoff speaks}",
        "{title: Witkoff, source: reuters-world}",
        "{title: Witkoff, source: bbc-world, language: en-gb}",
        "{title: Witkoff, url: 'https://news.gov.ua/1'}",
    ],
)
def test_an_example_passes_the_gates_of_its_rule(told: Told, example: str) -> None:
    text = RULE + '    languages: [en]\n    sources: [bbc-world, "tag:wire", "*.gov.ua"]\n'
    assert told(text + f"    examples:\n      match:\n        - {example}\n") == []


@pytest.mark.parametrize("sources", ["[bbc-world]", '["tag:wire"]', '["*.gov.ua"]', "[example.org]"])
def test_an_example_without_a_source_comes_from_one_that_the_rule_looks_at(told: Told, sources: str) -> None:
    assert told(RULE + f"    sources: {sources}\n    examples: {{match: [Witkoff], no_match: [Golf]}}\n") == []


@pytest.mark.parametrize(
    ("gate", "example"),
    [
        ("languages: [en]", "{title: Witkoff, language: de}"),
        ("sources: [bbc-world]", "{title: Witkoff, source: reuters-world}"),
        ('sources: ["tag:wire"]', "{title: Witkoff, source: bbc-world}"),
        ('sources: ["*.gov.ua"]', "{title: Witkoff, url: 'https://example.org/'}"),
    ],
)
def test_an_example_from_elsewhere_is_kept_out_by_the_gates(told: Told, gate: str, example: str) -> None:
    assert told(RULE + f"    {gate}\n    examples:\n      no_match:\n        - {example}\n") == []
    reason = f"(its words match, but its {'language' if 'languages' in gate else 'source'} does not)"
    assert told(RULE + f"    {gate}\n    examples:\n      match:\n        - {example}\n")[0].endswith(reason)


@pytest.mark.parametrize(
    ("query", "example"),
    [
        ("author:'*Brenner*'", "{title: Talks, author: Ada Brenner}"),
        ("url:*/world/*", "{title: Talks, url: 'https://example.org/world/1'}"),
        ("tag:talks", "{title: A day, tags: [talks, kyiv]}"),
        ("tag:wire", "{title: A day, source: reuters-world}"),
        ("source:bbc-world", "{title: A day, source: bbc-world}"),
        ("lang:uk", "{title: День, language: uk}"),
        ("lead:Witkoff", "{title: A day, summary: Witkoff was there}"),
    ],
)
def test_every_field_of_an_article_can_be_given(told: Told, query: str, example: str) -> None:
    quoted = query.replace("'", "")
    assert told(f"rules:\n  - id: a\n    match: {quoted}\n    examples:\n      match:\n        - {example}\n") == []


def test_marks_are_given_from_the_title_to_the_end_of_the_body(told: Told) -> None:
    text = "rules:\n  - id: a\n    match: Witkoff AND security guarantee*\n    examples:\n      match:\n"
    example = "        - {title: Witkoff speaks, summary: On security guarantees., body: 'Witkoff, again.', marks: [Witkoff, security guarantees, Witkoff]}\n"
    assert told(text + example) == []
    assert told(text + example.replace("[Witkoff, s", "[S"))[0].endswith(
        "(marked in it: 'Witkoff', 'security guarantees', 'Witkoff')"
    )


def test_a_multi_line_body_has_paragraphs(told: Told) -> None:
    text = "rules:\n  - id: a\n    match: security guarantees\n    examples:\n"
    body = "        - title: A day\n          body: |\n            They want security{}guarantees.\n"
    assert told(text + "      match:\n" + body.format("\n            ")) == []
    assert told(text + "      no_match:\n" + body.format("\n\n            ")) == []


def test_all_failing_examples_are_told_at_once(loads: Loads) -> None:
    text = RULE + "    examples: {match: [Golf, Kyiv, Witkoff], no_match: [Witkoff speaks, Rain]}\n"
    with pytest.raises(RulesError) as caught:
        loads(text)
    assert [(each.code, each.line) for each in caught.value.diagnostics] == [("PW210", 4), ("PW210", 4), ("PW211", 4)]


def test_the_examples_of_sound_rules_are_tried_beside_faulty_rules(told: Told) -> None:
    text = RULE + "    examples: {match: [Golf]}\n  - id: B\n    match: x\n"
    assert [line.split("[")[1][:5] for line in told(text)] == ["PW210", "PW113"]


@pytest.mark.parametrize(
    ("query", "example", "reason"),
    [
        ("Witkoff", "Witkof speaks", "closest: the rule has 'Witkoff', the example 'Witkof'"),
        ("Kyiv AND Zelensky", "Zelenskyy in Kyiv", "closest: the rule has 'Zelensky', the example 'Zelenskyy'"),
        ("Witkoff NOT golf", "Witkoff plays golf", "kept away by 'golf'"),
        ("Witkoff AND NOT (golf OR real estate)", "Witkoff in real estate", "kept away by 'real estate'"),
        (
            "Witkoff AND NOT url:*golf*",
            "{title: Witkoff, url: 'https://example.org/golf'}",
            "kept away by 'url:\"*golf*\"'",
        ),
        ("Witkoff", "Rain until Thursday", ""),
        ("NOT golf AND Witkof*", "Witko speaks", ""),
    ],
)
def test_a_failing_example_says_what_is_most_likely_amiss(told: Told, query: str, example: str, reason: str) -> None:
    (line,) = told(f"rules:\n  - id: a\n    match: {query}\n    examples:\n      match:\n        - {example}\n")
    assert line.endswith(f"does not ({reason})" if reason else "does not")


def test_a_long_example_and_a_long_query_do_not_take_long(told: Told) -> None:
    query = " OR ".join(f"kyiv{number}" for number in range(1_000))
    body = " ".join(f"kiev{number}" for number in range(20_000))
    examples = "".join(f"        - {{title: Example {number}, body: {body[:20_000]}}}\n" for number in range(30))
    lines = told(f"rules:\n  - id: a\n    match: {query}\n    examples:\n      match:\n{examples}")
    assert len(lines) == 30

"""Rule files become rules in force: all of them good, or none."""

import gc
import os
import stat
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.model import Document, Priority
from monitor.core.query import Or, Term, TermWord, parse
from monitor.errors import RulesError
from monitor.rulebook import ANY_NAME, Known, load
from monitor.rulebook.faults import MOST_FAULTS
from tests.rulebook.conftest import KNOWN, Loads, Told


def matched(book_text: str, loads: Loads, title: str) -> list[str]:
    return [hit.rule.id for hit in loads(book_text).matcher.match(Document(title))]


def test_the_smallest_rule_has_the_documented_defaults(loads: Loads) -> None:
    rule = loads("rules:\n  - id: witkoff\n    match: Witkoff\n").rules[0]
    assert (rule.id, rule.title, rule.description) == ("witkoff", "witkoff", "")
    assert (rule.languages, rule.sources, rule.max_age) == ((), (), timedelta(days=7))
    assert (rule.priority, rule.deliver) == (Priority.NORMAL, ("instant",))
    assert (rule.path, rule.line) == ("rules.yaml", 2)


def test_every_key_of_a_rule_is_read(loads: Loads) -> None:
    text = """\
rules:
  - id: guarantees-envoys
    title: Security guarantees, with an envoy named
    description: For the desk.
    match: Witkoff
    languages: [en, no, zh-Hant]
    sources: [bbc-world, "tag:wire", "*.GOV.ua"]
    max_age: 1h30m
    priority: urgent
    deliver: [instant, morning]
"""
    rule = loads(text).rules[0]
    assert rule.title == "Security guarantees, with an envoy named"
    assert rule.description == "For the desk."
    assert rule.languages == ("en", "no", "zh-hant")
    assert rule.sources == ("bbc-world", "tag:wire", "*.gov.ua")
    assert rule.max_age == timedelta(minutes=90)
    assert rule.priority is Priority.URGENT
    assert rule.deliver == ("instant", "morning")


def test_a_rule_may_deliver_nowhere(loads: Loads) -> None:
    assert loads("rules:\n  - {id: a, match: b, deliver: []}\n").rules[0].deliver == ()


def test_defaults_hold_for_their_file_and_yield_to_the_rule(loads: Loads) -> None:
    first = "defaults: {deliver: [morning], priority: low, max_age: 1d}\nrules:\n  - {id: a, match: x}\n  - {id: b, match: y, deliver: [instant]}\n"
    book = loads(first, {"more.yaml": "rules:\n  - {id: c, match: z}\n"})
    by_id = {rule.id: rule for rule in book.rules}
    assert (by_id["a"].deliver, by_id["a"].priority, by_id["a"].max_age) == (
        ("morning",),
        Priority.LOW,
        timedelta(days=1),
    )
    assert (by_id["b"].deliver, by_id["b"].priority) == (("instant",), Priority.LOW)
    assert (by_id["c"].deliver, by_id["c"].priority) == (("instant",), Priority.NORMAL)


@pytest.mark.parametrize(
    "match",
    [
        "Witkoff OR Kushner",
        "[Witkoff, Kushner]",
        "{any: [Witkoff, Kushner]}",
        "\n      - Witkoff\n      - Kushner",
        "\n      any:\n        - Witkoff\n        - Kushner",
        "{all: [[Witkoff, Kushner]]}",
        "{any: [{any: [Witkoff, Kushner]}]}",
        "{all: [{any: [Witkoff, Kushner]}]}",
    ],
)
def test_every_form_of_a_query_becomes_the_same_tree(loads: Loads, match: str) -> None:
    assert loads(f"rules:\n  - id: a\n    match: {match}\n").rules[0].query == parse("Witkoff OR Kushner")


def test_any_all_and_none_are_joined(loads: Loads) -> None:
    text = "rules:\n  - id: a\n    match: {any: [x, y], all: [v, w], none: [golf]}\n"
    assert loads(text).rules[0].query == parse("(x OR y) AND v AND w AND NOT golf")


@pytest.mark.parametrize(
    "term", ["NO", "on", "yes", "Off", "007", "1:30", "22:00", "2024-01-01", "1e3", "0x1F", "null", "~x", "true", ".5"]
)
def test_values_stay_as_written(loads: Loads, term: str) -> None:
    query = loads(f"lists:\n  terms: [{term}, other]\nrules:\n  - id: a\n    match: $terms\n").rules[0].query
    assert isinstance(query, Or)
    first = query.queries[0]
    assert isinstance(first, Term)
    assert first == parse(f'"{term}"')
    assert (
        "".join(word.text for word in first.words) == "".join(filter(str.isalnum, term)) or ":" in term or "-" in term
    )


def test_a_list_is_used_in_any_file_and_by_other_lists(loads: Loads) -> None:
    first = "rules:\n  - {id: a, match: $all AND Kyiv}\n"
    more = "lists:\n  all: [$envoys, golf]\n  envoys: [Witkoff, Kushner]\n"
    book = loads(first, {"more.yaml": more})
    assert [hit.rule.id for hit in book.matcher.match(Document("Kushner in Kyiv"))] == ["a"]
    assert [hit.rule.id for hit in book.matcher.match(Document("Golf in Kyiv"))] == ["a"]
    assert not book.matcher.match(Document("Witkoff in Moscow"))


def test_a_list_item_is_a_query(loads: Loads) -> None:
    text = "lists:\n  envoys:\n    - Witkoff\n    - Kellogg AND (envoy OR Ukraine)   # a bare one is a cereal\nrules:\n  - {id: a, match: $envoys}\n"
    assert matched(text, loads, "Kellogg, the envoy") == ["a"]
    assert matched(text, loads, "Kellogg for breakfast") == []


def test_aliases_and_merges_work_within_bounds(loads: Loads) -> None:
    text = """\
rules:
  - &first
    id: a
    match: &names [Witkoff, Kushner]
    priority: urgent
  - <<: *first
    id: b
    match: {any: *names, none: [golf]}
  - <<: [{priority: low}, *first]
    id: c
"""
    a, b, c = loads(text).rules
    assert (a.priority, b.priority, c.priority) == (Priority.URGENT, Priority.URGENT, Priority.LOW)
    assert a.query == c.query == Or((Term((TermWord("Witkoff"),)), Term((TermWord("Kushner"),))))
    assert b.query == parse("(Witkoff OR Kushner) AND NOT golf")


def test_rules_come_in_the_order_of_files_and_lines(loads: Loads) -> None:
    book = loads(
        "rules:\n  - {id: z, match: x}\n  - {id: a, match: x}\n", {"0.yaml": "rules:\n  - {id: m, match: x}\n"}
    )
    assert [rule.id for rule in book.rules] == ["z", "a", "m"]
    assert book.files == 2


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n", "rules:\n", "lists:\nrules:\ndefaults:\n", "\ufeff"])
def test_a_file_with_nothing_in_it_is_fine(loads: Loads, text: str) -> None:
    book = loads(text)
    assert (book.rules, book.examples, book.warnings) == ((), 0, ())


def test_no_file_at_all_is_no_rule() -> None:
    book = load([], KNOWN)
    assert (book.rules, book.files) == ((), 0)
    assert not book.matcher.match(Document("Witkoff"))


def test_a_byte_order_mark_and_windows_line_ends_change_no_place(told: Told) -> None:
    expected = ["rules.yaml:3:12: error[PW124]: something to look for is missing behind OR"]
    assert told("rules:\n  - id: a\n    match: OR\n") != expected
    text = "rules:\n  - id: a\n    match: x OR\n"
    plain = told(text)
    assert told("\ufeff" + text) == told(text.replace("\n", "\r\n")) == told(text.replace("\n", "\r")) == plain


# What cannot be read.


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(RulesError) as caught:
        load([tmp_path / "none.yaml", tmp_path], KNOWN)
    assert [each.code for each in caught.value.diagnostics] == ["PW100", "PW100"]
    assert "no such file" in caught.value.diagnostics[0].message


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("rules:\n")
    file.chmod(stat.S_IWUSR)
    with pytest.raises(RulesError, match="permission denied"):
        load([file], KNOWN)


def test_a_file_over_one_mebibyte_is_refused(told: Told) -> None:
    line = "# a comment of forty characters and more\n"
    whole = line * (2**20 // len(line))
    assert told(whole) == []
    assert told(whole + line) == ["rules.yaml: error[PW101]: is larger than 1 MiB (split it into several files)"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"rules:\n  - id: caf\xe9\n", "more.yaml:2:12: error[PW102]: is not UTF-8 text (save the file as UTF-8)"),
        (
            "rules:\n".encode("utf-16"),
            "more.yaml:1:1: error[PW102]: is not UTF-8 text (this is UTF-16: save it as UTF-8)",
        ),
        (
            b"rules:\n  - id: a\0b\n",
            "more.yaml:2:10: error[PW102]: holds a character that YAML does not allow (U+0000) (delete it)",
        ),
        (
            b"rules:\n  - id: a\x1b[1m\n",
            "more.yaml:2:10: error[PW102]: holds a character that YAML does not allow (U+001B) (delete it)",
        ),
    ],
)
def test_bytes_that_are_no_text_are_refused_where_they_stand(told: Told, content: bytes, message: str) -> None:
    assert told("", {"more.yaml": content}) == [message]


def test_a_file_full_of_faults_is_told_in_part(loads: Loads) -> None:
    with pytest.raises(RulesError) as caught:
        loads("rules:\n" + "  - {id: A, match: x}\n" * 5_000, {"more.yaml": "rules:\n  - {id: B, match: x}\n"})
    codes = [each.code for each in caught.value.diagnostics]
    assert codes.count("PW113") == MOST_FAULTS + 1
    assert codes.count("PW117") == 1


def test_many_warnings_are_told_in_part_and_keep_nothing_out_of_force(loads: Loads) -> None:
    book = loads("rules:\n" + "".join(f"  - {{id: r{number}, match: x and y}}\n" for number in range(300)))
    assert len(book.rules) == 300
    assert len(book.warnings) == MOST_FAULTS + 1


def test_a_very_long_line_is_not_repeated_with_every_fault(loads: Loads) -> None:
    with pytest.raises(RulesError) as caught:
        loads("rules: [" + "{id: A, match: x}, " * 20_000 + "]\n")
    assert {each.context for each in caught.value.diagnostics} == {""}


# All or nothing.


def test_one_faulty_file_keeps_all_out_of_force(loads: Loads) -> None:
    with pytest.raises(RulesError) as caught:
        loads("rules:\n  - {id: a, match: x}\n", {"more.yaml": "rules:\n  - {id: b, match: 'x OR'}\n"})
    assert [each.path for each in caught.value.diagnostics] == ["more.yaml"]


def test_the_line_and_the_columns_of_a_fault_are_given(loads: Loads) -> None:
    with pytest.raises(RulesError) as caught:
        loads("rules:\n  - id: 😀😀\n    match: 维特科夫 AND se*   # too short\n")
    name, query = caught.value.diagnostics
    assert (name.line, name.column, name.end_column) == (2, 9, 11)
    assert (query.line, query.column, query.end_column) == (3, 21, 24)
    assert query.context[query.column - 1 : query.end_column - 1] == "se*"


def test_a_list_that_may_stand_in_an_unreadable_file_is_not_missed(told: Told) -> None:
    assert told("rules:\n  - {id: a, match: $envoys}\n", {"lists.yaml": "lists:\n\tenvoys: [x]\n"}) == [
        "lists.yaml:2:1: error[PW103]: a tab stands in the indentation (indent with spaces only)"
    ]


# Versions.

RULE = "rules:\n  - id: a\n    match: Witkoff AND $x\n    priority: low\nlists:\n  x: [Kyiv, Moscow]\n"


def version(loads: Loads, text: str) -> str:
    return loads(text).rules[0].version


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Witkoff", "Kushner"),
        ("AND", "OR"),
        ("Moscow", "Vienna"),
        ("low", "urgent"),
        ("priority: low", "deliver: [morning]\n    priority: low"),
        ("priority: low", "languages: [en]\n    priority: low"),
        ("priority: low", "sources: [bbc-world]\n    priority: low"),
        ("priority: low", "max_age: 1d\n    priority: low"),
        ("Witkoff", "title:Witkoff"),
        ("Witkoff", "raw:Witkoff"),
        ("Witkoff", "Witkoff*"),
    ],
)
def test_a_version_changes_with_whatever_decides(loads: Loads, before: str, after: str) -> None:
    assert version(loads, RULE) != version(loads, RULE.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "priority: low",
            "priority: low\n    title: Another\n    description: Another\n    examples: {match: [Witkoff in Kyiv]}",
        ),
        ("Witkoff AND $x", "'Witkoff   AND   (Kyiv OR Moscow)' # same"),
        ("rules:", "# a comment\nrules:"),
        ("lists:\n", "lists:\n  y: [golf]\n"),
    ],
)
def test_a_version_stays_where_nothing_is_decided_otherwise(loads: Loads, before: str, after: str) -> None:
    assert version(loads, RULE) == version(loads, RULE.replace(before, after))


def test_a_version_is_the_same_in_every_process(loads: Loads) -> None:
    assert version(loads, "rules:\n  - {id: a, match: Witkoff}\n") == version(
        loads, "rules:\n  - {id: b, match: Witkoff}\n"
    )


def test_what_is_known_may_be_little(loads: Loads) -> None:
    with pytest.raises(RulesError, match=r"unknown digest 'instant'"):
        loads("rules:\n  - {id: a, match: x, deliver: [instant]}\n", known=Known(digests=set()))


def test_a_rule_that_names_no_digest_needs_the_one_it_delivers_to_then(loads: Loads) -> None:
    known = Known(digests={"alerts"})
    told = r"rules.yaml:2:6: error\[PW114\]: a rule that names no digest delivers to 'instant', which config.toml does not have \(add the key 'deliver'; known: alerts\)"
    with pytest.raises(RulesError, match=told):
        loads("rules:\n  - {id: a, match: x}\n", known=known)
    said = loads(
        "defaults: {deliver: [alerts]}\nrules:\n  - {id: a, match: x}\n  - {id: b, match: x, deliver: []}\n",
        known=known,
    )
    assert [each.deliver for each in said.rules] == [("alerts",), ()]


def test_the_first_rule_that_asks_for_a_language_is_named_for_where_none_can_be_detected(loads: Loads) -> None:
    text = "rules:\n  - {id: a, match: b}\n  - {id: tides, match: c, languages: [en]}\n  - {id: d, match: e, languages: [en]}\n"
    told = loads(text).undetectable()
    assert told is not None
    assert str(told).startswith("rules.yaml:3:10: warning[PW417]: rule 'tides' asks for a language")
    assert "presswatch[lang]" in told.hint


def test_rules_that_ask_for_no_language_need_no_detector(loads: Loads) -> None:
    assert loads("rules:\n  - {id: a, match: b, sources: [bbc-world]}\n").undetectable() is None


def test_a_rule_that_no_word_could_rule_out_is_warned_of_once(loads: Loads) -> None:
    book = loads(
        "rules:\n  - {id: a, match: 'ferry OR /x+/'}\n  - {id: b, match: /y+/}\n  - {id: c, match: z AND /y+/}\n"
    )
    assert [(each.code, each.line, each.column) for each in book.warnings] == [("PW424", 2, 10), ("PW424", 3, 13)]


def test_loading_leaves_nothing_for_the_garbage_collector_and_neither_do_rules_that_are_let_go(loads: Loads) -> None:
    text = "lists: {boats: [ferry, tug NEAR/3 boat]}\nrules:\n" + "".join(
        f"  - {{id: r{number}, match: $boats AND (/x{number}/ OR tide*), languages: [en], examples: {{match: [ferry tide]}}}}\n"
        for number in range(20)
    )

    def left_over() -> int:
        gc.collect()
        gc.disable()
        try:
            book = loads(text)
            assert book.matcher.match(Document("ferry tide"))[0].spans
            del book
            return gc.collect()
        finally:
            gc.enable()

    loads(text)
    # What a thread of another test leaves is found too, though not each time; what loading leaves is.
    assert min(left_over() for _ in range(5)) == 0


def test_without_a_configuration_every_name_that_could_be_one_is_taken(loads: Loads) -> None:
    book = loads(
        "defaults: {deliver: [desk], sources: ['tag:wire', a-feed, '*.Example']}\n"
        "rules:\n- id: a\n  match: ferry\n  examples:\n    match: [Ferry, {title: Ferry, source: nobody-knows-its-tags}]\n",
        known=ANY_NAME,
    )
    assert (book.rules[0].deliver, book.rules[0].sources) == (("desk",), ("tag:wire", "a-feed", "*.example"))
    assert book.examples == 1


@pytest.mark.parametrize(
    "key", ["deliver: [Not A Name]", "sources: ['tag:']", "sources: [https://a.example/]", "sources: [a b]"]
)
def test_without_a_configuration_a_name_that_cannot_be_one_is_still_told(loads: Loads, key: str) -> None:
    with pytest.raises(RulesError):
        loads(f"rules: [{{id: a, match: ferry, {key}}}]", known=ANY_NAME)

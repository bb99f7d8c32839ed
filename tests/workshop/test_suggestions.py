"""What no example notices is told as a warning: what was changed, where, and the example that would notice."""

from collections.abc import Callable

import pytest

from monitor.workshop.rehearsal import Rehearsal
from monitor.workshop.suggestions import suggestions
from monitor.workshop.survivors import Mutated, mutated
from tests.workshop.conftest import NEWSROOM, Examines

Tells = Callable[[str], list[str]]


@pytest.fixture
def tried(examines: Examines) -> Callable[[str], Mutated]:
    def mutate(text: str) -> Mutated:
        found = examines(text)
        assert found.errors == ()
        with Rehearsal(NEWSROOM.digests) as rehearsal:
            return mutated(found.rulebook.drafts[0], found.queries, NEWSROOM, rehearsal)

    return mutate


@pytest.fixture
def tells(tried: Callable[[str], Mutated]) -> Tells:
    """The warnings for the first rule of a text, without the file's name and the code; those of spellings left out."""

    def told(text: str) -> list[str]:
        lines = [str(each).removeprefix("rules.yaml:") for each in suggestions(tried(text))]
        return [line.replace(" warning[PW430]: no example of 'a'", "") for line in lines if "*" not in line]

    return told


def a_rule(match: str, yes: str, no: str = "", more: str = "") -> str:
    no_match = f"\n      no_match: [{no}]" if no else ""
    return f"rules:\n  - id: a\n    match: {match}\n    examples:\n      match: [{yes}]{no_match}\n{more}"


def test_a_rule_whose_every_part_is_held_in_place_scores_full_marks(tried: Callable[[str], Mutated]) -> None:
    found = tried(a_rule("Witkoff AND Kyiv", "Witkoff in Kyiv", "Witkoff, Kyiv, Witkoffs in Kyiv, Witkoff in Kyivstar"))
    assert (found.tried, found.noticed, found.survivors) == (5, 5, ())
    assert suggestions(found) == []


@pytest.mark.parametrize(
    ("query", "yes", "no", "told"),
    [
        ("Witkoff AND Kyiv", "Witkoff in Kyiv", "Kyiv", "3:24: notices when 'Kyiv' is left out (add a no_match example that lacks 'Kyiv' and has the rest)"),
        ("Witkoff NOT golf", "Witkoff", "golf", "3:20: notices when 'NOT golf' is left out (add a no_match example that has 'golf' beside what the rule looks for)"),
        ("Witkoff NEAR/1 Kyiv", "Witkoff in Kyiv", "Witkoff leaves one two three four Kyiv", "3:20: notices when 'NEAR/1' becomes 'NEAR/2' (add a no_match example with the two just too far apart for 'NEAR/1')"),
        ("Witkoff ONEAR/1 Kyiv", "Witkoff in Kyiv", "Witkoff a b Kyiv", "3:20: notices when 'ONEAR/1' becomes 'NEAR/1' (add a no_match example with the two in the other order)"),
        ("Witkoff NEAR/s Kyiv", "Witkoff in Kyiv", "Kyiv", "3:20: notices when 'NEAR/s' becomes AND (add a no_match example with the two in different sentences)"),
        ("ATLEAST/2 Witkoff", "Witkoff Witkoff", "Kyiv", "3:12: notices when 'ATLEAST/2' becomes 'ATLEAST/1' (add a no_match example that has one fewer)"),
        ("frozen assets", "Frozen assets", "frozen", "3:12: notices when 'frozen assets' becomes 'frozen AND assets' (add a no_match example with these words apart)"),
        ("raw:US", "US", "them", "3:12: notices when raw: is left out (add a no_match example that has the word in other capitals)"),
        ("title:Kyiv", "Kyiv", "Rome", "3:12: notices when 'title:' is left out (add a no_match example that has the words in another field)"),
        ("stem:en strike", "Strike", "x", "3:12: notices when 'stem:en' is left out (add a match example with another form of a word)"),
        ("a1 OR b1", "a1", "c1", "3:18: notices when 'b1' is left out (add a match example that has 'b1' and none of the others)"),
        ("a1 OR b1 OR c1", "c1", "d1", "3:12: notices that 'a1', 'b1' could be left out (add match examples for those that matter)"),
        ("a1 AND NOT (b1 OR c1)", "a1", "'a1 b1'", "3:30: notices when 'c1' is left out (add a no_match example that has 'c1' and none of the others)"),
        ("a1 AND NOT b1 NEAR/1 c1", "'a1 b1 x'", "'a1 b1 c1, a1 b1 x x x c1'", "3:26: notices when 'NEAR/1' becomes 'NEAR/2' (add a match example with the two just too far apart for 'NEAR/1')"),
    ],
)  # fmt: skip
def test_a_suggestion_says_what_was_changed_and_what_would_notice(
    tells: Tells, query: str, yes: str, no: str, told: str
) -> None:
    assert told in tells(a_rule(query, yes, no))


def test_gates_that_nothing_holds_are_told(tells: Tells) -> None:
    gates = "    languages: [en]\n    sources: [wire]\n"
    assert tells(a_rule("Kyiv", "Kyiv", more=gates)) == [
        "6:16: notices when 'languages' is left out (add a no_match example in another language (key 'language'))",
        "7:14: notices when 'sources' is left out (add a no_match example from another source (key 'source'))",
    ]
    held = "{title: Kyiv, language: de}, {title: Kyiv, source: local}"
    assert tells(a_rule("Kyiv", "Kyiv", held, gates)) == []


def test_the_items_of_a_list_are_told_together_at_its_name(tells: Tells) -> None:
    lists = f"lists:\n  x: [{', '.join(f'w{number}' for number in range(9))}]\n"
    assert tells(a_rule("$x", "w1") + lists) == [
        "7:3: notices that 'w0', 'w2', 'w3', 'w4', 'w5' and 3 more could be left out (add match examples for those that matter)"
    ]


def test_what_marks_show_is_held_in_place_too(tells: Tells) -> None:
    assert len(tells(a_rule("a1 NEAR/1 b1", "a1 b1 b1"))) == 2
    assert tells(a_rule("a1 OR b1", "{title: a1 b1, marks: [a1, b1]}")) == []


SCENARIO = """\
    scenarios:
      - name: a and b
        articles:
          - {at: "2026-11-23 10:00", title: a1 b1}
          - {at: "2026-11-23 11:00", title: a1 alone}
        expect: [{at: "2026-11-23 10:00", digest: instant}]
"""


def test_a_scenario_holds_parts_in_place(tells: Tells) -> None:
    assert len(tells(a_rule("a1 AND b1", "a1 b1"))) == 3
    assert tells(a_rule("a1 AND b1", "a1 b1", more=SCENARIO)) == [
        "3:12: notices when 'a1' is left out (add a no_match example that lacks 'a1' and has the rest)"
    ]


def test_warnings_name_the_rule_and_are_no_errors(tried: Callable[[str], Mutated]) -> None:
    (warning,) = suggestions(tried(a_rule("Witkoff", "Witkoff")))
    assert str(warning) == (
        "rules.yaml:3:12: warning[PW430]: no example of 'a' notices when 'Witkoff' becomes 'Witkoff*'"
        " (add a no_match example with a longer word that begins like 'Witkoff')"
    )


def test_a_rule_of_too_many_parts_is_told(tried: Callable[[str], Mutated]) -> None:
    found = tried(a_rule(f"[{', '.join(f'w{number}' for number in range(400))}]", "w1"))
    (cut,) = (str(each) for each in suggestions(found) if each.code == "PW431")
    assert "only the first 300 mutations of rule 'a' were tried" in cut

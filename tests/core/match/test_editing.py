"""A matcher some rules of which were edited matches as one that was made anew."""

import gc
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.match import Matcher
from monitor.core.match.matcher import MOST_EDITED
from monitor.core.model import Document
from monitor.core.query import parse
from monitor.core.rules import Rule
from tests.core.match.strategies import DOCUMENTS, rules

FERRY, HARBOUR = Rule("ferry", parse("ferry")), Rule("harbour", parse("harbour"))
BOTH = Document("Ferry in the harbour")

# What is made of a rule that was there: kept, written anew, removed.
CHANGES = st.lists(st.sampled_from(["keep", "keep", "edit", "remove"]), min_size=24, max_size=24)


def ids(matcher: Matcher, document: Document = BOTH) -> list[str]:
    return [hit.rule.id for hit in matcher.match(document)]


def found(matcher: Matcher, document: Document) -> dict[str, tuple[Rule, object]]:
    return {hit.rule.id: (hit.rule, hit.spans) for hit in matcher.match(document)}


@st.composite
def edits(draw: st.DrawFn) -> tuple[list[Rule], list[Rule]]:
    """Some rules, and what became of them: some written anew, some gone, some more."""
    before, drawn = draw(rules()), draw(rules(most=24))
    after = []
    for number, change in zip(range(len(before)), draw(CHANGES), strict=False):
        if change == "keep":
            after.append(before[number])
        elif change == "edit":
            fresh = drawn[number % len(drawn)]
            after.append(Rule(before[number].id, fresh.query, languages=fresh.languages, sources=fresh.sources))
    added = [Rule(f"more-{number}", rule.query) for number, rule in enumerate(drawn[: draw(st.integers(0, 3))])]
    return before, draw(st.permutations(after + added))


@settings(max_examples=150, deadline=None)
@given(edits(), DOCUMENTS)
def test_a_changed_matcher_finds_what_a_new_one_does(edit: tuple[list[Rule], list[Rule]], document: Document) -> None:
    before, after = edit
    others = [Rule(f"other-{number}", parse(f"nothing{number}")) for number in range(3_000)]
    changed = Matcher([*before, *others]).changed_to([*after, *others])
    assert found(changed, document) == found(Matcher(after), document)
    assert {each.id for each in changed.rules} == {each.id for each in [*after, *others]}
    assert {each.id for each in changed.always} == {each.id for each in Matcher(after).always}


@settings(max_examples=100, deadline=None)
@given(edits(), DOCUMENTS)
def test_one_edit_after_the_other_comes_to_the_same(edit: tuple[list[Rule], list[Rule]], document: Document) -> None:
    before, after = edit
    matcher = Matcher(before)
    for rule in after:
        matcher = matcher.edited([rule])
    for id in {each.id for each in before} - {each.id for each in after}:
        matcher = matcher.edited(removed=[id])
    assert found(matcher, document) == found(Matcher(after), document)


def test_an_edited_rule_keeps_its_place_and_a_new_one_is_the_last() -> None:
    matcher = Matcher([FERRY, HARBOUR]).edited([Rule("new", parse("in")), Rule("ferry", parse("the"))])
    assert ids(matcher) == ["ferry", "harbour", "new"]
    assert [str(rule.query) for rule in matcher.rules] == ["the", "harbour", "in"]


def test_a_rule_that_was_removed_can_come_again() -> None:
    without = Matcher([FERRY, HARBOUR]).edited(removed=["ferry"])
    assert ids(without) == ["harbour"]
    assert ids(without.edited([FERRY])) == ["ferry", "harbour"]
    assert ids(without.changed_to([FERRY, HARBOUR])) == ["ferry", "harbour"]


def test_an_edit_leaves_the_matcher_that_is_in_use_as_it_is() -> None:
    matcher = Matcher([FERRY, HARBOUR])
    assert ids(matcher) == ["ferry", "harbour"]
    matcher.edited([Rule("ferry", parse("nothing"))], removed=["harbour"])
    assert ids(matcher) == ["ferry", "harbour"]
    assert matcher.rules == (FERRY, HARBOUR)


def test_removing_what_is_not_there_changes_nothing() -> None:
    assert ids(Matcher([FERRY]).edited(removed=["harbour"])) == ["ferry"]


def test_a_rule_whose_version_is_the_same_is_not_compiled_again_but_told_as_it_is_now() -> None:
    old, new = (
        Rule("ferry", parse("ferry"), title="Old", version="1"),
        Rule("ferry", parse("ferry"), title="New", version="1"),
    )
    (hit,) = Matcher([old]).changed_to([new]).match(BOTH)
    assert hit.rule is new


def test_more_edits_than_are_worth_while_compile_everything_anew() -> None:
    before = [Rule(f"r{number}", parse(f"word{number}")) for number in range(MOST_EDITED * 2)]
    after = [Rule(f"r{number}", parse(f"term{number}")) for number in range(MOST_EDITED * 2)]
    matcher = Matcher(before).changed_to(after)
    assert ids(matcher, Document("word3 term3 term100")) == ["r3", "r100"]
    assert matcher.rules == tuple(after)


def test_rules_without_a_required_word_are_named_also_after_an_edit() -> None:
    matcher = Matcher([Rule("pattern", parse("/x+/")), FERRY, Rule("either", parse("ferry OR NOT harbour"))])
    assert [rule.id for rule in matcher.always] == ["pattern", "either"]
    assert [rule.id for rule in matcher.edited([Rule("ferry", parse("/y/"))], ["pattern"]).always] == [
        "ferry",
        "either",
    ]


def test_what_an_edit_took_out_is_not_tried_any_more() -> None:
    runaway = "/(a|aa)+$/"
    matcher = Matcher([Rule("runaway", parse(runaway)), Rule("rare", parse(f"ferry AND {runaway}"))])
    hostile = Document("a" * 60 + "!")
    assert [rule.id for rule in matcher.match(hostile).overrun] == ["runaway", "rare"]
    assert matcher.edited(removed=["runaway"]).match(hostile).overrun == ()


def test_rules_that_are_loaded_again_and_again_are_kept_once() -> None:
    def loaded() -> list[Rule]:
        return [Rule("ferry", parse(" OR ".join(["ferry", *(f"boat{number}" for number in range(20))])), version="1")]

    matcher = Matcher(loaded())
    once = loaded()
    query = once[0].query
    for rules_again in (once, loaded()):
        matcher = matcher.changed_to(rules_again)
        assert [hit.spans for hit in matcher.match(BOTH)]
    del once, rules_again
    gc.collect()
    # This name and the argument of the call: nothing else holds on to a rule that was loaded anew.
    assert sys.getrefcount(query) == 2

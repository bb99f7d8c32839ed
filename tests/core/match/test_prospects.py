"""An article is a "maybe" where a rule has a word in it and would match if its page said the rest."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings

from monitor.core.match import Matcher
from monitor.core.match.prospects import MOST_TRIED
from monitor.core.model import Document
from monitor.core.query import Field, Node, Not, Raw, Regex, Stem, Term, Value, parse
from monitor.core.query.nodes import parts
from monitor.core.rules import Rule
from tests.core.match.strategies import DOCUMENTS, TEXTS, rules
from tests.core.match.twin import brute_force

GENEVA = Document("Talks go on", "Delegations met in Geneva on Monday.", source="wire", language="en")


def maybe(query: str, document: Document = GENEVA) -> bool:
    return Matcher([Rule("rule", parse(query))]).maybe(document)


@pytest.mark.parametrize(
    "query",
    [
        'Geneva AND "security guarantees"',
        'Geneva AND ("security guarantees" OR envoy)',
        "Geneva AND envoy NOT football",
        "Geneva NEAR/5 envoy",
        "ATLEAST/3 Geneva",
        "2 OF (Geneva, envoy, treaty)",
        "(Geneva AND envoy) OR treaty",
        "Geneva AND body:Geneva",
        "Geneva AND lead:envoy",
        "Geneva AND /guarantee\\w+/",
        "title:talks AND envoy",
        "source:wire AND Geneva AND envoy",
    ],
)
def test_more_text_could_make_a_rule_match_of_which_a_word_is_there(query: str) -> None:
    assert maybe(query)


@pytest.mark.parametrize(
    ("query", "because"),
    [
        ("Geneva", "it matches"),
        ("Geneva OR envoy", "it matches"),
        ("treaty AND envoy", "no word of it is there"),
        ("treaty OR envoy", "no word of it is there"),
        ("Geneva AND envoy NOT Monday", "a word is there that forbids it"),
        ("Geneva AND envoy NOT (talks NEAR/2 go)", "words are there that forbid it"),
        ("Geneva AND title:envoy", "no page changes the title"),
        ("Geneva AND summary:envoy", "no page changes the summary"),
        ("Geneva AND (title:envoy NEAR/3 title:talks)", "no page changes the title"),
        ("Geneva AND source:other", "no page changes the source"),
        ("Geneva AND title:/envoy/", "no page changes the title"),
        ("source:wire AND envoy", "the source is no word"),
        ("/guarantee\\w+/", "it asks for no word"),
    ],
)
def test_no_text_could_make_a_rule_match_where(query: str, because: str) -> None:
    assert not maybe(query), because


def test_a_rule_that_is_not_open_to_the_article_is_no_reason() -> None:
    query = parse("Geneva AND envoy")
    assert not Matcher([Rule("rule", query, languages=("fr",))]).maybe(GENEVA)
    assert Matcher([Rule("rule", query, languages=("fr",)), Rule("other", query, languages=("en",))]).maybe(GENEVA)


def test_one_rule_that_matches_does_not_stand_for_another_that_does_not_yet() -> None:
    some = [Rule("place", parse("Geneva")), Rule("both", parse("Geneva AND envoy"))]
    assert Matcher(some).maybe(GENEVA)


def test_of_rules_that_were_edited_the_new_ones_count() -> None:
    before = Matcher([Rule("rule", parse("Geneva AND envoy")), Rule("other", parse("treaty"))])
    assert before.maybe(GENEVA)
    assert not before.edited([Rule("rule", parse("treaty AND envoy"))]).maybe(GENEVA)
    assert not before.edited(removed=["rule"]).maybe(GENEVA)
    assert before.edited([Rule("other", parse("Monday AND envoy"))], removed=["rule"]).maybe(GENEVA)


def test_many_rules_that_share_a_list_are_told_apart() -> None:
    places = " OR ".join(["Geneva", *(f"Place{number}" for number in range(50))])
    some = [Rule(f"r{number}", parse(f"({places}) AND title:no{number}")) for number in range(20)]
    assert not Matcher(some).maybe(GENEVA)
    assert Matcher([*some, Rule("open", parse(f"({places}) AND envoy"))]).maybe(GENEVA)


@pytest.mark.parametrize(("rules_in_vain", "answer"), [(MOST_TRIED, False), (MOST_TRIED + 1, True)])
def test_after_many_rules_in_vain_the_next_is_taken_for_one_that_could_match(
    rules_in_vain: int, *, answer: bool
) -> None:
    some = [Rule(f"r{number}", parse(f"Geneva AND title:no{number}")) for number in range(rules_in_vain)]
    assert Matcher(some).maybe(GENEVA) is answer


def asked(query: Node, *, negated: bool = False) -> Iterator[Node]:
    """Yield the terms of a query that are to be there, each looking where it looks."""
    match query:
        case Term() | Raw():
            if not negated:
                yield query
        case Value() | Regex():
            return
        case Not(inner):
            yield from asked(inner, negated=not negated)
        case Field(name, inner):
            yield from (Field(name, each) for each in asked(inner, negated=negated))
        case Stem(language, inner):
            yield from (Stem(language, each) for each in asked(inner, negated=negated))
        case _:
            for each in parts(query):
                yield from asked(each, negated=negated)


def holds(query: Node, document: Document) -> bool:
    return bool(brute_force([Rule("one", query)], document))


@settings(max_examples=400, deadline=None)
@given(rules(most=4), DOCUMENTS, TEXTS)
def test_no_rule_is_missed_that_more_text_makes_match(some: list[Rule], document: Document, more: str) -> None:
    before = {rule_id for rule_id, _ in brute_force(some, document)}
    longer = replace(document, body=f"{document.body}\n\n{more}")
    made = [each for each in some if each.id in {id for id, _ in brute_force(some, longer)} - before]
    short = replace(document, body="")
    if any(holds(term, short) for rule in made for term in asked(rule.query)):
        assert Matcher(some).maybe(document)


@settings(max_examples=200, deadline=None)
@given(rules(most=4), DOCUMENTS)
def test_what_holds_no_word_of_an_open_rule_is_no_maybe(some: list[Rule], document: Document) -> None:
    matching = {rule_id for rule_id, _ in brute_force(some, document)}
    terms = (term for rule in some if rule.id not in matching for term in asked(rule.query))
    if not any(holds(term, document) for term in terms):
        assert not Matcher(some).maybe(document)

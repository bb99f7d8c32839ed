"""What is explained of a rule is what the matcher found, and says what is amiss where it found nothing."""

import pytest
from hypothesis import given, settings

from monitor.core.match import Matcher
from monitor.core.match.explaining import MOST_PARTS, Explainer, Part, admissions
from monitor.core.match.matcher import MOST_SPANS
from monitor.core.model import Document, Span
from monitor.core.query import And, Not, Or, parse
from monitor.core.rules import Rule
from tests.core.match.strategies import DOCUMENTS, rules

Letters = set[tuple[str, int]]


def letters(spans: tuple[Span, ...]) -> Letters:
    """The characters that spans take up, in whichever pieces."""
    return {(span.field, at) for span in spans for at in range(span.start, span.end)}


def explained(query: str, document: Document) -> Part:
    rule = Rule("r", parse(query))
    return Explainer(Matcher([rule]), document).explain(rule.query)


def marked(part: Part, document: Document) -> list[str]:
    texts = {"title": document.title, "summary": document.summary, "body": document.body}
    return [texts[span.field][span.start : span.end] for span in part.spans]


@settings(max_examples=150)
@given(rules(), DOCUMENTS)
def test_the_verdict_and_the_marks_are_the_matchers(some: list[Rule], document: Document) -> None:
    matcher = Matcher(some)
    hits = {hit.rule.id: hit for hit in matcher.match(document)}
    explainer = Explainer(matcher, document)
    for rule in some:
        part = explainer.explain(rule.query)
        holds = part.holds and all(each.holds for each in admissions(rule, document))
        assert holds == (rule.id in hits)
        if holds and len(hits[rule.id].spans) < MOST_SPANS:
            assert letters(part.spans) == letters(hits[rule.id].spans)


def parts_of(part: Part) -> list[Part]:
    return [part, *(inner for each in part.parts for inner in parts_of(each))]


@settings(max_examples=150)
@given(rules(), DOCUMENTS)
def test_every_part_that_fails_is_what_makes_the_whole_fail(some: list[Rule], document: Document) -> None:
    matcher = Matcher(some)
    explainer = Explainer(matcher, document)
    for part in (each for rule in some for each in parts_of(explainer.explain(rule.query))):
        inside = [each.holds for each in part.parts]
        if isinstance(part.query, And):
            assert part.holds == all(inside)
        elif isinstance(part.query, Or) and inside:
            assert part.holds == any(inside)
        elif isinstance(part.query, Not):
            assert part.holds == (not inside[0])
        if part.holds:
            assert part.why == ""


@settings(max_examples=100)
@given(rules(), DOCUMENTS)
def test_nothing_is_short_exactly_where_the_query_holds(some: list[Rule], document: Document) -> None:
    explainer = Explainer(Matcher(some), document)
    for rule in some:
        assert (explainer.shortfall(rule.query).missing == 0) == explainer.holds(rule.query)


GOLF = Document(
    "Witkoff opens golf resort", body="He speaks of security. The guarantees of Kyiv came later.\n\nWitkoff left."
)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("Kushner", "not there"),
        ("Witkof", "not there; closest to 'Witkof' is 'Witkoff'"),
        ("Witkof OR Kushner", "none of 2 is there; closest to 'Witkof' is 'Witkoff'"),
        ("security guarantees", "its words are there, but not in a row"),
        ("security umbrella", "'umbrella' is not there"),
        ("Kushner umbrella", "'Kushner', 'umbrella' are not there"),
        ("title:Kyiv", "stands in the body, not in the title"),
        ("title:(Kyiv OR Moscow)", "stands in the body, not in the title"),
        ("title:(Minsk OR Moscow)", "none of 2 is there"),
        ("summary:Witkoff", "stands in the title and body, not in the summary"),
        ("raw:GOLF", "stands there, but written another way"),
        ("raw:TENNIS", "not there"),
        ("stem:en guaranteeing", ""),
        ("/golf{2}/", "not found"),
        ("ATLEAST/3 Witkoff", "found 2 of 3"),
        ("ATLEAST/3 Kushner", "not there"),
        ("2 OF (Kushner, Witkoff, umbrella)", "found 1 of 2"),
        ("resort NEAR/5 Kyiv", "they stand in different fields"),
        ("security NEAR/1 Kyiv", "'security' and 'Kyiv' stand 3 words apart, at most 1"),
        ("Kyiv NEAR/1 security", "'security' and 'Kyiv' stand 3 words apart, at most 1"),
        ("Kyiv ONEAR/9 security", "'security' stands before 'Kyiv', not behind it"),
        ("security NEAR/s guarantees", "'security' and 'guarantees' are never in one sentence"),
        ("security NEAR/9 speaks NEAR/0 Kyiv", "'speaks' and 'Kyiv' stand 5 words apart, at most 0"),
        ("golf NEAR/5 opens golf", "they overlap"),
        ("author:Ann", "the article has no author"),
        ("lang:en", "the article has no lang"),
    ],
)
def test_what_is_amiss_is_said_in_words(query: str, why: str) -> None:
    part = explained(query, GOLF)
    assert part.why == why
    assert part.holds == (not why)


def test_a_value_is_told_with_what_the_article_has() -> None:
    part = explained("author:Ann", Document("x", author="Bob Writer"))
    assert part.why == "the article has 'bob writer'"


def test_a_chain_whose_links_hold_one_by_one_is_told_as_such() -> None:
    document = Document("a b x x x x x x b c")
    part = explained("a NEAR/0 b NEAR/0 c", document)
    assert part.why == "each is near the one before it, but not all in one place"


def test_the_one_part_of_many_that_fails_is_told_of() -> None:
    names = [f"word{number}" for number in range(40)]
    part = explained(" AND ".join((*names, "missing")), Document(" ".join(names)))
    assert [str(each.query) for each in part.parts if not each.holds] == ["missing"]
    assert len(part.parts) == MOST_PARTS


def test_what_is_too_far_apart_is_marked() -> None:
    part = explained("security NEAR/1 Kyiv", GOLF)
    assert marked(part, GOLF) == ["security", "Kyiv"]


def test_what_a_not_keeps_away_is_marked() -> None:
    part = explained("Witkoff NOT golf", GOLF)
    assert [each.holds for each in part.parts] == [True, False]
    assert marked(part.parts[1], GOLF) == ["golf"]


def test_a_regular_expression_that_ran_out_of_time_is_told_so() -> None:
    part = explained("Witkoff AND /(x+x+)+y/", Document("Witkoff", body="x" * 5000))
    assert part.parts[1].why == "the regular expression ran out of time, and so counts as not found"


@pytest.mark.parametrize(
    ("query", "nearly"),
    [
        ("Witkoff AND Kushner", True),
        ("Witkoff AND Kushner AND umbrella", False),
        ("Kushner", False),
        ("Kushner AND umbrella", False),
        ("Witkoff NOT golf", True),
        ("NOT golf AND umbrella", False),
        ("security NEAR/1 Kyiv", True),
        ("2 OF (Kushner, Witkoff, umbrella)", True),
        ("ATLEAST/3 Witkoff", True),
        ("umbrella OR (Witkoff AND Kushner)", True),
        ("lang:en AND Kushner", False),
        ("title:(Witkoff AND Kyiv)", True),
    ],
)
def test_a_query_nearly_holds_where_one_thing_is_amiss_and_something_is_there(query: str, nearly: bool) -> None:
    rule = Rule("r", parse(query))
    document = Document(GOLF.title, body=GOLF.body, language="en")
    assert Explainer(Matcher([rule]), document).shortfall(rule.query).is_small == nearly


def test_a_gate_says_what_the_article_has_and_what_the_rule_wants() -> None:
    rule = Rule("r", parse("Witkoff"), languages=("en",), sources=("bbc", "*.gov.ua"))
    language, source = admissions(rule, Document("Witkoff", language="de", source="wire", source_tags=("fast",)))
    assert (language.holds, language.has, language.wants) == (False, ("de",), ("en",))
    assert (source.holds, source.has, source.wants) == (False, ("wire", "tag:fast"), ("bbc", "*.gov.ua"))

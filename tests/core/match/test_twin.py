"""The matcher finds what brute force finds, and marks what it marks."""

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.match import Matcher
from monitor.core.model import Document
from monitor.core.rules import Rule
from tests.core.match.strategies import BARE, DOCUMENTS, rules
from tests.core.match.twin import brute_force


def found(matcher: Matcher, document: Document) -> list[tuple[str, list[object]]]:
    return [(hit.rule.id, list(hit.spans)) for hit in matcher.match(document)]


@settings(max_examples=400, deadline=None)
@given(rules(), st.lists(DOCUMENTS, min_size=1, max_size=3))
def test_the_matcher_agrees_with_brute_force(some: list[Rule], documents: list[Document]) -> None:
    matcher = Matcher(some)
    for document in documents:
        assert found(matcher, document) == brute_force(some, document)


@settings(max_examples=200, deadline=None)
@given(rules(BARE, most=40), DOCUMENTS)
def test_many_terms_at_once_do_not_get_into_each_others_way(some: list[Rule], document: Document) -> None:
    assert found(Matcher(some), document) == brute_force(some, document)


@settings(max_examples=100, deadline=None)
@given(rules(), DOCUMENTS)
def test_a_hit_does_not_depend_on_the_other_rules(some: list[Rule], document: Document) -> None:
    together = [(hit.rule.id, hit.spans) for hit in Matcher(some).match(document)]
    alone = [(hit.rule.id, hit.spans) for rule in some for hit in Matcher([rule]).match(document)]
    assert together == alone


@settings(max_examples=100, deadline=None)
@given(rules(), DOCUMENTS)
def test_matching_again_finds_the_same(some: list[Rule], document: Document) -> None:
    matcher = Matcher(some)
    assert found(matcher, document) == found(matcher, document)

"""Matching: articles a second on one core against one `re` search for each term of each rule."""

import gc
import re
import time
from collections.abc import Callable, Iterator, Sequence

from bench.support.figures import Figure
from bench.support.press import articles, rules
from monitor.core.match import Matcher
from monitor.core.model import Document
from monitor.core.query import And, Field, Near, Node, Not, Or, Term
from monitor.core.rules import Rule
from tests.core.match.twin import brute_force

RULES = 1_000
RULE_COUNTS = (RULES, 10_000, 100_000)
ARTICLES = 300
AT_LEAST = 200
"""Times the naive search at 1,000 rules."""
ROUNDS = 3
NAIVE_RULES = 20_000
"""The naive search is slow: it gets so few articles that it tries so many rules in all."""
SAMPLED_ARTICLES = 10
SAMPLED_RULES = 200
"""So many rules are held against brute force."""


def measure() -> Iterator[Figure]:
    """Yield the speed at 1,000, 10,000 and 100,000 rules, after a sample of the hits was held against brute force."""
    documents = articles(ARTICLES)
    for count in RULE_COUNTS:
        yield from _measure(rules(count), documents)


def _measure(some: Sequence[Rule], documents: Sequence[Document]) -> Iterator[Figure]:
    started = time.process_time()
    matcher = Matcher(some)
    built = time.process_time() - started
    _check(matcher, some, documents)
    naive = _per_second(_naive(some), documents[: max(1, NAIVE_RULES // len(some))], 1)
    gc.collect()
    gc.freeze()
    matched = _per_second(matcher.match, documents, ROUNDS)
    marked = _per_second(lambda document: [hit.spans for hit in matcher.match(document)], documents, ROUNDS)
    gc.unfreeze()
    count = f"{len(some):,} rules"
    goal = AT_LEAST * naive if len(some) == RULES else 0
    yield Figure(f"matched against {count}", matched, "articles/s", ("at least", goal) if goal else None, "re", naive)
    yield Figure(f"matched and marked, {count}", marked, "articles/s", against="re", baseline=naive)
    yield Figure(f"{count} made ready", built / len(some) * 1e6, "µs a rule")


def _per_second(match: Callable[[Document], object], documents: Sequence[Document], rounds: int) -> float:
    """Return how many documents a second `match` takes on one core, in the best of the rounds."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        for document in documents:
            match(document)
        best = min(best, time.process_time() - started)
    return len(documents) / best


def _check(matcher: Matcher, some: Sequence[Rule], documents: Sequence[Document]) -> None:
    sample = some[:: len(some) // SAMPLED_RULES]
    ids = {rule.id for rule in sample}
    for document in documents[:SAMPLED_ARTICLES]:
        found = [(hit.rule.id, list(hit.spans)) for hit in matcher.match(document) if hit.rule.id in ids]
        if found != brute_force(sample, document):
            raise AssertionError("the matcher and brute force disagree")


def _naive(some: Sequence[Rule]) -> Callable[[Document], int]:
    tests = [_test(rule.query) for rule in some]
    return lambda document: sum(test(document.title, f"{document.title}\n{document.body}") for test in tests)


def _test(query: Node) -> Callable[[str, str], bool]:
    """Return the test that a first attempt at matching would make of a query: of a title, and of a whole text."""
    match query:
        case Term(words):
            last = "" if words[-1].prefix else r"\b"
            search = re.compile(
                r"\b" + r"\W+".join(re.escape(word.text) for word in words) + last, re.IGNORECASE
            ).search
            return lambda _title, text: search(text) is not None
        case Field(_, inner):
            of_title = _test(inner)
            return lambda title, _text: of_title(title, title)
        case Not(inner):
            positive = _test(inner)
            return lambda title, text: not positive(title, text)
        case And(queries) | Near(queries, _):
            # Nearness is left out: the naive search is faster for it.
            parts = [_test(each) for each in queries]
            return lambda title, text: all(part(title, text) for part in parts)
        case Or(queries):
            parts = [_test(each) for each in queries]
            return lambda title, text: any(part(title, text) for part in parts)
        case _:
            raise ValueError(f"no such rules are made: {query}")

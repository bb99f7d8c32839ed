"""Matching: articles a second on one core against one `re` search for each term of each rule, and what it costs beside.

Processor time is measured, since it is one core's work and others are at work on the machine.
"""

import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence

from bench.support.figures import Figure, Goal
from bench.support.memory import growing, longest_round, settled
from bench.support.press import articles, rules
from monitor.core.match import Matcher
from monitor.core.model import Document
from monitor.core.query import And, Field, Near, Node, Not, Or, Term
from monitor.core.rules import Rule
from tests.core.match.twin import brute_force

RULES = 1_000
FEW, MANY = 10, 100_000
RULE_COUNTS = (FEW, RULES, 10_000, MANY)
ARTICLES = 300
AT_LEAST = 200
"""Times the naive search at 1,000 rules."""
ROUNDS = 3
NAIVE_RULES = 20_000
"""The naive search is slow: it gets so few articles that it tries so many rules in all."""
SAMPLED_ARTICLES = 10
SAMPLED_RULES = 200
"""So many rules are held against brute force."""
LONG = 1_000_000
"""Characters of a very long article."""


def measure() -> Iterator[Figure]:
    """Yield the speed at 10 to 100,000 rules, after a sample of the hits was held against brute force."""
    documents = articles(ARTICLES)
    spent: dict[int, float] = {}
    for count in RULE_COUNTS:
        some = rules(count)
        with growing() as grown:
            matcher = Matcher(some)
        _check(matcher, some, documents)
        with settled():
            spent[count] = _best(matcher.match, documents, ROUNDS)
            yield from _speed(matcher, documents, 1 / spent[count])
            if count >= RULES:
                yield from _extremes(matcher, documents, f"{count:,} rules")
        if count >= RULES:
            goal: Goal = ("at most", 30)
            yield Figure(f"{count:,} rules made ready", grown.seconds / count * 1e6, "µs a rule", goal)
        if count == MANY:
            yield Figure(f"memory of {count:,} rules", grown.bytes / count / 1e3, "kB a rule", ("at most", 1.3))
            yield from _edit(matcher)
    growth = spent[MANY] / spent[FEW]
    yield Figure(f"time for {MANY // FEW:,} times the rules", growth, "times", ("at most", 7))


def _speed(matcher: Matcher, documents: Sequence[Document], matched: float) -> Iterator[Figure]:
    some = matcher.rules
    naive = 1 / _best(_naive(some), documents[: max(1, min(ARTICLES, NAIVE_RULES // len(some)))], 1)
    marked = 1 / _best(lambda document: [hit.spans for hit in matcher.match(document)], documents, ROUNDS)
    goal: Goal | None = ("at least", AT_LEAST * naive) if len(some) == RULES else None
    count = f"{len(some):,} rules"
    yield Figure(f"matched against {count}", matched, "articles/s", goal, "re", naive)
    yield Figure(f"matched and marked, {count}", marked, "articles/s", against="re", baseline=naive)


def _extremes(matcher: Matcher, documents: Sequence[Document], count: str) -> Iterator[Figure]:
    """Yield what the slowest of a hundred articles costs, a very long one, and the longest round of the garbage collector."""
    with longest_round() as rounds:
        each = sorted(_best(matcher.match, [document], ROUNDS) for document in documents)
    median = statistics.median(each)
    slow: Goal = ("at most", 5)
    yield Figure(f"slowest of a hundred, {count}", each[-len(each) // 100] / median, "times the median", slow)
    text = "\n\n".join(document.body for document in documents)
    long = Document("A very long article", body=(text * (LONG // len(text) + 1))[:LONG])
    yield Figure(f"an article of 1 MB, {count}", _best(matcher.match, [long], ROUNDS) * 1e3, "ms", ("at most", 150))
    yield Figure(f"garbage collector's longest round, {count}", max(rounds, default=0.0) * 1e3, "ms", ("at most", 5))


def _edit(matcher: Matcher) -> Iterator[Figure]:
    rule = matcher.rules[len(matcher.rules) // 2]
    took = min(_time(lambda: matcher.edited([rule])) for _ in range(20))
    yield Figure(f"one rule of {len(matcher.rules):,} edited", took * 1e3, "ms", ("at most", 0.1))


def _best(match: Callable[[Document], object], documents: Sequence[Document], rounds: int) -> float:
    """Return the seconds that `match` takes for one document, in the best of the rounds."""

    def one_round() -> None:
        for document in documents:
            match(document)

    return min(_time(one_round) for _ in range(rounds)) / len(documents)


def _time(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _check(matcher: Matcher, some: Sequence[Rule], documents: Sequence[Document]) -> None:
    sample = some[:: max(1, len(some) // SAMPLED_RULES)]
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

"""The matcher: all rules against one article at a time, and where in it they matched."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from monitor.core.match.catalogue import Catalogue
from monitor.core.match.expressing import Expressor
from monitor.core.match.frequencies import COMMON
from monitor.core.match.gates import gate
from monitor.core.match.presearch import Presearch
from monitor.core.match.reading import Reading
from monitor.core.model import Document, Span
from monitor.core.query import searched
from monitor.core.rules import Rule

MOST_SPANS = 200
"""Spans kept of one hit, in the order title, summary, body."""

_FIELD_ORDER = {"title": 0, "summary": 1, "body": 2}


class Hit:
    """A rule that matches an article. Its spans are found when they are first asked for."""

    __slots__ = ("_found", "_spans", "rule")

    def __init__(self, rule: Rule, found: Callable[[Rule], tuple[Span, ...]]) -> None:
        self.rule = rule
        self._found: Callable[[Rule], tuple[Span, ...]] | None = found

    def __repr__(self) -> str:
        return f"Hit({self.rule.id!r}, {self.spans!r})"

    @property
    def spans(self) -> tuple[Span, ...]:
        """The parts of the article's text that satisfied the rule, sorted; none overlaps another.

        A rule that asks for values alone (a source, a language) has none.
        """
        if self._found:
            self._spans = self._found(self.rule)
            # It holds the reading, which is as large as the article, and is not needed any more.
            self._found = None
        return self._spans


class Hits(list[Hit]):
    """The hits of one article, in the order of the rules. `overrun` are the rules of which a regular expression ran out of time in it,
    and so counted as not found.
    """

    def __init__(self, hits: Iterable[Hit] = (), overrun: tuple[Rule, ...] = ()) -> None:
        super().__init__(hits)
        self.overrun = overrun


class Matcher:
    """A set of rules, ready to be matched. Immutable; safe to share between threads."""

    def __init__(self, rules: Iterable[Rule], frequencies: Mapping[str, float] = COMMON) -> None:
        """`frequencies` has, for words as they are folded, which share of articles holds them."""
        self.rules = tuple(rules)
        self._catalogue = Catalogue(frequencies)
        self._expressor = Expressor(self._catalogue)
        self._gates = {number: made for number, rule in enumerate(self.rules) if (made := gate(rule))}
        self._presearch = Presearch(self._catalogue.costs)
        for number, rule in enumerate(self.rules):
            self._presearch.add(number, self._expressor.express(rule.query))

    @property
    def always(self) -> tuple[Rule, ...]:
        """The rules that have to be tried on every article, since no term must be there for them to match."""
        return tuple(self.rules[number] for number in sorted(self._presearch.always))

    def match(self, document: Document) -> Hits:
        """Return a hit for every rule that `document` satisfies, in the order of the rules."""
        reading = Reading(document, self._catalogue)
        matching = self._presearch.matching(reading)
        rules, gates, spans = self.rules, self._gates, partial(self._spans, reading)
        if gates:
            matching = {each for each in matching if each not in gates or gates[each].admits(document)}
        hits = [Hit(rules[each], spans) for each in sorted(matching)]
        return Hits(hits, self._overrun(reading.overrun))

    def _spans(self, reading: Reading, rule: Rule) -> tuple[Span, ...]:
        # Most rules rarely match: their expressions are not kept, but made again.
        return _merged(self._expressor.express(rule.query).marks(reading))

    def _overrun(self, patterns: set[str]) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if not patterns.isdisjoint(searched(rule.query))) if patterns else ()


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans sorted, those that overlap made one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda each: (_FIELD_ORDER[each.field], each.start, each.end)):
        last = merged[-1] if merged else None
        if last and last.field == span.field and span.start < last.end:
            merged[-1] = Span(last.field, last.start, max(last.end, span.end))
        elif len(merged) < MOST_SPANS:
            merged.append(span)
    return tuple(sorted(merged))

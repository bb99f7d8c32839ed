"""The matcher: all rules against one article at a time, and where in it they matched."""

from collections.abc import Iterable

from monitor.core.match.catalogue import Catalogue
from monitor.core.match.expressing import Expressor
from monitor.core.match.expressions import Expression
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

    def __init__(self, rule: Rule, expression: Expression, reading: Reading) -> None:
        self.rule = rule
        self._found: tuple[Expression, Reading] | None = (expression, reading)
        self._spans: tuple[Span, ...] = ()

    def __repr__(self) -> str:
        return f"Hit({self.rule.id!r}, {self.spans!r})"

    @property
    def spans(self) -> tuple[Span, ...]:
        """The parts of the article's text that satisfied the rule, sorted; none overlaps another.

        A rule that asks for values alone (a source, a language) has none.
        """
        if found := self._found:
            self._spans = _spans(*found)
            # The reading is as large as the article; it is not needed any more.
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

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._catalogue = Catalogue()
        expressor = Expressor(self._catalogue)
        self._expressions = [expressor.express(rule.query) for rule in self.rules]
        self._gates = [gate(rule) for rule in self.rules]
        self._presearch = Presearch(self._catalogue.costs)
        for number, expression in enumerate(self._expressions):
            self._presearch.add(number, expression)

    def match(self, document: Document) -> Hits:
        """Return a hit for every rule that `document` satisfies, in the order of the rules."""
        reading = Reading(document, self._catalogue)
        matching = self._presearch.matching(reading)
        hits = (
            Hit(self.rules[each], self._expressions[each], reading)
            for each in sorted(matching)
            if self._admits(each, document)
        )
        return Hits(hits, self._overrun(reading.searches.overrun))

    def _overrun(self, patterns: set[str]) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if not patterns.isdisjoint(searched(rule.query))) if patterns else ()

    def _admits(self, number: int, document: Document) -> bool:
        open_to = self._gates[number]
        return open_to is None or open_to.admits(document)


def _spans(expression: Expression, reading: Reading) -> tuple[Span, ...]:
    """Return the spans of an expression that holds, those that overlap made one."""
    merged: list[Span] = []
    for span in sorted(expression.marks(reading), key=lambda each: (_FIELD_ORDER[each.field], each.start, each.end)):
        last = merged[-1] if merged else None
        if last and last.field == span.field and span.start < last.end:
            merged[-1] = Span(last.field, last.start, max(last.end, span.end))
        elif len(merged) < MOST_SPANS:
            merged.append(span)
    return tuple(sorted(merged))

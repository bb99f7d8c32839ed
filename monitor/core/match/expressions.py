"""Expressions over term ids, negations pushed down to the terms: what a rule asks of an article.

One class for each kind of condition, each with the same three questions: does it hold, what in the text made it hold, and which
terms must be there for it to hold (what it needs). A further operator of the language is a further class. None is changed once it is
made; they are not frozen because a hundred thousand rules are then made ready in half the time.
"""

from dataclasses import dataclass
from typing import Protocol

from monitor.core.match.nearness import Clause, Cost
from monitor.core.match.reading import Reading
from monitor.core.model import Span


class Expression(Protocol):
    """A condition on an article."""

    def holds(self, reading: Reading, /) -> bool:
        """Whether the article meets the condition."""
        ...

    def marks(self, reading: Reading, /) -> set[Span]:
        """Return the parts of the text that meet the condition, given that it holds."""
        ...

    def needs(self, cost: Cost, /) -> list[Clause]:
        """Return clauses that are all met wherever the condition holds; none where it may hold of an article with no term at all."""
        ...


@dataclass(slots=True, eq=False)
class Has:
    """At least one of the terms occurs."""

    terms: Clause

    def holds(self, reading: Reading, /) -> bool:
        """Whether one of the terms is found."""
        return not reading.found.isdisjoint(self.terms)

    def marks(self, reading: Reading, /) -> set[Span]:
        """Return where the terms stand."""
        return {span for term in self.terms & reading.found for span in reading.spans(term)}

    def needs(self, _cost: Cost, /) -> list[Clause]:
        """Return the terms."""
        return [self.terms]


@dataclass(slots=True, eq=False)
class Lacks:
    """None of the terms occurs."""

    terms: Clause

    def holds(self, reading: Reading, /) -> bool:
        """Whether no term is found."""
        return reading.found.isdisjoint(self.terms)

    def marks(self, _reading: Reading, /) -> set[Span]:
        """Return nothing: what is absent stands nowhere."""
        return set()

    def needs(self, _cost: Cost, /) -> list[Clause]:
        """Return nothing."""
        return []


@dataclass(slots=True, eq=False)
class All:
    """Every part holds."""

    parts: tuple[Expression, ...]

    def holds(self, reading: Reading, /) -> bool:
        """Whether all parts do."""
        return all(part.holds(reading) for part in self.parts)

    def marks(self, reading: Reading, /) -> set[Span]:
        """Return the marks of all parts."""
        return {span for part in self.parts for span in part.marks(reading)}

    def needs(self, cost: Cost, /) -> list[Clause]:
        """Return what each of the parts needs."""
        return [clause for part in self.parts for clause in part.needs(cost)]


@dataclass(slots=True, eq=False)
class Any:
    """At least one part holds."""

    parts: tuple[Expression, ...]

    def holds(self, reading: Reading, /) -> bool:
        """Whether one of the parts does."""
        return any(part.holds(reading) for part in self.parts)

    def marks(self, reading: Reading, /) -> set[Span]:
        """Return the marks of the parts that hold."""
        return {span for part in self.parts if part.holds(reading) for span in part.marks(reading)}

    def needs(self, cost: Cost, /) -> list[Clause]:
        """Return the cheapest need of every part, together."""
        return _any_of([part.needs(cost) for part in self.parts], cost)


@dataclass(slots=True, eq=False)
class Some:
    """At least so many parts hold."""

    count: int
    parts: tuple[Expression, ...]

    def holds(self, reading: Reading, /) -> bool:
        """Whether so many do."""
        return sum(part.holds(reading) for part in self.parts) >= self.count

    def marks(self, reading: Reading, /) -> set[Span]:
        """Return the marks of the parts that hold."""
        return {span for part in self.parts if part.holds(reading) for span in part.marks(reading)}

    def needs(self, cost: Cost, /) -> list[Clause]:
        """Return the cheapest needs of as many parts that they cannot all fail."""
        enough = len(self.parts) - self.count + 1
        needed = [need for part in self.parts if (need := part.needs(cost))]
        needed.sort(key=lambda clauses: min(map(cost, clauses)))
        return _any_of(needed[:enough], cost) if len(needed) >= enough else []


@dataclass(slots=True, eq=False)
class Fails:
    """A part does not hold."""

    part: Expression

    def holds(self, reading: Reading, /) -> bool:
        """Whether it does not."""
        return not self.part.holds(reading)

    def marks(self, _reading: Reading, /) -> set[Span]:
        """Return nothing: what is absent stands nowhere."""
        return set()

    def needs(self, _cost: Cost, /) -> list[Clause]:
        """Return nothing."""
        return []


@dataclass(slots=True, eq=False)
class Searched:
    """A regular expression is found in a text field ("" is any)."""

    pattern: str
    field: str

    def holds(self, reading: Reading, /) -> bool:
        """Whether it is found in time."""
        return bool(reading.searches.found(self.pattern, self.field))

    def marks(self, reading: Reading, /) -> set[Span]:
        """Return what it found, where that is not nothing."""
        return {span for span in reading.searches.found(self.pattern, self.field) if span.start < span.end}

    def needs(self, _cost: Cost, /) -> list[Clause]:
        """Return nothing: it has to be searched for."""
        return []


def _any_of(needs: list[list[Clause]], cost: Cost) -> list[Clause]:
    """Return the cheapest clause of each, as one; nothing where one of them has none."""
    return [frozenset().union(*(min(clauses, key=cost) for clauses in needs))] if all(needs) else []

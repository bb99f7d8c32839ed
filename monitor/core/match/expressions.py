"""Queries as expressions over term ids, negations pushed down to the terms.

One class for each kind of condition, each with the same three questions: does it hold, what in the text made it hold, and which
terms must be there for it to hold (its cover). A further operator of the language is a further class.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from monitor.core.match.catalogue import Catalogue
from monitor.core.match.reading import Reading
from monitor.core.model import Span
from monitor.core.query import And, Field, Node, Not, Or, Raw, Term, Value

Cost = Callable[[frozenset[int]], float]


class Expression(Protocol):
    """A condition on an article."""

    def holds(self, reading: Reading, /) -> bool:
        """Whether the article meets the condition."""
        ...

    def marks(self, reading: Reading, /) -> set[Span]:
        """Return the parts of the text that meet the condition, given that it holds."""
        ...

    def cover(self, cost: Cost, /) -> frozenset[int] | None:
        """Return terms of which at least one is found wherever the condition holds, the cheapest such; None: there are none."""
        ...


@dataclass(frozen=True, slots=True)
class Has:
    """At least one of the terms occurs."""

    terms: frozenset[int]

    def holds(self, reading: Reading, /) -> bool:
        """Whether one of the terms is found."""
        return not reading.found.isdisjoint(self.terms)

    def marks(self, reading: Reading, /) -> set[Span]:
        """Return where the terms stand."""
        return {span for term in self.terms & reading.found for span in reading.spans(term)}

    def cover(self, _cost: Cost, /) -> frozenset[int] | None:
        """Return the terms."""
        return self.terms


@dataclass(frozen=True, slots=True)
class Lacks:
    """None of the terms occurs."""

    terms: frozenset[int]

    def holds(self, reading: Reading, /) -> bool:
        """Whether no term is found."""
        return reading.found.isdisjoint(self.terms)

    def marks(self, _reading: Reading, /) -> set[Span]:
        """Return nothing: what is absent stands nowhere."""
        return set()

    def cover(self, _cost: Cost, /) -> frozenset[int] | None:
        """Return None: it may hold of an article with no term at all."""
        return None


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Expression, ...]

    def holds(self, reading: Reading, /) -> bool:
        """Whether all parts do."""
        return all(part.holds(reading) for part in self.parts)

    def marks(self, reading: Reading, /) -> set[Span]:
        """Return the marks of all parts."""
        return {span for part in self.parts for span in part.marks(reading)}

    def cover(self, cost: Cost, /) -> frozenset[int] | None:
        """Return the cheapest cover of a part."""
        return min((found for part in self.parts if (found := part.cover(cost))), key=cost, default=None)


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple[Expression, ...]

    def holds(self, reading: Reading, /) -> bool:
        """Whether one of the parts does."""
        return any(part.holds(reading) for part in self.parts)

    def marks(self, reading: Reading, /) -> set[Span]:
        """Return the marks of the parts that hold."""
        return {span for part in self.parts if part.holds(reading) for span in part.marks(reading)}

    def cover(self, cost: Cost, /) -> frozenset[int] | None:
        """Return a cover of every part, together."""
        covers = [part.cover(cost) for part in self.parts]
        return frozenset().union(*filter(None, covers)) if all(covers) else None


def express(query: Node, catalogue: Catalogue, field: str = "", *, negated: bool = False) -> Expression:
    """Return the condition that `query` sets in a text field ("" is any), or that it sets not."""
    match query:
        case Term():
            return _leaf(catalogue.term(query, field), negated)
        case Raw():
            return _leaf(catalogue.raw(query, field), negated)
        case Value():
            return _leaf(catalogue.value(query), negated)
        case Field(name, inner):
            return express(inner, catalogue, name, negated=negated)
        case Not(inner):
            return express(inner, catalogue, field, negated=not negated)
        case And(queries) | Or(queries):
            parts = [express(each, catalogue, field, negated=negated) for each in queries]
            return _all(parts) if isinstance(query, And) is not negated else _any(parts)


def _leaf(terms: frozenset[int], negated: bool) -> Expression:
    return Lacks(terms) if negated else Has(terms)


def _all(parts: Iterable[Expression]) -> Expression:
    """Return that all parts hold, what must be absent gathered in one."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, All) else (part,))]
    lacking = [part.terms for part in flat if isinstance(part, Lacks)]
    rest = [part for part in flat if not isinstance(part, Lacks)]
    gathered: list[Expression] = [Lacks(frozenset().union(*lacking))] if lacking else []
    made = (*rest, *gathered)
    return made[0] if len(made) == 1 else All(made)


def _any(parts: Iterable[Expression]) -> Expression:
    """Return that one part holds, what may be present gathered in one."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Any) else (part,))]
    having = [part.terms for part in flat if isinstance(part, Has)]
    rest = [part for part in flat if not isinstance(part, Has)]
    gathered: list[Expression] = [Has(frozenset().union(*having))] if having else []
    made = (*gathered, *rest)
    return made[0] if len(made) == 1 else Any(made)

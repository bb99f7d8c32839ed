"""From the tree of a query to the expression that is tried on articles."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from monitor.core.match.catalogue import Catalogue
from monitor.core.match.expressions import All, Any, Expression, Fails, Has, Lacks, Searched, Some
from monitor.core.match.nearness import Near, Often, Places
from monitor.core.query import And, AtLeast, Field, KOf, Node, Not, Or, Raw, Regex, Stem, Term, Value
from monitor.core.query import Near as NearNode


class Scope(NamedTuple):
    """The text field that is looked in ("" is any), and the language whose word forms are found ("" is none)."""

    field: str = ""
    language: str = ""


ANYWHERE = Scope()

LONG = 16
"""Alternatives from which on it pays to remember what was made of them."""


class Expressor:
    """Makes expressions. A list that several rules use is one node of their trees, and made once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[tuple[int, Scope, bool], tuple[Node, Expression]] = {}
        self._known_places: dict[tuple[int, Scope], tuple[Node, Places]] = {}

    def express(self, query: Node, scope: Scope = ANYWHERE, *, negated: bool = False) -> Expression:
        """Return the condition that `query` sets, or that it sets not."""
        match query:
            case Term():
                return _leaf(self._catalogue.term(query, scope.field, scope.language), negated)
            case Raw() | Value():
                return _leaf(self._terms(query, scope), negated)
            case Field(name, inner):
                return self.express(inner, scope._replace(field=name), negated=negated)
            case Stem(language, inner):
                return self.express(inner, scope._replace(language=language), negated=negated)
            case Not(inner):
                return self.express(inner, scope, negated=not negated)
            case And(queries):
                parts = [self.express(each, scope, negated=negated) for each in queries]
                return _any(parts) if negated else _all(parts)
            case Or():
                return self._either(query, scope, negated)
            case KOf(count, queries):
                made = tuple(self.express(each, scope, negated=negated) for each in queries)
                return Some(len(made) - count + 1 if negated else count, made)
            case NearNode() | AtLeast() | Regex():
                made_of = self._whole(query, scope)
                return Fails(made_of) if negated else made_of

    def _either(self, query: Or, scope: Scope, negated: bool) -> Expression:
        if len(query.queries) < LONG:
            return self._made_either(query, scope, negated)
        key = id(query), scope, negated
        if key not in self._known:
            # The node is kept beside it: its id is its own for as long as it lives.
            self._known[key] = query, self._made_either(query, scope, negated)
        return self._known[key][1]

    def _made_either(self, query: Or, scope: Scope, negated: bool) -> Expression:
        parts = [self.express(each, scope, negated=negated) for each in query.queries]
        return _all(parts) if negated else _any(parts)

    def _whole(self, query: NearNode | AtLeast | Regex, scope: Scope) -> Expression:
        match query:
            case NearNode():
                return self._near(query, scope)
            case AtLeast(count, inner):
                return Often(count, self._places(inner, scope))
            case Regex(pattern):
                return Searched(pattern, scope.field)

    def _near(self, query: NearNode, scope: Scope) -> Near:
        return Near(tuple(self._places(each, scope) for each in query.queries), query.distances)

    def _places(self, query: Node, scope: Scope) -> Places:
        """Return where something stands that has a place in the text."""
        if not isinstance(query, Or) or len(query.queries) < LONG:
            return self._made_places(query, scope)
        key = id(query), scope
        if key not in self._known_places:
            self._known_places[key] = query, self._made_places(query, scope)
        return self._known_places[key][1]

    def _made_places(self, query: Node, scope: Scope) -> Places:
        parts = list(self._parts(query, scope))
        terms: frozenset[int] = frozenset().union(*(part for part in parts if not isinstance(part, Near)))
        return Places(terms, tuple(part for part in parts if isinstance(part, Near)))

    def _parts(self, query: Node, scope: Scope) -> Iterator[frozenset[int] | Near]:
        match query:
            case Term() | Raw():
                yield self._terms(query, scope)
            case Field(name, inner):
                yield from self._parts(inner, scope._replace(field=name))
            case Stem(language, inner):
                yield from self._parts(inner, scope._replace(language=language))
            case NearNode():
                yield self._near(query, scope)
            case Or(queries):
                for each in queries:
                    yield from self._parts(each, scope)
            case _:
                raise ValueError(f"no place in a text: {query}")

    def _terms(self, query: Term | Raw | Value, scope: Scope) -> frozenset[int]:
        match query:
            case Term():
                return self._catalogue.term(query, scope.field, scope.language)
            case Raw():
                return self._catalogue.raw(query, scope.field)
            case Value():
                return self._catalogue.value(query)


def _leaf(terms: frozenset[int], negated: bool) -> Expression:
    return Lacks(terms) if negated else Has(terms)


def _all(parts: Iterable[Expression]) -> Expression:
    """Return that all parts hold, what must be absent gathered in one."""
    made: list[Expression] = []
    lacking: list[frozenset[int]] = []
    for part in parts:
        for inner in part.parts if isinstance(part, All) else (part,):
            if isinstance(inner, Lacks):
                lacking.append(inner.terms)
            else:
                made.append(inner)
    if lacking:
        made.append(Lacks(frozenset().union(*lacking)))
    return made[0] if len(made) == 1 else All(tuple(made))


def _any(parts: Iterable[Expression]) -> Expression:
    """Return that one part holds, what may be present gathered in one."""
    made: list[Expression] = []
    having: list[frozenset[int]] = []
    for part in parts:
        for inner in part.parts if isinstance(part, Any) else (part,):
            if isinstance(inner, Has):
                having.append(inner.terms)
            else:
                made.append(inner)
    if having:
        # First, as it is told soonest whether it holds.
        made.insert(0, Has(frozenset().union(*having)))
    return made[0] if len(made) == 1 else Any(tuple(made))

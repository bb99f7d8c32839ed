"""Why a query holds of an article, or does not: part by part, by the very expressions and the reading that matching uses."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.core.match import reasons
from monitor.core.match.expressing import ANYWHERE, Scope
from monitor.core.match.gates import gate
from monitor.core.match.matcher import Matcher
from monitor.core.match.nearness import Near as NearPlaces
from monitor.core.match.nearness import Often
from monitor.core.match.values import host
from monitor.core.model import Document, Span
from monitor.core.query import And, AtLeast, Field, KOf, Near, Node, Not, Or, Regex, Stem, Value
from monitor.core.query.nodes import parts
from monitor.core.rules import Rule

MOST_PARTS = 20
"""Parts of one query that are told of."""


@dataclass(frozen=True, slots=True)
class Part:
    """What became of a query in one article.

    `spans` are what in the text made it hold; where it does not hold, what there is of it. `why` says in words why it does not
    hold. `parts` are the queries in it: of alternatives those that hold, if any does.
    """

    query: Node
    holds: bool
    spans: tuple[Span, ...] = ()
    why: str = ""
    parts: tuple["Part", ...] = ()


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a rule looks at an article at all: what the article has of `key` (languages, sources), and what the rule wants."""

    key: str
    holds: bool
    has: tuple[str, ...]
    wants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """How many conditions of a query would have to be otherwise for it to hold, and whether any of what it asks for is there."""

    missing: int
    found: bool

    @property
    def is_small(self) -> bool:
        """Whether the query nearly holds: all but one condition do, and it is about what the article is about."""
        return self.missing == 1 and self.found


class Explainer:
    """Explains to the rules of a matcher, and to every part of them, one document. Not for other queries: only the terms of the
    matcher's rules were looked for.
    """

    def __init__(self, matcher: Matcher, document: Document) -> None:
        self.document = document
        self._reading = matcher.read(document)
        self._expressor = matcher.expressor

    def explain(self, query: Node, scope: Scope = ANYWHERE) -> Part:
        """Return what became of a rule's query, or of a part of it that stands in `scope`."""
        match query:
            case Field(name, inner):
                return replace(self.explain(inner, scope._replace(field=name)), query=query)
            case Stem(language, inner):
                return replace(self.explain(inner, scope._replace(language=language)), query=query)
            case Not(inner):
                kept_away = self.explain(inner, scope)
                return self._part(query, scope, kept_away.spans, parts=(kept_away,))
            case And(queries) | KOf(_, queries):
                return self._part(query, scope, parts=self._each(queries, scope), why=self._count(query, scope))
            case Or():
                return self._alternatives(query, scope)
            case Near(queries, _):
                return self._near(query, scope, self._each(queries, scope))
            case AtLeast():
                return self._often(query, scope)
            case _:
                return self._part(query, scope, why=self._why_absent(query, scope))

    def holds(self, query: Node, scope: Scope = ANYWHERE) -> bool:
        """Whether a query holds, without its parts."""
        return self._expressor.express(query, scope).holds(self._reading)

    def shortfall(self, query: Node, scope: Scope = ANYWHERE) -> Shortfall:
        """Return how far a query is from holding; quicker than to explain it."""
        match query:
            case Field(name, inner):
                return self.shortfall(inner, scope._replace(field=name))
            case Stem(language, inner):
                return self.shortfall(inner, scope._replace(language=language))
            case _ if self.holds(query, scope):
                return Shortfall(0, found=not isinstance(query, Value | Not))
            case And(queries) | KOf(_, queries) | Near(queries, _):
                inside = [self.shortfall(each, scope) for each in queries]
                missing = sum(each.missing for each in inside) - (
                    len(queries) - query.count if isinstance(query, KOf) else 0
                )
                return Shortfall(max(1, missing), any(each.found for each in inside))
            case Or(queries):
                inside = [self.shortfall(each, scope) for each in queries if parts(each)]
                return min(inside, key=lambda each: (each.missing, not each.found), default=Shortfall(1, found=False))
            case AtLeast(_, inner):
                return Shortfall(1, found=self.holds(inner, scope))
            case _:
                return Shortfall(1, found=False)

    def _part(
        self, query: Node, scope: Scope, there: Sequence[Span] = (), *, why: str = "", parts: tuple[Part, ...] = ()
    ) -> Part:
        """Return a part with its marks; one that does not hold with `why`, and with what is `there` of it."""
        expression = self._expressor.express(query, scope)
        if expression.holds(self._reading):
            return Part(query, holds=True, spans=tuple(sorted(expression.marks(self._reading))), parts=parts)
        return Part(query, holds=False, spans=tuple(there), why=why, parts=parts)

    def _each(self, queries: Sequence[Node], scope: Scope) -> tuple[Part, ...]:
        if len(queries) > MOST_PARTS:  # what is amiss must not be cut off
            queries = sorted(queries, key=lambda each: self.holds(each, scope))
        return tuple(self.explain(each, scope) for each in queries[:MOST_PARTS])

    def _alternatives(self, query: Or, scope: Scope) -> Part:
        holding = [each for each in query.queries if self.holds(each, scope)]
        # Of single terms that are all absent the nearest spelling says more than a list of them.
        told = holding or [each for each in query.queries if parts(each)]
        why = "" if holding else self._why_none(query, scope)
        return self._part(query, scope, parts=self._each(told, scope), why=why)

    def _why_none(self, query: Or, scope: Scope) -> str:
        absent = f"none of {len(query.queries):,} is there"
        return reasons.elsewhere(query, scope, self.document) or reasons.with_closest(absent, query, self.document)

    def _count(self, query: And | KOf, scope: Scope) -> str:
        if isinstance(query, And):
            return ""
        found = sum(self.holds(each, scope) for each in query.queries)
        return f"found {found} of {query.count}"

    def _near(self, query: Near, scope: Scope, operands: tuple[Part, ...]) -> Part:
        absent = [each for each in operands if not each.holds]
        if absent:
            return self._part(query, scope, parts=operands)
        expression = self._expressor.express(query, scope)
        assert isinstance(expression, NearPlaces)
        if expression.holds(self._reading):
            return self._part(query, scope, parts=operands)
        distance = reasons.too_far(expression, self._reading)
        return self._part(query, scope, distance.spans, why=distance.told, parts=operands)

    def _often(self, query: AtLeast, scope: Scope) -> Part:
        expression = self._expressor.express(query, scope)
        assert isinstance(expression, Often)
        there = sorted(expression.marks(self._reading))
        told = f"found {expression.times(self._reading):,} of {query.count:,}"
        return self._part(query, scope, there, why=told if there else self._why_absent(query.query, scope))

    def _why_absent(self, query: Node, scope: Scope) -> str:
        if self.holds(query, scope):
            return ""
        if isinstance(query, Regex) and query.pattern in self._reading.overrun:
            return "the regular expression ran out of time, and so counts as not found"
        return reasons.absent(query, scope, self.document)


def admissions(rule: Rule, document: Document) -> tuple[Admission, ...]:
    """Return what a rule's languages and sources make of a document; nothing for those that it leaves open."""
    found: list[Admission] = []
    has: tuple[str, ...]
    if rule.languages:
        open_to = gate(replace(rule, sources=()))
        has = (document.language,) if document.language else ()
        found.append(Admission("languages", not open_to or open_to.admits(document), has, rule.languages))
    if rule.sources:
        open_to = gate(replace(rule, languages=()))
        tags = (f"tag:{each}" for each in document.source_tags)
        has = tuple(each for each in (document.source, *tags, host(document.url)) if each)
        found.append(Admission("sources", not open_to or open_to.admits(document), has, rule.sources))
    return tuple(found)

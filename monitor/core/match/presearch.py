"""The presearch index: from the terms that an article holds to the few rules that can match it.

A rule must have one of the terms of each of its clauses. It is filed under the terms of its cheapest clause, within these under
those of the second: most rules are decided by these two look-ups, the few others are evaluated. The idea is that of Lucene's
monitor (required terms, weighed by how common they are), taken to a second level.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from monitor.core.match.expressions import All, Expression, Has, Lacks
from monitor.core.match.reading import Reading

MOST_SECONDS = 50
"""Terms of a second clause under which a rule is filed; one with more is checked instead, lest the index grow with their product."""


@dataclass(slots=True, eq=False)
class Candidate:
    """A rule's number, and what is left to be checked after the clauses that it is filed under."""

    number: int
    clauses: tuple[frozenset[int], ...]
    forbidden: frozenset[int]
    rest: tuple[Expression, ...]

    def holds(self, reading: Reading) -> bool:
        """Whether what is left holds."""
        found = reading.found
        if not found.isdisjoint(self.forbidden) or True in map(found.isdisjoint, self.clauses):
            return False
        return all(each.holds(reading) for each in self.rest)

    @property
    def is_sure(self) -> bool:
        """Whether nothing is left."""
        return not (self.clauses or self.forbidden or self.rest)


@dataclass(slots=True)
class _Bucket:
    """What one term leads to; None where it leads to nothing of that kind.

    Rules of which nothing is left to check, by themselves or under a second term, and rules that are to be checked. `seconds` are
    all the second terms: a set, since whether it has anything in common with another one is known soonest of a set.
    """

    sure: list[int] | None = None
    checked: list[Candidate] | None = None
    seconds: set[int] | None = None
    sure_with: dict[int, list[int]] | None = None
    checked_with: dict[int, list[Candidate]] | None = None


class Presearch:
    """All rules, filed under the terms they need, the keys of `_buckets`; `_firsts` are the same as a set, which is sooner compared."""

    def __init__(self, costs: Mapping[int, float]) -> None:
        self._costs = costs
        self._buckets: dict[int, _Bucket] = {}
        self._firsts: set[int] = set()
        self._always: list[Candidate] = []

    def add(self, number: int, expression: Expression) -> None:
        """File the rule with this number."""
        clauses, forbidden, rest = self._conditions(expression)
        paired = len(clauses) > 1 and len(clauses[1]) <= MOST_SECONDS
        candidate = Candidate(number, tuple(clauses[1 + paired :]), forbidden, rest)
        if not clauses:
            self._always.append(candidate)
            return
        self._firsts |= clauses[0]
        for term in clauses[0]:
            bucket = self._buckets.get(term) or self._buckets.setdefault(term, _Bucket())
            if paired:
                _file_with(bucket, clauses[1], candidate)
            else:
                _file(bucket, candidate)

    @property
    def always(self) -> list[int]:
        """The numbers of the rules that need no term, and so are tried on every article."""
        return [each.number for each in self._always]

    def matching(self, reading: Reading, left_out: Iterable[int] = ()) -> set[int]:
        """Return the numbers of the rules that match. Those that are `left_out` are not tried."""
        found = reading.found
        matching = set(left_out)
        candidates = [*self._always]
        for bucket in map(self._buckets.__getitem__, found & self._firsts):
            if bucket.sure is not None:
                matching.update(bucket.sure)
            if bucket.checked is not None:
                candidates += bucket.checked
            if bucket.seconds is not None and not found.isdisjoint(bucket.seconds):
                seconds = bucket.seconds & found
                if (sure := bucket.sure_with) is not None:
                    matching.update(*map(sure.__getitem__, seconds & sure.keys()))
                if (checked := bucket.checked_with) is not None:
                    candidates += chain.from_iterable(map(checked.__getitem__, seconds & checked.keys()))
        for candidate in candidates:
            if candidate.number not in matching and candidate.holds(reading):
                matching.add(candidate.number)
        matching.difference_update(left_out)
        return matching

    def _conditions(
        self, expression: Expression
    ) -> tuple[list[frozenset[int]], frozenset[int], tuple[Expression, ...]]:
        """Return the clauses of `expression`, cheapest first; the terms that forbid it; and what it asks beside these."""
        clauses: list[frozenset[int]] = []
        forbidden: frozenset[int] = frozenset()
        rest: list[Expression] = []
        for part in expression.parts if isinstance(expression, All) else (expression,):
            if isinstance(part, Has):
                clauses.append(part.terms)
            elif isinstance(part, Lacks):
                forbidden |= part.terms
            else:
                rest.append(part)
                clauses += part.needs(self._cost)
        return sorted(set(clauses), key=self._cost) if len(clauses) > 1 else clauses, forbidden, tuple(rest)

    def _cost(self, terms: frozenset[int]) -> float:
        return sum(map(self._costs.__getitem__, terms))


def _file(bucket: _Bucket, candidate: Candidate) -> None:
    if candidate.is_sure:
        bucket.sure = bucket.sure or []
        bucket.sure.append(candidate.number)
    else:
        bucket.checked = bucket.checked or []
        bucket.checked.append(candidate)


def _file_with(bucket: _Bucket, seconds: frozenset[int], candidate: Candidate) -> None:
    bucket.seconds = bucket.seconds or set()
    bucket.seconds |= seconds
    if candidate.is_sure:
        bucket.sure_with = bucket.sure_with or {}
        for second in seconds:
            bucket.sure_with.setdefault(second, []).append(candidate.number)
    else:
        bucket.checked_with = bucket.checked_with or {}
        for second in seconds:
            bucket.checked_with.setdefault(second, []).append(candidate)

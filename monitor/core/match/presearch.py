"""The presearch index: from the terms that an article holds to the few rules that can match it.

A rule must have one of the terms of each of its clauses. It is filed under the terms of its cheapest clause, within these under
those of the second: most rules are decided by these two look-ups, the few others are evaluated. The idea is that of Lucene's
monitor (required terms, weighed by how common they are), taken to a second level.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from monitor.core.match.expressions import All, Expression, Has, Lacks
from monitor.core.match.reading import Reading

MOST_SECONDS = 50
"""Terms of a second clause under which a rule is filed; one with more is checked instead, lest the index grow with their product."""
FEW = 64
"""Terms that are sooner looked up one by one than intersected."""


@dataclass(frozen=True, slots=True)
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

    Rules of which nothing is left to check, by themselves or under a second term, and rules that are to be checked.
    """

    sure: list[int] | None = None
    sure_with: dict[int, list[int]] | None = None
    checked: list[Candidate] | None = None
    checked_with: dict[int, list[Candidate]] | None = None


class Presearch:
    """All rules, filed under the terms they need."""

    def __init__(self, costs: Mapping[int, float]) -> None:
        self._costs = costs
        self._buckets: dict[int, _Bucket] = {}
        self._always: list[Candidate] = []

    def add(self, number: int, expression: Expression) -> None:
        """File the rule with this number."""
        clauses, forbidden, rest = self._conditions(expression)
        paired = len(clauses) > 1 and len(clauses[1]) <= MOST_SECONDS
        candidate = Candidate(number, tuple(clauses[1 + paired :]), forbidden, rest)
        if not clauses:
            self._always.append(candidate)
            return
        for term in clauses[0]:
            bucket = self._buckets.get(term) or self._buckets.setdefault(term, _Bucket())
            if paired:
                _file_with(bucket, clauses[1], candidate)
            else:
                _file(bucket, candidate)

    @property
    def always(self) -> list[int]:
        """The numbers of the rules that are filed under no term."""
        return [each.number for each in self._always]

    def matching(self, reading: Reading) -> set[int]:
        """Return the numbers of the rules that match."""
        found = reading.found
        is_found = found.__contains__
        buckets = self._buckets
        matching: set[int] = set()
        candidates = [*self._always]
        for term in found & buckets.keys():
            bucket = buckets[term]
            if bucket.sure is not None:
                matching.update(bucket.sure)
            if bucket.checked is not None:
                candidates += bucket.checked
            if (sure := bucket.sure_with) is not None:
                for second in filter(is_found, sure if len(sure) < FEW else found & sure.keys()):
                    matching.update(sure[second])
            if (checked := bucket.checked_with) is not None:
                for second in filter(is_found, checked if len(checked) < FEW else found & checked.keys()):
                    candidates += checked[second]
        return matching.union(_holding(candidates, matching, reading))

    def _conditions(
        self, expression: Expression
    ) -> tuple[list[frozenset[int]], frozenset[int], tuple[Expression, ...]]:
        """Return the clauses of `expression`, cheapest first; the terms that forbid it; and what it asks beside these."""
        parts = expression.parts if isinstance(expression, All) else (expression,)
        clauses = {part.terms for part in parts if isinstance(part, Has)}
        rest = tuple(part for part in parts if not isinstance(part, Has | Lacks))
        clauses.update(clause for part in rest for clause in part.needs(self._cost))
        forbidden = frozenset().union(*(part.terms for part in parts if isinstance(part, Lacks)))
        return sorted(clauses, key=self._cost), forbidden, rest

    def _cost(self, terms: frozenset[int]) -> float:
        return sum(map(self._costs.__getitem__, terms))


def _holding(candidates: Iterable[Candidate], known: set[int], reading: Reading) -> Iterator[int]:
    """Yield the numbers of the candidates that hold, without those that are known to."""
    for candidate in candidates:
        if candidate.number not in known and candidate.holds(reading):
            yield candidate.number


def _file(bucket: _Bucket, candidate: Candidate) -> None:
    if candidate.is_sure:
        bucket.sure = bucket.sure or []
        bucket.sure.append(candidate.number)
    else:
        bucket.checked = bucket.checked or []
        bucket.checked.append(candidate)


def _file_with(bucket: _Bucket, seconds: Iterable[int], candidate: Candidate) -> None:
    if candidate.is_sure:
        bucket.sure_with = bucket.sure_with or {}
        for second in seconds:
            bucket.sure_with.setdefault(second, []).append(candidate.number)
    else:
        bucket.checked_with = bucket.checked_with or {}
        for second in seconds:
            bucket.checked_with.setdefault(second, []).append(candidate)

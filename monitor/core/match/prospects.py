"""Prospects: the rules of which an article holds a part, and which more text in its body could make match."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain

from monitor.core.match.catalogue import Catalogue
from monitor.core.match.expressions import All, Any, Expression, Fails, Has, Lacks, Searched, Some
from monitor.core.match.gates import Gate
from monitor.core.match.nearness import Clause, Near, Often, Places
from monitor.core.match.reading import Reading
from monitor.core.model import Document

MOST_TRIED = 100
"""Rules that are looked at for one article. Where so many were in vain, the next one is taken to be one that could match: a page too many
costs less than a story lost."""
SHARED = 8
"""Terms from which on a clause is filed as a whole: long ones are lists that many rules use."""

Express = Callable[[int], Expression]


class Prospects:
    """All rules that a part of what they ask for does not satisfy, filed under the words they ask to be there.

    A rule that any of its words satisfies is in no list: where one is found it matches already. Values (a source, a language) are no
    words: an article has the same ones whatever its page says.
    """

    def __init__(
        self, rules: Iterable[tuple[int, Expression]], catalogue: Catalogue, gates: Mapping[int, Gate]
    ) -> None:
        self._fixed = catalogue.fixed
        self._values = catalogue.value_terms
        self._gates = gates
        self._rules: dict[int, list[int]] = {}
        self._lists: dict[int, list[list[int]]] = {}
        shared: dict[Clause, list[int]] = {}
        for number, expression in rules:
            for clause in set(_parts_of(expression)):
                if len(clause) < SHARED:
                    self._file(clause, number)
                else:
                    shared.setdefault(clause, []).append(number)
        for clause, numbers in shared.items():
            for term in clause - self._values:
                self._lists.setdefault(term, []).append(numbers)

    def any(self, reading: Reading, document: Document, matching: Collection[int], express: Express) -> bool:
        """Whether a rule that is not among `matching` has a word in the article and could match if its body said more."""
        tried: set[int] = set()
        for number in self._partly(reading.found):
            if number in matching or number in tried:
                continue
            if len(tried) == MOST_TRIED:
                return True
            tried.add(number)
            gate = self._gates.get(number)
            if (gate is None or gate.admits(document)) and self._could(express(number), reading):
                return True
        return False

    def _file(self, clause: Clause, number: int) -> None:
        for term in clause - self._values:
            self._rules.setdefault(term, []).append(number)

    def _partly(self, found: set[int]) -> Iterator[int]:
        for term in found & self._rules.keys():
            yield from self._rules[term]
        for term in found & self._lists.keys():
            yield from chain.from_iterable(self._lists[term])

    def _could(self, expression: Expression, reading: Reading) -> bool:
        """Whether a condition can hold once more text stands behind the body. What is found stays so, and what is fixed stays as it is."""
        match expression:
            case Has(terms):
                return self._is_open(terms) or not reading.found.isdisjoint(terms)
            case Lacks() | Fails(Near() | Often()):
                return expression.holds(reading)
            case All(parts):
                return all(self._could(each, reading) for each in parts)
            case Any(parts):
                return any(self._could(each, reading) for each in parts)
            case Some(count, parts):
                return sum(self._could(each, reading) for each in parts) >= count
            case Near(places):
                return all(self._may_stand(each, reading) for each in places)
            case Often(_, places):
                return self._may_stand(places, reading)
            case Searched(_, "title" | "summary"):
                return expression.holds(reading)
            case _:
                return True

    def _may_stand(self, places: Places, reading: Reading) -> bool:
        if self._is_open(places.terms) or not reading.found.isdisjoint(places.terms):
            return True
        return any(self._could(each, reading) for each in places.nears)

    def _is_open(self, terms: Clause) -> bool:
        """Whether one of the terms may yet be found."""
        return not terms <= self._fixed


def _parts_of(expression: Expression) -> Iterator[Clause]:
    """Yield the terms of which one is a part of what is asked, and not all of it."""
    match expression:
        case Has():
            return
        case Any(parts):
            for each in parts:
                yield from _parts_of(each)
        case _:
            yield from _wanted(expression)


def _wanted(expression: Expression) -> Iterator[Clause]:
    match expression:
        case Has(terms):
            yield terms
        case All(parts) | Any(parts) | Some(_, parts):
            for each in parts:
                yield from _wanted(each)
        case Near(places):
            for place in places:
                yield from _standing(place)
        case Often(_, counted):
            yield from _standing(counted)


def _standing(places: Places) -> Iterator[Clause]:
    yield places.terms
    for near in places.nears:
        yield from _wanted(near)

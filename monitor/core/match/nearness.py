"""Terms near each other, and terms found several times: conditions on where in the text something stands."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.core.match.reading import MOST_PLACES, Reading
from monitor.core.match.writing import Stretch
from monitor.core.model import Span
from monitor.core.query import Distance

Clause = frozenset[int]
"""Terms of which one at least must be found."""
Cost = Callable[[Clause], float]
"""About which share of articles holds one of the terms."""


@dataclass(slots=True, eq=False)
class Places:
    """Where any of some terms stands, or any of some nearnesses."""

    terms: Clause
    nears: tuple["Near", ...] = ()

    def stretches(self, reading: Reading) -> list[Stretch]:
        """Return the words of all occurrences; one of a nearness reaches from its first word to its last."""
        of_terms = [each for term in self.terms & reading.found for each in reading.stretches(term)]
        return [*of_terms, *(each for near in self.nears for each in near.stretches(reading))]

    def marks(self, reading: Reading) -> set[Span]:
        """Return the parts of the text that the occurrences take up."""
        spans = {span for term in self.terms & reading.found for span in reading.spans(term)}
        return spans.union(*(near.marks(reading) for near in self.nears))

    def needs(self, cost: Cost) -> Clause:
        """Return terms of which one is found wherever there is an occurrence."""
        return self.terms.union(*(min(near.needs(cost), key=cost) for near in self.nears))


@dataclass(slots=True, eq=False)
class Near:
    """Each of the places near one of the places before it."""

    places: tuple[Places, ...]
    distances: tuple[Distance, ...]

    def holds(self, reading: Reading, /) -> bool:
        """Whether there is a way from the first to the last places on which each step is short enough."""
        found = _found(self.places, reading)
        if not found:
            return False
        # From the end of which fewer stand: what is reached is put in order, and of the others the first that is near is enough.
        backwards = len(found[-1]) < len(found[0])
        if backwards:
            found.reverse()
        distances = self.distances[::-1] if backwards else self.distances
        reached = _reached(found[:-1], distances, reading, backwards=backwards)
        return next(_steps(reached, found[-1], distances[-1], reading, backwards=backwards), None) is not None

    def stretches(self, reading: Reading) -> set[Stretch]:
        """Return the words of every occurrence: for each of the first and of the last places the way to the other end."""
        found = _found(self.places, reading)
        if not found:
            return set()
        forwards = _reached(found, self.distances, reading, backwards=False)
        backwards = _reached(found[::-1], self.distances[::-1], reading, backwards=True)
        return {*forwards.values(), *backwards.values()}

    def marks(self, reading: Reading, /) -> set[Span]:
        """Return what the first occurrences take up, from their first word to their last."""
        return set(map(reading.writing.span, sorted(self.stretches(reading))[:MOST_PLACES]))

    def needs(self, cost: Cost, /) -> list[Clause]:
        """Return, for each of the places, terms of which one must be found."""
        return [each.needs(cost) for each in self.places]


@dataclass(slots=True, eq=False)
class Often:
    """Some places, so many times without an overlap."""

    count: int
    places: Places

    def holds(self, reading: Reading, /) -> bool:
        """Whether there are so many."""
        return self.times(reading) >= self.count

    def times(self, reading: Reading) -> int:
        """Return how many there are."""
        count = reached = 0
        for first, end in sorted(self.places.stretches(reading), key=lambda stretch: stretch[1]):
            if first >= reached:
                count, reached = count + 1, end
        return count

    def marks(self, reading: Reading, /) -> set[Span]:
        """Return all the places."""
        return self.places.marks(reading)

    def needs(self, cost: Cost, /) -> list[Clause]:
        """Return terms of which one must be found."""
        return [self.places.needs(cost)]


def _found(places: Iterable[Places], reading: Reading) -> list[list[Stretch]]:
    """Return the stretches of all places; nothing where some of them have none."""
    found = []
    for each in places:
        stretches = each.stretches(reading)
        if not stretches:
            return []
        found.append(stretches)
    return found


def _reached(
    found: Sequence[Iterable[Stretch]], distances: Sequence[Distance], reading: Reading, *, backwards: bool
) -> dict[Stretch, Stretch]:
    """Return those of the last places that are reached from the first ones, each with the stretch of the way to it."""
    reached = {each: each for each in found[0]}
    for (_, following), distance in zip(pairwise(found), distances, strict=False):
        reached = dict(_steps(reached, following, distance, reading, backwards=backwards))
    return reached


def _steps(
    reached: dict[Stretch, Stretch],
    following: Iterable[Stretch],
    distance: Distance,
    reading: Reading,
    *,
    backwards: bool,
) -> Iterator[tuple[Stretch, Stretch]]:
    """Yield those of the following places that have a reached one near, each with the shortest way: over the nearest before it or
    the nearest behind it.

    If any is near enough, the nearest is. So two searches by bisection decide it, however many there are.
    """
    by_start = sorted(reached)
    by_end = sorted(reached, key=lambda stretch: (stretch[1], stretch[0]))
    starts, ends = [start for start, _ in by_start], [end for _, end in by_end]
    for stretch in following:
        partners = []
        at = bisect_right(ends, stretch[0])
        if at and not (distance.ordered and backwards) and _are_close(by_end[at - 1], stretch, distance, reading):
            partners.append(by_end[at - 1])
        at = bisect_left(starts, stretch[1])
        if (
            at < len(starts)
            and (backwards or not distance.ordered)
            and _are_close(stretch, by_start[at], distance, reading)
        ):
            partners.append(by_start[at])
        ways = [(min(reached[each][0], stretch[0]), max(reached[each][1], stretch[1])) for each in partners]
        if ways:
            yield stretch, min(ways, key=lambda way: (way[1] - way[0], way[0]))


def _are_close(earlier: Stretch, later: Stretch, distance: Distance, reading: Reading) -> bool:
    if distance.words is None:
        return reading.writing.sentence(earlier[1] - 1) == reading.writing.sentence(later[0])
    return later[0] - earlier[1] <= distance.words

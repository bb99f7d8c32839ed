"""Why a part of a query does not hold of an article, in words: what is there instead."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from monitor.core.match.closest import closest
from monitor.core.match.expressing import Scope
from monitor.core.match.matcher import Matcher
from monitor.core.match.nearness import Near
from monitor.core.match.reading import Reading
from monitor.core.match.values import values
from monitor.core.match.writing import FIELD_GAP, NAMES, Stretch
from monitor.core.model import Document, Span
from monitor.core.query import Distance, Field, Node, Raw, Regex, Stem, Term, TermWord, Value
from monitor.core.rules import Rule
from monitor.core.text import bare_words

N = TypeVar("N", bound=Node)

NOT_THERE = "not there"
LONGEST_SHOWN = 60
"""Characters of a text that is quoted."""


@dataclass(frozen=True, slots=True)
class TooFar:
    """Why things that are all there are not near each other, and the two that say so."""

    told: str
    spans: tuple[Span, ...] = ()


def absent(query: Node, scope: Scope, document: Document) -> str:
    """Return why something that is looked for in `scope` is not found in a document."""
    if isinstance(query, Value):
        has = values(query.field, document)
        return f"the article has {_listed(has)}" if has else f"the article has no {query.field}"
    if told := elsewhere(query, scope, document):
        return told
    if isinstance(query, Raw):
        as_word = Term(tuple(map(TermWord, bare_words(query.text))))
        return "stands there, but written another way" if _found([as_word], document) else NOT_THERE
    if isinstance(query, Regex):
        return "not found"
    return _term_absent(query, scope, document) if isinstance(query, Term) else with_closest(NOT_THERE, query, document)


def elsewhere(query: Node, scope: Scope, document: Document) -> str:
    """Return in which other text fields than the one of `scope` something stands; "" where in none, or any field would do."""
    forms = Stem(scope.language, query) if scope.language else query
    fields = _found([Field(name, forms) for name in NAMES], document) if scope.field else []
    names = " and ".join(each.name for each in fields)
    return f"stands in the {names}, not in the {scope.field}" if fields else ""


def with_closest(told: str, query: Node, document: Document) -> str:
    """Return what is told, and the nearest spelling that the document has, if there is one."""
    near = closest(query, document)
    return f"{told}; closest to '{near[0]}' is '{near[1]}'" if near else told


def too_far(near: Near, reading: Reading) -> TooFar:
    """Return why places that all occur are not near each other."""
    for (first, second), distance in zip(pairwise(near.places), near.distances, strict=True):
        if not Near((first, second), (distance,)).holds(reading):
            return _apart(first.stretches(reading), second.stretches(reading), distance, reading)
    return TooFar("each is near the one before it, but not all in one place")


def _apart(first: Sequence[Stretch], second: Sequence[Stretch], distance: Distance, reading: Reading) -> TooFar:
    pair = _nearest(first, second, ordered=distance.ordered)
    turned = _nearest(second, first, ordered=True) if pair is None else None
    if turned:
        earlier, later = (_quoted(each, reading) for each in turned)
        return TooFar(f"{earlier} stands before {later}, not behind it", _spans(turned, reading))
    if pair is None:
        apart = {_field(each) for each in first}.isdisjoint(map(_field, second))
        return TooFar("they stand in different fields" if apart else "they overlap")
    earlier, later = (_quoted(each, reading) for each in pair)
    if distance.words is None:
        return TooFar(f"{earlier} and {later} are never in one sentence", _spans(pair, reading))
    told = f"{earlier} and {later} stand {pair[1][0] - pair[0][1]:,} words apart, at most {distance.words:,}"
    return TooFar(told, _spans(pair, reading))


def _nearest(first: Iterable[Stretch], second: Iterable[Stretch], *, ordered: bool) -> tuple[Stretch, Stretch] | None:
    """Return one of the first and one of the second that have the fewest words between them in one field, as they stand; with
    `ordered` only where the first stands before the second.
    """
    by_end = sorted(first, key=lambda stretch: stretch[1])
    by_start = sorted(by_end)
    ends, starts = [end for _, end in by_end], [start for start, _ in by_start]
    pairs = []
    for stretch in second:
        if at := bisect_right(ends, stretch[0]):
            pairs.append((by_end[at - 1], stretch))
        if not ordered and (at := bisect_left(starts, stretch[1])) < len(starts):
            pairs.append((stretch, by_start[at]))
    near = [pair for pair in pairs if _field(pair[0]) == _field(pair[1])]
    return min(near, key=lambda pair: (pair[1][0] - pair[0][1], pair), default=None)


def _field(stretch: Stretch) -> str:
    return NAMES[stretch[0] // FIELD_GAP]


def _spans(pair: tuple[Stretch, Stretch], reading: Reading) -> tuple[Span, ...]:
    return tuple(sorted(map(reading.writing.span, pair)))


def _quoted(stretch: Stretch, reading: Reading) -> str:
    span = reading.writing.span(stretch)
    return _shown(reading.writing.texts[span.field][span.start : span.end])


def _term_absent(term: Term, scope: Scope, document: Document) -> str:
    if len(term.words) == 1:
        return with_closest(NOT_THERE, term, document)
    words = [Term((word,)) for word in dict.fromkeys(term.words)]
    there = _found([Stem(scope.language, each) for each in words] if scope.language else words, document)
    missing = [each for each in words if each not in there and Stem(scope.language, each) not in there]
    if not missing:
        return "its words are there, but not in a row"
    told = f"{_listed([str(each) for each in missing])} {'is' if len(missing) == 1 else 'are'} not there"
    return with_closest(told, term, document)


def _found(queries: Sequence[N], document: Document) -> list[N]:
    """Return those of some queries that hold of a document."""
    # By a matcher of their own: the one at work looks for the terms of its rules and no others.
    hits = Matcher(Rule(str(number), query) for number, query in enumerate(queries)).match(document)
    return [queries[int(hit.rule.id)] for hit in hits]


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(map(_shown, texts))


def _shown(text: str) -> str:
    line = " ".join(text.split()).strip('"')
    return f"'{line[: LONGEST_SHOWN - 1]}…'" if len(line) > LONGEST_SHOWN else f"'{line}'"

"""The matcher: all rules against one article at a time, and where in it they matched."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property, partial
from typing import overload

from monitor.core.match.catalogue import Catalogue
from monitor.core.match.expressing import Expressor
from monitor.core.match.expressions import Expression
from monitor.core.match.frequencies import COMMON
from monitor.core.match.gates import Gate, gate
from monitor.core.match.presearch import Presearch
from monitor.core.match.prospects import Prospects
from monitor.core.match.reading import Reading
from monitor.core.model import Document, Span
from monitor.core.query import searched
from monitor.core.rules import Rule

MOST_SPANS = 200
"""Spans kept of one hit, in the order title, summary, body."""
MOST_EDITED = 64
"""Rules that are compiled beside those they replace; from then on everything is compiled anew."""

WORTH_WHILE = 0.01
"""The share of all rules up to which edits are sooner compiled beside the others than everything anew."""

_FIELD_ORDER = {"title": 0, "summary": 1, "body": 2}


class Hit:
    """A rule that matches an article. Its spans are found when they are first asked for."""

    __slots__ = ("_found", "_spans", "rule")

    def __init__(self, rule: Rule, found: Callable[[], tuple[Span, ...]]) -> None:
        self.rule = rule
        self._found: Callable[[], tuple[Span, ...]] | None = found

    def __repr__(self) -> str:
        return f"Hit({self.rule.id!r}, {self.spans!r})"

    @property
    def spans(self) -> tuple[Span, ...]:
        """The parts of the article's text that satisfied the rule, sorted; none overlaps another.

        A rule that asks for values alone (a source, a language) has none.
        """
        if self._found:
            self._spans = self._found()
            # It holds the reading, which is as large as the article, and is not needed any more.
            self._found = None
        return self._spans


class Hits(Sequence[Hit]):
    """The hits of one article, in the order of the rules. Each is made when it is looked at, and then kept.

    `overrun` are the rules of which a regular expression ran out of time in the article, and so counted as not found.
    """

    def __init__(
        self,
        numbers: Collection[int] = (),
        made: Callable[[int], Hit] | None = None,
        overrun: tuple[Rule, ...] = (),
        maybe: Callable[[], bool] = lambda: False,
    ) -> None:
        """`made` makes the hit of the rule with a number; `maybe` tells what the property of that name does."""
        self._numbers = numbers
        self._made = made
        self.overrun = overrun
        self._maybe = maybe

    @property
    def maybe(self) -> bool:
        """Whether a rule that does not match has a word in the article, and could match if the article's body said more."""
        return self._maybe()

    @cached_property
    def _hits(self) -> list[Hit]:
        return [*map(self._made, sorted(self._numbers))] if self._made else []

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self._hits)

    @overload
    def __getitem__(self, at: int) -> Hit: ...
    @overload
    def __getitem__(self, at: slice) -> list[Hit]: ...
    def __getitem__(self, at: int | slice) -> Hit | list[Hit]:
        return self._hits[at]

    def __repr__(self) -> str:
        return f"Hits({self._hits!r})"


class _Compiled:
    """Rules by number, compiled: the catalogue of their terms, the index over them, and what each is open to."""

    def __init__(self, rules: Sequence[tuple[int, Rule]], frequencies: Mapping[str, float], least: float) -> None:
        self.catalogue = Catalogue(frequencies, least)
        self.expressor = Expressor(self.catalogue)
        self.presearch = Presearch(self.catalogue.costs)
        self._gates: dict[int, Gate] = {number: made for number, rule in rules if (made := gate(rule))}
        self._prospects: Prospects | None = None
        for number, rule in rules:
            self.presearch.add(number, self.expressor.express(rule.query))

    def matching(self, reading: Reading, document: Document, left_out: Iterable[int] = ()) -> set[int]:
        """Return the numbers of the rules that match, without trying those that are `left_out`."""
        matching, gates = self.presearch.matching(reading, left_out), self._gates
        if gates:
            matching -= {each for each in matching & gates.keys() if not gates[each].admits(document)}
        return matching

    def prospects(self, rules: Callable[[], Iterable[tuple[int, Rule]]]) -> Prospects:
        """Return which rules an article may hold a part of; made when it is first asked for, since not everybody asks."""
        if self._prospects is None:
            expressed = ((number, self.expressor.express(rule.query)) for number, rule in rules())
            self._prospects = Prospects(expressed, self.catalogue, self._gates)
        return self._prospects


class Matcher:
    """A set of rules, ready to be matched. Immutable; safe to share between threads.

    Each rule has a number. The rules that were edited since everything was compiled are compiled by themselves, beside the others.
    """

    def __init__(self, rules: Iterable[Rule], frequencies: Mapping[str, float] = COMMON) -> None:
        """`frequencies` has, for words as they are folded, which share of articles holds them."""
        self._frequencies = frequencies
        self._least = min(frequencies.values(), default=1.0)
        self._whole: Sequence[Rule | None] = [*rules]
        # Made at once, the numbers lie side by side in memory, where sets of them are sooner put together.
        numbers = list(range(len(self._whole)))
        numbered = [(number, rule) for number, rule in zip(numbers, self._whole, strict=True) if rule]
        self._compiled = _Compiled(numbered, frequencies, self._least)
        self.expressor = self._compiled.expressor
        """Makes the conditions that `match` tries, for those who explain them."""
        self._edits: Mapping[int, Rule | None] = {}
        self._edited: _Compiled | None = None

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        """The number of each compiled rule by its id; made for the first edit, since most rules are never edited."""
        return {rule.id: number for number, rule in enumerate(self._whole) if rule}

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in order; those added by an edit are the last."""
        numbers = sorted({*range(len(self._whole)), *self._edits})
        return tuple(rule for rule in map(self._rule, numbers) if rule)

    @property
    def always(self) -> tuple[Rule, ...]:
        """The rules that need no word, such as those that look for nothing but a regular expression: tried on every article."""
        numbers = set(self._compiled.presearch.always).difference(self._edits)
        numbers.update(self._edited.presearch.always if self._edited else ())
        return tuple(rule for rule in map(self._rule, sorted(numbers)) if rule)

    def match(self, document: Document) -> Hits:
        """Return a hit for every rule that `document` satisfies, in the order of the rules."""
        reading = self.read(document)
        # What an edit took out may be what ran away: it is not tried any more.
        matching = self._compiled.matching(reading, document, self._edits)
        if not self._edits:
            maybe = partial(self._maybe, reading, None, document, matching)
            return Hits(matching, partial(self._hit, reading, None), self._overrun(reading.overrun), maybe)
        edited = None
        if self._edited:
            edited = Reading(document, self._edited.catalogue, reading)
            matching |= self._edited.matching(edited, document)
        overrun = reading.overrun | (edited.overrun if edited else set())
        maybe = partial(self._maybe, reading, edited, document, matching)
        return Hits(matching, partial(self._hit, reading, edited), self._overrun(overrun), maybe)

    def maybe(self, document: Document) -> bool:
        """Return whether a rule that `document` does not satisfy has a word in it, and could match if its body said more.

        A rule that asks for no word, but for a regular expression or a value alone, is none of these.
        """
        return self.match(document).maybe

    def _maybe(self, reading: Reading, edited: Reading | None, document: Document, matching: set[int]) -> bool:
        decided = matching | self._edits.keys()
        if self._compiled.prospects(self._numbered).any(reading, document, decided, self._expressed):
            return True
        if edited is None or self._edited is None:
            return False
        return self._edited.prospects(self._numbered_edits).any(edited, document, matching, self._expressed_edit)

    def _numbered(self) -> Iterator[tuple[int, Rule]]:
        return ((number, rule) for number, rule in enumerate(self._whole) if rule)

    def _numbered_edits(self) -> Iterator[tuple[int, Rule]]:
        return ((number, rule) for number, rule in self._edits.items() if rule)

    def _expressed(self, number: int) -> Expression:
        rule = self._whole[number]
        assert rule, "a rule that was removed is not looked at"
        return self.expressor.express(rule.query)

    def _expressed_edit(self, number: int) -> Expression:
        rule = self._edits[number]
        assert rule, "a rule that was removed is not looked at"
        assert self._edited, "what was edited is compiled"
        return self._edited.expressor.express(rule.query)

    def read(self, document: Document) -> Reading:
        """Return a document as `match` sees it, for those who explain what it found."""
        return Reading(document, self._compiled.catalogue)

    def edited(self, changed: Iterable[Rule] = (), removed: Iterable[str] = ()) -> "Matcher":
        """Return a matcher with the changed rules in place of those of the same id, or behind all others where there are none, and
        without the rules whose ids are `removed`.

        What is compiled is shared with it: the cost is that of compiling the rules that were edited so far.
        """
        edits = dict(self._edits)
        added = {rule.id: number for number, rule in edits.items() if rule and number >= len(self._whole)}
        for id in removed:
            if (number := added.get(id, self._numbers.get(id))) is not None:
                edits[number] = None
        for rule in changed:
            number = added.get(rule.id, self._numbers.get(rule.id))
            edits[max(len(self._whole) - 1, *edits, 0) + 1 if number is None else number] = rule
        return self._with(self._whole, edits)

    def changed_to(self, rules: Sequence[Rule], frequencies: Mapping[str, float] | None = None) -> "Matcher":
        """Return a matcher of `rules`, sharing with this one what is compiled where few of them are other ones and the frequencies are
        still those that it was compiled with.
        """
        if frequencies is not None and frequencies is not self._frequencies:
            return Matcher(rules, frequencies)
        whole: list[Rule | None] = [None] * len(self._whole)
        changed: list[Rule] = []
        for rule in rules:
            number = self._numbers.get(rule.id)
            before = None if number is None else self._whole[number]
            if number is None or before is None or not _is_same(before, rule):
                changed.append(rule)
            else:
                whole[number] = rule
        gone: dict[int, Rule | None] = {number: None for number, rule in enumerate(whole) if rule is None}
        if len(gone) + len(changed) > len(rules) * WORTH_WHILE:
            return Matcher(rules, self._frequencies)
        return self._with(whole, gone).edited(changed)

    def _with(self, whole: Sequence[Rule | None], edits: Mapping[int, Rule | None]) -> "Matcher":
        some = [(number, rule) for number, rule in edits.items() if rule]
        if len(edits) > MOST_EDITED:
            rules = (edits.get(number, rule) for number, rule in enumerate(whole))
            return Matcher(
                [*filter(None, rules), *(rule for number, rule in some if number >= len(whole))], self._frequencies
            )
        made = copy(self)
        made.__dict__.pop("rules", None)
        made.__dict__ |= {
            "_whole": whole,
            "_edits": edits,
            "_numbers": self._numbers,
            # It remembers the rules it met, and those of this matcher may be read anew: who loads rules for years keeps one set of them.
            "expressor": Expressor(self._compiled.catalogue),
            "_edited": _Compiled(some, self._frequencies, self._least) if some else None,
        }
        return made

    def _rule(self, number: int) -> Rule | None:
        return self._edits[number] if number in self._edits else self._whole[number]

    def _hit(self, reading: Reading, edited: Reading | None, number: int) -> Hit:
        rule = self._rule(number)
        assert rule, "a rule that was removed cannot match"
        if edited and self._edited and number in self._edits:
            return Hit(rule, partial(_spans, self._edited.expressor, edited, rule))
        return Hit(rule, partial(_spans, self.expressor, reading, rule))

    def _overrun(self, patterns: set[str]) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if not patterns.isdisjoint(searched(rule.query))) if patterns else ()


def _is_same(rule: Rule, other: Rule) -> bool:
    """Whether two rules of one id match the same articles."""
    return rule.version == other.version if rule.version and other.version else rule == other


def _spans(expressor: Expressor, reading: Reading, rule: Rule) -> tuple[Span, ...]:
    # Most rules rarely match: their expressions are not kept, but made again.
    return _merged(expressor.express(rule.query).marks(reading))


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans sorted, those that overlap made one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda each: (_FIELD_ORDER[each.field], each.start, each.end)):
        last = merged[-1] if merged else None
        if last and last.field == span.field and span.start < last.end:
            merged[-1] = Span(last.field, last.start, max(last.end, span.end))
        elif len(merged) < MOST_SPANS:
            merged.append(span)
    return tuple(sorted(merged))

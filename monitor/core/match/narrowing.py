"""Narrowing: from a query to a formula over index words that every article meets which the matcher would find.

The formula admits more: which of the articles it admits are hits is decided by the matcher alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TypeAlias

from monitor.core.match.catalogue import OPEN_LETTER, Spelling, spellings
from monitor.core.match.frequencies import COMMON
from monitor.core.match.indexing import index_word, pair
from monitor.core.query import And, AtLeast, Field, KOf, Near, Node, Or, Raw, Stem, Term, TermWord
from monitor.core.query.terms import SHORTEST_PREFIX
from monitor.core.text import bare_words, fold
from monitor.core.text.stemming import stem

TOO_COMMON = 0.25
"""A word that more than this share of articles holds narrows nothing: to read its list costs more than it saves."""
MOST_WORDS = 1_000
"""Words of one formula. So many alternatives are in most articles, and their lists take long to merge."""
DEEPEST = 10
"""Levels of a formula; the databases bear a few more."""

ALTERED = {"en": 2, "ru": 0}
"""How many letters at the end of a stem may differ from the word it was made of, by the rules of the Snowball algorithms: English puts
a `ble` where `bility` was. Of the other languages none is known: some change letters within words, or their beginning."""


@dataclass(frozen=True, slots=True)
class Holds:
    """The article has an index word, or with `beginning` one that begins so."""

    word: str
    beginning: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    """The article meets every part."""

    parts: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The article meets at least one of the parts, which are two or more."""

    parts: tuple["Formula", ...]


Formula: TypeAlias = Holds | AllOf | AnyOf

EVERYTHING = AllOf(())
"""Asks for nothing, and so admits every article."""


def narrow(query: Node) -> Formula:
    """Return a formula that admits every article in which the matcher finds `query`; EVERYTHING where words tell nothing."""
    return _Narrowing().of(query)


@dataclass(frozen=True, slots=True)
class _Narrowing:
    """Narrows within one scope: `language` is the one whose word forms are found, "" is none."""

    language: str = ""

    def of(self, query: Node) -> Formula:
        match query:
            case Term():
                return _any_of(self._phrase(each) for each in spellings(query))
            case Raw(text):
                return self._phrase(tuple(map(TermWord, bare_words(text))), exact=True)
            case Field(_, inner) | AtLeast(_, inner):
                return self.of(inner)
            case Stem(language, inner):
                return _Narrowing(language).of(inner)
            case And(queries) | Near(queries, _):
                return _all_of(map(self.of, queries))
            case Or(queries):
                return _any_of(map(self.of, queries))
            case KOf(count, queries):
                return _some_of(count, [self.of(each) for each in queries])
            case _:
                # What must be absent, regular expressions and values say nothing about words.
                return EVERYTHING

    def _phrase(self, spelling: Spelling, *, exact: bool = False) -> Formula:
        stemmed = bool(self.language) and not exact
        pairs, paired = [], set()
        for at, (first, second) in enumerate(pairwise(spelling)):
            joined = _is_whole(first) and _is_whole(second) and pair(index_word(first.text), index_word(second.text))
            if joined and not stemmed:
                pairs.append(Holds(joined))
                paired |= {at, at + 1}
        rest = (self._word(each, stemmed=stemmed) for at, each in enumerate(spelling) if at not in paired)
        return _all_of(chain(pairs, rest))

    def _word(self, word: TermWord, *, stemmed: bool) -> Formula:
        if word.prefix or OPEN_LETTER in word.text:
            return _beginning(fold(word.text).split(OPEN_LETTER)[0])
        if stemmed:
            return self._forms(word.text)
        if COMMON.get(fold(word.text), 0) > TOO_COMMON:
            return EVERYTHING
        return Holds(index_word(word.text))

    def _forms(self, word: str) -> Formula:
        """Return the beginning that all forms of a word share."""
        if self.language not in ALTERED:
            return EVERYTHING
        common = stem(word, self.language)
        return _beginning(common[: len(common) - ALTERED[self.language]])


def _beginning(text: str) -> Formula:
    word = index_word(text)
    return Holds(word, beginning=True) if len(word) >= SHORTEST_PREFIX else EVERYTHING


def _is_whole(word: TermWord) -> bool:
    return not word.prefix and OPEN_LETTER not in word.text


def _all_of(formulas: Iterable[Formula]) -> Formula:
    """Return that all of the formulas are met, or so many of them as a database bears: whoever asks for less is given more."""
    flat = dict.fromkeys(part for each in formulas for part in (each.parts if isinstance(each, AllOf) else (each,)))
    kept = sorted((part for part in flat if _height(part) < DEEPEST), key=_size)
    while sum(map(_size, kept)) > MOST_WORDS:
        kept = kept[: len(kept) // 2]
    return kept[0] if len(kept) == 1 else AllOf(tuple(kept))


def _any_of(formulas: Iterable[Formula]) -> Formula:
    """Return that one of the formulas is met; EVERYTHING where one of them is, for then it always is, or where they are too many."""
    made = dict.fromkeys(formulas)
    if EVERYTHING in made:
        return EVERYTHING
    flat = dict.fromkeys(part for each in made for part in (each.parts if isinstance(each, AnyOf) else (each,)))
    if sum(map(_size, flat)) > MOST_WORDS or max(map(_height, flat)) >= DEEPEST:
        return EVERYTHING
    return next(iter(flat)) if len(flat) == 1 else AnyOf(tuple(flat))


def _size(formula: Formula) -> int:
    return 1 if isinstance(formula, Holds) else sum(map(_size, formula.parts))


def _height(formula: Formula) -> int:
    return 0 if isinstance(formula, Holds) else 1 + max(map(_height, formula.parts), default=0)


def _some_of(count: int, formulas: list[Formula]) -> Formula:
    """Return what is met wherever `count` of the formulas are: so many that the others cannot be enough are never all missed."""
    telling = [each for each in formulas if each != EVERYTHING]
    needed = count - (len(formulas) - len(telling))
    if needed < 1:
        return EVERYTHING
    return _all_of(telling) if needed == len(telling) else _any_of(telling)

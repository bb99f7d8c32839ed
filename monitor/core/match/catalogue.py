"""The catalogue of terms: every word, phrase, value and refinement that some rule asks for, as a number."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from unicodedata import normalize

from monitor.core.match.phrases import PhraseTrie
from monitor.core.match.values import ValueIndex
from monitor.core.match.vocabulary import Vocabulary
from monitor.core.model import Span
from monitor.core.query import Raw, Term, TermWord, Value
from monitor.core.query.terms import HYPHEN
from monitor.core.text import bare_words, elision, fold, words
from monitor.core.text.letters import APOSTROPHES

Spelling = tuple[TermWord, ...]

LONGEST_BEFORE = 100
"""Characters before its first word that a literal may have, spaces among them."""
FIXED_FIELDS = frozenset({"title", "summary"})
OPEN_LETTER = "?"
_ANY_LETTER = "\ua78f"
"""A letter that no language writes, for a moment in the place of the sign for any letter."""
PREFIX_COST = 0.3
"""The share of articles that hold a prefix, times its letters."""
PHRASE_COST = 0.1
FIELD_COST = 0.1
VALUE_COST = 0.2
NAME_COST = 0.5
"""How much rarer than its words a phrase is, a term in one field, a word that is written with a capital."""


@dataclass(frozen=True, slots=True)
class Literal:
    """Text as it has to be written: `before` must end where its first word starts, `rest` go on from there.

    Its first word may stand behind one that is elided, as in "l'Ukraine".
    """

    before: re.Pattern[str]
    rest: re.Pattern[str]

    def stands(self, text: str, at: int) -> bool:
        """Whether the literal stands in `text` with its first word at `at`."""
        return self._find(text, at) is not None

    def widened(self, span: Span, text: str) -> Span:
        """Return the span of the literal that stands in `text` with its first word where `span` starts."""
        found = self._find(text, span.start)
        assert found
        return Span(span.field, *found)

    def _find(self, text: str, at: int) -> tuple[int, int] | None:
        for start in (at, at + elision(text, at)):
            rest = self.rest.match(text, start)
            if rest and (before := self.before.search(text, max(0, start - LONGEST_BEFORE), start)):
                return before.start(), rest.end()
        return None


@dataclass(frozen=True, slots=True)
class Refinement:
    """A term that is another one in a certain text field ("" = any), or written in a certain way, or both."""

    base: int
    field: str
    literal: Literal | None = None


class Catalogue:
    """Gives each term its id; equal terms have one id.

    `words_in` has, for each text field, the ids of words there by those of the words anywhere; `refined_phrases` and `refined_words`
    the ids of all other refined terms by those they refine; `costs` which share of articles is expected to hold a term;
    `value_terms` the ids of values, `fixed` these and the terms in title or summary: whether they are found no body changes.
    """

    def __init__(self, frequencies: Mapping[str, float], least: float) -> None:
        """`least` is the lowest of the frequencies."""
        self._frequencies = frequencies
        self._least = least
        self.trie = PhraseTrie()
        self.vocabulary = Vocabulary(self.trie)
        self.values = ValueIndex(self.vocabulary.new_id)
        self.sizes: dict[int, int] = {}
        self.refined: dict[int, Refinement] = {}
        self.refined_phrases: dict[int, list[int]] = {}
        self.refined_words: dict[int, list[int]] = {}
        self.words_in: dict[str, dict[int, int]] = {}
        self.costs: dict[int, float] = {}
        self.value_terms: set[int] = set()
        self.fixed: set[int] = set()
        self._phrases: dict[tuple[int, ...], int] = {}
        self._by_refinement: dict[tuple[int, str, str], int] = {}

    def term(self, term: Term, field: str, language: str = "") -> frozenset[int]:
        """Return the ids of the spellings of `term` in a text field ("" is any), in every form of a language ("" is as they are)."""
        written = spellings(term)
        if not field:
            return frozenset([self._spelled(each, language) for each in written])
        return frozenset([self._refined(self._spelled(each, language), field) for each in written])

    def raw(self, raw: Raw, field: str) -> frozenset[int]:
        """Return the id of `raw` in a text field; "" is any."""
        found = bare_words(raw.text)
        ids = tuple([self.vocabulary.exact_word(word) for word in found])
        base = self._sequence(ids, lambda: min(map(self._cost_of_word, found)))
        return frozenset((self._refined(base, field, "" if found == [raw.text] else raw.text),))

    def value(self, value: Value) -> frozenset[int]:
        """Return the id of `value`."""
        known = self.values.term(value.field, value.pattern)
        self.costs[known] = VALUE_COST
        self.value_terms.add(known)
        self.fixed.add(known)
        return frozenset((known,))

    def _spelled(self, spelling: Spelling, language: str) -> int:
        ids = tuple([self._word(each, language) for each in spelling])
        return self._sequence(ids, lambda: min(map(self._cost_of, spelling)))

    def _cost_of(self, word: TermWord) -> float:
        return PREFIX_COST / len(word.text) if word.prefix else self._cost_of_word(word.text)

    def _cost_of_word(self, word: str) -> float:
        """Return the frequency of a word; of one that has none about what it may be: short ones are common, capitals are names."""
        known = self._frequencies.get(fold(word))
        return known or self._least / (1 + len(word)) * (NAME_COST if word[0].isupper() else 1)

    def _word(self, word: TermWord, language: str) -> int:
        if OPEN_LETTER in word.text:
            return self.vocabulary.pattern(word.text, prefix=word.prefix)
        if word.prefix:
            return self.vocabulary.prefix(word.text)
        return self.vocabulary.stem(word.text, language) if language else self.vocabulary.word(word.text)

    def _sequence(self, ids: tuple[int, ...], cost: Callable[[], float]) -> int:
        """Return the id of words in a row; `cost` is asked for the first time they come."""
        if len(ids) == 1:
            if ids[0] not in self.costs:
                self.costs[ids[0]] = cost()
            return ids[0]
        known = self._phrases.get(ids)
        if known is None:
            known = self._phrases[ids] = self.vocabulary.new_id()
            self.trie.add(ids, known)
            self.sizes[known] = len(ids)
            self.costs[known] = cost() * PHRASE_COST
        return known

    def _refined(self, base: int, field: str, literal: str = "") -> int:
        if not field and not literal:
            return base
        known = self._by_refinement.get((base, field, literal))
        if known is None:
            known = self._by_refinement[base, field, literal] = self.vocabulary.new_id()
            self.refined[known] = Refinement(base, field, _literal(literal) if literal else None)
            if base in self.sizes:
                self.refined_phrases.setdefault(base, []).append(known)
            elif literal:
                self.refined_words.setdefault(base, []).append(known)
            else:
                self.words_in.setdefault(field, {})[base] = known
            self.costs[known] = self.costs[base] * (FIELD_COST if field else 1)
            if field in FIXED_FIELDS:
                self.fixed.add(known)
        return known


def spellings(term: Term) -> set[Spelling]:
    """Return the ways to write `term`: a word with hyphens is also one word without, and as many as it has parts."""
    for word in term.words:
        if not word.text.isalnum() and HYPHEN.search(word.text):
            break
    else:
        return {term.words}
    return {tuple(word for part in choice for word in part) for choice in product(*map(_parts, term.words))}


def _parts(word: TermWord) -> set[Spelling]:
    parted = HYPHEN.split(word.text)
    if len(parted) == 1:
        return {(word,)}
    return {_cut(" ".join(parted), word.prefix), _cut("".join(parted), word.prefix)}


def _cut(text: str, prefix: bool) -> Spelling:
    *first, last = (
        each.replace(_ANY_LETTER, OPEN_LETTER) for each in bare_words(text.replace(OPEN_LETTER, _ANY_LETTER))
    )
    return (*map(TermWord, first), TermWord(last, prefix))


def _literal(text: str) -> Literal:
    found = list(words(text))
    before, rest = text[: found[0].start], text[found[0].start :]
    return Literal(re.compile(rf"(?:{_pattern(before)})\Z"), re.compile(_pattern(rest)))


def _pattern(text: str) -> str:
    """Return a pattern for `text` in which a space is any space and an apostrophe any apostrophe."""
    signs = {" ": r"\s+", **dict.fromkeys(APOSTROPHES, f"[{APOSTROPHES}]")}
    return "".join(signs.get(letter) or re.escape(letter) for letter in normalize("NFC", text))

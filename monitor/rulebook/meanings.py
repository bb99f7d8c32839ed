"""Whether two queries say the same, and whether one finds nothing that another does not."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from monitor.core.query import And, AtLeast, Field, KOf, Near, Node, Not, Or, Raw, Regex, Stem, Term, TermWord, Value
from monitor.core.query.nodes import parts
from monitor.core.query.terms import HYPHEN
from monitor.core.text import fold

MOST_COMPARED = 1_000
"""Terms with one beginning that are compared with another."""


@dataclass(slots=True)
class Meanings:
    """Tells queries apart by what they mean. What was looked at once is remembered, as one list may be a part of many rules."""

    _known: dict[int, tuple[Node, str]] = field(default_factory=dict)

    def of(self, query: Node) -> str:
        """Return a text that two queries share if they say the same in another order, other capitals or other accents."""
        if id(query) in self._known:
            return self._known[id(query)][1]
        inside = [self.of(each) for each in parts(query)]
        if isinstance(query, And | Or | KOf):
            inside.sort()
        meaning = _hashed(f"{type(query).__name__} {_saying(query)} {' '.join(inside)}")
        if isinstance(query, And | Or):
            # The node is kept beside it: its id is its own for as long as it lives.
            self._known[id(query)] = query, meaning
        return meaning


class Alternatives:
    """Some terms of which any may stand: which of them does another one make superfluous?"""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._starting: dict[TermWord, list[tuple[Term, tuple[TermWord, ...]]]] = {}
        for term in terms:
            words = _folded(term)
            self._starting.setdefault(words[0], []).append((term, words))
        self._lengths = sorted({len(word.text) for word in self._starting if word.prefix})

    def covering(self, term: Term) -> Term | None:
        """Return another of the terms that finds the same words wherever `term` is found; None where only equal ones do."""
        words = _folded(term)
        first = words[0]
        for start in (first, *(TermWord(first.text[:length], prefix=True) for length in self._lengths)):
            for other, wide in self._starting.get(start, ())[:MOST_COMPARED]:
                if wide != words and len(wide) == len(words) and all(map(_covers_word, wide, words)):
                    return other
        return None


def _covers_word(wide: TermWord, narrow: TermWord) -> bool:
    if wide == narrow:
        return True
    plain = not any("?" in each.text or HYPHEN.search(each.text) for each in (wide, narrow))
    return plain and wide.prefix and narrow.text.startswith(wide.text)


def _folded(term: Term) -> tuple[TermWord, ...]:
    return tuple(TermWord(fold(word.text), word.prefix) for word in term.words)


def _saying(query: Node) -> str:
    """Return what a query says beside the queries in it."""
    match query:
        case Term():
            return " ".join(map(str, _folded(query)))
        case Value(name, pattern):
            return f"{name}:{fold(pattern)}"
        case Raw(text) | Regex(text):
            return text
        case Field(name, _) | Stem(name, _):
            return name
        case AtLeast(count, _) | KOf(count, _):
            return str(count)
        case Near(_, distances):
            return " ".join(map(str, distances))
        case And() | Or() | Not():
            return ""


def _hashed(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()

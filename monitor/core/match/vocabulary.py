"""The vocabulary: what each written form of a word means to the rules, found out once per form and remembered.

Everything that depends on one word alone (folding, prefixes, exact case) costs nothing from its second occurrence on, and a new
article brings few forms that no earlier one had.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import chain, count
from unicodedata import normalize

from monitor.core.match.phrases import PhraseTrie
from monitor.core.text import bare_words, elision, fold
from monitor.core.text.letters import APOSTROPHES
from monitor.core.text.stemming import stem

OTHER = 0
"""Class of the words that no rule asks for."""
SPLICE = -1
"""Class of the chunks that are not exactly one word."""
BREAK = -2
"""Class of the end of a paragraph."""
FIELD_END = -3
"""Class of the end of a text field."""

MOST_FORMS = 200_000
"""Forms remembered, about 120 bytes each; then all are forgotten and learnt anew."""
LONGEST_FORM = 64
"""Bytes of a form that is remembered."""

HEAD = 3
"""Letters by which most words are told to begin with no prefix that is asked for."""
BLOCK = 256
"""Ids that are made at once."""

_BREAK_MARK, _FIELD_END_MARK = b"\xff", b"\xfe"
"""Stand for the end of a paragraph and of a field between chunks; no byte of UTF-8 has these values."""
_FIELD_END = "\x1c"
_MARKS = {_BREAK_MARK: BREAK, _FIELD_END_MARK: FIELD_END}
_BREAK = re.compile(rb"\n[ \t\r]*\n")
# The commonest signs beyond ASCII, so that most chunks are plain words. They become a vertical tab, not a space, lest a blank
# line appear where there was a sign between two newlines.
_SIGNS = (
    ("\u2019", "'"),
    *((sign, "\v") for sign in "\u201c\u201d\u2018\u2013\u2014\u2026\u00a0\u00ab\u00bb\u2022\u201e"),
)
_SEPARATORS = {
    byte: byte if byte >= 128 or chr(byte).isalnum() or byte == ord("'") else ord(" ") for byte in range(256)
} | {ord(_FIELD_END): _FIELD_END_MARK[0]}
_PLAIN = bytes(_SEPARATORS.values())
_HAS_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))


def _block(start: int) -> list[int]:
    """Return numbers that lie side by side in memory: an article is read by the numbers of its words, thousands of times."""
    return list(range(start, start + BLOCK))


def exact(word: str) -> str:
    """Return the form under which a raw word is compared."""
    return word if word.isascii() else normalize("NFC", word).translate(_APOSTROPHE)


def chunks(texts: Iterable[str]) -> list[bytes]:
    """Return texts in UTF-8, cut at ASCII signs and the commonest others, with a mark for each break of paragraphs and behind each text.

    Most chunks are one word. Those that are not are told by the vocabulary as SPLICE.
    """
    joined = "".join([f"{text.replace(_FIELD_END, ' ')} {_FIELD_END} " for text in texts])
    if not joined.isascii():
        for sign, plain in _SIGNS:
            joined = joined.replace(sign, plain)
    encoded = joined.encode("utf-8", "replace")
    if b"\n" in encoded:
        encoded = _BREAK.sub(b" \xff ", encoded)
    return encoded.translate(_PLAIN).split()


class Vocabulary(dict[bytes, int]):
    """Chunk → class. A class is the id of a term, OTHER, SPLICE, BREAK, FIELD_END, or stands for several terms (`members`; `several`
    are its keys, since a set is sooner compared with a set).

    Terms are registered before the first look-up; after it nothing is added but what is remembered.
    """

    def __init__(self, trie: PhraseTrie) -> None:
        super().__init__()
        self.members: dict[int, tuple[int, ...]] = {}
        self.several: set[int] = set()
        self.carriers: dict[int, list[int]] = {}
        self.new_id = chain.from_iterable(map(_block, count(1, BLOCK))).__next__
        self._trie = trie
        self._words: dict[str, int] = {}
        self._exact: dict[str, int] = {}
        self._prefixes: dict[str, int] = {}
        self._lengths: tuple[int, ...] = ()
        self._heads: set[str] = set()
        self._shortest = HEAD
        self._patterns: dict[str, dict[str, tuple[int, re.Pattern[str]]]] = {}
        self._stems: dict[str, dict[str, int]] = {}
        self._classes: dict[tuple[int, ...], int] = {}
        self._splices: dict[bytes, tuple[int, ...]] = {}

    def word(self, text: str) -> int:
        """Return the id of the term for a word, blind to case and accents."""
        return self._registered(self._words, fold(text))

    def exact_word(self, text: str) -> int:
        """Return the id of the term for a word exactly as written."""
        return self._registered(self._exact, exact(text))

    def prefix(self, text: str) -> int:
        """Return the id of the term for the words that begin with `text`."""
        folded = fold(text)
        self._heads.add(folded[:HEAD])
        self._shortest = min(self._shortest, len(folded))
        if len(folded) not in self._lengths:
            self._lengths = tuple(sorted((*self._lengths, len(folded))))
        return self._registered(self._prefixes, folded)

    def pattern(self, text: str, *, prefix: bool) -> int:
        """Return the id of the term for the words that are `text`, or begin with it, where any letter may stand for a ?."""
        folded = fold(text)
        start, *rest = folded.split("?")
        expression = ".".join(map(re.escape, (start, *rest))) + (".*" if prefix else "")
        alike = self._patterns.setdefault(start, {})
        if expression not in alike:
            alike[expression] = self.new_id(), re.compile(expression, re.DOTALL)
        return alike[expression][0]

    def stem(self, text: str, language: str) -> int:
        """Return the id of the term for the forms of a word of a language."""
        return self._registered(self._stems.setdefault(language, {}), stem(text, language))

    def encode(self, cut: Sequence[bytes]) -> tuple[list[int], set[int]]:
        """Return the classes of the chunks of some texts, in order, a FIELD_END behind each text; and the same without order."""
        classes = list(map(self.__getitem__, cut))
        kinds = set(classes)
        if SPLICE in kinds:
            classes = self._spliced(cut, classes)
            kinds = set(classes)
        return classes, kinds

    def _spliced(self, cut: Sequence[bytes], classes: Sequence[int]) -> list[int]:
        """Return the classes with those of its words in the place of each chunk that is not one word."""
        spliced: list[int] = []
        done = 0
        for _ in range(classes.count(SPLICE)):
            at = classes.index(SPLICE, done)
            spliced += classes[done:at]
            spliced += self._splice(cut[at])
            done = at + 1
        spliced += classes[done:]
        return spliced

    def __missing__(self, chunk: bytes) -> int:
        if len(self) >= MOST_FORMS:
            self.clear()
            self._splices.clear()
        if (mark := _MARKS.get(chunk)) is not None:
            self[chunk] = mark
            return mark
        text = chunk.decode()
        if text.isalnum() and text.isascii():
            known = self._class_standing_for(self._satisfied_by(text, text.lower()))
        else:
            found = bare_words(text)
            known = self._classify(found[0]) if len(found) == 1 else SPLICE
        if len(chunk) <= LONGEST_FORM:
            self[chunk] = known
        return known

    def _registered(self, terms: dict[str, int], key: str) -> int:
        return terms.get(key) or terms.setdefault(key, self.new_id())

    def _splice(self, chunk: bytes) -> tuple[int, ...]:
        known = self._splices.get(chunk)
        if known is None:
            text = chunk.decode()
            found = bare_words(text)
            if _HAS_APOSTROPHE.search(text):
                known = tuple(map(self._class_of, found))
            else:
                known = tuple(map(self.__getitem__, map(str.encode, found)))
            if len(chunk) <= LONGEST_FORM:
                self._splices[chunk] = known
        return known

    def _class_of(self, word: str) -> int:
        # What ends like a possessive and is none would lose its end if it were cut again.
        return self._classify(word) if word[-2:-1] in APOSTROPHES else self[word.encode()]

    def _classify(self, word: str) -> int:
        """Return the class of one word as written: all that it satisfies."""
        terms = self._satisfied_by(word, fold(word))
        if head := elision(word):
            terms += self._satisfied_by(word[head:], fold(word[head:]))
        return self._class_standing_for(terms)

    def _class_standing_for(self, satisfied: list[int]) -> int:
        if len(satisfied) < 2:
            return satisfied[0] if satisfied else OTHER
        terms = tuple(dict.fromkeys(satisfied))
        known = terms[0] if len(terms) == 1 else self._classes.get(terms)
        if known is None:
            known = self.new_id()
            self.members[known] = terms
            self.several.add(known)
            for term in terms:
                self.carriers.setdefault(term, []).append(known)
            self._trie.stand_for(known, terms, self.carriers)
            self._classes[terms] = known
        return known

    def _satisfied_by(self, form: str, folded: str) -> list[int]:
        """Return the terms that a word satisfies, or what is left of it behind an elision."""
        found = [self._words[folded]] if folded in self._words else []
        if self._exact and (known := self._exact.get(exact(form))):
            found.append(known)
        if folded[:HEAD] in self._heads or self._shortest < HEAD:
            found += self._prefixes_of(folded)
        for language, stems in self._stems.items():
            if (known := stems.get(stem(form, language))) is not None:
                found.append(known)
        return found + self._patterns_of(folded) if self._patterns else found

    def _prefixes_of(self, folded: str) -> list[int]:
        prefixes, size = self._prefixes, len(folded)
        starts = [folded[:length] for length in self._lengths if length <= size]
        return [prefixes[start] for start in starts if start in prefixes]

    def _patterns_of(self, folded: str) -> list[int]:
        alike = [self._patterns.get(folded[:length], {}) for length in range(1, len(folded) + 1)]
        return [term for some in alike for term, pattern in some.values() if pattern.fullmatch(folded)]

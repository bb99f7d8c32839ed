"""The text fields of one article as they are written: which characters each word takes up, and which words each sentence."""

from bisect import bisect_left, bisect_right
from functools import cached_property

from monitor.core.model import Document, Span
from monitor.core.text import sentence_ends
from monitor.core.text.words import WORD

NAMES = ("title", "summary", "body")

Stretch = tuple[int, int]
"""Words [first, end) of one text field. The words of each field are numbered from a multiple of FIELD_GAP on."""

FIELD_GAP = 1 << 40


class Writing:
    """The texts of a document. Nothing is looked at before it is asked for."""

    def __init__(self, document: Document) -> None:
        self.texts = {"title": document.title, "summary": document.summary, "body": document.body}
        self._words: dict[str, list[tuple[int, int]]] = {}

    def words(self, field: str) -> list[tuple[int, int]]:
        """Return the characters [start, end) of every word of a text field."""
        known = self._words.get(field)
        if known is None:
            known = self._words[field] = [found.span(1) for found in WORD.finditer(self.texts[field])]
        return known

    def span(self, stretch: Stretch) -> Span:
        """Return the characters that a stretch of words takes up."""
        first, end = stretch
        name = NAMES[first // FIELD_GAP]
        words = self.words(name)
        return Span(name, words[first % FIELD_GAP][0], words[(end - 1) % FIELD_GAP][1])

    def sentence(self, word: int) -> int:
        """Return the number of the sentence that a word belongs to."""
        return bisect_right(self._sentences, word)

    @cached_property
    def _sentences(self) -> list[int]:
        """The first words of all sentences, ascending."""
        firsts = []
        for number, name in enumerate(NAMES):
            starts = [start for start, _ in self.words(name)]
            ends = (0, *sentence_ends(self.texts[name]))
            firsts += [number * FIELD_GAP + bisect_left(starts, end) for end in ends]
        return firsts

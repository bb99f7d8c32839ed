"""One article as the rules see it: which terms it holds, and where."""

from functools import cached_property

from monitor.core.match.catalogue import Catalogue, Literal, Refinement
from monitor.core.match.vocabulary import BREAK
from monitor.core.model import Document, Span
from monitor.core.text.words import WORD_OR_BREAK

LEAD_WORDS = 50
"""How many words of the summary and of the body count as its lead, beside the title."""

MOST_PLACES = 1_000
"""Occurrences of one term that are marked."""
_NAMES = ("title", "summary", "body")

Stretch = tuple[int, int]
"""Places [first, end) in the sequence of words and breaks of all text fields."""


class Reading:
    """A document cut into words and searched once for every term of the catalogue.

    `found` holds the ids of the terms that occur. Places count words and breaks over title, summary and body, with one
    break between two fields.
    """

    def __init__(self, document: Document, catalogue: Catalogue) -> None:
        self._document = document
        self._catalogue = catalogue
        self._places: dict[int, list[int]] = {}
        self._words: dict[str, set[int]] = {}
        self._written: dict[str, list[tuple[int, int]]] = {}
        encode = catalogue.vocabulary.encode
        title, summary, body = encode(document.title), encode(document.summary), encode(document.body)
        self._classes = [*title, BREAK, *summary, BREAK, *body]
        self._starts = (0, len(title) + 1, len(title) + len(summary) + 2)
        self._phrases = self._find_phrases()
        self.found: set[int] = self._find()

    def _find_phrases(self) -> dict[int, list[int]]:
        catalogue = self._catalogue
        return catalogue.trie.find(self._classes, catalogue.vocabulary.members)

    def _find(self) -> set[int]:
        catalogue = self._catalogue
        members = catalogue.vocabulary.members
        found = set(self._classes)
        found.update(*map(members.__getitem__, found & members.keys()))
        found.update(self._phrases)
        found |= catalogue.values.found(self._document)
        for base in found & catalogue.refinements.keys():
            found.update(each for each in catalogue.refinements[base] if self._occurs(base, catalogue.refined[each]))
        return found

    def _occurs(self, base: int, refinement: Refinement) -> bool:
        if refinement.literal or base in self._catalogue.sizes:
            return bool(self._refine(refinement))
        return base in self._words_of(refinement.field)

    def _words_of(self, field: str) -> set[int]:
        """Return the ids of the terms of one word that occur in a text field."""
        known = self._words.get(field)
        if known is None:
            members = self._catalogue.vocabulary.members
            known = {each for first, end in self._zones[field] for each in self._classes[first:end]}
            known.update(*map(members.__getitem__, known & members.keys()))
            self._words[field] = known
        return known

    def places(self, term: int) -> list[int]:
        """Return where `term` starts, ascending; none for the term of a value."""
        known = self._places.get(term)
        if known is None:
            known = self._places[term] = self._find_places(term)
        return known

    def spans(self, term: int) -> list[Span]:
        """Return the characters of the document that `term` takes up where it first occurs, up to MOST_PLACES times."""
        refined = self._catalogue.refined.get(term)
        size = self._catalogue.sizes.get(refined.base if refined else term, 1)
        spans = [self.span((place, place + size)) for place in self.places(term)[:MOST_PLACES]]
        if refined and refined.literal:
            spans = [refined.literal.widened(span, self._text(span.field)) for span in spans]
        return spans

    def span(self, stretch: Stretch) -> Span:
        """Return the characters of the document that a stretch of places takes up."""
        first, end = stretch
        number = sum(first >= start for start in self._starts) - 1
        name, start = _NAMES[number], self._starts[number]
        characters = self._characters(name)
        return Span(name, characters[first - start][0], characters[end - start - 1][1])

    def _find_places(self, term: int) -> list[int]:
        if term in self._catalogue.refined:
            return self._refine(self._catalogue.refined[term])
        if term in self._catalogue.sizes:
            return self._phrases.get(term, [])
        carriers = (term, *self._catalogue.vocabulary.carriers.get(term, ()))
        return sorted(place for each in carriers for place in self._places_of_class(each))

    def _places_of_class(self, known: int) -> list[int]:
        found: list[int] = []
        at = -1
        for _ in range(self._classes.count(known)):
            at = self._classes.index(known, at + 1)
            found.append(at)
        return found

    def _refine(self, refinement: Refinement) -> list[int]:
        places = self.places(refinement.base)
        if refinement.field:
            size = self._catalogue.sizes.get(refinement.base, 1)
            zones = self._zones[refinement.field]
            places = [each for each in places if any(first <= each and each + size <= end for first, end in zones)]
        if refinement.literal:
            places = [each for each in places if self._is_written(refinement.literal, each)]
        return places

    def _is_written(self, literal: Literal, place: int) -> bool:
        span = self.span((place, place + 1))
        return literal.stands(self._text(span.field), span.start)

    def _text(self, field: str) -> str:
        return {"title": self._document.title, "summary": self._document.summary, "body": self._document.body}[field]

    @cached_property
    def _zones(self) -> dict[str, tuple[Stretch, ...]]:
        """The places of each text field."""
        _, summary, body = self._starts
        title, text = (0, summary - 1), len(self._classes)
        lead = (title, self._beginning(summary, body - 1), self._beginning(body, text))
        return {"title": (title,), "summary": ((summary, body - 1),), "body": ((body, text),), "lead": lead}

    def _beginning(self, start: int, end: int) -> Stretch:
        """Return the places of the first words among [start, end)."""
        remaining = LEAD_WORDS
        for place in range(start, end):
            if not remaining:
                return start, place
            remaining -= self._classes[place] != BREAK
        return start, end

    def _characters(self, field: str) -> list[tuple[int, int]]:
        """Return the characters of every word and break of a text field."""
        known = self._written.get(field)
        if known is None:
            known = self._written[field] = [found.span(1) for found in WORD_OR_BREAK.finditer(self._text(field))]
        return known

"""One article as the rules see it: which terms it holds, and where."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from itertools import count, pairwise

from monitor.core.match.catalogue import Catalogue, Literal, Refinement
from monitor.core.match.searching import LEAD_WORDS, Searches
from monitor.core.match.vocabulary import BREAK, FIELD_END, chunks
from monitor.core.match.writing import FIELD_GAP, Stretch, Writing
from monitor.core.model import Document, Span

MOST_PLACES = 1_000
"""Occurrences of one term that are marked."""
MANY_PLACES = 4_000
"""Words of a text that is indexed before terms are looked for in it."""

Zone = tuple[int, int]
"""Places [first, end) in the sequence of words and breaks of all text fields."""


class Reading:
    """A document cut into words and searched once for every term of the catalogue.

    `cut` is its text in chunks, `found` the ids of the terms that occur. Places count words and breaks over title, summary and body, with one
    break behind each field.
    """

    def __init__(self, document: Document, catalogue: Catalogue, other: "Reading | None" = None) -> None:
        """`other` is a reading of the same document by another catalogue, which saves cutting it anew."""
        self._document = document
        self._catalogue = catalogue
        self._places: dict[int, list[int]] = {}
        self._stretches: dict[int, list[Stretch]] = {}
        self.cut: list[bytes] = other.cut if other else chunks((document.title, document.summary, document.body))
        self._classes, kinds = catalogue.vocabulary.encode(self.cut)
        self._phrases = self._find_phrases()
        self.found: set[int] = self._find(kinds)

    @cached_property
    def _starts(self) -> tuple[int, int, int]:
        """The first places of title, summary and body."""
        summary = self._classes.index(FIELD_END) + 1
        return 0, summary, self._classes.index(FIELD_END, summary) + 1

    @cached_property
    def writing(self) -> Writing:
        """The document's texts, word by word."""
        return Writing(self._document)

    @cached_property
    def searches(self) -> Searches:
        """What regular expressions find in the document."""
        return Searches(self.writing)

    @property
    def overrun(self) -> set[str]:
        """The regular expressions that ran out of time so far."""
        return self.searches.overrun if "searches" in self.__dict__ else set()

    def _find_phrases(self) -> dict[int, list[int]]:
        catalogue = self._catalogue
        return catalogue.trie.find(self._classes, catalogue.vocabulary.members)

    def _find(self, kinds: set[int]) -> set[int]:
        catalogue = self._catalogue
        found = self._with_members(kinds)
        found.update(self._phrases)
        if catalogue.values:
            found |= catalogue.values.found(self._document)
        for field, words in catalogue.words_in.items():
            found.update(map(words.__getitem__, self._words_of(field) & words.keys()))
        for refinements, bases in ((catalogue.refined_phrases, self._phrases.keys()), (catalogue.refined_words, found)):
            for base in bases & refinements.keys():
                found.update(each for each in refinements[base] if self._refine(catalogue.refined[each]))
        return found

    def _with_members(self, classes: set[int]) -> set[int]:
        """Add to some classes the terms that they stand for."""
        vocabulary = self._catalogue.vocabulary
        classes.update(*map(vocabulary.members.__getitem__, classes & vocabulary.several))
        return classes

    def _words_of(self, field: str) -> set[int]:
        """Return the ids of the terms of one word that occur in a text field."""
        return self._with_members({each for first, end in self._zones(field) for each in self._classes[first:end]})

    def places(self, term: int) -> list[int]:
        """Return where `term` starts, ascending; none for the term of a value."""
        known = self._places.get(term)
        if known is None:
            known = self._places[term] = self._find_places(term)
        return known

    def stretches(self, term: int) -> list[Stretch]:
        """Return the words that `term` takes up wherever it occurs, ascending."""
        known = self._stretches.get(term)
        if known is None:
            refined = self._catalogue.refined.get(term)
            size = self._catalogue.sizes.get(refined.base if refined else term, 1)
            firsts = map(self._words.__getitem__, self.places(term))
            known = self._stretches[term] = [(first, first + size) for first in firsts]
        return known

    def spans(self, term: int) -> list[Span]:
        """Return the characters of the document that `term` takes up where it first occurs, up to MOST_PLACES times."""
        refined = self._catalogue.refined.get(term)
        spans = [self.writing.span(each) for each in self.stretches(term)[:MOST_PLACES]]
        if refined and refined.literal:
            spans = [refined.literal.widened(span, self.writing.texts[span.field]) for span in spans]
        return spans

    @cached_property
    def _words(self) -> list[int]:
        """The number of the word at each place, as stretches have it; of a break that of the word behind it."""
        breaks = sorted([*self._places_of_class(BREAK), *self._places_of_class(FIELD_END)])
        ends = set(self._places_of_class(FIELD_END))
        numbers: list[int] = []
        number = field = 0
        for first, end in pairwise((-1, *breaks)):
            following = number + end - first - 1
            numbers += range(number, following)
            numbers.append(following)
            field += end in ends
            number = FIELD_GAP * field if end in ends else following
        return numbers

    def _find_places(self, term: int) -> list[int]:
        if term in self._catalogue.refined:
            return self._refine(self._catalogue.refined[term])
        if term in self._catalogue.sizes:
            return self._phrases.get(term, [])
        carriers = (term, *self._catalogue.vocabulary.carriers.get(term, ()))
        return sorted(place for each in carriers for place in self._places_of_class(each))

    def _places_of_class(self, known: int) -> list[int]:
        classes = self._classes
        if len(classes) > MANY_PLACES:
            return self._index.get(known, [])
        found: list[int] = []
        at = -1
        for _ in range(classes.count(known)):
            at = classes.index(known, at + 1)
            found.append(at)
        return found

    @cached_property
    def _index(self) -> Mapping[int, list[int]]:
        """The places of every class: in a long text cheaper than to search it for one class after the other."""
        index: defaultdict[int, list[int]] = defaultdict(list)
        for known, place in zip(self._classes, count()):
            index[known].append(place)
        return index

    def _refine(self, refinement: Refinement) -> list[int]:
        places = self.places(refinement.base)
        if refinement.field:
            size = self._catalogue.sizes.get(refinement.base, 1)
            zones = self._zones(refinement.field)
            places = [each for each in places if any(first <= each and each + size <= end for first, end in zones)]
        if refinement.literal:
            places = [each for each in places if self._is_written(refinement.literal, each)]
        return places

    def _is_written(self, literal: Literal, place: int) -> bool:
        word = self._words[place]
        span = self.writing.span((word, word + 1))
        return literal.stands(self.writing.texts[span.field], span.start)

    def _zones(self, field: str) -> tuple[Zone, ...]:
        """Return the places of a text field."""
        _, summary, body = self._starts
        title, text = (0, summary - 1), len(self._classes) - 1
        match field:
            case "title":
                return (title,)
            case "summary":
                return ((summary, body - 1),)
            case "body":
                return ((body, text),)
            case _:
                return (title, self._beginning(summary, body - 1), self._beginning(body, text))

    def _beginning(self, start: int, end: int) -> Zone:
        """Return the places of the first words among [start, end)."""
        remaining = LEAD_WORDS
        for place in range(start, end):
            if not remaining:
                return start, place
            remaining -= self._classes[place] != BREAK
        return start, end

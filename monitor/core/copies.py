"""Which articles of different outlets are copies of one text, though edited: found by what their words share, never by comparing all with all.

An article is looked up by its bands, each a hash of three of the 72 values of its MinHash, and compared word for word with the few that
share one. Broder, On the resemblance and containment of documents (1997); Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from rensa import RMinHash

from monitor.core.text import bare_words, fold

#: Bands of an article and values of its MinHash in each: of texts that share 0.45 of their pairs of words 90 % meet, of those that share 0.6 all
#: but 0.3 %; and of a million pairs of texts that share a hundredth of theirs, 24.
BANDS, VALUES = 24, 3
#: Share of its pairs of words from which on a text is a copy of another. A text in which one word of ten was changed, dropped or
#: put in keeps 0.68 of them, with one of five 0.53; different stories of one event rarely have a fifth.
ALIKE = 0.45
#: Share of a title's words that the copy's text must have too: else what two texts share is what stands under everything.
ON_TOPIC = 0.5
#: Where both texts have so many numbers, a copy has a third of them: of two market reports only the words are equal.
FIGURES, SAME_FIGURES = 4, 1 / 3
#: Characters and words of a text that are looked at, and below how many pairs of words there is too little to be sure.
CHARACTERS, WORDS, ENOUGH = 1200, 160, 15
#: Articles that a band remembers, and that an article is compared with, the most alike first.
REMEMBERED, COMPARED = 16, 8

_SEED = 2026
_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
# Six bytes in a row of SQLite: among millions of bands in a window hardly two are equal by chance.
_POSITIVE = (1 << 47) - 1


class Finding(StrEnum):
    """What a comparison of two texts comes to."""

    COPY = "copy"
    SAME_OUTLET = "same-outlet"
    TOO_LITTLE = "too-little-text"
    UNLIKE = "unlike"
    OTHER_NEWS = "other-news"
    OTHER_NUMBERS = "other-numbers"

    @property
    def sentence(self) -> str:
        """The finding in words."""
        return _SENTENCES[self]


_SENTENCES = {
    Finding.COPY: "the texts share so many words in a row that one is a copy of the other",
    Finding.SAME_OUTLET: "an outlet does not copy itself: what it publishes anew is news to its editors",
    Finding.TOO_LITTLE: "there is too little text to be sure",
    Finding.UNLIKE: "the texts share too few words in a row",
    Finding.OTHER_NEWS: "the texts share much, but neither says what the other's title does",
    Finding.OTHER_NUMBERS: "the words are alike, but the numbers are not",
}


@dataclass(frozen=True, slots=True)
class Text:
    """What is compared of an article: `pairs` are two words in a row, `figures` the numbers of title and text."""

    outlet: str
    title: tuple[str, ...]
    words: frozenset[str]
    pairs: frozenset[str]

    @property
    def figures(self) -> frozenset[str]:
        """The numbers of title and text."""
        return _numbers(self.words)


def text(outlet: str, title: str, summary: str, body: str) -> Text:
    """Return what is compared of an article: its title and the beginning of the longer of its texts."""
    heading, words = _words(title, summary, body)
    return Text(outlet, heading, frozenset(words), _pairs(words))


def bands(title: str, summary: str, body: str) -> tuple[int, ...]:
    """Return `BANDS` numbers from 0 to 2**47 - 1, by which copies of an article are found; none where it has too little text."""
    pairs = _pairs(_words(title, summary, body)[1])
    if len(pairs) < ENOUGH:
        return ()
    sketch = RMinHash(num_perm=BANDS * VALUES, seed=_SEED)
    sketch.update(list(pairs))
    values = iter(sketch.digest())
    rows = zip(values, values, values, strict=True)
    first, second, third = _FACTORS
    return tuple((number + a * first + b * second + c * third) & _POSITIVE for number, (a, b, c) in enumerate(rows))


def compared(one: Text, other: Text) -> tuple[Finding, float]:
    """Compare two texts; return what it comes to and the share of their pairs of words that they have in common."""
    if one.outlet == other.outlet:
        return Finding.SAME_OUTLET, 0.0
    if min(len(one.pairs), len(other.pairs)) < ENOUGH:
        return Finding.TOO_LITTLE, 0.0
    share = _share(one.pairs, other.pairs)
    if share < ALIKE:
        return Finding.UNLIKE, share
    if max(_covered(one.title, other.words), _covered(other.title, one.words)) < ON_TOPIC:
        return Finding.OTHER_NEWS, share
    return (Finding.OTHER_NUMBERS if _differ(one, other) else Finding.COPY), share


@dataclass(frozen=True, slots=True)
class Told:
    """An article that may be copied, and the number of its story. `seen_at` is in UTC."""

    outlet: str
    title: str
    summary: str
    body: str
    seen_at: datetime
    story: int


class Memory:
    """Articles of late, by their bands."""

    def __init__(self) -> None:
        self._by_band: dict[int, list[int]] = defaultdict(list)
        self._told: dict[int, Told] = {}
        self._texts: dict[int, Text] = {}

    def recall(self, by_band: Mapping[int, Iterable[int]]) -> None:
        """Remember which articles, by number, have which bands; `learn` says what they tell."""
        for band, articles in by_band.items():
            self._by_band[band] += articles

    def learn(self, article: int, told: Told) -> None:
        """Remember what an article tells."""
        self._told[article] = told

    def add(self, article: int, told: Told, its_bands: Iterable[int]) -> list[int]:
        """Remember an article; return the bands that it is found by. A band that enough articles have takes no more."""
        self.learn(article, told)
        taken = [
            each for each in its_bands if article not in (known := self._by_band[each]) and len(known) < REMEMBERED
        ]
        for band in taken:
            self._by_band[band].append(article)
        return taken

    def candidates(self, its_bands: Iterable[int]) -> list[int]:
        """Return which articles share bands with these, those that share the most first; at most `COMPARED`."""
        shared = Counter(article for band in its_bands for article in self._by_band.get(band, ()))
        return sorted(shared, key=lambda article: (-shared[article], article))[:COMPARED]

    def story_of(self, told: Told, its_bands: Iterable[int], window: timedelta) -> int | None:
        """Return the story of which an article is one more copy: that of the text most like its own, seen at most `window` before or after."""
        near = [each for each in self.candidates(its_bands) if self._recent(each, told, window)]
        if not near:
            return None
        own = _text_of(told)
        found = [(compared(own, self._text(each)), each) for each in near]
        copies = [(share, -each) for (finding, share), each in found if finding is Finding.COPY]
        return self._told[-max(copies)[1]].story if copies else None

    def _recent(self, article: int, told: Told, window: timedelta) -> bool:
        other = self._told.get(article)
        return other is not None and other.outlet != told.outlet and abs(told.seen_at - other.seen_at) <= window

    def _text(self, article: int) -> Text:
        if article not in self._texts:
            self._texts[article] = _text_of(self._told[article])
        return self._texts[article]


def _text_of(told: Told) -> Text:
    return text(told.outlet, told.title, told.summary, told.body)


def _words(title: str, summary: str, body: str) -> tuple[tuple[str, ...], list[str]]:
    heading = list(map(fold, bare_words(title)))
    longer = summary if len(summary) > len(body) else body
    return tuple(heading), [*heading, *map(fold, bare_words(longer[:CHARACTERS]))][:WORDS]


def _pairs(words: list[str]) -> frozenset[str]:
    return frozenset(map(" ".join, pairwise(words)))


def _share(some: frozenset[str], others: frozenset[str]) -> float:
    both = len(some & others)
    return both / ((len(some) + len(others) - both) or 1)


def _covered(title: tuple[str, ...], words: frozenset[str]) -> float:
    return sum(word in words for word in title) / (len(title) or 1)


def _differ(one: Text, other: Text) -> bool:
    """Whether the numbers of two texts speak against one being a copy of the other: 5 killed is not 50 killed."""
    here, there = _numbers(one.title), _numbers(other.title)
    if here and there and not (here <= there or here >= there):
        return True
    return min(len(one.figures), len(other.figures)) >= FIGURES and _share(one.figures, other.figures) < SAME_FIGURES


def _numbers(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if word.isdecimal())

"""Which articles of different outlets are copies of one text, though edited: found by what their words share, never by comparing all with all.

An article is looked up by its bands, which are rows of three words, each beginning at a word that every text would choose that has it, and is
compared word for word with the few that share two. Manber, Finding similar files in a large file system (1994): anchors; Broder, On the
resemblance and containment of documents (1997): of all that could be chosen, that of the smallest hashes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import islice, pairwise
from zlib import crc32

from monitor.core.model import Story
from monitor.core.numbers import numbers
from monitor.core.text import bare_words, fold

#: Bands of an article, how many of them it is found by, words in each, and how many two articles share before they are compared. Of copies in
#: real news all share two with one word of ten edited, 99.5 % with one of five; of a million pairs of articles that are no copies, two do.
BANDS, FOUND_BY, ROW, SHARED = 16, 9, 3, 2
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
REMEMBERED, COMPARED = 24, 8

# Four bytes in a row of SQLite: that two rows of words are equal by chance in one band is rare, in two of an article's it does not happen.
_POSITIVE = (1 << 31) - 1


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
    """What is compared of an article: title and text as they stand, what words there are, and `pairs` of two words in a row."""

    outlet: str
    title: tuple[str, ...]
    whole: tuple[str, ...]
    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]

    @property
    def figures(self) -> frozenset[int]:
        """The numbers of title and text."""
        return numbers(self.whole)


def text(outlet: str, title: str, summary: str, body: str) -> Text:
    """Return what is compared of an article: its title and the beginning of the longer of its texts."""
    heading, words = _words(title, summary, body)
    return Text(outlet, heading, tuple(words), frozenset(words), frozenset(pairwise(words)))


def bands(title: str, summary: str, body: str) -> tuple[int, ...]:
    """Return up to `BANDS` numbers from 0 to 2**31 - 1, by which copies of an article are found, the likeliest first; none where it has too little text."""
    words = _words(title, summary, body)[1]
    if len(words) <= ENOUGH:
        return ()
    places = dict(zip(words, range(len(words) - ROW + 1), strict=False))
    rows = (" ".join(words[places[word] : places[word] + ROW]) for word in sorted(places, key=_rank)[:BANDS])
    return tuple(dict.fromkeys(crc32(row.encode()) & _POSITIVE for row in rows))


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
    """An article that may be copied, and its story: of one that has none yet, that which it would begin."""

    outlet: str
    title: str
    summary: str
    body: str
    story: Story


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

    def forget(self, articles: Collection[int]) -> None:
        """Forget by which bands articles are found, those of stories that take no more copies; others have their places then."""
        for band, known in self._by_band.items():
            self._by_band[band] = [each for each in known if each not in articles]

    def add(self, article: int, told: Told, its_bands: Iterable[int]) -> list[int]:
        """Remember an article; return the bands that it is found by, the first that are free. A band that enough articles have takes no more."""
        self.learn(article, told)
        free = (each for each in its_bands if article not in (known := self._by_band[each]) and len(known) < REMEMBERED)
        taken = list(islice(free, FOUND_BY))
        for band in taken:
            self._by_band[band].append(article)
        return taken

    def candidates(self, its_bands: Iterable[int]) -> list[int]:
        """Return which articles share at least `SHARED` bands with these: first those that share the most that few others have."""
        met: dict[int, list[float]] = defaultdict(list)
        for band in its_bands:
            known = self._by_band.get(band, ())
            for article in known:
                met[article].append(1 / len(known))
        likely = [(-sum(each), article) for article, each in met.items() if len(each) >= SHARED]
        return [article for _, article in sorted(likely)]

    def story_of(self, told: Told, its_bands: Iterable[int], window: timedelta) -> Story | None:
        """Return the story of which an article is one more copy: that of the text most like its own, of those begun at most `window` before or after."""
        near = list(islice((each for each in self.candidates(its_bands) if self._near(each, told, window)), COMPARED))
        if not near:
            return None
        own = _text_of(told)
        found = [(compared(own, self._text(each)), each) for each in near]
        copies = [(share, -each) for (finding, share), each in found if finding is Finding.COPY]
        return self._told[-max(copies)[1]].story if copies else None

    def _near(self, article: int, told: Told, window: timedelta) -> bool:
        other = self._told.get(article)
        return other is not None and other.outlet != told.outlet and other.story.takes(told.story.began, window)

    def _text(self, article: int) -> Text:
        if article not in self._texts:
            self._texts[article] = _text_of(self._told[article])
        return self._texts[article]


def _text_of(told: Told) -> Text:
    return text(told.outlet, told.title, told.summary, told.body)


def _words(title: str, summary: str, body: str) -> tuple[tuple[str, ...], list[str]]:
    heading = list(map(fold, bare_words(title)))
    longer = summary if len(summary) > len(body) else body
    return tuple(heading), [*heading, *map(fold, bare_words(longer[:CHARACTERS])[:WORDS])][:WORDS]


def _rank(word: str) -> float:
    """Return by what a word is chosen to begin a band, the smallest first: by chance, but a long one, as rare words are, a lot sooner."""
    length = len(word)
    return crc32(word.encode()) / (length * length * length * length)


def _share(some: frozenset[object], others: frozenset[object]) -> float:
    both = len(some & others)
    return both / ((len(some) + len(others) - both) or 1)


def _covered(title: tuple[str, ...], words: frozenset[str]) -> float:
    return sum(word in words for word in title) / (len(title) or 1)


def _differ(one: Text, other: Text) -> bool:
    """Whether the numbers of two texts speak against one being a copy of the other: 5 killed is not 50 killed."""
    here, there = numbers(one.title), numbers(other.title)
    if here and there and not (here <= there or here >= there):
        return True
    some, others = one.figures, other.figures
    return min(len(some), len(others)) >= FIGURES and _share(some, others) < SAME_FIGURES

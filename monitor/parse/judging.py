"""Whether a text is that of the article its feed tells of, or of a wall before it: consent, payment, a login."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.core.text import bare_words, fold

LESS = "the page shows less text than the summary"
ELSE = "the page shows something else: it asks for consent or payment, perhaps"
SHARED = 0.3
"""The share of the words of title and summary that the text of the right page has at least."""
TITLE_SHARED = 0.5
"""The share of the headline's words below it that makes up for a summary of which a text says nothing."""
TELLING = 4
"""Letters of words by which pages are compared, and how many of them it takes."""
WALL = 0.4
"""The share of what is new in a text that asks for consent or payment from which on it is a wall. It does not ask in every sentence."""
LONGEST_WALL = 6_000
"""Characters of the longest wall."""

_BLANK = "\n\n"

# How words begin by which walls ask for consent, payment or a login.
_ASKING = tuple(
    map(
        fold,
        (
            "cookie", "consent", "privacy", "advertis", "adblock", "subscri", "paywall", "geolocat", "newsletter", "unlock", "login",
            "datenschutz", "einwillig", "zustimm", "werbung", "werbefrei", "abonn", "anmelden", "confidentialité", "publicit",
            "traceur", "privaci", "suscri", "publicidad", "abbona", "pubblicit", "toestemming", "adverten", "prywatno", "prenumer",
            "subskry", "reklam", "подписк", "подпиш", "реклам", "конфиденциальн", "персональн", "передплат", "підписк", "підпиш",
            "конфіденційн",
        ),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Paragraph:
    length: int
    words: set[str]


class Told:
    """What a feed says of an article, and how texts compare to it."""

    def __init__(self, title: str, summary: str) -> None:
        self._length = len(summary)
        self._title = _telling(title)
        self._words = self._title | _telling(summary)

    def fault(self, text: str) -> str:
        """Return why a text (paragraphs parted by blank lines) is not the article's, "" where it may be."""
        every = [_Paragraph(len(each), _telling(each)) for each in text.split(_BLANK)]
        # The headline stands above every wall.
        below = [each for each in every if not each.words or not each.words <= self._title]
        length = sum(each.length for each in below) + len(_BLANK) * (len(below) - 1)
        if length < max(self._length, 1):
            return LESS
        said = _all(below)
        if not self._is_shared(_all(every)) and not self._takes_up_title(said):
            return ELSE
        # By the headline's words too: a summary may tell where the story stands, and nothing of it.
        says_nothing = _enough(self._words) and self._words.isdisjoint(said)
        return ELSE if says_nothing or self._is_wall(below) else ""

    def is_said_by(self, text: str) -> bool:
        """Whether a text may be the article, by its words; one that is told in few words may be any."""
        return self._is_shared(_telling(text))

    def says_more(self, text: str, than: str) -> bool:
        """Whether a text holds notably more of what the feed says than another does."""
        gained = len(self._words & _telling(text)) - len(self._words & _telling(than))
        return gained >= max(SHARED * len(self._words), 1)

    def _is_shared(self, words: set[str]) -> bool:
        return not _enough(self._words) or len(self._words & words) / len(self._words) >= SHARED

    def _takes_up_title(self, words: set[str]) -> bool:
        """Whether words tell of what the headline does, whatever the summary said: that the story stands elsewhere, perhaps."""
        return bool(self._title) and len(self._title & words) / len(self._title) >= TITLE_SHARED

    def _is_wall(self, paragraphs: Iterable[_Paragraph]) -> bool:
        """Whether most of what the feed did not say asks for consent or payment. A word that the feed says too is what the article is about."""
        new = [(each.length, words) for each in paragraphs if (words := each.words - self._words)]
        total = sum(length for length, _ in new)
        asking = sum(length for length, words in new if any(word.startswith(_ASKING) for word in words))
        return 0 < total <= LONGEST_WALL and asking >= WALL * total


def _all(paragraphs: Iterable[_Paragraph]) -> set[str]:
    return set().union(*(each.words for each in paragraphs))


def _enough(words: set[str]) -> bool:
    return len(words) >= TELLING


def _telling(text: str) -> set[str]:
    """Return the words that tell one text from another: longer ones, and the characters of scripts without spaces."""
    return {fold(word) for word in bare_words(text) if len(word) >= TELLING or not word.isascii()}

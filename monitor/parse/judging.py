"""Whether a text is that of the article its feed tells of, or of a wall before it: consent, payment, a login."""

from collections.abc import Iterable, Iterator

from monitor.core.text import bare_words, fold

LESS = "the page shows less text than the summary"
ELSE = "the page shows something else: it asks for consent or payment, perhaps"
SHARED = 0.3
"""The share of the words of title and summary that the text of the right page has at least."""
TELLING = 4
"""Letters of words by which pages are compared, and how many of them it takes."""
WALL = 0.4
"""The share of what is new in a text that asks for consent or payment from which on it is a wall. It does not ask in every sentence."""
LONGEST_WALL = 6_000
"""Characters of the longest wall."""

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


class Told:
    """What a feed says of an article, and how texts compare to it."""

    def __init__(self, title: str, summary: str) -> None:
        self._length = len(summary)
        self._title = _telling(title)
        self._summary = _telling(summary)
        self._words = self._title | self._summary

    def fault(self, text: str) -> str:
        """Return why a text (paragraphs parted by blank lines) is not the article's, "" where it may be."""
        paragraphs = [each for each in text.split("\n\n") if not self._is_headline(each)]
        below = "\n\n".join(paragraphs)
        if len(below) < max(self._length, 1):
            return LESS
        if not self.is_said_by(text):
            return ELSE
        # The headline stands above every wall.
        own = self._summary - self._title
        says_nothing = self._enough(own) and own.isdisjoint(_telling(below))
        return ELSE if says_nothing or self._is_wall(paragraphs) else ""

    def is_said_by(self, text: str) -> bool:
        """Whether a text may be the article, by its words; one that is told in few words may be any."""
        return not self._enough(self._words) or self._share(text) >= SHARED

    def says_more(self, text: str, than: str) -> bool:
        """Whether a text holds notably more of what the feed says than another does."""
        gained = len(self._words & _telling(text)) - len(self._words & _telling(than))
        return gained >= max(SHARED * len(self._words), 1)

    def _enough(self, words: set[str]) -> bool:
        return len(words) >= TELLING

    def _share(self, text: str) -> float:
        return len(self._words & _telling(text)) / len(self._words)

    def _is_headline(self, paragraph: str) -> bool:
        words = _telling(paragraph)
        return bool(words) and words <= self._title

    def _is_wall(self, paragraphs: Iterable[str]) -> bool:
        """Whether most of what the feed did not say asks for consent or payment."""
        new = [each for each in paragraphs if not _telling(each) <= self._words]
        total = sum(map(len, new))
        asking = sum(len(each) for each in new if any(self._asking(each)))
        return 0 < total <= LONGEST_WALL and asking >= WALL * total

    def _asking(self, paragraph: str) -> Iterator[bool]:
        """Tell of each word whether it asks; one that the feed says too is what the article is about."""
        return (word.startswith(_ASKING) for word in _telling(paragraph) - self._words)


def _telling(text: str) -> set[str]:
    """Return the words that tell one text from another: longer ones, and the characters of scripts without spaces."""
    return {fold(word) for word in bare_words(text) if len(word) >= TELLING or not word.isascii()}

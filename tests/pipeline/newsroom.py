"""Many feeds as the web has them, drawn by lot: windows that move on, and items that are edited, moved, dated anew, given new ids, put in
another order, and stated twice. The same seed brings the same news.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from monitor.errors import FetchError
from monitor.fetch import Request, Response
from tests.pipeline.peers import Press

_BEGINNINGS = ("har", "lum", "ves", "tor", "nim", "gal", "pol", "rus", "kel", "dov")
_ENDS = ("bour", "ter", "ning", "mark", "side", "wick", "ford", "stone", "ley", "port",
         "dale", "gate", "field", "ton", "mouth", "bridge", "well", "hurst", "cot", "shaw")  # fmt: skip
#: So many that two titles of a paper do not have half their words in common by chance: they would be those of one article.
VOCABULARY = [f"{first}{middle}{last}" for first in _BEGINNINGS for middle in _ENDS for last in _ENDS]
#: An item stays in its feed until so many answers have had it as it is, so that only the machine could lose it.
LEAST_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Habit:
    """What a feed states of its items. `ids` and `pages`: one of each for every item, "one" for all, or none ("")."""

    ids: str
    pages: str
    changes: tuple[str, ...]


HABITS = (
    Habit("own", "own", ("text", "title", "storm", "date", "id")),
    Habit("own", "own", ("text", "title", "storm", "date", "page")),
    Habit("page", "own", ("text", "title", "storm", "date")),
    Habit("", "own", ("text", "title", "storm", "date")),
    Habit("one", "own", ("text", "storm", "date")),
    Habit("own", "front", ("date", "id")),
    Habit("own", "one", ("text", "title", "storm", "date")),
    Habit("every poll", "own", ("text", "storm")),
)


@dataclass(slots=True)
class Item:
    """An item as its feed states it now. `token` is in its title for ever; `late`: it came after the feed's first sight."""

    token: str
    title: str
    text: str
    published: datetime
    guid: str
    page: str
    late: bool
    stormy: bool = False
    renamed: bool = False
    shown: int = 0


@dataclass(slots=True)
class Paper:
    """One feed, and all that was ever in it."""

    name: str
    habit: Habit
    window: list[Item] = field(default_factory=list)
    printed: list[Item] = field(default_factory=list)


class Newsroom(Press):
    """Sixty feeds, or as many as wanted, at https://paper-N.example/feed. `turn` lets time bring what it brings."""

    def __init__(self, seed: int, papers: int, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.chance = random.Random(seed)
        self.clock = clock
        self.failing = 0.0
        self.papers = {
            f"https://paper-{number}.example/feed": Paper(f"paper-{number}", HABITS[number % len(HABITS)])
            for number in range(papers)
        }
        for paper in self.papers.values():
            for _ in range(self.chance.randint(1, 10)):
                self._print(paper, late=False)

    @property
    def items(self) -> list[Item]:
        """All that was ever printed."""
        return [each for paper in self.papers.values() for each in paper.printed]

    def turn(self) -> None:
        """Let every paper print, change and drop something, or nothing."""
        for paper in self.papers.values():
            for _ in range(self.chance.choice((0, 0, 0, 1, 1, 2))):
                self._print(paper, late=True)
            for each in paper.window:
                if self.chance.random() < 0.1:
                    self._change(paper, each)
            if self.chance.random() < 0.1:
                self.chance.shuffle(paper.window)
            old = [each for each in paper.window[8:] if each.shown >= LEAST_SHOWN]
            paper.window = [each for each in paper.window if each not in old]

    async def retrieve(self, request: Request) -> Response:
        """Answer, or fail as servers do."""
        if self.chance.random() < self.failing:
            raise self.chance.choice((FetchError("http-503", "busy"), FetchError("timeout", "no answer")))
        return await Press.retrieve(self, request)

    def body(self, url: str) -> bytes:
        """The feed as a document."""
        paper = self.papers[url]
        for each in paper.window:
            each.shown += 1
        stated = list(paper.window)
        if stated and self.chance.random() < 0.1:
            stated.append(self.chance.choice(stated))
        told = "".join(self._item(paper, each) for each in stated)
        return f"<rss version='2.0'><channel><title>{paper.name}</title>{told}</channel></rss>".encode()

    def _item(self, paper: Paper, item: Item) -> str:
        guid = f"{item.guid}-{len(self.requests)}" if paper.habit.ids == "every poll" else item.guid
        return (
            f"<item><title>{escape(item.title)}</title><link>{item.page}</link>"
            + (f"<guid isPermaLink='false'>{guid}</guid>" if guid else "")
            + f"<description>{escape(item.text)}</description><pubDate>{format_datetime(item.published)}</pubDate></item>"
        )

    def _print(self, paper: Paper, *, late: bool) -> None:
        number = len(paper.printed)
        token = f"{paper.name.replace('-', '')}x{number}"
        site = f"https://{paper.name}.example"
        page = {"own": f"{site}/{token}", "front": f"{site}/", "one": f"{site}/news"}[paper.habit.pages]
        guid = {"page": page, "one": site, "": ""}.get(paper.habit.ids, f"{paper.name}:{number}")
        title = " ".join(["Ferry", token, *self.chance.sample(VOCABULARY, 4)])
        age = timedelta(minutes=self.chance.randint(1, 14))
        item = Item(token, title, self._text(), self.clock() - age, guid, page, late)
        paper.printed.append(item)
        paper.window.insert(0, item)

    def _text(self) -> str:
        return " ".join(self.chance.sample(VOCABULARY, self.chance.choice((3, 40)))) + "."

    def _change(self, paper: Paper, item: Item) -> None:
        change, item.shown = self.chance.choice(paper.habit.changes), 0
        if change == "text":
            item.text = f"{item.text} {self.chance.choice(VOCABULARY)}."
        elif change == "storm":
            item.text, item.stormy = f"{item.text} A storm.", True
        elif change == "title":
            item.title = f"{item.title} {self.chance.choice(VOCABULARY)}" if len(item.title) < 120 else item.title
        elif change == "date":
            item.published = self.clock() - timedelta(minutes=1)
        elif not item.renamed:
            # Once: who misses the polls in between must still know it by the other name.
            item.renamed = True
            item.guid = f"{item.guid}b" if change == "id" else item.guid
            item.page = f"{item.page}-b" if change == "page" else item.page


def only(items: list[Item], **wanted: bool) -> set[str]:
    """The tokens of the items that are so."""
    return {each.token for each in items if all(getattr(each, name) is value for name, value in wanted.items())}

"""Articles of the past, from the archive or from a file, and which of them tell one story."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import IO, Any

from monitor.core.articles import canonical_url
from monitor.core.copies import Memory, Told, bands
from monitor.core.model import Document, Story
from monitor.core.namesakes import Namesakes
from monitor.core.stories import STORY_WINDOW, Known, story_keys, title_keys
from monitor.workshop.lines import BadLine, Line, articles

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Past:
    """An article that a rule is tried on. `number` is its id in the archive, or its line.

    `outlet` is what people call its feed, `publisher` who published what an aggregator's feed lists, and `weight` is the feed's. Times are in
    UTC, None where nobody knows. `story` is the one the archive gave it. `silent` is true where no rule would have rung for it, as it came with the first sight of its feed.
    """

    number: int
    document: Document
    outlet: str
    seen_at: datetime | None = None
    published: datetime | None = None
    story: int | None = None
    silent: bool = False
    publisher: str = ""
    weight: int = 1


class Stories:
    """Puts articles together that tell one story: those that the archive holds for one, else as the daemon does (`monitor.store.stories`)."""

    def __init__(self) -> None:
        self._stored: dict[int, int] = {}
        self._known = Known()
        self._recent = Memory()
        self._titled = Namesakes()
        self._articles = self._count = 0

    def of(self, past: Past) -> int:
        """Return the number of the story that an article tells; the first is 1."""
        if past.story is not None:
            return self._stored.get(past.story) or self._stored.setdefault(past.story, self._next())
        seen = past.seen_at or _EPOCH
        told = past.document
        page = canonical_url(told.url) if told.url else ""
        keys = story_keys(told.title, told.summary, told.body, page, past.published or seen)
        its_bands = bands(told.title, told.summary, told.body)
        text = Told(told.source, told.title, told.summary, told.body, Story(0, seen))
        titles = title_keys(told.title, past.published or seen, listed=False)
        story = (
            self._known.story_of(keys, (), seen, STORY_WINDOW)
            or self._recent.story_of(text, its_bands, STORY_WINDOW)
            or self._titled.story_of(titles, text, STORY_WINDOW)
            or Story(self._next(), seen)
        )
        for key in keys:
            self._known.add(key, story)
        self._articles += 1
        self._recent.add(self._articles, replace(text, story=story), its_bands)
        self._titled.add(titles, replace(text, story=story))
        return story.number

    def _next(self) -> int:
        self._count += 1
        return self._count


def from_lines(
    stream: IO[bytes], tags_of: Mapping[str, tuple[str, ...]], weights: Mapping[str, int]
) -> Iterator[Past | BadLine]:
    """Yield the articles of JSON lines. They may have `seen` and `published`, ISO 8601, in UTC where they name no zone.

    `weights` are those of feeds by id; of any other it is 1.
    """
    for line in articles(stream, tags_of):
        yield _past(line, weights) if isinstance(line, Line) else line


def _past(line: Line, weights: Mapping[str, int]) -> Past | BadLine:
    try:
        seen, published = _moment(line.said, "seen"), _moment(line.said, "published")
    except ValueError as problem:
        return BadLine(line.number, str(problem))
    source = line.document.source
    return Past(line.number, line.document, source, seen or published, published or seen, weight=weights.get(source, 1))


def _moment(said: Mapping[str, Any], key: str) -> datetime | None:
    given = said.get(key)
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"'{key}' must be a time such as 2026-11-19T08:30:00Z") from None

"""The records that travel through the house: feeds, entries, articles, rules' hits, digests, deliveries.

Every datetime is aware and in UTC. Every text is plain (no markup): one line for titles, paragraphs parted by a blank line
for summaries and bodies.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

DETECTED = "-x-detected"
"""Behind the language of an article that was told from its words, not stated by its feed: "uk-x-detected". BCP 47 keeps what follows
an x for private use, so it is a language tag like any other to whoever compares languages.
"""


class Priority(StrEnum):
    """How much a rule's hits matter, most urgent first."""

    URGENT = "urgent"
    NORMAL = "normal"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the most urgent; sorts ascending."""
        return list(Priority).index(self)


class FullText(StrEnum):
    """When the page of an article is fetched: never, when its title and summary satisfy part of some rule, or always."""

    NEVER = "never"
    MAYBE = "maybe"
    ALWAYS = "always"


class Health(StrEnum):
    """How a feed is doing.

    `NEW`: never read yet. `LATE`: it answers, but has been silent for longer than is its habit. `GONE`: it said that it is
    no more. `MOVED`: it has a new address for good. `GAP`: items went by between two polls that nobody has seen.
    """

    NEW = "new"
    OK = "ok"
    LATE = "late"
    FAILING = "failing"
    GONE = "gone"
    MOVED = "moved"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as configured. `every` and `max_every` bound the time between two polls."""

    id: str
    url: str
    title: str = ""
    tags: tuple[str, ...] = ()
    weight: int = 1
    every: timedelta = timedelta(minutes=10)
    max_every: timedelta = timedelta(hours=6)
    full_text: FullText = FullText.MAYBE


@dataclass(frozen=True, slots=True)
class Hints:
    """What a feed document says of when to ask again.

    `ttl`: RSS ttl; `period`: sy:updatePeriod over sy:updateFrequency; None where unstated. `skip_hours`: hours of the day
    in UTC, 0-23; `skip_days`: days of the week, 0 is Monday.
    """

    ttl: timedelta | None = None
    period: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as its feed document states it. `url` is absolute http(s); `language` a lower-case BCP 47 tag.

    `publisher` names who published what an aggregator lists (RSS `source`), "" where that is the feed itself.
    """

    title: str
    guid: str = ""
    url: str = ""
    summary: str = ""
    body: str = ""
    author: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A whole feed document. `format` is "rss", "rdf", "atom", "json" or "sitemap"; `warnings` are sentences for the user."""

    format: str
    entries: tuple[Entry, ...]
    title: str = ""
    link: str = ""
    language: str = ""
    warnings: tuple[str, ...] = ()
    hints: Hints | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """An entry given its identity.

    `key` is what it is known by within the feed, `other_keys` are as sure, `loose_keys` less so (`monitor.core.identity`).
    `content_hash` changes when the text does, `story_keys` are shared by copies of one story in any feed, `title_keys` lead to one
    (`monitor.core.stories`), and by `bands` edited copies are found (`monitor.core.copies`). `published` is clamped to what is possible at `seen_at` (equal to it where the feed says nothing).
    `language` is a lower-case BCP 47 tag, "" where it is not known; one that the feed does not state ends in `DETECTED`.
    `publisher` is the entry's: "" where the feed itself published it.
    """

    feed_id: str
    key: str
    url: str
    title: str
    summary: str
    body: str
    author: str
    language: str
    tags: tuple[str, ...]
    published: datetime
    seen_at: datetime
    content_hash: str
    story_keys: tuple[str, ...] = ()
    publisher: str = ""
    other_keys: tuple[str, ...] = ()
    loose_keys: tuple[str, ...] = ()
    title_keys: tuple[str, ...] = ()
    bands: tuple[int, ...] = ()

    @property
    def outlet(self) -> str:
        """Who published it: what an aggregator lists is its publisher's."""
        return self.publisher or self.feed_id

    @property
    def keys(self) -> tuple[str, ...]:
        """All that it is known by, the surest first."""
        return (self.key, *self.other_keys, *self.loose_keys)


class Story(NamedTuple):
    """A story: its number, lower than those of later ones, and when its first article was seen, in UTC."""

    number: int
    began: datetime

    def takes(self, seen_at: datetime, window: timedelta) -> bool:
        """Tell whether a copy seen at that time may still join: copies of copies, each a day after the last, would else never end."""
        return abs(seen_at - self.began) <= window


@dataclass(frozen=True, slots=True)
class Document:
    """What a query can look at: an article, or an example in a rule file. `source` is the feed's id."""

    title: str
    summary: str = ""
    body: str = ""
    author: str = ""
    source: str = ""
    source_tags: tuple[str, ...] = ()
    url: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters [start, end) of one text field ("title", "summary", "body") that satisfied a rule."""

    field: str
    start: int
    end: int


class Distinct(StrEnum):
    """What a wave counts: every match, outlets, or stories."""

    MATCH = "match"
    SOURCE = "source"
    STORY = "story"


@dataclass(frozen=True, slots=True)
class Wave:
    """What makes a rule worth telling: `count` matches, outlets or stories in a stretch of length `within`."""

    count: int
    within: timedelta
    distinct: Distinct = Distinct.MATCH


@dataclass(frozen=True, slots=True)
class Spike:
    """What makes a rule worth telling: so many matches in a stretch of length `within`, and `at_least` that many, that the chance of it is
    under `chance`, by how many there were in the same hours of the weeks `against` which it is held."""

    chance: float
    within: timedelta
    against: timedelta = timedelta(days=28)
    at_least: int = 5

    @property
    def weeks(self) -> int:
        """How many weeks it is held against."""
        return self.against // timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Silence:
    """What makes a rule worth telling: that nothing has matched it for `after`."""

    after: timedelta


When = Wave | Spike | Silence
"""Which of its matches a rule tells that does not tell each."""


class FateState(StrEnum):
    """What became of a match in one digest; every match is in exactly one of these per digest."""

    PENDING = "pending"
    HELD = "held"
    SENT = "sent"
    MERGED = "merged"
    SILENCED = "silenced"
    EXPIRED = "expired"
    BASELINE = "baseline"
    FAILED = "failed"


class DeliveryState(StrEnum):
    """Where a delivery stands; `leased` rows are being sent right now."""

    PENDING = "pending"
    LEASED = "leased"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    DEAD = "dead"
    SUPPRESSED = "suppressed"


class Outcome(StrEnum):
    """How one attempt to send ended.

    `RETRY`: refused for now. `UNCERTAIN`: it may have arrived. `REFUSED`: this recipient or message never will.
    `PAUSED`: the channel itself is broken until a person mends it; its rows wait.
    """

    SENT = "sent"
    RETRY = "retry"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side's answer to one attempt. `text` is at most 500 bytes and holds no secret."""

    outcome: Outcome
    stage: str = ""
    code: str = ""
    text: str = ""
    retry_after: timedelta | None = None
    degraded: bool = False

    @property
    def told(self) -> str:
        """Stage, code and text in one line, as far as there are any."""
        return " ".join(filter(None, (self.stage, self.code, self.text)))


@dataclass(frozen=True, slots=True)
class Message:
    """One edition rendered, before a channel wraps it. `slack` is a list of Block Kit blocks.

    `stories` makes what programs are told, for a channel that tells it: in a storm it is thousands of stories.
    """

    subject: str
    text: str
    html: str
    slack: tuple[dict[str, object], ...] = ()
    stories: Callable[[], tuple[dict[str, object], ...]] = tuple


@dataclass(frozen=True, slots=True)
class EditionRef:
    """What a channel has to know of an edition to address its messages.

    `thread` is equal for editions that belong together, as those of a day. `follows` is the edition that told the same stories first,
    and `answer` what the channel said when it took the first message of that one for this recipient; "" where there is none.
    """

    id: str
    digest_id: str
    digest_title: str
    made_at: datetime
    thread: str = ""
    follows: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message for one recipient, ready to send and byte-identical at every attempt. `payload` is the channel's own text."""

    key: str
    channel_id: str
    recipient: str
    part: int
    payload: str


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each is kept. An article stays for as long as one of its matches does; what still waits is never deleted."""

    articles: timedelta = timedelta(days=180)
    matches: timedelta = timedelta(days=730)
    deliveries: timedelta = timedelta(days=730)

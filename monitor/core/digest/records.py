"""What a plan is made from and what it says: pending matches in, an edition and everybody's verdict out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from monitor.core.digest.habits import Habit
from monitor.core.digest.times import Slot
from monitor.core.model import FateState, Health, Priority, Span, When


@dataclass(frozen=True, slots=True)
class PendingMatch:
    """A match that waits for its edition, with everything its story shows.

    `told` is true where this rule has already told this story in this digest, `under_way` where a message that tells it is on its way, and `reopens_at` when (UTC) it may be told once more since a
    heavier outlet has it now; None where it may not. `weight` is the feed's. `publisher` is who published
    what an aggregator's feed lists, "" where that is the feed itself. `edited`: the rule matched a later text than the first.
    `page` is "read" where the body is that of the article's page, and "failed" where that was wanted and could not be had, for `page_why`. The spans are offsets
    into `title`, `summary` and `body` as given here. `published` and `matched_at` are in UTC.
    """

    match_id: int
    article_id: int
    story_id: int
    rule_id: str
    rule_title: str
    priority: Priority
    matched_at: datetime
    told: bool
    feed_id: str
    feed_title: str
    weight: int
    title: str
    summary: str
    body: str
    url: str
    published: datetime
    spans: tuple[Span, ...] = ()
    publisher: str = ""
    edited: bool = False
    page: str = ""
    page_why: str = ""
    reopens_at: datetime | None = None
    under_way: bool = False

    @property
    def outlet(self) -> str:
        """What the outlet is known by."""
        return self.publisher or self.feed_id

    @property
    def outlet_title(self) -> str:
        """What readers call the outlet, "" where it has no title."""
        return self.publisher or self.feed_title


class Waits(Protocol):
    """What a plan looks at of a match that waits; see `PendingMatch`."""

    @property
    def match_id(self) -> int:
        """The number of the match."""

    @property
    def story_id(self) -> int:
        """The story of its article."""

    @property
    def rule_id(self) -> str:
        """The rule that it is of."""

    @property
    def priority(self) -> Priority:
        """The rule's priority."""

    @property
    def matched_at(self) -> datetime:
        """When it was made, in UTC."""

    @property
    def told(self) -> bool:
        """Whether this rule has already told this story in this digest."""

    @property
    def under_way(self) -> bool:
        """Whether a message in which this rule tells this story is on its way, and may yet fail."""

    @property
    def reopens_at(self) -> datetime | None:
        """When a story that was told may be told once more; None where it may not."""

    @property
    def outlet(self) -> str:
        """Who published it; "" where no rule asks."""


@dataclass(frozen=True, slots=True)
class WaitingMatch:
    """A match that waits for its edition, without what its story shows: plans are made every second, editions seldom.

    `held`: it is known to be held by quiet hours, or while its rule cools down. `outlet` is known where the rule's waves are counted by it.
    `gathers`: its rule did not tell every match when this one was made.
    """

    match_id: int
    story_id: int
    rule_id: str
    priority: Priority
    matched_at: datetime
    told: bool
    held: bool = False
    outlet: str = ""
    reopens_at: datetime | None = None
    gathers: bool = False
    under_way: bool = False


@dataclass(frozen=True, slots=True)
class DigestState:
    """What the store knows of a digest's past.

    `last_due` is the latest due time of its editions that is not after now (None: there is none). `made_in_window` counts the editions made within
    the last `max_rate.per` (0 where the digest has no rate). `muted`: the rules that are silent now, each with the reason in words. `waves`: the
    rules that tell only waves, `habits` what is usual for those of them that tell what is more. `cooling`: the rules that this digest told lately, and until when (UTC) each cools down. `deleted`: rules that told only waves and
    are gone.
    """

    last_due: datetime | None = None
    made_in_window: int = 0
    muted: Mapping[str, str] = field(default_factory=dict)
    waves: Mapping[str, When] = field(default_factory=dict)
    habits: Mapping[str, Habit] = field(default_factory=dict)
    cooling: Mapping[str, datetime] = field(default_factory=dict)
    deleted: frozenset[str] = frozenset()


class Reason(StrEnum):
    """Why a plan says what it says; the word is stable, for logs, metrics and `explain`."""

    SLOT_DUE = "slot-due"
    CAUGHT_UP = "caught-up-late"
    TOGETHER = "told-together"
    STORIES_DUE = "stories-due"
    NOTHING_NEW = "nothing-new"
    NOTHING_PENDING = "nothing-pending"
    WAITS_FOR_SLOT = "waits-for-slot"
    COLLECTS_COPIES = "collects-copies"
    OVER_RATE = "over-rate"
    ALREADY_TOLD = "already-told"
    REOPENS = "reopens"
    UNDER_WAY = "under-way"
    MUTED = "muted"
    QUIET = "quiet"
    COOLING = "cooling-down"
    GATHERS = "gathers"
    NO_WAVE = "no-wave"
    ONLY_SILENCE = "only-silence"
    DELETED = "rule-deleted"

    @property
    def sentence(self) -> str:
        """The reason in words."""
        return SENTENCES[self]


SENTENCES = {
    Reason.SLOT_DUE: "the digest's time has come",
    Reason.CAUGHT_UP: "the digest's time passed while nothing ran; it is made late, once",
    Reason.TOGETHER: "messages that could not be delivered for long are told together",
    Reason.STORIES_DUE: "the wait for further copies of these stories is over",
    Reason.NOTHING_NEW: "the digest's time has come and it is sent even when nothing matched",
    Reason.NOTHING_PENDING: "no match waits for this digest",
    Reason.WAITS_FOR_SLOT: "waits for the digest's next time",
    Reason.COLLECTS_COPIES: "further copies of the story are collected first",
    Reason.OVER_RATE: "the digest has been sent as often as its max_rate allows; goes out with the next edition",
    Reason.QUIET: "these are quiet hours; it goes out when they end",
    Reason.COOLING: "its rule was told a short while ago and cools down",
    Reason.GATHERS: "its rule tells only waves, and this is none so far",
    Reason.NO_WAVE: "its rule tells only waves, and this was none",
    Reason.DELETED: "its rule told only waves, and was deleted before this became one",
    Reason.ONLY_SILENCE: "its rule tells only when nothing comes",
    Reason.MUTED: "its rule is muted",
    Reason.REOPENS: "its story was told a short while ago; a heavier outlet has it now, so it is told once more",
    Reason.UNDER_WAY: "a message that tells its story is on its way; should that not arrive, this one is told",
    Reason.ALREADY_TOLD: "this rule has already told this story in this digest",
}


@dataclass(frozen=True, slots=True)
class EditionPlan:
    """An edition to make now. `match_ids` are sorted; `slot.label` is unique within the digest. `waves`: how large that of a rule is, in words."""

    slot: Slot
    match_ids: tuple[int, ...]
    reason: Reason
    waves: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settled:
    """A match that gets its final fate without being sent. `why`: the reason in words, where it says more than `reason` does."""

    match_id: int
    state: FateState
    reason: Reason
    why: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """A match that goes on waiting. `why`: the reason in words, where it says more than `reason` does. `until`: when (UTC) time alone changes that."""

    match_id: int
    reason: Reason
    why: str = ""
    until: datetime | None = field(default=None, compare=False)

    @property
    def held(self) -> bool:
        """Whether something holds it that people should know of."""
        return self.reason in (Reason.QUIET, Reason.COOLING, Reason.REOPENS)


@dataclass(frozen=True, slots=True)
class Plan:
    """The verdict on every pending match: in `edition`, in `settled` or in `left`, exactly one of them.

    `reason` says why there is an edition, or why there is none.
    """

    reason: Reason
    edition: EditionPlan | None = None
    settled: tuple[Settled, ...] = ()
    left: tuple[Left, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """One outlet's copy of a story: what the outlet is known by, its title ("" for none), and where and when (UTC) it was published."""

    outlet: str
    outlet_title: str
    url: str
    published: datetime


@dataclass(frozen=True, slots=True)
class Before:
    """What a digest told of a story before: when first (UTC), and the copies it knew, the one that it showed first before all others."""

    at: datetime
    copies: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class FeedChange:
    """What has become of a feed: what people call it, how it is now, and why, in words."""

    feed: str
    health: Health
    why: str = ""


@dataclass(frozen=True, slots=True)
class ProofOfLife:
    """What was read since `since` (UTC), for the foot of a message: that nothing came is only news where something was read.

    `failing` counts the feeds of which articles may be missing. `switched_off` are ids of rules that nothing is matched by any
    more, `changes` what has become of feeds since then, the latest first. `silenced`: matches not told as their rules are muted.
    `held`: matches that are told later. `unread_for`: how long ago that of the feeds that are well was read which was read before all others.
    """

    articles: int
    feeds: int
    failing: int = 0
    since: datetime | None = None
    switched_off: tuple[str, ...] = ()
    changes: tuple[FeedChange, ...] = ()
    silenced: int = 0
    held: int = 0
    unread_for: timedelta | None = None

"""What is remembered of a feed between two polls, and what one poll saw."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.model import Health, Hints


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the polls of a feed have left behind; each field is a column of its row. Times are in UTC.

    `failures`: how many polls in a row have failed, the latest included; `error_kind` and `error` are the latest's.
    `last_new_at`: when a poll last brought a new article; `baseline_at`: when one first succeeded, None before.
    `rhythm` and `hints` are texts that only `rhythm` and `hints` can read. `moved_to`: the address that `moved_sightings` polls
    since `moved_since` were redirected to for good; once `followed` it is the one that is asked. `gone_sightings`: polls since
    `gone_since` that were told the feed is no more. `gap_at`: when two successive documents last shared no item.
    """

    failures: int = 0
    error_kind: str = ""
    error: str = ""
    last_polled_at: datetime | None = None
    last_good_at: datetime | None = None
    last_new_at: datetime | None = None
    baseline_at: datetime | None = None
    health: Health = Health.NEW
    health_since: datetime | None = None
    health_why: str = ""
    rhythm: str = ""
    hints: str = ""
    moved_to: str = ""
    moved_since: datetime | None = None
    moved_sightings: int = 0
    followed: bool = False
    gone_since: datetime | None = None
    gone_sightings: int = 0
    gap_at: datetime | None = None

    @property
    def first(self) -> bool:
        """Whether no poll has succeeded yet."""
        return self.baseline_at is None


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """What one poll saw. An `error_kind` makes it a failure; `error` is told to people.

    `retry`, `retry_after`: whether asking again may help, and when the other side wants to be asked. `outage`: nothing
    answers us, so it is not the feed's failure. `changed`: the document was not the one before. `new`: articles that were
    new to us, `published`: their dates. `items`: items in the document; `shared`: whether one of them was there before, None
    where that cannot be told. `hints`: what the document says of its rhythm; `fresh_for`: how long the answer says that it
    is fresh. `moved_to`: where the feed says that it has moved for good.
    """

    error_kind: str = ""
    error: str = ""
    retry: bool = True
    retry_after: timedelta | None = None
    outage: bool = False
    changed: bool = False
    new: int = 0
    published: tuple[datetime, ...] = ()
    items: int = 0
    shared: bool | None = None
    hints: Hints | None = None
    fresh_for: timedelta | None = None
    moved_to: str | None = None

"""A digest as configured: to whom, when, and in what form."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.digest.quiet import QuietHours
from monitor.core.digest.times import Schedule
from monitor.core.model import Priority


class Empty(StrEnum):
    """What happens at a slot for which nothing matched."""

    SKIP = "skip"
    SEND = "send"


class Order(StrEnum):
    """How an edition is sorted: by the rules' priority, newest first, or by outlet."""

    PRIORITY = "priority"
    TIME = "time"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` editions within any stretch of length `per`."""

    count: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class DigestSpec:
    """One digest: instant (`schedule` is None: sent as stories come) or scheduled.

    `to` are channel ids. `wait` is how long an instant digest collects copies of a story before it tells it, `again` how long after that it may tell
    it once more, since a heavier outlet has it. `zone` is the
    reader's IANA zone, for the schedule and every time shown. At most `max_items` stories are shown in full, the rest as a
    list of titles. An instant digest holds in its `quiet` hours what they do not let pass. `template` defaults to "alert" for an instant digest and "digest" for a scheduled one.
    """

    id: str
    to: tuple[str, ...]
    title: str = ""
    schedule: Schedule | None = None
    wait: timedelta = timedelta(seconds=30)
    zone: str = "UTC"
    empty: Empty = Empty.SKIP
    order: Order = Order.PRIORITY
    max_items: int = 60
    max_rate: Rate | None = None
    template: str = ""
    quiet: tuple[QuietHours, ...] = ()
    again: timedelta = timedelta(hours=1)

    def __post_init__(self) -> None:
        if not self.title:
            object.__setattr__(self, "title", self.id.replace("-", " ").capitalize())
        if not self.template:
            object.__setattr__(self, "template", "alert" if self.instant else "digest")

    def held(self, priority: Priority, now: datetime) -> tuple[datetime, str] | None:
        """Return until when (UTC) quiet hours hold what has this priority, and the reason in words; None where they do not."""
        if not self.instant:
            return None
        ends = [
            (until, each.told(until))
            for each in self.quiet
            if priority not in each.passes and (until := each.until(now))
        ]
        return max(ends, default=None)

    @property
    def instant(self) -> bool:
        """True where stories are told as they come."""
        return self.schedule is None

"""Quiet hours: times of day in which instant digests hold what can wait, by the wall clock and whatever it does."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.core.digest.times import Schedule, next_slot, slots
from monitor.core.model import Priority

_DAY = timedelta(hours=26)  # the longest day there is


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to the next `end`, in `zone`; what has one of the priorities in `passes` is told all the same."""

    name: str
    start: Schedule
    end: Schedule
    zone: str
    passes: frozenset[Priority] = frozenset({Priority.URGENT})

    def until(self, now: datetime) -> datetime | None:
        """Return when the quiet time ends that `now` (UTC) lies in, None where it lies in none."""
        begun = slots(self.start, self.zone, now - _DAY, now)
        if not begun:
            return None
        ends = next_slot(self.end, self.zone, begun[-1].due).due
        return ends if now < ends else None

    def told(self, until: datetime) -> str:
        """Return in words why something is held."""
        return f"quiet hours '{self.name}' until {until.astimezone(ZoneInfo(self.zone)):%H:%M}"

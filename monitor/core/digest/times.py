"""When a digest is due: crontab text and wall-clock times into slots that survive clock changes.

A slot is named after its local date and time, so the 02:30 that comes twice in autumn is one slot; a 02:30 that spring leaves
out is due at the next minute that exists. The reading of crontab text, and the second of these rules, are cronsim's, which
follows Debian's cron (0 and 7 are Sunday).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
ALL_DAYS = "*"

# Where cronsim begins to count before the moment asked for: longer than any jump of a local clock, Samoa's lost day included.
RUN_UP = timedelta(hours=25)


class ScheduleError(ValueError):
    """A schedule that cannot be read, or never comes; the message is a sentence for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One time a digest is due. `label` is the local date and time; `due` is in UTC."""

    label: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """Five fields of crontab text: minute, hour, day of month, month, day of week. Raises ScheduleError."""

    cron: str

    def __post_init__(self) -> None:
        if len(self.cron.split()) != 5:
            raise ScheduleError(
                f"a cron line has five fields (minute hour day month weekday), this one has {len(self.cron.split())}"
            )
        try:
            # A fixed leap year: whether a line can ever come does not depend on the day it is asked.
            next(CronSim(self.cron, datetime(2024, 1, 1, tzinfo=UTC)))
        except CronSimError as error:
            raise ScheduleError(f"{str(error).lower()} in the cron line {self.cron!r}") from None
        except StopIteration:
            raise ScheduleError(f"the cron line {self.cron!r} never comes") from None

    @classmethod
    def at(cls, clock: str, days: str = "") -> "Schedule":
        """Read a wall-clock time "07:00" and days "mon-fri" or "mon,thu,sat-sun" ("" = every day). Raises ScheduleError."""
        hour, minute = _clock(clock)
        return cls(f"{minute} {hour} * * {_days(days)}")


def slots(schedule: Schedule, zone: str, after: datetime, until: datetime) -> list[Slot]:
    """Return the slots due in (after, until], in order. Labels never repeat."""
    found: dict[str, Slot] = {}
    for due in takewhile(lambda each: each <= until, _times(schedule, zone, after - RUN_UP)):
        label = due.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
        found.setdefault(label, Slot(label, due))
    return [each for each in found.values() if each.due > after]


def next_slot(schedule: Schedule, zone: str, after: datetime) -> Slot:
    """Return the first slot due later than `after`."""
    reach = timedelta(days=2)
    while not (found := slots(schedule, zone, after, after + reach)):
        reach *= 4
    return found[0]


def _times(schedule: Schedule, zone: str, start: datetime) -> Iterator[datetime]:
    local = start.astimezone(ZoneInfo(zone))
    return (each.astimezone(UTC) for each in CronSim(schedule.cron, local))


def _clock(text: str) -> tuple[int, int]:
    hour, colon, minute = text.strip().partition(":")
    if not (colon and hour.isdecimal() and minute.isdecimal() and len(minute) == 2):
        raise ScheduleError(f"{text!r} is not a time of day; write it as 07:00")
    if int(hour) > 23 or int(minute) > 59:
        raise ScheduleError(f"there is no {text.strip()} on the clock")
    return int(hour), int(minute)


def _days(text: str) -> str:
    if not text.strip():
        return ALL_DAYS
    chosen = {day for part in text.lower().split(",") for day in _stretch(part.strip())}
    return ",".join(str(DAYS.index(day)) for day in DAYS if day in chosen)


def _stretch(text: str) -> tuple[str, ...]:
    first, dash, last = (part.strip() for part in text.partition("-"))
    last = last if dash else first
    for day in (first, last):
        if day not in DAYS:
            raise ScheduleError(
                f"{day!r} is no day of the week; write days as mon-fri or mon,thu (known: {', '.join(DAYS)})"
            )
    start, end = DAYS.index(first), DAYS.index(last)
    # "fri-mon" runs over the end of the week.
    return tuple(DAYS[each % 7] for each in range(start, end + 1 if end >= start else end + 8))

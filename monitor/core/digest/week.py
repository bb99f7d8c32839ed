"""How many matches a rule had on each of the last seven days, by the reader's calendar, and how tall that is drawn."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DAYS = 7
TALLEST = 18
"""Pixels of the bar of the busiest day."""

FEWEST = 3
"""Matches of which a week is drawn: of one or two a list tells all."""

Week = Mapping[str, Sequence[int]]
"""Counts by the rule's id, a day each, the oldest first, today (as far as it has come) the last."""


def bounds(now: datetime, zone: str) -> tuple[datetime, ...]:
    """Return where the last seven days begin, in UTC, and `now`, where the last of them ends: eight moments."""
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    begun = (today - timedelta(days=back) for back in reversed(range(DAYS)))
    return (*(datetime(day.year, day.month, day.day, tzinfo=here).astimezone(UTC) for day in begun), now)


def drawn(counts: Sequence[int], here: datetime) -> list[dict[str, object]]:
    """Return a week for a template: the day's name, its count, and the height of its bar in pixels (at least 1 where there is anything).

    Empty where there is too little to draw.
    """
    if sum(counts) < FEWEST:
        return []
    most = max(counts)
    days = (here.date() - timedelta(days=back) for back in reversed(range(len(counts))))
    return [
        {"day": f"{day:%a}", "count": count, "height": -(-count * TALLEST // most) if count else 0}
        for day, count in zip(days, counts, strict=True)
    ]

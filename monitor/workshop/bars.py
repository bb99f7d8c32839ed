"""Hits per day as a line of bars, weeks parted; a long time is folded until it fits a line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

BARS = "▁▂▃▄▅▆▇█"
NONE = "·"
MOST_DAYS = 78
"""Days that have a bar each; with weekdays and the gaps between weeks these are 98 columns."""
MOST_BARS = 60
"""Bars of a longer time."""

_WEEK = 7


@dataclass(frozen=True, slots=True)
class Chart:
    """How much fell on each stretch of `step` days, the first of them beginning with the day `first`."""

    first: date
    step: int
    counts: tuple[int, ...]

    @property
    def last(self) -> date:
        """The day that the last stretch begins with."""
        return self.first + timedelta(days=self.step * (len(self.counts) - 1))


def chart(days: Mapping[date, int], first: date, last: date) -> Chart:
    """Count what fell on the days from `first` to `last`, by days or by as few weeks as fit a line."""
    length = (last - first).days + 1
    step = 1 if length <= MOST_DAYS else _WEEK * -(-length // (_WEEK * MOST_BARS))
    counts = [0] * -(-length // step)
    for day, count in days.items():
        if first <= day <= last:
            counts[(day - first).days // step] += count
    return Chart(first, step, tuple(counts))


def drawn(shown: Chart) -> str:
    """Return the chart as text of at most 98 columns: by days `Thu ▂▅·▁ ▁▂█··▃▁ ▂ Mon`, else with dates at its ends."""
    bars = "".join(_bars(shown.counts))
    if shown.step == 1:
        return f"{shown.first:%a} {_by_weeks(bars, shown.first)} {shown.last:%a}"
    return f"{shown.first} {bars} {shown.last}  ({shown.step // _WEEK} w each)"


def _bars(counts: tuple[int, ...]) -> Iterator[str]:
    most = max(counts, default=0)
    for count in counts:
        yield BARS[-(-count * len(BARS) // most) - 1] if count else NONE


def _by_weeks(bars: str, first: date) -> str:
    numbered = groupby(enumerate(bars, first.weekday()), key=lambda each: each[0] // _WEEK)
    return " ".join("".join(bar for _, bar in week) for _, week in numbered)

"""What is usual for a rule at an hour of the week, and how much would be more than chance."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, floor, lgamma, log

from monitor.core.model import Spike

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Habit:
    """When a rule matched before (UTC, in order), and since when it has been in force. `times` may leave out what `looked_at` does not name."""

    times: Sequence[datetime]
    since: datetime

    def usual(self, spike: Spike, at: datetime) -> float:
        """Return how many matches a stretch that ends at `at` usually holds.

        The mean of the same stretch in the weeks before, as far as the rule was in force; for a rule that is younger, of all the time before.
        """
        weeks = [at - WEEK * number for number in range(1, spike.weeks + 1)]
        known = [end for end in weeks if end - spike.within >= self.since]
        if known:
            return sum(self._count(end - spike.within, end) for end in known) / len(known)
        before = at - spike.within
        length = before - self.since
        return self._count(self.since, before) * (spike.within / length) if length >= spike.within else 0.0

    def _count(self, after: datetime, until: datetime) -> int:
        return bisect_right(self.times, until) - bisect_right(self.times, after)


def looked_at(spike: Spike, first: datetime, last: datetime, since: datetime) -> list[tuple[datetime, datetime]]:
    """Return the stretches (after, until] in which past matches decide on matches from `first` to `last` of a rule in force since `since`."""
    weeks = [WEEK * number for number in range(1, spike.weeks + 1)]
    ranges = [(first - spike.within - back, last - back) for back in weeks if last - back >= since]
    young = first - WEEK - spike.within < since
    return [*ranges, (since, last)] if young else ranges


def least(spike: Spike, usual: float) -> int:
    """Return from how many matches on a stretch holds more than chance explains."""
    low = high = max(spike.at_least, floor(usual) + 1)
    while tail(high, usual) >= spike.chance:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if tail(middle, usual) < spike.chance else (middle + 1, high)
    return low


def tail(count: int, mean: float) -> float:
    """Return the probability that a Poisson variable of this mean is `count` or more, for a count above the mean."""
    if mean <= 0:
        return 0.0
    term = exp(count * log(mean) - mean - lgamma(count + 1))
    total = 0.0
    while term > total * 1e-12:
        total += term
        count += 1
        term *= mean / count
    return total

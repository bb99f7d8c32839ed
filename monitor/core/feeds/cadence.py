"""When a feed is polled next, and why: a pure function of how its polls have gone."""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.feeds.gaps import overran
from monitor.core.feeds.hints import least_wait, not_skipped, remembered
from monitor.core.feeds.rhythm import rate
from monitor.core.feeds.state import FeedState, PollOutcome
from monitor.core.model import Feed

#: The longest wait that another side's Retry-After is granted.
LONGEST_WAIT = timedelta(hours=24)
#: The shortest pause after "too many requests" and "not available", whatever Retry-After says or leaves out.
SHORTEST_PAUSE = {"http-429": timedelta(hours=1), "http-503": timedelta(minutes=15), "blocked": timedelta(hours=4)}
#: Kinds of failure that are the host's answer and not the feed's: all its feeds are left alone.
HOST_WIDE = frozenset({"http-429", "http-503", "blocked"})
#: The part of an interval by which feeds are spread, so that those configured together are not polled together for ever.
SPREAD = 0.1
#: Articles an hour from which on a feed is asked as often as it may be: sixteen a day. Lower, the fewer feeds are told apart, and
#: the less is gained (`python -m bench cadence`).
BUSY = 2 / 3
#: The longest wait for a feed that is well, however quiet it is: its one story of the month may be the one that is waited for.
QUIETEST = timedelta(hours=1)
#: One poll in so many asks without a condition, since some servers say "not modified" for ever.
OUTRIGHT = 100

#: How long to wait where a request was not made, since others of its host took too long.
NEXT_TURN = timedelta(seconds=30)

_DOUBLINGS = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """When the next poll is due (UTC), and the reason in words for people. `host_until`: all feeds of the host are left alone till then."""

    at: datetime
    reason: str
    host_until: datetime | None = None


def next_poll(feed: Feed, state: FeedState, outcome: PollOutcome, now: datetime) -> Choice:
    """Choose when `feed` is due after a poll that ended at `now` with `outcome`, `state` being that after it. It never gives up.

    After a success: the square root of how rarely it brings something new decides, from `every` to an hour and never beyond `max_every`; halving the
    delay of a feed that brings four times as much costs what doubling that of the other saves. After failures: `every` doubled
    for each after the first, up to `max_every`, at once that where waiting does not help; but never before the other side wants
    to be asked again. Each interval is spread by up to a tenth, always the same for the same feed and count of failures.
    """
    if outcome.outage:
        return Choice(
            _spread(feed, feed.every, state.failures, now), "nothing answers: the network here seems to be down"
        )
    if outcome.error_kind:
        return _after_failure(feed, state, outcome, now)
    wait, reason = _interval(feed, state, now)
    hints = remembered(state.hints)
    least, who = least_wait(hints, outcome.fresh_for)
    if least > wait:
        wait, reason = least, f"every {told(least)}, as {who} asks"
    at = _spread(feed, wait, 0, now)
    return Choice(not_skipped(hints, at), reason)


def asks_outright(feed_id: str, last_polled_at: datetime | None) -> bool:
    """Tell whether the next poll is to ask for the whole document, changed or not: one in a hundred, always the same one."""
    moment = last_polled_at.isoformat() if last_polled_at else ""
    return _drawn(f"{feed_id}\0{moment}\0outright") * OUTRIGHT < 1


def _interval(feed: Feed, state: FeedState, now: datetime) -> tuple[timedelta, str]:
    brings = rate(state.rhythm, now)
    if brings is None:
        return feed.every, f"every {told(feed.every)}"
    if overran(state, now):
        return feed.every / 2, f"every {told(feed.every / 2)}: items went by between two polls"
    longest = max(feed.every, min(feed.max_every, QUIETEST))
    factor = math.sqrt(max(1.0, BUSY / brings))
    wait = min(feed.every * factor, longest)
    rounded = max(timedelta(seconds=round(wait.total_seconds())), feed.every)
    return rounded, f"every {told(rounded)}" + ("" if rounded == feed.every else f": {rhythm_told(brings)}")


def rhythm_told(brings: float) -> str:
    """Return a rate (articles an hour) in words: "about 12 a day"."""
    for unit, hours in (("an hour", 1.0), ("a day", 24.0), ("a week", 168.0)):
        if brings * hours >= 1:
            return f"about {brings * hours:.0f} {unit}"
    return "less than one a week"


def _after_failure(feed: Feed, state: FeedState, outcome: PollOutcome, now: datetime) -> Choice:
    wait, reason = _back_off(feed, state, outcome)
    asked = _asked(outcome)
    if asked is None or (asked <= wait and outcome.error_kind not in HOST_WIDE):
        return Choice(_spread(feed, wait, state.failures, now), reason)
    until = now + asked if outcome.error_kind in HOST_WIDE else None
    if asked > wait:
        return Choice(now + asked, f"the server asks for a pause of {told(asked)}", until)
    return Choice(_spread(feed, wait, state.failures, now), reason, until)


def _back_off(feed: Feed, state: FeedState, outcome: PollOutcome) -> tuple[timedelta, str]:
    longest = max(feed.every, feed.max_every)
    if not outcome.retry:
        return longest, f"waiting alone will not help ({outcome.error_kind}); asked again every {told(longest)}"
    wait = min(feed.every * 2 ** min(state.failures - 1, _DOUBLINGS), longest)
    times = "once" if state.failures == 1 else f"{state.failures} times in a row"
    return wait, f"failed {times}: again after {told(wait)}"


def _asked(outcome: PollOutcome) -> timedelta | None:
    """Return how long the other side wants to be left alone, None where it does not say."""
    shortest = SHORTEST_PAUSE.get(outcome.error_kind)
    if outcome.retry_after is None:
        return shortest
    return min(max(outcome.retry_after, shortest or timedelta(0)), LONGEST_WAIT)


def _spread(feed: Feed, wait: timedelta, failures: int, now: datetime) -> datetime:
    """Return when `wait` is over: a little later, or where that is beyond the longest wait, a little sooner."""
    drawn = SPREAD * _drawn(f"{feed.id}\0{failures}")
    later, longest = wait * (1 + drawn), max(feed.max_every, feed.every)
    return now + (later if later <= longest or wait > longest else max(wait * (1 - drawn), min(wait, feed.every)))


def _drawn(seed: str) -> float:
    """Return a number in [0, 1) that is always the same for the same seed."""
    return int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=4).digest()) / 2**32


def told(span: timedelta) -> str:
    """Return a length of time in words, in the largest unit that leaves no fraction: "90 s", "10 min", "6 h"."""
    seconds = round(span.total_seconds())
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}"
    if seconds > 4 * 3600:
        return f"{round(seconds / 3600)} h"
    if seconds > 600:
        return f"{round(seconds / 60)} min"
    return f"{seconds} s" if seconds >= 1 else f"{span / timedelta(milliseconds=1):.0f} ms"

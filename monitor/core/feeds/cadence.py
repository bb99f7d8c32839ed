"""When a feed is polled next, and why: a pure function of how its polls have gone."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.model import Feed

#: The longest wait that another side's Retry-After is granted.
LONGEST_WAIT = timedelta(hours=24)
#: The shortest pause after "too many requests" and "not available", whatever Retry-After says or leaves out.
SHORTEST_PAUSE = {"http-429": timedelta(hours=1), "http-503": timedelta(minutes=15), "blocked": timedelta(hours=4)}
#: The part of an interval by which feeds are spread, so that those configured together are not polled together for ever.
SPREAD = 0.1

_DOUBLINGS = 20


@dataclass(frozen=True, slots=True)
class PollHistory:
    """How the polls of a feed have gone.

    `failures`: how many in a row have failed, the latest included; 0 after a success. `error_kind`, `retry` and
    `retry_after` are those of the latest failure.
    """

    failures: int = 0
    error_kind: str = ""
    retry: bool = True
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """When the next poll is due (UTC), and the reason in words for people."""

    at: datetime
    reason: str


def next_poll(feed: Feed, history: PollHistory, now: datetime) -> Choice:
    """Choose when `feed` is due after a poll that ended at `now`. It never gives up.

    After a success: `every`. After failures: `every` doubled for each after the first, up to `max_every`, at once that
    where waiting does not help; but never before the other side wants to be asked again. Each interval is spread by up
    to a tenth, always the same for the same feed and count of failures.
    """
    if not history.failures:
        return Choice(now + _spread(feed.every, feed.id, 0), f"every {told(feed.every)}")
    wait, reason = _back_off(feed, history)
    asked = _asked(history)
    if asked is not None and asked > wait:
        return Choice(now + asked, f"the server asks for a pause of {told(asked)}")
    return Choice(now + _spread(wait, feed.id, history.failures), reason)


def _back_off(feed: Feed, history: PollHistory) -> tuple[timedelta, str]:
    longest = max(feed.every, feed.max_every)
    if not history.retry:
        return longest, f"waiting alone will not help ({history.error_kind}); asked again every {told(longest)}"
    wait = min(feed.every * 2 ** min(history.failures - 1, _DOUBLINGS), longest)
    times = "once" if history.failures == 1 else f"{history.failures} times in a row"
    return wait, f"failed {times}: again after {told(wait)}"


def _asked(history: PollHistory) -> timedelta | None:
    """Return how long the other side wants to be left alone, None where it does not say."""
    shortest = SHORTEST_PAUSE.get(history.error_kind)
    if history.retry_after is None:
        return shortest
    return min(max(history.retry_after, shortest or timedelta(0)), LONGEST_WAIT)


def _spread(wait: timedelta, feed_id: str, failures: int) -> timedelta:
    drawn = hashlib.blake2b(f"{feed_id}\0{failures}".encode(), digest_size=4).digest()
    return wait * (1 + SPREAD * int.from_bytes(drawn) / 2**32)


def told(span: timedelta) -> str:
    """Return a length of time in words, in the largest unit that leaves no fraction: "90 s", "10 min", "6 h"."""
    seconds = round(span.total_seconds())
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s" if seconds >= 1 else f"{span / timedelta(milliseconds=1):.0f} ms"
